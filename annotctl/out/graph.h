/*
 * The graph of versions in text, oldest first, as git log --graph draws it the other way round. A
 * lane stands for a version that something drawn later replaces; lanes are two columns wide:
 *
 *   *      first
 *   |\
 *   | *    two versions that replace it
 *   * |
 *   |/
 *   *      a merge of both
 */
#ifndef ANNOTCTL_OUT_GRAPH_H
#define ANNOTCTL_OUT_GRAPH_H

#include "../ctl.h"

struct graph {
	const struct annot_version_node *nodes;
	size_t *left;  /* of each version: those that replace it and are not drawn yet */
	size_t *lanes; /* 1 + the version that has the lane; 0: free */
	size_t n_lanes, cap;
	struct annot_arena *arena;
};

/* Fails with NO_MEMORY. Everything lives in the arena of ctl. */
enum annot_status graph_begin(struct ctl *ctl, const struct annot_version_node *nodes, size_t n,
			      struct graph *ret);

/*
 * The next version, in order: *join is the line above it that leads its parents' lanes to it (NULL:
 * none is needed), *mark the start of its own line, *below that of lines about it. NO_MEMORY.
 */
enum annot_status graph_next(struct ctl *ctl, struct graph *g, size_t at, const char **join,
			     const char **mark, const char **below);

#endif
