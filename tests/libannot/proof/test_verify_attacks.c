/* Bundles by someone who wants to be believed. */
#include "corpus.h"

#include "base/hash.h"

static struct test_corpus *c;
static struct test_key admin, bob;
static struct test_entry *document, *quote;
static struct annot_trust trust;

static int setup(void **state)
{
	(void)state;
	c = test_corpus_new(1, 1);
	admin = test_key(1);
	bob = test_reviewer(c, "bob", 50);
	document =
		test_put_document(c, &bob, "speech", "We will plant a million trees, she said.\n");
	quote = test_put_as(c, &bob, test_quote(document, 8, 29), ANNOT_EFFECTIVE);
	trust = (struct annot_trust){.corpus = c->id};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	c = test_corpus_free(c);
	return 0;
}

static struct annot_bytes changed(struct annot_bytes in, size_t at)
{
	char *copy = annot_arena_copy(c->arena, in.data, in.len);

	copy[at] ^= 1;
	return annot_bytes(copy, in.len);
}

static void test_tampered_source(void **state)
{
	struct annot_bundle b;
	struct annot_bundle_source *sources;
	const struct annot_report *r;
	(void)state;

	test_bundle(c, quote, &b);
	sources = (struct annot_bundle_source *)(uintptr_t)b.sources;
	sources[0].text = changed(sources[0].text, 10);
	r = test_verify_bundle(c, &b, &trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "source", "the text of no document in the bundle");
}

/* A quote whose words are not those of the document: admitted only by a daemon that does not look.
 */
static void test_words_that_do_not_stand_there(void **state)
{
	static const char *const texts[] = {
		"We will plant a billion trees, she said.\n", /* exact */
		"We WILL plant a million trees, she said.\n", /* prefix */
		"We will plant a million trees, he spoke.\n", /* suffix */
	};
	static const char *const cards[] = {"exact", "prefix", "suffix"};
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		struct test_entry fake = *document;
		struct test_entry *e;
		const struct annot_report *r;

		fake.content = annot_bytes_of(texts[i]);
		e = test_put_as(c, &bob, test_quote(&fake, 8, 29), ANNOT_EFFECTIVE);
		r = test_verify(c, e);
		assert_verdict(r, ANNOT_INVALID_BUNDLE);
		assert_says(r, "words", cards[i]);
		/* And a verdict on it does not pass either. */
		e = test_put_as(c, &bob, test_verdict(&e->id, "true"), ANNOT_EFFECTIVE);
		assert_verdict(test_verify(c, e), ANNOT_INVALID_BUNDLE);
	}
}

static void test_document_that_does_not_fit_its_text(void **state)
{
	static const char *const cards[] = {"length", "chunks"};
	static const char *const values[] = {
		"7", "00000000000000000000000000000000000000000000000000000000000000aa"};
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		struct annot_draft *d = test_document(i ? "one" : "two", document->content);
		struct test_entry *e;

		test_set(d, cards[i], values[i]);
		e = test_put_as(c, &bob, d, ANNOT_EFFECTIVE);
		e->content = document->content;
		assert_says(test_verify(c, e), "words", "do not fit the text");
		assert_verdict(test_verify(c, e), ANNOT_INVALID_BUNDLE);
		assert_verdict(
			test_verify(c, test_put_as(c, &bob, test_quote(e, 8, 29), ANNOT_EFFECTIVE)),
			ANNOT_INVALID_BUNDLE);
	}
}

static void test_text_that_is_not_utf8(void **state)
{
	struct test_entry *e = test_put_document(c, &bob, "odd", "Some \xc3\x28 words \xf0\x9f");
	(void)state;

	assert_says(test_verify(c, e), "words", "is not UTF-8");
}

static void test_forged_signature(void **state)
{
	struct test_key mallory = test_key(66);
	struct annot_bundle b;
	const struct annot_report *r;
	(void)state;

	/* In the log with a signature that is not one. */
	quote = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	quote->signature[0] ^= 1;
	c->frontier = (struct annot_frontier){0};
	for (size_t i = 0; i < c->n; i++) {
		struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
		struct annot_hash nodes[ANNOT_LEVELS];
		struct test_entry *e = c->entries[i];

		annot_leaf_of(e->record, e->signature, &e->leaf);
		annot_leaf_write(&e->leaf, &line);
		c->leaf_hashes[i] = annot_leaf_hash(line.data, line.len);
		annot_frontier_append(&c->frontier, &c->leaf_hashes[i], nodes);
		annot_buf_free(&line);
	}
	r = test_verify(c, quote);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "signature", "forged: not a signature by key SHA256:");
	/* By another key than the author's. */
	annot_sshsig_sign(&mallory.secret, ANNOT_NAMESPACE_RECORD, quote->record->bytes,
			  quote->signature);
	memcpy(quote->key, mallory.secret.public_key.key, sizeof(quote->key));
	test_bundle(c, quote, &b);
	assert_verdict(test_verify_bundle(c, &b, &trust), ANNOT_INVALID_BUNDLE);
}

/* The operator logs a key-add that no admin signed. */
static void test_puppet(void **state)
{
	struct test_key puppet = test_key(77);
	struct test_entry *e;
	(void)state;

	assert_effect(test_put(c, &puppet, test_key_add(c, "puppet", &puppet)), ANNOT_VOID);
	e = test_put(c, &puppet, test_claim("believe me"));
	assert_verdict(test_verify(c, e), ANNOT_INVALID_BUNDLE);
}

/* The same records in a log of someone else's making, with its own genesis. */
static void test_own_trust_root(void **state)
{
	struct test_corpus *evil = test_corpus_empty();
	struct test_key mallory = test_key(66);
	struct annot_draft *d = test_genesis(evil, 1, 1);
	struct test_entry *e;
	struct annot_bundle b;
	(void)state;

	test_admin(d, "mallory", &mallory);
	evil->id = test_put_as(evil, &mallory, d, ANNOT_EFFECTIVE)->id;
	/* A record that claims to be of the trusted corpus. */
	struct annot_hash own = evil->id;
	evil->id = c->id;
	e = test_put(evil, &mallory, test_claim("x"));
	test_bundle(evil, e, &b);
	assert_verdict(test_verify_bundle(evil, &b, &trust), ANNOT_INVALID_BUNDLE);
	assert_says(test_verify_bundle(evil, &b, &trust), "corpus", "the log's genesis record is");
	evil->id = own;
	test_corpus_free(evil);
}

static void test_wrong_leaves(void **state)
{
	struct annot_bundle b;
	const struct annot_report *r;
	(void)state;

	test_bundle(c, quote, &b);
	b.leaves = changed(b.leaves, b.leaves.len - 5);
	r = test_verify_bundle(c, &b, &trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "leaves", "do not give the checkpoint's root");
	/* Cut before the retraction that the reader should not see. */
	test_put_as(c, &bob, test_about(ANNOT_KIND_retract, &quote->id), ANNOT_EFFECTIVE);
	test_bundle(c, quote, &b);
	while (b.leaves.data[--b.leaves.len - 1] != '\n')
		;
	r = test_verify_bundle(c, &b, &trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "leaves", "covers 5 records, the bundle has 4");
}

/* A checkpoint of the log as it was, with proofs of now. */
static void test_mixed_checkpoints(void **state)
{
	struct annot_bundle old, b;
	const struct annot_report *r;
	(void)state;

	test_bundle(c, quote, &old);
	test_put_as(c, &bob, test_about(ANNOT_KIND_retract, &quote->id), ANNOT_EFFECTIVE);
	test_bundle(c, quote, &b);
	b.subject.proof = old.subject.proof;
	r = test_verify_bundle(c, &b, &trust);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "chain", "to another checkpoint");
	/* An old bundle as a whole stays what it was, and says as of when. */
	r = test_verify_bundle(c, &old, &trust);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "retraction", "not retracted as of #4");
}

/* The proof of one record does not serve another. */
static void test_swapped_proofs(void **state)
{
	struct annot_bundle b;
	struct annot_bundle_record *list;
	(void)state;

	test_bundle(c, quote, &b);
	b.subject.proof = test_proof(c, document->index);
	assert_verdict(test_verify_bundle(c, &b, &trust), ANNOT_INVALID_BUNDLE);
	test_bundle(c, quote, &b);
	list = (struct annot_bundle_record *)(uintptr_t)b.references;
	list[0].proof = test_proof(c, quote->index);
	assert_verdict(test_verify_bundle(c, &b, &trust), ANNOT_INVALID_BUNDLE);
	test_bundle(c, quote, &b);
	list = (struct annot_bundle_record *)(uintptr_t)b.chain;
	list[1].signature = b.subject.signature;
	assert_says(test_verify_bundle(c, &b, &trust), "chain", "chain 2:");
}

static void test_record_twice_in_bundle(void **state)
{
	struct annot_bundle b;
	struct annot_bundle_record *list;
	(void)state;

	test_bundle(c, quote, &b);
	list = (struct annot_bundle_record *)(uintptr_t)b.references;
	list[b.n_references++] = list[0];
	assert_says(test_verify_bundle(c, &b, &trust), "reference", "stands in the bundle twice");
}

/* Logged twice: the second place is void, and proves nothing. */
static void test_logged_twice(void **state)
{
	struct test_entry *again = annot_arena_alloc(c->arena, sizeof(*again));
	struct annot_hash nodes[ANNOT_LEVELS];
	const struct annot_report *r;
	(void)state;

	*again = *quote;
	again->index = c->n;
	c->entries[c->n] = again;
	c->leaf_hashes[c->n] = c->leaf_hashes[quote->index];
	annot_frontier_append(&c->frontier, &c->leaf_hashes[c->n++], nodes);
	r = test_verify(c, again);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "leaves", "stands at #3 first, its proof is for #4");
	assert_verdict(test_verify(c, quote), ANNOT_VALID_UNWITNESSED);
}

static void test_signed_by_another_log(void **state)
{
	struct annot_skey own = c->log;
	const struct annot_report *r;
	(void)state;

	assert_ok(annot_skey_new(TEST_ORIGIN, ANNOT_NOTE_ED25519, &c->log, &test_error));
	r = test_verify(c, quote);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "checkpoint", "not signed by a log key of this corpus");
	c->log = own;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_tampered_source),
		TEST(test_words_that_do_not_stand_there),
		TEST(test_document_that_does_not_fit_its_text),
		TEST(test_text_that_is_not_utf8),
		TEST(test_forged_signature),
		TEST(test_puppet),
		TEST(test_own_trust_root),
		TEST(test_wrong_leaves),
		TEST(test_mixed_checkpoints),
		TEST(test_swapped_proofs),
		TEST(test_record_twice_in_bundle),
		TEST(test_logged_twice),
		TEST(test_signed_by_another_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
