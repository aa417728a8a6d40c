/* Inside alter: an alignment divided into differences, and what each of them touches. */
#ifndef ANNOT_QUOTE_CLASSIFY_H
#define ANNOT_QUOTE_CLASSIFY_H

#include "quote/align.h"
#include "quote/alter.h"

struct annot_comparison {
	struct annot_arena *arena;
	const struct annot_tokens *quote, *source;
	const struct annot_align_step *steps;
	size_t n;
};

/* Steps [first, end) that are one difference. */
struct annot_hunk {
	enum annot_difference_class class_;
	unsigned flags;
	uint32_t first, end;
	bool plain; /* one word, written otherwise */
};

/* Whether a word, number or sign that is neither an article nor a filler. */
bool annot_token_is_heavy(const struct annot_token *t);

/* Whether two words are spellings of one: "organise", "organize". */
bool annot_same_spelling(const struct annot_token *a, const struct annot_token *b);

/* The full stop or comma that ends a quote, where the source has another mark or none: houses put
 * it inside or outside of the quotation marks, so it is none of the words. */
bool annot_is_final_mark(const struct annot_comparison *c, const struct annot_align_step *s);

/* Divides the steps; hunks live in the arena. NO_MEMORY. */
ANNOT_CHECKED enum annot_status annot_classify(const struct annot_comparison *c,
					       struct annot_hunk **ret, size_t *ret_n,
					       struct annot_error *err);

/* Sets the flags of all hunks. NO_MEMORY. */
ANNOT_CHECKED enum annot_status annot_flag_hunks(const struct annot_comparison *c,
						 struct annot_hunk *hunks, size_t n,
						 struct annot_error *err);

/* Whether source words [from, to), which the quote does not have, are none of the text's own words:
 * note marks, lines with a page number, the attribution in the middle of a quotation. */
bool annot_is_debris(const struct annot_tokens *source, size_t from, size_t to);

#endif
