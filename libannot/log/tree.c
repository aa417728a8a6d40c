#include "log/tree.h"

#include "base/hash.h"

enum { LEAF_PREFIX = 0x00, NODE_PREFIX = 0x01 };

struct annot_hash annot_leaf_hash(const void *leaf, size_t len)
{
	return annot_sha256_prefixed(LEAF_PREFIX, annot_bytes(leaf, len), annot_bytes(NULL, 0));
}

struct annot_hash annot_node_hash(const struct annot_hash *left, const struct annot_hash *right)
{
	return annot_sha256_prefixed(NODE_PREFIX, annot_bytes(left->b, ANNOT_HASH_SIZE),
				     annot_bytes(right->b, ANNOT_HASH_SIZE));
}

struct annot_hash annot_empty_root(void)
{
	return annot_sha256("", 0);
}

size_t annot_frontier_append(struct annot_frontier *f, const struct annot_hash *leaf,
			     struct annot_hash ret[ANNOT_LEVELS])
{
	unsigned level = 0;
	ret[0] = *leaf;
	for (; level < ANNOT_LEVELS - 1 && f->size >> level & 1; level++)
		ret[level + 1] = annot_node_hash(&f->node[level], &ret[level]);
	f->node[level] = ret[level];
	f->size++;
	return level + 1;
}

struct annot_hash annot_frontier_root(const struct annot_frontier *f)
{
	struct annot_hash root = {{0}};
	bool any = false;
	for (unsigned level = 0; level < ANNOT_LEVELS; level++) {
		if (!(f->size >> level & 1))
			continue;
		root = any ? annot_node_hash(&f->node[level], &root) : f->node[level];
		any = true;
	}
	return any ? root : annot_empty_root();
}

struct annot_hash annot_chunk_root(struct annot_bytes text)
{
	struct annot_frontier frontier = {0};
	struct annot_hash completed[ANNOT_LEVELS];
	for (size_t at = 0; at < text.len; at += ANNOT_CHUNK_SIZE) {
		size_t len = text.len - at < ANNOT_CHUNK_SIZE ? text.len - at : ANNOT_CHUNK_SIZE;
		struct annot_hash leaf = annot_leaf_hash(text.data + at, len);
		annot_frontier_append(&frontier, &leaf, completed);
	}
	return annot_frontier_root(&frontier);
}
