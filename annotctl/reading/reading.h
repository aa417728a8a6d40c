/*
 * The reading view: a document's text with what was annotated in it. gather.c works out which words
 * each annotation is about in the version that is shown, from texts and records that were checked
 * here; show.c prints it for people, wrapped (lines.c), json.c for scripts.
 */
#ifndef ANNOTCTL_READING_READING_H
#define ANNOTCTL_READING_READING_H

#include <jansson.h>

#include "../anchors/anchors.h"
#include "../verdicts.h"

enum { READING_MARKS_MAX = 1 << 20 };

/* A paragraph: a run of lines between empty ones. */
struct paragraph {
	size_t start, end; /* bytes of the text, without the last line's end */
};
/* The next one from byte `at` on; false: there is none. */
bool paragraph_next(struct annot_bytes text, size_t at, struct paragraph *ret);

/* An annotation with words in some version of the document. */
struct noted {
	struct annot_fetched fetched; /* hash and signature checked */
	struct verdicts verdicts;
	size_t number;       /* its mark, from 1; 0: none of its words are in this version */
	uint64_t version;    /* of the document, that it was signed on */
	const char *missing; /* why none are: "orphan", "withheld" … */
};

/* Words of one target in the text; bytes. */
struct mark {
	size_t start, end;
	struct noted *noted;
	const char *anchor; /* "exact", "moved", "changed" */
};

struct reading {
	struct anchors *anchors;
	const struct anchors_text *doc;
	struct verdicts verdicts; /* on the document itself */
	struct noted *noted;      /* those with a number first, in its order */
	size_t n_noted;
	struct mark *marks; /* by start; of those with one start the longest first */
	size_t n_marks;
};

/* For the version of a document that an id names; what it points to lives in ctl's arena and, until
 * reading_free, in ret. USAGE: not a document; REFUSED: its text is not there. */
enum annot_status reading_gather(struct ctl *ctl, const char *id, struct reading *ret);
/* Also after a failure. */
void reading_free(struct reading *r);

/* NO_MEMORY. */
enum annot_status reading_text(struct ctl *ctl, const struct reading *r, size_t columns);
/* {document, paragraphs, annotations, elsewhere}: annotctl(1), OUTPUT. NULL: out of memory. */
json_t *reading_json(struct ctl *ctl, const struct reading *r);

/* --- lines of a given width (lines.c) --- */

struct lines;
/* Lines that begin with `first`, later ones with `rest`; columns are what the text may take beside
 * these. */
struct lines *lines_begin(struct ctl *ctl, size_t columns, const char *first, const char *rest);
/* Adds bytes of a text, escaped for a terminal; they may end within a word. A line end in it ends a
 * line. */
void lines_add(struct lines *l, const char *text, size_t len);
/* A few words of ours, which are not escaped. */
void lines_put(struct lines *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A value, escaped for a terminal, its line ends and tabs as spaces. */
void lines_flat(struct lines *l, const char *text);
/* From here on, in this style; lines begin and end without. */
void lines_style(struct lines *l, enum out_style style);
/* Ends the last line and frees. NO_MEMORY: something is missing in what was printed, or l is NULL;
 * all of the above take NULL for this. */
enum annot_status lines_end(struct ctl *ctl, struct lines *l);

#endif
