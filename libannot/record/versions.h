/*
 * The versions of an annotation as a graph. Versions are known by their place in log order, in
 * which parents come before what replaces them.
 */
#ifndef ANNOT_RECORD_VERSIONS_H
#define ANNOT_RECORD_VERSIONS_H

#include "record/record.h"

struct annot_version_node {
	const size_t *parents; /* each less than the node's own place */
	size_t n_parents;
};

/*
 * The nearest common ancestors of `other` and of a merge of all `merged`: common ancestors (each
 * counts as an ancestor of itself) that are not ancestors of another one. All of them are counted
 * in *ret_n, newest first; ret gets at most max. There is at least one where all come from one
 * first version. NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_version_bases(const struct annot_version_node *nodes, const size_t *merged, size_t n_merged,
		    size_t other, size_t *ret, size_t max, size_t *ret_n, struct annot_error *err);

#endif
