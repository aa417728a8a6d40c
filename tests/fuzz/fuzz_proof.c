/*
 * Proofs. A proof file is written back byte for byte. Hashes in any number are no crash for the
 * verifiers, and prove nothing about a root that they were not made for.
 */
#include "fuzz.h"

#include "log/tlogproof.h"

enum { TREE = 64 };

static struct annot_hash leaf_of(uint64_t n)
{
	return annot_leaf_hash(&n, sizeof n);
}

static struct annot_hash root_of(uint64_t size)
{
	struct annot_frontier f = {0};
	struct annot_hash done[ANNOT_LEVELS];
	for (uint64_t i = 0; i < size; i++) {
		struct annot_hash leaf = leaf_of(i);
		annot_frontier_append(&f, &leaf, done);
	}
	return annot_frontier_root(&f);
}

/* Node n of a level, made from the leaves. */
static enum annot_status node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
			      struct annot_error *err)
{
	struct annot_hash left, right;
	if (level == 0) {
		*ret = leaf_of(n);
		return ANNOT_OK;
	}
	TRY(node(ctx, level - 1, 2 * n, &left, err));
	TRY(node(ctx, level - 1, 2 * n + 1, &right, err));
	*ret = annot_node_hash(&left, &right);
	return ANNOT_OK;
}

/* A path that verifies is the one that the tree gives. */
static void inclusion(uint64_t index, uint64_t size, const struct annot_hash *path, size_t n)
{
	const struct annot_tree_reader tree = {.node = node};
	struct annot_hash leaf = leaf_of(index), root = root_of(size), right[ANNOT_PATH_MAX];
	struct annot_error err;
	size_t n_right;
	bool good = annot_verify_inclusion(index, size, &leaf, path, n, &root, &err) == ANNOT_OK;
	if (annot_tree_inclusion(&tree, index, size, right, &n_right, &err) != ANNOT_OK) {
		REQUIRE(!good && index >= size);
		return;
	}
	REQUIRE(annot_verify_inclusion(index, size, &leaf, right, n_right, &root, &err) ==
		ANNOT_OK);
	REQUIRE(good == (n == n_right && (n == 0 || memcmp(path, right, n * sizeof *path) == 0)));
}

static void consistency(uint64_t from, uint64_t to, const struct annot_hash *path, size_t n)
{
	const struct annot_tree_reader tree = {.node = node};
	struct annot_hash before = root_of(from), after = root_of(to), right[ANNOT_CONSISTENCY_MAX];
	struct annot_error err;
	size_t n_right;
	bool good = annot_verify_consistency(from, to, path, n, &before, &after, &err) == ANNOT_OK;
	if (annot_tree_consistency(&tree, from, to, right, &n_right, &err) != ANNOT_OK)
		return;
	REQUIRE(annot_verify_consistency(from, to, right, n_right, &before, &after, &err) ==
		ANNOT_OK);
	REQUIRE(good == (n == n_right && (n == 0 || memcmp(path, right, n * sizeof *path) == 0)));
}

/* Two sizes and then hashes; a hash that begins with 0xff is the right one for its place. */
static void paths(const uint8_t *data, size_t size)
{
	struct annot_hash path[ANNOT_CONSISTENCY_MAX + 2], right[ANNOT_CONSISTENCY_MAX];
	const struct annot_tree_reader tree = {.node = node};
	struct annot_error err;
	size_t n = 0, n_right = 0;
	if (size < 3)
		return;
	uint64_t a = data[0] % (TREE + 2), b = data[1] % (TREE + 1);
	bool grown = data[2] & 1;
	if (grown)
		(void)!annot_tree_consistency(&tree, a, b, right, &n_right, &err);
	else
		(void)!annot_tree_inclusion(&tree, a, b, right, &n_right, &err);
	for (size_t at = 3; at < size && n < COUNT(path); n++) {
		size_t len = data[at] == 0xff ? 1 : ANNOT_HASH_SIZE;
		if (len > size - at)
			break;
		if (len == 1 && n < n_right)
			path[n] = right[n];
		else
			memset(&path[n], data[at], sizeof path[n]);
		at += len;
	}
	if (grown)
		consistency(a, b, path, n);
	else
		inclusion(a, b, path, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct annot_tlogproof p;
	struct annot_error err;
	struct annot_hash any = leaf_of(0);
	paths(data, size);
	if (annot_tlogproof_parse(annot_bytes(data, size), &p, &err) != ANNOT_OK)
		return 0;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * ANNOT_TLOGPROOF_MAX);
	REQUIRE(p.n_path <= ANNOT_PATH_MAX);
	annot_tlogproof_write(&p, &b);
	require_same(&b, data, size);
	REQUIRE(annot_verify_inclusion(p.index, p.index + 1, &any, p.path, p.n_path, &any, &err) !=
			ANNOT_OK ||
		p.n_path == 0);
	return 0;
}
