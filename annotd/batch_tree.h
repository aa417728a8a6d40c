/*
 * The nodes that one batch of leaves completes, kept in memory, so that its inclusion proofs need
 * no look-up per node: what a proof of a new leaf wants is one of them or stood on the growing edge
 * before the batch.
 */
#ifndef ANNOTD_BATCH_TREE_H
#define ANNOTD_BATCH_TREE_H

#include "log/tree.h"

struct batch_tree {
	struct annot_frontier before, frontier;
	struct annot_tree_reader below; /* for all other nodes */
	size_t max;                     /* leaves */
	struct annot_hash *nodes;
	size_t at[ANNOT_LEVELS], count[ANNOT_LEVELS]; /* of a level, in nodes */
};

/* For at most max leaves after those of frontier. NO_MEMORY. */
enum annot_status batch_tree_begin(struct batch_tree *t, const struct annot_frontier *frontier,
				   struct annot_tree_reader below, size_t max,
				   struct annot_error *err);
void batch_tree_free(struct batch_tree *t);

/* Appends a leaf hash; the nodes that it completes go to ret, level 0 first; returns how many. */
size_t batch_tree_append(struct batch_tree *t, const struct annot_hash *leaf,
			 struct annot_hash ret[ANNOT_LEVELS]);

/* Reads through the batch; valid while t is. */
struct annot_tree_reader batch_tree_reader(struct batch_tree *t);

#endif
