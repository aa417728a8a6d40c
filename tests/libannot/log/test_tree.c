/* The Merkle tree against its recursive definition, against published vectors and against changed
 * proofs. */
#include "assert.h"

#include "tests/libannot/log/forest.h"

/* transparency-dev/merkle: rfc6962/rfc6962_test.go, testonly/constants.go. */
static const char *const published_leaves[] = {
	"",
	"00",
	"10",
	"2021",
	"3031",
	"40414243",
	"5051525354555657",
	"606162636465666768696a6b6c6d6e6f",
};
static const char *const published_roots[] = {
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void hashes_published_leaves_and_nodes(void **state)
{
	(void)state;
	struct annot_hash empty = annot_empty_root();
	struct annot_hash leaf = annot_leaf_hash("", 0);
	assert_hex(&empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_hex(&leaf, published_roots[0]);
	leaf = annot_leaf_hash("L123456", 7);
	assert_hex(&leaf, "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");

	/* node("N123", "N456") is published over inputs of four bytes; ours are hashes, so by
	 * parts. */
	struct annot_hash two = annot_node_hash(&leaf, &empty);
	uint8_t flat[65] = {0x01};
	memcpy(flat + 1, leaf.b, 32);
	memcpy(flat + 33, empty.b, 32);
	struct annot_hash expected = annot_sha256(flat, sizeof flat);
	assert_hash(&two, &expected);
	struct annot_hash published =
		annot_sha256_prefixed(0x01, annot_bytes_of("N123"), annot_bytes_of("N456"));
	assert_hex(&published, "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
}

static void grows_to_published_roots(void **state)
{
	(void)state;
	struct annot_frontier f = {0};
	for (size_t i = 0; i < COUNT(published_leaves); i++) {
		struct annot_hash completed[ANNOT_LEVELS];
		uint8_t data[16];
		size_t len = strlen(published_leaves[i]) / 2;
		assert_true(annot_unhex(published_leaves[i], len * 2, data, len));
		struct annot_hash leaf = annot_leaf_hash(data, len);
		size_t n = annot_frontier_append(&f, &leaf, completed);
		assert_int_equal(n, (size_t)__builtin_ctzll(i + 1) + 1);
		struct annot_hash root = annot_frontier_root(&f);
		assert_hex(&root, published_roots[i]);
	}
}

/* transparency-dev/merkle testdata/consistency/1/happy-path.json: size 1 to size 8. */
static void proves_published_consistency(void **state)
{
	(void)state;
	static const char *const begin[] = {"96a296d2", "5f083f0a", "6b47aaf2"};
	static const char *const end[] = {"cfc7", "031e", "f6e4"};
	struct forest *f = calloc(1, sizeof *f);
	assert_non_null(f);
	struct annot_frontier frontier = {0};
	for (size_t i = 0; i < COUNT(published_leaves); i++) {
		struct annot_hash completed[ANNOT_LEVELS];
		uint8_t data[16];
		size_t len = strlen(published_leaves[i]) / 2;
		assert_true(annot_unhex(published_leaves[i], len * 2, data, len));
		struct annot_hash leaf = annot_leaf_hash(data, len);
		size_t n = annot_frontier_append(&frontier, &leaf, completed);
		for (size_t level = 0; level < n; level++)
			f->node[level][i >> level] = completed[level];
	}
	struct annot_tree_reader r = reader_of(f, 8);
	struct annot_hash path[ANNOT_CONSISTENCY_MAX], root[2];
	size_t n;
	assert_ok(annot_tree_consistency(&r, 1, 8, path, &n, &test_error));
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		struct annot_hex hex = annot_hash_hex(&path[i]);
		assert_memory_equal(hex.text, begin[i], 8);
		assert_string_equal(hex.text + 60, end[i]);
	}
	assert_true(annot_hash_unhex(published_roots[0], 64, &root[0]));
	assert_true(annot_hash_unhex(published_roots[7], 64, &root[1]));
	assert_ok(annot_verify_consistency(1, 8, path, n, &root[0], &root[1], &test_error));
	free(f);
}

static void every_size_has_the_recursive_root(void **state)
{
	struct forest *f = *state;
	for (unsigned size = 0; size <= MOST; size++) {
		struct annot_tree_reader r = reader_of(f, size);
		struct annot_hash root;
		struct annot_frontier frontier;
		assert_ok(annot_tree_root(&r, size, &root, &test_error));
		assert_hash(&root, naive(f, 0, size));
		assert_ok(annot_tree_frontier(&r, size, &frontier, &test_error));
		assert_int_equal(frontier.size, size);
		if (size < MOST) {
			struct annot_hash completed[ANNOT_LEVELS];
			size_t n = annot_frontier_append(&frontier, &f->leaf[size], completed);
			assert_int_equal(n, (unsigned)__builtin_ctz(size + 1) + 1);
			root = annot_frontier_root(&frontier);
			assert_hash(&root, naive(f, 0, size + 1));
		}
	}
}

static void appends_up_to_the_largest_size(void **state)
{
	(void)state;
	struct annot_frontier f = {.size = INT64_MAX};
	struct annot_hash completed[ANNOT_LEVELS], leaf = annot_leaf_hash("x", 1);
	assert_int_equal(annot_frontier_append(&f, &leaf, completed), ANNOT_LEVELS);
	struct annot_hash root = annot_frontier_root(&f);
	assert_hash(&root, &completed[ANNOT_LEVELS - 1]);
}

static void chunks_texts(void **state)
{
	(void)state;
	static uint8_t text[3 * ANNOT_CHUNK_SIZE];
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i * 7 + i / 256);
	struct annot_hash c[3], two, expected = annot_empty_root();
	struct annot_hash found = annot_chunk_root(annot_bytes(NULL, 0));
	assert_hash(&found, &expected);
	for (size_t i = 0; i < 3; i++)
		c[i] = annot_leaf_hash(text + i * ANNOT_CHUNK_SIZE, ANNOT_CHUNK_SIZE);
	found = annot_chunk_root(annot_bytes(text, ANNOT_CHUNK_SIZE));
	assert_hash(&found, &c[0]);
	two = annot_node_hash(&c[0], &c[1]);
	expected = annot_node_hash(&two, &c[2]);
	found = annot_chunk_root(annot_bytes(text, sizeof text));
	assert_hash(&found, &expected);
	struct annot_hash last = annot_leaf_hash(text + ANNOT_CHUNK_SIZE, 1);
	expected = annot_node_hash(&c[0], &last);
	found = annot_chunk_root(annot_bytes(text, ANNOT_CHUNK_SIZE + 1));
	assert_hash(&found, &expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_published_leaves_and_nodes),
		cmocka_unit_test(grows_to_published_roots),
		cmocka_unit_test(proves_published_consistency),
		cmocka_unit_test(every_size_has_the_recursive_root),
		cmocka_unit_test(appends_up_to_the_largest_size),
		cmocka_unit_test(chunks_texts),
	};
	return cmocka_run_group_tests(tests, forest_setup, forest_teardown);
}
