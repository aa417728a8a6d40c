/*
 * Every single byte of a bundle, changed in turn, with and without a closing line that fits again:
 * it is never valid. Nothing in a bundle is there unchecked.
 */
#include "corpus.h"

#include "base/encode.h"
#include "base/hash.h"

enum { END_SIZE = 4 + ANNOT_HASH_HEX + 1 };

static struct annot_bytes small_bundle(struct test_corpus *c)
{
	struct test_key admin = test_key(1);
	struct test_entry *document = test_put_document(c, &admin, "d", "A few words.");
	struct annot_bundle b;

	test_see(c);
	test_bundle(c, test_put_as(c, &admin, test_quote(document, 2, 5), ANNOT_EFFECTIVE), &b);
	return test_bundle_file(c, &b);
}

static void close_again(char *file, size_t len)
{
	struct annot_hash hash = annot_sha256(file, len - END_SIZE);

	memcpy(file + len - END_SIZE + 4, annot_hash_hex(&hash).text, ANNOT_HASH_HEX);
}

static void flip_all(uint8_t mask, bool again)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct annot_bytes file = small_bundle(c);
	struct annot_trust trust = {.corpus = c->id};
	struct annot_arena *arena = annot_arena_new(1 << 26);
	const struct annot_report *r;

	assert_ok(annot_verify_bundle(arena, file, &trust, &r, &test_error));
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	for (size_t i = 0; i < file.len - (again ? END_SIZE : 0); i++) {
		char *copy;

		annot_arena_reset(arena);
		copy = annot_arena_copy(arena, file.data, file.len);
		copy[i] = (char)(copy[i] ^ mask);
		if (again)
			close_again(copy, file.len);
		assert_ok(annot_verify_bundle(arena, annot_bytes(copy, file.len), &trust, &r,
					      &test_error));
		if (annot_verdict_exit(r->verdict) == 0) {
			test_print_report(r);
			fail_msg("byte %zu ('%c') changed: still %s", i, file.data[i],
				 annot_verdict_name(r->verdict));
		}
	}
	annot_arena_free(arena);
	test_corpus_free(c);
}

static void test_plain(void **state)
{
	(void)state;
	flip_all(0x01, false);
	flip_all(0x20, false);
	flip_all(0x80, false);
}

static void test_closed_again(void **state)
{
	(void)state;
	flip_all(0x01, true);
	flip_all(0x20, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_closed_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
