/*
 * Every single byte of a bundle, changed in turn, with and without a closing line that fits again:
 * it is never valid. Nothing in a bundle is there unchecked, but for lines of earlier checkpoints
 * by others than the reader's witnesses: a change there changes no word of what is printed.
 */
#include "corpus.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/hash.h"
#include "proof/excerpt.h"

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

/* --- with all that a bundle may have --- */

enum { NOON = 1795305600 };

/* The checkpoint now, with a line of each key. */
static struct annot_bytes cosigned(struct test_corpus *c, const struct annot_skey *keys, size_t n)
{
	struct annot_bytes plain = test_checkpoint(c, NULL), ret;
	struct annot_note *note = annot_arena_alloc(c->arena, sizeof(*note));
	struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);

	assert_ok(annot_note_parse(plain, note, &test_error));
	annot_buf_add(&b, plain.data, plain.len);
	for (size_t i = 0; i < n; i++)
		annot_note_cosign(&keys[i], NOON + c->n, note->text, &b);
	ret = annot_bytes(annot_arena_copy(c->arena, b.data, b.len), b.len);
	annot_buf_free(&b);
	return ret;
}

/* A quote that had seen a cosigned checkpoint, with an excerpt of its source and a cosigned
 * checkpoint that covers it. Of the two cosigners the policy knows the first. */
static struct annot_bytes full_bundle(struct test_corpus *c, struct annot_tlogpolicy *policy)
{
	struct test_key admin = test_key(1);
	struct test_entry *document = test_put_document(c, &admin, "d", "A few words.");
	struct annot_skey keys[2];
	struct annot_buf b = ANNOT_BUF_INIT(4096);
	struct annot_checkpoint cp;
	struct annot_bundle bundle;
	bool wanted = true;
	struct annot_bytes excerpt;

	for (int i = 0; i < 2; i++)
		assert_ok(annot_skey_new(i ? "w.example/stranger" : "w.example/known",
					 ANNOT_NOTE_COSIGNATURE, &keys[i], &test_error));
	annot_buf_puts(&b, "witness w ");
	annot_vkey_write(&keys[0].vkey, &b);
	annot_buf_puts(&b, "\nquorum w\n");
	assert_ok(annot_tlogpolicy_parse(
		c->arena, annot_bytes(annot_arena_copy(c->arena, b.data, b.len), b.len), policy,
		&test_error));
	annot_buf_free(&b);
	c->seen_note = cosigned(c, keys, 2);
	test_checkpoint(c, &cp);
	c->seen = (struct annot_seen){.size = cp.size,
				      .root = cp.root,
				      .note = annot_sha256(c->seen_note.data, c->seen_note.len)};
	struct test_entry *quote =
		test_put_as(c, &admin, test_quote(document, 2, 5), ANNOT_EFFECTIVE);
	test_bundle(c, quote, &bundle);
	assert_ok(annot_chunk_sections(c->arena, &document->id, document->content, &wanted,
				       &excerpt, &bundle.n_excerpts, &test_error));
	bundle.excerpts = &excerpt;
	bundle.n_sources = 0;
	bundle.cosigned[bundle.n_cosigned++] = cosigned(c, keys, 2);
	return test_bundle_file(c, &bundle);
}

static char *printed(const struct annot_report *r)
{
	json_t *json = annot_report_json(r);
	char *text = json_dumps(json, JSON_COMPACT);

	assert_non_null(text);
	json_decref(json);
	return text;
}

/* Whether a byte stands in one of the sections that small_bundle has not. */
static bool is_new(struct annot_bytes file, size_t at)
{
	const uint8_t *seen = memmem(file.data, file.len, "section seen ", 13);
	const uint8_t *chain = memmem(file.data, file.len, "section chain ", 14);
	const uint8_t *excerpt = memmem(file.data, file.len, "section excerpt ", 16);
	const uint8_t *leaves = memmem(file.data, file.len, "section leaves ", 15);

	assert_true(seen && seen < chain && chain < excerpt && excerpt < leaves);
	return (file.data + at >= seen && file.data + at < chain) ||
	       (file.data + at >= excerpt && file.data + at < leaves);
}

static void test_facts(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct annot_tlogpolicy policy;
	struct annot_bytes file = full_bundle(c, &policy);
	struct annot_trust trust = {.corpus = c->id, .policy = &policy};
	struct annot_arena *arena = annot_arena_new(1 << 26);
	const struct annot_report *r;
	size_t survived = 0;
	char *said;

	(void)state;
	assert_ok(annot_verify_bundle(arena, file, &trust, &r, &test_error));
	assert_verdict(r, ANNOT_VALID);
	assert_true(r->not_before_s && r->not_after_s);
	assert_says(r, "witnesses", "1 unknown cosigner ignored");
	said = printed(r);
	for (size_t i = 0; i < file.len - END_SIZE; i++) {
		char *copy, *now;

		if (!is_new(file, i))
			continue;
		annot_arena_reset(arena);
		copy = annot_arena_copy(arena, file.data, file.len);
		copy[i] = (char)(copy[i] ^ 0x01);
		close_again(copy, file.len);
		assert_ok(annot_verify_bundle(arena, annot_bytes(copy, file.len), &trust, &r,
					      &test_error));
		if (annot_report_exit(r) != 0)
			continue;
		survived++;
		now = printed(r);
		if (strcmp(now, said) != 0)
			fail_msg("byte %zu ('%c') changed, still %s, but now: %s", i, file.data[i],
				 annot_verdict_name(r->verdict), now);
		free(now);
	}
	/* The lines of the stranger and of the log in the cosigned note, and nothing else. */
	assert_in_range(survived, 1, 300);
	free(said);
	annot_arena_free(arena);
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_closed_again),
		cmocka_unit_test(test_facts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
