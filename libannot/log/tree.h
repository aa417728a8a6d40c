/*
 * The Merkle tree of RFC 6962 section 2.1 (SHA-256), its proofs, and how it is stored: appending
 * leaf i completes the nodes of levels 0..k, k = number of trailing one bits of i; a reader gives
 * any completed node back.
 */
#ifndef ANNOT_LOG_TREE_H
#define ANNOT_LOG_TREE_H

#include "base/bytes.h"
#include "base/error.h"

enum { ANNOT_PATH_MAX = 63, ANNOT_CONSISTENCY_MAX = 126, ANNOT_LEVELS = 64 };

ANNOT_API struct annot_hash annot_leaf_hash(const void *leaf, size_t len);
ANNOT_API struct annot_hash annot_node_hash(const struct annot_hash *left,
					    const struct annot_hash *right);
ANNOT_API struct annot_hash annot_empty_root(void);

/* The complete subtrees to the left of the growing edge: all that appending needs. */
struct annot_frontier {
	uint64_t size;
	struct annot_hash node[ANNOT_LEVELS]; /* node[l] is set iff bit l of size is */
};

/* Appends a leaf hash. Writes the nodes that it completes, level 0 first; returns how many (1..64).
 */
ANNOT_API size_t annot_frontier_append(struct annot_frontier *f, const struct annot_hash *leaf,
				       struct annot_hash ret[ANNOT_LEVELS]);
ANNOT_API struct annot_hash annot_frontier_root(const struct annot_frontier *f);

/* Reads completed nodes: number n of a level covers leaves n<<level .. (n+1)<<level. */
struct annot_tree_reader {
	void *ctx;
	enum annot_status (*node)(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				  struct annot_error *err);
};

ANNOT_API ANNOT_CHECKED enum annot_status annot_tree_frontier(const struct annot_tree_reader *r,
							      uint64_t size,
							      struct annot_frontier *ret,
							      struct annot_error *err);
ANNOT_API ANNOT_CHECKED enum annot_status annot_tree_root(const struct annot_tree_reader *r,
							  uint64_t size, struct annot_hash *ret,
							  struct annot_error *err);
/* Leaf's sibling first. INVALID unless index < size. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_tree_inclusion(const struct annot_tree_reader *r, uint64_t index, uint64_t size,
		     struct annot_hash ret[ANNOT_PATH_MAX], size_t *ret_n, struct annot_error *err);
/* INVALID unless 0 < from <= to. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_tree_consistency(const struct annot_tree_reader *r, uint64_t from, uint64_t to,
		       struct annot_hash ret[ANNOT_CONSISTENCY_MAX], size_t *ret_n,
		       struct annot_error *err);

/* RFC 9162 sections 2.1.3.2 and 2.1.4.2. MISMATCH if the proof does not show it. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_verify_inclusion(uint64_t index, uint64_t size, const struct annot_hash *leaf_hash,
		       const struct annot_hash *path, size_t n, const struct annot_hash *root,
		       struct annot_error *err);
ANNOT_API ANNOT_CHECKED enum annot_status
annot_verify_consistency(uint64_t from, uint64_t to, const struct annot_hash *path, size_t n,
			 const struct annot_hash *from_root, const struct annot_hash *to_root,
			 struct annot_error *err);

/*
 * What an inclusion proof of leaf `index` (at least 1) says of the leaves before it: *ret is the root
 * of the first `index` ones, which the left siblings on its way up are the pieces of. MISMATCH if the
 * proof does not show that leaf.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_verify_prefix(uint64_t index, uint64_t size, const struct annot_hash *leaf_hash,
		    const struct annot_hash *path, size_t n, const struct annot_hash *root,
		    struct annot_hash *ret, struct annot_error *err);

/* Root of the tree over a text's 4 KiB chunks (the last may be shorter; an empty text has the empty
 * root). */
enum { ANNOT_CHUNK_SIZE = 4096 };
ANNOT_API struct annot_hash annot_chunk_root(struct annot_bytes text);

#endif
