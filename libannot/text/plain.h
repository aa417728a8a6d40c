/*
 * The plain view of a text, which words are looked for in: the folded view (fold.h) without
 * accents. Left out is what remains of U+0300..U+036F after canonical decomposition, so é, ő and й
 * are found as e, o and и; ø, ł, đ, ħ, ŧ and ı, which do not decompose, are taken as o, l, d, h, t
 * and i. Marks of other scripts (vowels of Thai and Hindi, dakuten) are letters to their readers,
 * and stay.
 */
#ifndef ANNOT_TEXT_PLAIN_H
#define ANNOT_TEXT_PLAIN_H

#include "text/fold.h"

struct annot_plain {
	char *text; /* valid UTF-8, NUL-terminated; NULL: nothing was left out, it is the folded
		       text */
	size_t len;
	uint32_t *at; /* for each of its bytes and its end, the folded byte; NULL as text */
	struct annot_folded folded;
};

/* Of valid UTF-8; free ret with annot_plain_free. TOO_LARGE, NO_MEMORY: as annot_fold. */
ANNOT_CHECKED enum annot_status annot_plain(const char *text, size_t len, struct annot_plain *ret,
					    struct annot_error *err);
void annot_plain_free(struct annot_plain *p);

static inline const char *annot_plain_text(const struct annot_plain *p)
{
	return p->text ? p->text : p->folded.text;
}

/* Source bytes [*start, *end) of the plain bytes [from, to): as annot_folded_source. */
void annot_plain_source(const struct annot_plain *p, size_t from, size_t to, size_t *start,
			size_t *end);

#endif
