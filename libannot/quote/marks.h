/* Quotation marks: which open, which close which. */
#ifndef ANNOT_QUOTE_MARKS_H
#define ANNOT_QUOTE_MARKS_H

#include "base/bytes.h"

/* What stands on one side of a mark. */
enum annot_beside {
	ANNOT_BESIDE_SPACE,
	ANNOT_BESIDE_LETTER,
	ANNOT_BESIDE_DIGIT,
	ANNOT_BESIDE_MARK
};

struct annot_mark {
	uint32_t code_point;
	enum annot_beside before, after; /* SPACE at the ends of the text */
};

/* Whether a code point may be a quotation mark. */
bool annot_mark_is(uint32_t code_point);

/* A single quotation mark that may be an apostrophe: ' or ’. */
bool annot_mark_is_apostrophe(uint32_t code_point);

/* Whether a mark can close what `open` has opened. */
bool annot_mark_closes(uint32_t open, const struct annot_mark *mark);

/* Whether a mark can open a quotation. */
bool annot_mark_opens(const struct annot_mark *mark);

/* Whether a mark at the start of a paragraph opens again what `open` has opened before. */
bool annot_mark_reopens(uint32_t open, uint32_t code_point);

#endif
