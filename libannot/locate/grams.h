/*
 * Fingerprints of texts: hashes of 12 letters and digits in a row (text/bare.h), of which so many
 * are chosen that every stretch of 27 has one, the same ones wherever the stretch stands. Letters
 * of scripts without spaces (ideographs, kana) count as three each, so that four of them make a
 * fingerprint: no words need to be known.
 *
 * Choosing is robust winnowing: S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing: local algorithms
 * for document fingerprinting", SIGMOD 2003. The hash is a cyclic polynomial (J. D. Cohen,
 * "Recursive hashing functions for n-grams", ACM TOIS 15(3), 1997).
 */
#ifndef ANNOT_LOCATE_GRAMS_H
#define ANNOT_LOCATE_GRAMS_H

#include "base/bytes.h"
#include "base/error.h"

enum {
	ANNOT_GRAM_LETTERS = 12,
	ANNOT_GRAM_WINDOW = 16, /* neighbours of which one is chosen */
	ANNOT_GRAM_BITS = 28,   /* of a hash */
	/* So many letters in a row that stand in two texts have a chosen fingerprint in common. */
	ANNOT_GRAM_SURE = ANNOT_GRAM_LETTERS + ANNOT_GRAM_WINDOW - 1,
	/* In most texts one in 8.5 is chosen; of one that was made so that more would be, at most
	   one in: */
	ANNOT_GRAM_SPARSE = 6,
	/* Of all that this header says: an index of another version is made again. */
	ANNOT_GRAM_VERSION = 1,
};

struct annot_gram {
	uint32_t hash;   /* below 1 << ANNOT_GRAM_BITS */
	uint32_t offset; /* byte of the text at which its first letter begins */
};

/* A list that grows; n is set to 0 by who has taken them. Free items. */
struct annot_gram_list {
	struct annot_gram *items;
	size_t n, cap;
};

/* Reads one text after the other; 400 KiB. annot_grams_free takes NULL, returns NULL. */
struct annot_grams;
ANNOT_CHECKED enum annot_status annot_grams_new(struct annot_grams **ret, struct annot_error *err);
struct annot_grams *annot_grams_free(struct annot_grams *g);

/* Begins a text. all: every fingerprint (for looking words up), else the chosen ones. */
void annot_grams_begin(struct annot_grams *g, bool all);
/* Adds the fingerprints of a piece of the text (valid UTF-8, pieces end between code points, at
 * most 4 GiB in all) as far as they are certain to the list. NO_MEMORY. */
ANNOT_CHECKED enum annot_status annot_grams_add(struct annot_grams *g, struct annot_bytes piece,
						struct annot_gram_list *ret,
						struct annot_error *err);
/* The rest of them, at the end of the text. */
ANNOT_CHECKED enum annot_status annot_grams_end(struct annot_grams *g, struct annot_gram_list *ret,
						struct annot_error *err);
/* Letters that the text had up to here. */
uint64_t annot_grams_letters(const struct annot_grams *g);

#endif
