/* The best of the passages of one other text. */
#ifndef ANNOT_LOCATE_PASSAGES_H
#define ANNOT_LOCATE_PASSAGES_H

#include "locate/copies.h"

/* The best first; no two of them have half of their words in the other text in common. */
struct annot_passages {
	struct annot_copy found[ANNOT_COPIES_PASSAGES_MAX];
	size_t n;
	bool more; /* some had no room */
};

/* Keeps it, unless there is a better one in that place, and instead of worse ones. */
void annot_passages_add(struct annot_passages *p, const struct annot_copy *new);

#endif
