/*
 * Approximate matching in long texts: what annot_pattern_scan computes, for four segments of the
 * text side by side in the lanes of vectors, and only as far down the pattern as a distance within
 * the limit can be.
 *
 * The segments overlap by as much as a stretch within the limit can be long, so that nothing is
 * lost where they meet. The pattern's words of 64 letters that are computed are those of Ukkonen's
 * cut-off (E. Ukkonen, "Finding approximate patterns in strings", J. of Algorithms 6, 1985; by
 * words as in G. Myers, JACM 46(3), 1999, section 4).
 */
#ifndef ANNOT_ANCHOR_LANES_H
#define ANNOT_ANCHOR_LANES_H

#include "anchor/pattern.h"

/* AVX2 where the processor has it, or what every processor has: the same results. */
enum annot_lanes_path { ANNOT_LANES_BEST, ANNOT_LANES_PORTABLE };

enum { ANNOT_LANES_NONE = UINT16_MAX };

/*
 * ret[i], i < n: the distance of the pattern (not backwards) to the nearest stretch that ends with
 * letter i, or NONE if that is more than limit. False, and nothing is written, if all would be
 * NONE. Behind text[n - 1] there are ANNOT_LETTERS_ROOM more letters, which are not looked at but
 * read. At most n * blocks steps and a few hundred.
 */
bool annot_lanes_scan(const struct annot_pattern *p, const annot_letter *text, size_t n,
		      size_t limit, enum annot_lanes_path path, uint16_t *ret);

#endif
