#include "annotd/batch_tree.h"

#include <assert.h>
#include <stdlib.h>

enum annot_status batch_tree_begin(struct batch_tree *t, const struct annot_frontier *frontier,
				   struct annot_tree_reader below, size_t max,
				   struct annot_error *err)
{
	*t = (struct batch_tree){
		.before = *frontier, .frontier = *frontier, .below = below, .max = max};
	size_t total = 0;
	for (unsigned level = 0; level < ANNOT_LEVELS; level++) {
		t->at[level] = total;
		total += (level < 32 ? max >> level : 0) + 1;
	}
	t->nodes = calloc(total, sizeof t->nodes[0]);
	if (!t->nodes)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a batch");
	return ANNOT_OK;
}

void batch_tree_free(struct batch_tree *t)
{
	free(t->nodes);
	t->nodes = NULL;
}

size_t batch_tree_append(struct batch_tree *t, const struct annot_hash *leaf,
			 struct annot_hash ret[ANNOT_LEVELS])
{
	assert(t->frontier.size - t->before.size < t->max);
	size_t n = annot_frontier_append(&t->frontier, leaf, ret);
	for (size_t level = 0; level < n; level++)
		t->nodes[t->at[level] + t->count[level]++] = ret[level];
	return n;
}

static enum annot_status read_node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				   struct annot_error *err)
{
	const struct batch_tree *t = ctx;
	if (level < ANNOT_LEVELS) {
		uint64_t first = t->before.size >> level;
		if (n >= first && n - first < t->count[level]) {
			*ret = t->nodes[t->at[level] + (size_t)(n - first)];
			return ANNOT_OK;
		}
		if ((first & 1) && n == first - 1) {
			*ret = t->before.node[level];
			return ANNOT_OK;
		}
	}
	return t->below.node(t->below.ctx, level, n, ret, err);
}

struct annot_tree_reader batch_tree_reader(struct batch_tree *t)
{
	return (struct annot_tree_reader){.ctx = t, .node = read_node};
}
