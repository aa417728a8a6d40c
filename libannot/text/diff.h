/* Word-level difference of two texts (Myers, "An O(ND) Difference Algorithm", 1986, on words,
 * spaces and marks). */
#ifndef ANNOT_TEXT_DIFF_H
#define ANNOT_TEXT_DIFF_H

#include "base/arena.h"

enum annot_diff_op { ANNOT_DIFF_SAME, ANNOT_DIFF_DELETE, ANNOT_DIFF_INSERT };

struct annot_diff_part {
	enum annot_diff_op op;
	const char *text; /* into a (same, delete) or b (insert) */
	size_t len;
};

/*
 * Parts in order; neighbours differ in op; the parts that are not INSERT concatenate to a, those
 * that are not DELETE to b. A delete stands before the insert that replaces it. Beyond a bounded
 * effort (ANNOT_DIFF_EFFORT_MAX steps) the rest is one delete and one insert. NO_MEMORY.
 */
enum { ANNOT_DIFF_EFFORT_MAX = 100000000 };
ANNOT_API enum annot_status annot_diff_words(struct annot_arena *arena, struct annot_bytes a,
					     struct annot_bytes b,
					     const struct annot_diff_part **ret, size_t *ret_n,
					     struct annot_error *err);

#endif
