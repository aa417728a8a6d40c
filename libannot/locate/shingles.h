/* The letters and digits of a text, and where in it each row of GRAM of them stands. */
#ifndef ANNOT_LOCATE_SHINGLES_H
#define ANNOT_LOCATE_SHINGLES_H

#include "anchor/letters.h"
#include "locate/copies.h"

/* Letters and digits of a text, without what is between them. */
struct annot_sifted {
	annot_letter *letters;
	uint32_t *places; /* of each, which letter of the text it is */
	size_t n, cap;
};

/* Takes those of the first n letters, of an alphabet; NO_MEMORY. Free with annot_sifted_free. */
ANNOT_CHECKED enum annot_status annot_sifted_read(struct annot_sifted *p,
						  const struct annot_letters *l, size_t n,
						  struct annot_error *err);
void annot_sifted_free(struct annot_sifted *p);

/* How many of them are before the nth letter of the text. */
size_t annot_sifted_before(const struct annot_sifted *p, size_t letter);

/* The bytes of the text that they stand for: [from, to), from < to. */
void annot_sifted_source(const struct annot_sifted *p, const struct annot_letters *l, size_t from,
			 size_t to, size_t *start, size_t *end);

/* A hash of the last GRAM letters (R. Karp and M. Rabin, 1987), modulo 2^64. */
struct annot_rolling {
	uint64_t hash;
	size_t n; /* letters read */
};
#define ANNOT_ROLLING_1  UINT64_C(0x100000001B3)
#define ANNOT_ROLLING_4  (ANNOT_ROLLING_1 * ANNOT_ROLLING_1 * ANNOT_ROLLING_1 * ANNOT_ROLLING_1)
#define ANNOT_ROLLING_12 (ANNOT_ROLLING_4 * ANNOT_ROLLING_4 * ANNOT_ROLLING_4)
_Static_assert(ANNOT_COPIES_GRAM == 12, "the oldest letter has the power of GRAM");

/* Reads a letter; those before it are still there. */
static inline void annot_rolling_add(struct annot_rolling *r, const annot_letter *letter)
{
	uint64_t new = *letter + UINT64_C(1);
	if (r->n++ >= ANNOT_COPIES_GRAM)
		new -= (*(letter - ANNOT_COPIES_GRAM) + UINT64_C(1)) * ANNOT_ROLLING_12;
	r->hash = r->hash * ANNOT_ROLLING_1 + new;
}

/* By hash, and then by place, the place + 1 of another such gram before; 0: there is none. Whether
 * there is any is asked first of a row of bits, which is smaller and says no of most other grams.
 */
struct annot_shingles {
	struct annot_sifted plain;
	uint32_t *heads, *next;
	uint64_t *there;
	unsigned bits; /* heads has 1 << bits, there 1 << (bits + FILTER) bits */
};

/* NO_MEMORY; free with annot_shingles_free. */
ANNOT_CHECKED enum annot_status annot_shingles_read(const struct annot_letters *l,
						    struct annot_shingles *ret,
						    struct annot_error *err);
void annot_shingles_free(struct annot_shingles *g);

enum { ANNOT_SHINGLES_FILTER = 4 };

/* The upper bits of this are those of the hash that count most. */
static inline uint64_t annot_shingles_mixed(uint64_t hash)
{
	return hash * UINT64_C(0x9E3779B97F4A7C15);
}

/* Where the last place + 1 is kept whose gram may have the hash. */
static inline uint32_t *annot_shingles_head(const struct annot_shingles *g, uint64_t hash)
{
	return &g->heads[annot_shingles_mixed(hash) >> (64 - g->bits)];
}

/* False: there is no such gram. */
static inline bool annot_shingles_may(const struct annot_shingles *g, uint64_t hash)
{
	uint64_t bit = annot_shingles_mixed(hash) >> (64 - g->bits - ANNOT_SHINGLES_FILTER);
	return g->there[bit / 64] >> (bit % 64) & 1;
}

#endif
