/* Pins, forks, what authors had seen, and log keys that change. */
#include "corpus.h"

#include <stdio.h>

#include "base/hash.h"

static struct test_corpus *c;
static struct test_key admin;

static int setup(void **state)
{
	(void)state;
	c = test_corpus_new(1, 1);
	admin = test_key(1);
	for (int i = 0; i < 5; i++)
		test_put_as(c, &admin, test_claim("x"), ANNOT_EFFECTIVE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	c = test_corpus_free(c);
	return 0;
}

static const struct annot_report *verify_pinned(const struct annot_checkpoint *pin, bool leaves)
{
	struct annot_trust trust = {.corpus = c->id, .pin = *pin};
	struct annot_bundle b;

	test_bundle(c, c->entries[2], &b);
	if (!leaves)
		b.leaves = (struct annot_bytes){0};
	return test_verify_bundle(c, &b, &trust);
}

static void test_pin(void **state)
{
	struct annot_checkpoint pin, same, wrong;
	const struct annot_report *r;
	(void)state;

	test_checkpoint(c, &pin);
	assert_says(verify_pinned(&pin, true), "pin", "extends your checkpoint of #6");
	test_put_as(c, &admin, test_claim("y"), ANNOT_EFFECTIVE);
	test_put_as(c, &admin, test_claim("z"), ANNOT_EFFECTIVE);
	test_checkpoint(c, &same);
	/* Larger than the pin: the leaves show it. */
	r = verify_pinned(&pin, true);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "pin", "extends your checkpoint of #6");
	r = verify_pinned(&pin, false);
	assert_verdict(r, ANNOT_CANNOT_CHECK);
	assert_says(r, "pin", "without leaves it cannot be shown");
	/* The same size. */
	assert_verdict(verify_pinned(&same, true), ANNOT_VALID_UNWITNESSED);
	wrong = same;
	wrong.root.b[0] ^= 1;
	r = verify_pinned(&wrong, true);
	assert_verdict(r, ANNOT_FORKED_LOG);
	assert_says(r, "pin", "another history than the one you verified up to #8");
	wrong = pin;
	wrong.root.b[31] ^= 1;
	assert_verdict(verify_pinned(&wrong, true), ANNOT_FORKED_LOG);
	/* Smaller than the pin: as of its own size. */
	wrong = same;
	wrong.size = 100;
	r = verify_pinned(&wrong, true);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "pin", "as of #8, older than your checkpoint of #100");
	snprintf(wrong.origin, sizeof(wrong.origin), "example.org/other");
	r = verify_pinned(&wrong, true);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "pin", "of log example.org/test, yours of example.org/other");
}

static void test_fork(void **state)
{
	/* Two readers are shown different records at the same place. */
	struct test_corpus *other = test_corpus_new(1, 1);
	struct annot_checkpoint pin;
	(void)state;

	other->counter = 100;
	for (int i = 0; i < 5; i++)
		test_put_as(other, &admin, test_claim("another"), ANNOT_EFFECTIVE);
	test_checkpoint(other, &pin);
	assert_true(annot_hash_equal(&other->entries[0]->id, &c->id));
	assert_verdict(verify_pinned(&pin, true), ANNOT_FORKED_LOG);
	test_put_as(c, &admin, test_claim("more"), ANNOT_EFFECTIVE);
	assert_verdict(verify_pinned(&pin, true), ANNOT_FORKED_LOG);
	test_corpus_free(other);
}

static void test_seen(void **state)
{
	struct test_entry *e;
	struct annot_trust trust = {.corpus = c->id};
	struct annot_bundle b;
	const struct annot_report *r;
	(void)state;

	test_see(c);
	e = test_put_as(c, &admin, test_claim("seen"), ANNOT_EFFECTIVE);
	r = test_verify(c, e);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "seen", "signed after record #5 of the same log");
	test_bundle(c, e, &b);
	b.seen = (struct annot_bytes){0};
	r = test_verify_bundle(c, &b, &trust);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "seen", "the note itself is not in the bundle");
	/* Another note than the author named. */
	b.seen = test_checkpoint(c, NULL);
	r = test_verify_bundle(c, &b, &trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "seen", "not the one that the author named");
	/* A note where the author had seen none. */
	test_bundle(c, c->entries[2], &b);
	b.seen = c->seen_note;
	assert_verdict(test_verify_bundle(c, &b, &trust), ANNOT_INVALID_BUNDLE);
}

static void test_author_was_shown_another_log(void **state)
{
	struct test_corpus *other = test_corpus_new(1, 1);
	struct test_entry *e;
	const struct annot_report *r;
	(void)state;

	other->counter = 100;
	test_put_as(other, &admin, test_claim("another"), ANNOT_EFFECTIVE);
	test_see(other);
	c->seen = other->seen;
	c->seen_note =
		annot_bytes(annot_arena_copy(c->arena, other->seen_note.data, other->seen_note.len),
			    other->seen_note.len);
	e = test_put_as(c, &admin, test_claim("exposes it"), ANNOT_EFFECTIVE);
	r = test_verify(c, e);
	assert_verdict(r, ANNOT_FORKED_LOG);
	assert_says(r, "seen", "both signed by the log, are the evidence");
	c->seen_note = (struct annot_bytes){0};
	r = test_verify(c, e);
	assert_verdict(r, ANNOT_FORKED_LOG);
	assert_says(r, "seen", "so the signed record says");
	/* More records than stand before it. */
	c->seen.size = 100;
	e = test_put_as(c, &admin, test_claim("from the future"), ANNOT_EFFECTIVE);
	r = test_verify(c, e);
	assert_verdict(r, ANNOT_FORKED_LOG);
	assert_says(r, "seen", "the author had seen 100 records of this log");
	test_corpus_free(other);
}

static enum annot_status read_node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				   struct annot_error *err)
{
	struct annot_hash left, right;

	(void)ctx;
	if (level == 0) {
		*ret = c->leaf_hashes[n];
		return ANNOT_OK;
	}
	TRY(read_node(ctx, level - 1, 2 * n, &left, err));
	TRY(read_node(ctx, level - 1, 2 * n + 1, &right, err));
	*ret = annot_node_hash(&left, &right);
	return ANNOT_OK;
}

static void test_consistency(void **state)
{
	struct annot_tree_reader reader = {.node = read_node};
	struct annot_hash path[ANNOT_CONSISTENCY_MAX];
	struct annot_buf text = ANNOT_BUF_INIT(8192);
	struct annot_trust trust = {.corpus = c->id};
	struct annot_bundle b;
	struct test_entry *e;
	const struct annot_report *r;
	size_t n;
	(void)state;

	test_see(c);
	e = test_put_as(c, &admin, test_claim("seen"), ANNOT_EFFECTIVE);
	assert_ok(annot_tree_consistency(&reader, 6, 7, path, &n, &test_error));
	for (size_t i = 0; i < n; i++) {
		annot_buf_base64(&text, path[i].b, ANNOT_HASH_SIZE);
		annot_buf_putc(&text, '\n');
	}
	test_bundle(c, e, &b);
	b.consistency = annot_buf_bytes(&text);
	assert_verdict(test_verify_bundle(c, &b, &trust), ANNOT_VALID_UNWITNESSED);
	/* Without leaves it is what shows that the author saw this log. */
	b.leaves = (struct annot_bytes){0};
	r = test_verify_bundle(c, &b, &trust);
	assert_says(r, "seen", "signed after record #5 of the same log");
	text.data[3] ^= 1;
	r = test_verify_bundle(c, &b, &trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "seen", "the consistency proof does not lead");
	annot_buf_free(&text);
}

static void test_log_key_changes(void **state)
{
	struct test_entry *last = c->entries[0], *subject = c->entries[2];
	const struct annot_report *r;
	(void)state;

	/* The key before may still sign; the one before that may not. */
	for (uint8_t i = 1; i <= 2; i++) {
		struct annot_draft *d = annot_draft_amend(last->record);
		struct annot_skey next;
		struct annot_buf b = ANNOT_BUF_INIT(512);

		assert_ok(annot_skey_new(TEST_ORIGIN, ANNOT_NOTE_ED25519, &next, &test_error));
		annot_vkey_write(&next.vkey, &b);
		test_set(d, "log", b.data);
		annot_buf_free(&b);
		last = test_put_as(c, &admin, d, ANNOT_EFFECTIVE);
		r = test_verify(c, subject);
		if (i == 1) {
			assert_verdict(r, ANNOT_VALID_UNWITNESSED);
			assert_says(r, "checkpoint",
				    "signed by the log key before the one that corpus record #");
			continue;
		}
		assert_verdict(r, ANNOT_INVALID_BUNDLE);
		assert_says(r, "checkpoint", "not signed by a log key of this corpus");
		assert_null(r->note.data);
		c->log = next;
		r = test_verify(c, subject);
		assert_verdict(r, ANNOT_VALID_UNWITNESSED);
		assert_says(r, "checkpoint", "signed by the log key that corpus record #");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_pin),         TEST(test_fork),
		TEST(test_seen),        TEST(test_author_was_shown_another_log),
		TEST(test_consistency), TEST(test_log_key_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
