/*
 * Finding words in one document, for annotating by hand. (Re-anchoring and locating in a corpus
 * build on the same folded view.)
 */
#ifndef ANNOT_TEXT_FIND_H
#define ANNOT_TEXT_FIND_H

#include "base/buf.h"

enum annot_find_how {
	ANNOT_FIND_EXACT,  /* byte for byte */
	ANNOT_FIND_FOLDED, /* but for case, white space, quote marks, dashes, ligatures, normal form
			    */
	ANNOT_FIND_NEAREST, /* with edits */
};

struct annot_found {
	size_t start, end; /* bytes, on code point boundaries */
	enum annot_find_how how;
	unsigned score; /* 1000 for exact and folded, see below for nearest */
};

enum { ANNOT_FIND_MAX = 100 };

/*
 * All places (at most max and ANNOT_FIND_MAX, in text order, overlapping ones too) of the best kind
 * that occurs: exact ones; else folded ones; else the first nearest one with a score of at least
 * 500, for words of at least 4 code points. *ret_n is 0 when there is none. ret has room for max.
 *
 * The score of the nearest is in per mille, rounded down: 1000 * (longer - edits) / longer, where
 * longer is the number of code points in the words or the place, whichever is more, both folded,
 * and edits are those that are inserted, left out or replaced.
 *
 * Statuses: INVALID (words empty or longer than 64 KiB, text or words not UTF-8), TOO_LARGE (text
 * of more than 1 GiB without an exact place), NO_MEMORY. Work is bounded by a small multiple of len
 * * words / 64 steps.
 */
ANNOT_API enum annot_status annot_find(const char *text, size_t len, const char *words,
				       size_t words_len, struct annot_found *ret, size_t max,
				       size_t *ret_n, struct annot_error *err);

#endif
