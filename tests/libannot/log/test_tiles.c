/* Logs as static files: names, widths and hashes of tiles (c2sp.org/tlog-tiles v0.1.0), entries and
 * records. */
#include "assert.h"

#include <stdio.h>
#include <stdlib.h>

#include "log/tiles.h"

static struct annot_hash leaf_of(uint64_t n)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "leaf %llu", (unsigned long long)n);

	return annot_leaf_hash(text, (size_t)len);
}

static void assert_path(const char *folder, uint64_t n, unsigned width, const char *expected)
{
	char text[128];
	struct annot_buf b = ANNOT_BUF_IN(text);

	annot_tile_path(folder, n, width, &b);
	assert_string_equal(b.data, expected);
}

static void test_paths(void **state)
{
	(void)state;
	/* The specification's example. */
	assert_path("tile/0", 1234067, 256, "tile/0/x001/x234/067");
	assert_path("tile/0", 0, 256, "tile/0/000");
	assert_path("tile/entries", 999, 256, "tile/entries/999");
	assert_path("tile/entries", 1000, 1, "tile/entries/x001/000.p/1");
	assert_path("records", 1000000, 255, "records/x001/x000/000.p/255");
}

/* The specification's examples: sizes 70000 and 256. */
static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(annot_tile_count(0, 70000), 274);
	assert_int_equal(annot_tile_width(0, 272, 70000), 256);
	assert_int_equal(annot_tile_width(0, 273, 70000), 112);
	assert_int_equal(annot_tile_width(0, 274, 70000), 0);
	assert_int_equal(annot_tile_count(1, 70000), 2);
	assert_int_equal(annot_tile_width(1, 0, 70000), 256);
	assert_int_equal(annot_tile_width(1, 1, 70000), 17);
	assert_int_equal(annot_tile_count(2, 70000), 1);
	assert_int_equal(annot_tile_width(2, 0, 70000), 1);
	assert_int_equal(annot_tile_count(3, 70000), 0);
	assert_int_equal(annot_tile_count(0, 256), 1);
	assert_int_equal(annot_tile_width(0, 0, 256), 256);
	assert_int_equal(annot_tile_width(0, 1, 256), 0);
	assert_int_equal(annot_tile_width(1, 0, 256), 1);
	assert_int_equal(annot_tile_count(0, 0), 0);
	assert_int_equal(annot_tile_count(63, UINT64_MAX), 0);
}

struct met {
	unsigned level0, level1;
	struct annot_hash last[ANNOT_TILE_WIDTH]; /* of level 0 */
};

static enum annot_status meet(void *arg, unsigned level, uint64_t n,
			      const struct annot_hash *hashes, struct annot_error *err)
{
	struct met *met = arg;

	(void)err;
	if (level == 0) {
		assert_int_equal(n, met->level0++);
		memcpy(met->last, hashes, sizeof(met->last));
		for (unsigned i = 0; i < ANNOT_TILE_WIDTH; i++) {
			struct annot_hash leaf = leaf_of(n * ANNOT_TILE_WIDTH + i);

			assert_true(annot_hash_equal(&hashes[i], &leaf));
		}
	} else {
		struct annot_frontier f = {.size = 0};
		struct annot_hash nodes[ANNOT_LEVELS], root;

		assert_int_equal(level, 1);
		assert_int_equal(n, met->level1++);
		for (unsigned i = 0; i < ANNOT_TILE_WIDTH; i++)
			annot_frontier_append(&f, &met->last[i], nodes);
		root = annot_frontier_root(&f);
		assert_true(annot_hash_equal(&hashes[ANNOT_TILE_WIDTH - 1], &root));
	}
	return ANNOT_OK;
}

static void test_edge(void **state)
{
	struct annot_tile_edge *edge = calloc(1, sizeof(*edge));
	struct annot_frontier plain = {.size = 0};
	struct annot_hash nodes[ANNOT_LEVELS];
	struct met met = {.level0 = 0};
	enum { SIZE = 256 * 256 + 256 + 3 };

	(void)state;
	for (uint64_t i = 0; i < SIZE; i++) {
		struct annot_hash leaf = leaf_of(i), a, b;

		assert_ok(annot_tile_edge_add(edge, &leaf, meet, &met, &test_error));
		annot_frontier_append(&plain, &leaf, nodes);
		if (i < 1100 || i % 997 == 0 || i + 300 > SIZE) {
			a = annot_tile_edge_root(edge);
			b = annot_frontier_root(&plain);
			assert_true(annot_hash_equal(&a, &b));
		}
	}
	assert_int_equal(met.level0, 257);
	assert_int_equal(met.level1, 1);
	for (unsigned level = 0; level < ANNOT_TILE_LEVELS; level++)
		assert_int_equal(edge->level[level].width,
				 annot_tile_width(level, ((uint64_t)SIZE >> 8 * level) >> 8, SIZE));
	free(edge);
}

static enum annot_status refuse(void *arg, unsigned level, uint64_t n,
				const struct annot_hash *hashes, struct annot_error *err)
{
	(void)arg, (void)level, (void)n, (void)hashes;
	return annot_fail(err, ANNOT_NO_SPACE, "the disk is full");
}

static void test_refused(void **state)
{
	struct annot_tile_edge *edge = calloc(1, sizeof(*edge));
	struct annot_hash leaf = leaf_of(0);

	(void)state;
	for (unsigned i = 0; i < 255; i++)
		assert_ok(annot_tile_edge_add(edge, &leaf, refuse, NULL, &test_error));
	assert_int_equal(annot_tile_edge_add(edge, &leaf, refuse, NULL, &test_error),
			 ANNOT_NO_SPACE);
	free(edge);
}

static void test_entries(void **state)
{
	struct annot_buf b = ANNOT_BUF_INIT(1 << 16);
	struct annot_bytes left, entry;

	(void)state;
	annot_entry_write(annot_bytes_of("one\n"), &b);
	annot_entry_write(annot_bytes_of(""), &b);
	annot_entry_write(annot_bytes_of("three"), &b);
	assert_int_equal(b.len, 3 * 2 + 4 + 5);
	assert_memory_equal(b.data, "\0\4one\n\0\0\0\5three", b.len);
	left = annot_buf_bytes(&b);
	assert_true(annot_entry_next(&left, &entry));
	assert_int_equal(entry.len, 4);
	assert_true(annot_entry_next(&left, &entry));
	assert_int_equal(entry.len, 0);
	assert_true(annot_entry_next(&left, &entry));
	assert_memory_equal(entry.data, "three", 5);
	assert_false(annot_entry_next(&left, &entry));
	for (size_t cut = b.len - 6; cut < b.len; cut++) {
		left = annot_bytes(b.data + 8, cut - 8);
		assert_false(annot_entry_next(&left, &entry));
	}
	annot_buf_free(&b);
}

static void test_records(void **state)
{
	uint8_t key[ANNOT_KEY_SIZE], signature[ANNOT_SIGNATURE_SIZE];
	struct annot_tile_record in[3] = {
		{.key = key, .signature = signature, .record = annot_bytes_of("a record\n")},
		{.key = key, .signature = signature},
		{.signature = signature, .record = annot_bytes_of("by nobody\n")},
	};
	struct annot_tile_record out;
	struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	struct annot_bytes left;

	(void)state;
	memset(key, 7, sizeof(key));
	memset(signature, 8, sizeof(signature));
	for (size_t i = 0; i < 3; i++)
		annot_tile_record_write(&in[i], &b);
	left = annot_buf_bytes(&b);
	for (size_t i = 0; i < 3; i++) {
		assert_true(annot_tile_record_next(&left, &out));
		assert_int_equal(out.key != NULL, in[i].key != NULL);
		assert_memory_equal(out.signature, signature, sizeof(signature));
		assert_int_equal(out.record.len, in[i].record.len);
		assert_int_equal(out.record.data != NULL, in[i].record.data != NULL);
	}
	assert_int_equal(left.len, 0);
	assert_false(annot_tile_record_next(&left, &out));
	for (size_t cut = 0; cut < ANNOT_TILE_RECORD_HEAD + 9; cut++) {
		left = annot_bytes(b.data, cut);
		assert_false(annot_tile_record_next(&left, &out));
	}
	/* A length that no record has is not believed. */
	memcpy(b.data, "\xff\xff\xff\xff", 4);
	left = annot_buf_bytes(&b);
	assert_false(annot_tile_record_next(&left, &out));
	annot_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),   cmocka_unit_test(test_widths),
		cmocka_unit_test(test_edge),    cmocka_unit_test(test_refused),
		cmocka_unit_test(test_entries), cmocka_unit_test(test_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
