/* Bundles as files. */
#include "corpus.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"

static struct annot_bytes text(const char *s)
{
	return annot_bytes_of(s);
}

static struct annot_bundle_record record(const char *r)
{
	return (struct annot_bundle_record){.record = r ? text(r) : (struct annot_bytes){0},
					    .signature = text("sig"),
					    .proof = text("p")};
}

/* Closes a body as annot_bundle_write would. */
static void close_bundle(const char *body, size_t len, struct annot_buf *ret)
{
	struct annot_hash hash = annot_sha256(body, len);

	annot_buf_add(ret, body, len);
	annot_buf_printf(ret, "end %s\n", annot_hash_hex(&hash).text);
}

static void refuse(const char *body, const char *words)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct annot_bundle bundle;

	close_bundle(body, strlen(body), &b);
	assert_status(annot_bundle_parse(arena, annot_buf_bytes(&b), &bundle, &test_error),
		      ANNOT_INVALID);
	assert_error_says(words);
}

#define HEAD    "annot-bundle/v1\n"
#define SUBJECT "section record 1\nr\nsection signature 1\ns\nsection proof 1\np\n"

static void test_round_trip(void **state)
{
	struct annot_bundle_record chain[] = {record("one"), record("two")};
	struct annot_bundle_record references[] = {record(NULL)};
	struct annot_bundle_source sources[] = {{.text = text("Some text\n")}, {.text = text("")}};
	struct annot_bundle in = {.subject = record("subject"),
				  .seen = text("note"),
				  .consistency = text("path"),
				  .chain = chain,
				  .n_chain = 2,
				  .references = references,
				  .n_references = 1,
				  .sources = sources,
				  .n_sources = 2,
				  .leaves = text("leaf\n")};
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20), again = ANNOT_BUF_INIT(1 << 20);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct annot_bundle out;
	(void)state;

	assert_ok(annot_bundle_write(&in, annot_buf_sink(&b), &test_error));
	assert_ok(annot_bundle_parse(arena, annot_buf_bytes(&b), &out, &test_error));
	assert_int_equal(out.n_chain, 2);
	assert_memory_equal(out.chain[1].record.data, "two", 3);
	assert_int_equal(out.n_references, 1);
	assert_null(out.references[0].record.data);
	assert_memory_equal(out.references[0].signature.data, "sig", 3);
	assert_int_equal(out.n_sources, 2);
	struct annot_hash hash = annot_sha256("Some text\n", 10);
	assert_true(annot_hash_equal(&hash, &out.sources[0].sha256));
	assert_int_equal(out.sources[1].text.len, 0);
	assert_memory_equal(out.seen.data, "note", 4);
	assert_memory_equal(out.consistency.data, "path", 4);
	assert_ok(annot_bundle_write(&out, annot_buf_sink(&again), &test_error));
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.data, b.data, b.len);
}

static void test_least(void **state)
{
	struct annot_bundle in = {.subject = record("subject")}, out;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	(void)state;

	assert_ok(annot_bundle_write(&in, annot_buf_sink(&b), &test_error));
	assert_ok(annot_bundle_parse(arena, annot_buf_bytes(&b), &out, &test_error));
	assert_null(out.leaves.data);
	assert_null(out.seen.data);
	assert_int_equal(out.n_chain + out.n_references + out.n_sources, 0);
}

static void test_malformed(void **state)
{
	(void)state;
	refuse("annot-bundle/v2\n" SUBJECT, "expected the first line annot-bundle/v1");
	refuse(HEAD, "expected section record");
	refuse(HEAD "section record 1\nr\n", "byte 35: expected section signature");
	refuse(HEAD "section record 1\nr\nsection proof 1\np\n", "expected section signature");
	refuse(HEAD SUBJECT "section what 1\nx\n", "unknown, or out of order");
	refuse(HEAD SUBJECT SUBJECT, "unknown, or out of order");
	refuse(HEAD SUBJECT "section consistency 1\nx\n", "unknown, or out of order");
	refuse(HEAD SUBJECT "section source 1\nx\nsection seen 1\nx\n", "unknown, or out of order");
	refuse(HEAD SUBJECT "section leaves 1\nx\nsection leaves 1\nx\n",
	       "unknown, or out of order");
	refuse(HEAD SUBJECT "section chain 1\nx\n", "expected section chain-signature");
	refuse(HEAD "section record 1\nrx\n", "expected a line feed after the section");
	refuse(HEAD "section record 99\nr\n", "longer than the file");
	refuse(HEAD "section record 9223372036854775807\nr\n", "longer than the file");
	refuse(HEAD "section record 9223372036854775808\nr\n", "expected a line");
	refuse(HEAD "section record 01\nr\n", "expected a line");
	refuse(HEAD "section record -1\nr\n", "expected a line");
	refuse(HEAD "section record\nr\n", "expected a line");
	refuse(HEAD "section record  1\nr\n", "expected a line");
	refuse(HEAD "record 1\nr\n", "expected a line");
	refuse(HEAD SUBJECT "\n", "expected a line");
	refuse(HEAD SUBJECT "junk", "expected a line");
}

static void test_too_long(void **state)
{
	size_t len = ANNOT_RECORD_MAX + 1;
	AUTO_BUF struct annot_buf body = ANNOT_BUF_INIT(1 << 20), b = ANNOT_BUF_INIT(1 << 20);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	struct annot_bundle out;
	(void)state;

	annot_buf_printf(&body, HEAD "section record %zu\n", len);
	for (size_t i = 0; i < len; i++)
		annot_buf_putc(&body, 'x');
	annot_buf_puts(&body, "\n");
	close_bundle(body.data, body.len, &b);
	assert_status(annot_bundle_parse(arena, annot_buf_bytes(&b), &out, &test_error),
		      ANNOT_INVALID);
	assert_error_says("section record has 65537 bytes, expected at most 65536");
}

/* Cut off anywhere, or with anything behind it, a bundle is none. Each length is its own
 * allocation. */
static void test_cut_off(void **state)
{
	struct annot_bundle in = {.subject = record("subject"), .leaves = text("leaf\n")}, out;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	(void)state;

	assert_ok(annot_bundle_write(&in, annot_buf_sink(&b), &test_error));
	for (size_t len = 0; len < b.len; len++) {
		uint8_t *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, b.data, len);
		assert_status(annot_bundle_parse(arena, annot_bytes(copy, len), &out, &test_error),
			      ANNOT_INVALID);
		free(copy);
	}
	annot_buf_putc(&b, '\n');
	assert_status(annot_bundle_parse(arena, annot_buf_bytes(&b), &out, &test_error),
		      ANNOT_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_least),
		cmocka_unit_test(test_malformed),  cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_cut_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
