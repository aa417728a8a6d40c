/*
 * Approximate matching: edit distances (letters inserted, left out or replaced) of a pattern to
 * stretches of a text, computed for a machine word of the pattern's letters at a time.
 *
 * G. Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic
 * programming", JACM 46(3), 1999; blocks and carries as in H. Hyyrö, "A bit-vector algorithm for
 * computing Levenshtein and Damerau edit distances", Nordic J. of Computing 10, 2003.
 */
#ifndef ANNOT_ANCHOR_PATTERN_H
#define ANNOT_ANCHOR_PATTERN_H

#include "anchor/letters.h"

enum { ANNOT_PATTERN_MAX = 4096 };

struct annot_pattern {
	size_t n, blocks;    /* letters, and words of 64 of them; n <= ANNOT_PATTERN_MAX */
	uint32_t *row_of;    /* by letter: where in rows the row begins that says where it stands */
	size_t alphabet;     /* letters that row_of knows; none beyond is in the pattern */
	uint64_t *rows;      /* blocks words each; the first is that of letters that are nowhere */
	uint64_t *up, *down; /* room for a column of differences between neighbours */
	const annot_letter *letters;
	bool backwards;
};

/*
 * Letters [0, n) of the caller, 0 < n, which must stay; backwards: read from the last to the first,
 * as the texts will be. Takes n * blocks words at most; free with annot_pattern_free. NO_MEMORY.
 */
ANNOT_CHECKED enum annot_status annot_pattern_new(const struct annot_alphabet *alphabet,
						  const annot_letter *letters, size_t n,
						  bool backwards, struct annot_pattern *ret,
						  struct annot_error *err);
void annot_pattern_free(struct annot_pattern *p);

/* Where a letter stands in the pattern: a bit for each of its letters. */
static inline const uint64_t *annot_pattern_row(const struct annot_pattern *p, annot_letter letter)
{
	return p->rows + (letter < p->alphabet ? p->row_of[letter] : 0);
}

/*
 * Where the pattern ends with few edits in the text, free to begin anywhere: calls visit with each
 * end (letters before it) and its distance if that is at most limit, in order; what visit returns
 * is the limit from there on. n * blocks steps.
 */
void annot_pattern_scan(const struct annot_pattern *p, const annot_letter *text, size_t n,
			size_t limit, size_t (*visit)(void *data, size_t end, size_t distance),
			void *data);

/*
 * Distances of the pattern to what stands from text on, read to n letters further (before text, if
 * the pattern is backwards): ret[i] to the first i letters, 0 <= i <= n.
 */
void annot_pattern_distances(const struct annot_pattern *p, const annot_letter *text, size_t n,
			     uint16_t *ret);

/* Which of the distances to the first 0 to n letters is the least; of equal ones that to a number
 * of letters most like `length`. */
size_t annot_pattern_nearest(const uint16_t *distances, size_t n, size_t length);

/*
 * How long the stretch is that ends at end, with the distance that a scan has found for it, if
 * there are `before` letters: of several the one whose length is most like the pattern's, which is
 * backwards.
 */
size_t annot_pattern_start(const struct annot_pattern *back, const annot_letter *end, size_t before,
			   size_t distance);

/*
 * Aligns the pattern, which is not backwards, with the best stretch of text[0, n), n <=
 * 3 * ANNOT_PATTERN_MAX: *ret_distance, and for each of the places in the pattern (letters before
 * it, ascending, n_places of them) the place in the text that corresponds to it. Of equally good
 * stretches the last counts. NO_MEMORY.
 */
ANNOT_CHECKED enum annot_status annot_pattern_align(const struct annot_pattern *p,
						    const annot_letter *text, size_t n,
						    const size_t *places, size_t n_places,
						    size_t *ret, size_t *ret_distance,
						    struct annot_error *err);

#endif
