/* Proofs out of completed nodes, and their checks (RFC 9162 sections 2.1.3 and 2.1.4). */
#include <inttypes.h>

#include "base/encode.h"
#include "log/tree.h"

enum annot_status annot_tree_frontier(const struct annot_tree_reader *r, uint64_t size,
				      struct annot_frontier *ret, struct annot_error *err)
{
	struct annot_frontier f = {.size = size};
	for (unsigned level = 0; level < ANNOT_LEVELS; level++)
		if (size >> level & 1)
			TRY(r->node(r->ctx, level, (size >> level) - 1, &f.node[level], err));
	*ret = f;
	return ANNOT_OK;
}

enum annot_status annot_tree_root(const struct annot_tree_reader *r, uint64_t size,
				  struct annot_hash *ret, struct annot_error *err)
{
	struct annot_frontier f;
	TRY(annot_tree_frontier(r, size, &f, err));
	*ret = annot_frontier_root(&f);
	return ANNOT_OK;
}

/*
 * The hash over leaves begin..end, where begin is a multiple of a power of two that is not smaller
 * than end - begin: then each set bit of the length is one completed node, the lowest the
 * rightmost.
 */
static enum annot_status range_hash(const struct annot_tree_reader *r, uint64_t begin, uint64_t end,
				    struct annot_hash *ret, struct annot_error *err)
{
	struct annot_hash hash = {{0}};
	bool any = false;
	for (unsigned level = 0; level < ANNOT_LEVELS; level++) {
		struct annot_hash node;
		if (!((end - begin) >> level & 1))
			continue;
		TRY(r->node(r->ctx, level, (end >> level) - 1, &node, err));
		hash = any ? annot_node_hash(&node, &hash) : node;
		any = true;
	}
	*ret = hash;
	return ANNOT_OK;
}

/* Appends the siblings on the way from a completed node up to the root of the tree of that size. */
static enum annot_status climb(const struct annot_tree_reader *r, unsigned level, uint64_t n,
			       uint64_t size, struct annot_hash *path, size_t *n_path,
			       struct annot_error *err)
{
	uint64_t last = (size - 1) >> level;
	for (; last > 0; level++, n >>= 1, last >>= 1) {
		uint64_t sibling = n ^ 1;
		if (sibling > last)
			continue; /* the right edge: this node is its own parent */
		if (sibling < last)
			TRY(r->node(r->ctx, level, sibling, &path[*n_path], err));
		else
			TRY(range_hash(r, sibling << level, size, &path[*n_path], err));
		(*n_path)++;
	}
	return ANNOT_OK;
}

enum annot_status annot_tree_inclusion(const struct annot_tree_reader *r, uint64_t index,
				       uint64_t size, struct annot_hash ret[ANNOT_PATH_MAX],
				       size_t *ret_n, struct annot_error *err)
{
	struct annot_hash path[ANNOT_PATH_MAX];
	size_t n = 0;
	if (index >= size || size > INT64_MAX)
		return annot_fail(err, ANNOT_INVALID,
				  "inclusion proof: no leaf #%" PRIu64 " in a log of size %" PRIu64,
				  index, size);
	TRY(climb(r, 0, index, size, path, &n, err));
	memcpy(ret, path, n * sizeof path[0]);
	*ret_n = n;
	return ANNOT_OK;
}

enum annot_status annot_tree_consistency(const struct annot_tree_reader *r, uint64_t from,
					 uint64_t to, struct annot_hash ret[ANNOT_CONSISTENCY_MAX],
					 size_t *ret_n, struct annot_error *err)
{
	struct annot_hash path[ANNOT_CONSISTENCY_MAX];
	size_t n = 0;
	if (from == 0 || from > to || to > INT64_MAX)
		return annot_fail(
			err, ANNOT_INVALID,
			"consistency proof: sizes must be 0 < from <= to, not from %" PRIu64
			" to %" PRIu64,
			from, to);
	if (from < to) {
		/* The last completed subtree of the old tree; the verifier has it if it is all of
		 * it. */
		unsigned level = (unsigned)__builtin_ctzll(from);
		uint64_t start = (from >> level) - 1;
		if (start > 0) {
			TRY(r->node(r->ctx, level, start, &path[0], err));
			n = 1;
		}
		TRY(climb(r, level, start, to, path, &n, err));
	}
	memcpy(ret, path, n * sizeof path[0]);
	*ret_n = n;
	return ANNOT_OK;
}

/* Where a walk up the tree stands: the node's number and that of the last node on its level. */
struct walk {
	uint64_t node, last;
};

/* Whether the next sibling stands to the left; skips the levels on which there is none. */
static bool sibling_is_left(struct walk *w)
{
	if (!(w->node & 1) && w->node != w->last)
		return false;
	while (w->node && !(w->node & 1)) {
		w->node >>= 1;
		w->last >>= 1;
	}
	return true;
}

static void ascend(struct walk *w)
{
	w->node >>= 1;
	w->last >>= 1;
}

static enum annot_status wrong_root(const char *proof, uint64_t size,
				    const struct annot_hash *found,
				    const struct annot_hash *expected, struct annot_error *err)
{
	return annot_fail(err, ANNOT_MISMATCH,
			  "%s proof: leads to root %s at size %" PRIu64 ", expected %s", proof,
			  annot_hash_hex(found).text, size, annot_hash_hex(expected).text);
}

enum annot_status annot_verify_inclusion(uint64_t index, uint64_t size,
					 const struct annot_hash *leaf_hash,
					 const struct annot_hash *path, size_t n,
					 const struct annot_hash *root, struct annot_error *err)
{
	if (index >= size)
		return annot_fail(err, ANNOT_MISMATCH,
				  "inclusion proof: no leaf #%" PRIu64 " in a log of size %" PRIu64,
				  index, size);
	if (n > ANNOT_PATH_MAX)
		return annot_fail(err, ANNOT_MISMATCH, "inclusion proof: %zu hashes, at most %d", n,
				  ANNOT_PATH_MAX);
	struct walk w = {index, size - 1};
	struct annot_hash hash = *leaf_hash;
	for (size_t i = 0; i < n; i++) {
		if (w.last == 0)
			return annot_fail(err, ANNOT_MISMATCH,
					  "inclusion proof: %zu hashes for leaf #%" PRIu64
					  " of %" PRIu64 ", expected %zu",
					  n, index, size, i);
		hash = sibling_is_left(&w) ? annot_node_hash(&path[i], &hash)
					   : annot_node_hash(&hash, &path[i]);
		ascend(&w);
	}
	if (w.last != 0)
		return annot_fail(err, ANNOT_MISMATCH,
				  "inclusion proof: %zu hashes are too few for leaf #%" PRIu64
				  " of %" PRIu64,
				  n, index, size);
	if (!annot_hash_equal(&hash, root))
		return wrong_root("inclusion", size, &hash, root, err);
	return ANNOT_OK;
}

enum annot_status annot_verify_prefix(uint64_t index, uint64_t size,
				      const struct annot_hash *leaf_hash,
				      const struct annot_hash *path, size_t n,
				      const struct annot_hash *root, struct annot_hash *ret,
				      struct annot_error *err)
{
	if (index == 0)
		return annot_fail(err, ANNOT_MISMATCH, "no leaf is before #0");
	TRY(annot_verify_inclusion(index, size, leaf_hash, path, n, root, err));
	struct walk w = {index, size - 1};
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		/* The smallest subtree comes first: what is further to the left is larger. */
		if (sibling_is_left(&w)) {
			*ret = any ? annot_node_hash(&path[i], ret) : path[i];
			any = true;
		}
		ascend(&w);
	}
	return ANNOT_OK;
}

/* Sizes and number of hashes; the equal-size case needs no walk. */
static enum annot_status consistency_shape(uint64_t from, uint64_t to, size_t n,
					   struct annot_error *err)
{
	if (from == 0 || from > to)
		return annot_fail(
			err, ANNOT_MISMATCH,
			"consistency proof: sizes must be 0 < from <= to, not from %" PRIu64
			" to %" PRIu64,
			from, to);
	if (n > ANNOT_CONSISTENCY_MAX)
		return annot_fail(err, ANNOT_MISMATCH, "consistency proof: %zu hashes, at most %d",
				  n, ANNOT_CONSISTENCY_MAX);
	if ((from == to) != (n == 0))
		return annot_fail(err, ANNOT_MISMATCH,
				  "consistency proof: %zu hashes from size %" PRIu64 " to %" PRIu64,
				  n, from, to);
	return ANNOT_OK;
}

enum annot_status annot_verify_consistency(uint64_t from, uint64_t to,
					   const struct annot_hash *path, size_t n,
					   const struct annot_hash *from_root,
					   const struct annot_hash *to_root,
					   struct annot_error *err)
{
	TRY(consistency_shape(from, to, n, err));
	if (from == to)
		return annot_hash_equal(from_root, to_root)
			       ? ANNOT_OK
			       : wrong_root("consistency", to, from_root, to_root, err);

	/* Start at the last completed subtree of the old tree: all of it if its size is a power of
	 * two. */
	unsigned level = (unsigned)__builtin_ctzll(from);
	struct walk w = {(from - 1) >> level, (to - 1) >> level};
	size_t i = w.node == 0 ? 0 : 1;
	struct annot_hash old = i ? path[0] : *from_root, new = old;
	for (; i < n; i++) {
		if (w.last == 0)
			return annot_fail(err, ANNOT_MISMATCH,
					  "consistency proof: %zu hashes from size %" PRIu64
					  " to %" PRIu64 ", expected %zu",
					  n, from, to, i);
		if (sibling_is_left(&w)) {
			old = annot_node_hash(&path[i], &old);
			new = annot_node_hash(&path[i], &new);
		} else {
			new = annot_node_hash(&new, &path[i]);
		}
		ascend(&w);
	}
	if (w.last != 0)
		return annot_fail(err, ANNOT_MISMATCH,
				  "consistency proof: %zu hashes are too few from size %" PRIu64
				  " to %" PRIu64,
				  n, from, to);
	if (!annot_hash_equal(&old, from_root))
		return wrong_root("consistency", from, &old, from_root, err);
	if (!annot_hash_equal(&new, to_root))
		return wrong_root("consistency", to, &new, to_root, err);
	return ANNOT_OK;
}
