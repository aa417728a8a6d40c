/*
 * Finding words in one document, for annotating by hand. (Re-anchoring and locating in a corpus build
 * on the same folded view.)
 */
#ifndef ANNOT_TEXT_FIND_H
#define ANNOT_TEXT_FIND_H

#include "base/buf.h"

enum annot_find_how {
	ANNOT_FIND_EXACT,   /* byte for byte */
	ANNOT_FIND_FOLDED,  /* but for case, white space, quote marks, dashes, ligatures, normal form */
	ANNOT_FIND_NEAREST, /* with edits */
};

struct annot_found {
	size_t start, end; /* bytes, on code point boundaries */
	enum annot_find_how how;
	unsigned score; /* per mille of the words' code points that agree; 1000 for exact and folded */
};

enum { ANNOT_FIND_MAX = 100 };

/*
 * All places (at most max, in text order) of the best kind that occurs: exact ones; else folded ones;
 * else the single nearest with a score of at least 500. *ret_n is 0 when there is none.
 * Statuses: INVALID (words empty or longer than 64 KiB), NO_MEMORY. Work is bounded by
 * len * words / 64 steps.
 */
ANNOT_API enum annot_status annot_find(const char *text, size_t len, const char *words,
				       size_t words_len, struct annot_found *ret, size_t max,
				       size_t *ret_n, struct annot_error *err);

#endif
