/* A tree with all its nodes, and the recursive definition of RFC 6962 section 2.1 to compare it
 * with. */
#ifndef TESTS_LIBANNOT_LOG_FOREST_H
#define TESTS_LIBANNOT_LOG_FOREST_H

#include <stdio.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "log/tree.h"

enum { MOST = 131 };

/* All completed nodes of a tree, and the recursive definition of RFC 6962 section 2.1 beside them.
 */
struct forest {
	uint64_t size; /* nodes beyond are not there for the reader */
	struct annot_hash leaf[MOST];
	struct annot_hash node[8][MOST];
	struct annot_hash mth[MOST + 1][MOST + 1];
	bool known[MOST + 1][MOST + 1];
	unsigned reads_left;
};

static inline enum annot_status read_node(void *ctx, unsigned level, uint64_t n,
					  struct annot_hash *ret, struct annot_error *err)
{
	struct forest *f = ctx;
	if (level >= COUNT(f->node) || n >= MOST || (n + 1) << level > f->size)
		return annot_fail(err, ANNOT_NOT_FOUND, "node %u/%u is not complete", level,
				  (unsigned)n);
	if (f->reads_left-- == 0)
		return annot_fail(err, ANNOT_STORE, "no more reads");
	*ret = f->node[level][n];
	return ANNOT_OK;
}

static inline struct annot_tree_reader reader_of(struct forest *f, uint64_t size)
{
	f->size = size;
	f->reads_left = UINT32_MAX;
	return (struct annot_tree_reader){.ctx = f, .node = read_node};
}

static inline struct annot_hash *naive(struct forest *f, unsigned begin, unsigned end)
{
	struct annot_hash *h = &f->mth[begin][end];
	if (f->known[begin][end])
		return h;
	unsigned n = end - begin, k = 1;
	while (k * 2 < n)
		k *= 2;
	if (n == 0)
		*h = annot_empty_root();
	else if (n == 1)
		*h = f->leaf[begin];
	else
		*h = annot_node_hash(naive(f, begin, begin + k), naive(f, begin + k, end));
	f->known[begin][end] = true;
	return h;
}

static inline int forest_setup(void **state)
{
	struct forest *f = calloc(1, sizeof *f);
	struct annot_frontier frontier = {0};
	if (!f)
		return -1;
	for (unsigned i = 0; i < MOST; i++) {
		struct annot_hash completed[ANNOT_LEVELS];
		char text[16];
		int len = snprintf(text, sizeof text, "leaf %u", i);
		f->leaf[i] = annot_leaf_hash(text, (size_t)len);
		size_t n = annot_frontier_append(&frontier, &f->leaf[i], completed);
		for (size_t level = 0; level < n; level++)
			f->node[level][i >> level] = completed[level];
	}
	*state = f;
	return 0;
}

static inline int forest_teardown(void **state)
{
	free(*state);
	return 0;
}

static inline void assert_hash(const struct annot_hash *found, const struct annot_hash *expected)
{
	assert_string_equal(annot_hash_hex(found).text, annot_hash_hex(expected).text);
}

static inline void assert_hex(const struct annot_hash *found, const char *expected)
{
	assert_string_equal(annot_hash_hex(found).text, expected);
}

#endif
