/* The gate and a daemon that wants something published. */
#include "gate.h"

static struct test_corpus *c;
static struct test_key admin, bob, carol, dora;
static struct test_entry *document, *quote;
static struct annot_trust trust;

static struct test_entry *put(const struct test_key *key, struct annot_draft *d)
{
	return test_put_as(c, key, d, ANNOT_EFFECTIVE);
}

/* A quote that passes. */
static int setup(void **state)
{
	(void)state;
	c = test_corpus_new(1, 1);
	admin = test_key(1);
	bob = test_reviewer(c, "bob", 50);
	carol = test_reviewer(c, "carol", 51);
	dora = test_reviewer(c, "dora", 52);
	document =
		test_put_document(c, &bob, "speech", "We will plant a million trees, she said.\n");
	quote = put(&bob, test_quote(document, 8, 29));
	put(&carol, test_review(&document->id, "approve"));
	put(&carol, test_review(&quote->id, "approve"));
	trust = (struct annot_trust){.corpus = c->id};
	assert_gate_open(test_gate(c, quote));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	c = test_corpus_free(c);
	return 0;
}

/* Takes a record out of the bundle. */
static void hide(struct annot_bundle *b, const struct test_entry *e)
{
	struct annot_bundle_record *lists[] = {(void *)(uintptr_t)b->chain,
					       (void *)(uintptr_t)b->references};
	size_t *counts[] = {&b->n_chain, &b->n_references};
	bool found = false;

	for (size_t l = 0; l < 2; l++) {
		size_t n = 0;

		for (size_t i = 0; i < *counts[l]; i++) {
			struct annot_bytes r = lists[l][i].record;
			bool is_it = r.len == e->record->bytes.len &&
				     memcmp(r.data, e->record->bytes.data, r.len) == 0;

			found |= is_it;
			if (!is_it)
				lists[l][n++] = lists[l][i];
		}
		*counts[l] = n;
	}
	assert_true(found);
}

static const struct annot_gated *gate_without(const struct test_entry *hidden)
{
	struct annot_bundle b;

	test_bundle(c, quote, &b);
	hide(&b, hidden);
	return test_gate_bundle(c, &b, &trust);
}

/* Cuts the last leaf. */
static const struct annot_gated *gate_without_last_leaf(const struct test_entry *subject,
							const struct test_entry *hidden)
{
	struct annot_bundle b;

	test_bundle(c, subject, &b);
	if (hidden)
		hide(&b, hidden);
	while (b.leaves.data[--b.leaves.len - 1] != '\n')
		;
	return test_gate_bundle(c, &b, &trust);
}

static void test_hidden_rejection(void **state)
{
	struct test_entry *no = put(&dora, test_review(&quote->id, "reject"));
	(void)state;

	assert_gate_shut(test_gate(c, quote), "review", "rejected by dora");
	assert_gate_shut(gate_without(no), "review",
			 "record #8, which decides on it, is not in the");
	/* Nor with its leaf gone: then it is another log. */
	assert_gate_shut(gate_without_last_leaf(quote, no), "leaves", "INVALID");
}

static void test_hidden_rejection_of_the_document(void **state)
{
	struct test_entry *no = put(&dora, test_review(&document->id, "reject"));
	(void)state;

	assert_gate_shut(test_gate(c, quote), "target", "rejected by dora");
	assert_gate_shut(gate_without(no), "target", "record #8, which decides on it");
}

/* A stolen key rejected, its owner stood by that: without the reaffirmation it would not count. */
static void test_hidden_reaffirmation(void **state)
{
	struct test_key dora2 = test_key(60);
	struct test_entry *no = put(&dora, test_review(&quote->id, "reject")), *stands;
	(void)state;

	put(&dora, test_key_rotate(c, "dora", &c->entries[3]->id, &dora2));
	put(&admin, test_key_revoke(&c->entries[3]->id, "compromised", (int64_t)no->index));
	assert_gate_open(test_gate(c, quote));
	stands = put(&dora2, test_about(ANNOT_KIND_reaffirm, &no->id));
	assert_gate_shut(test_gate(c, quote), "review", "rejected by dora");
	assert_gate_shut(gate_without(stands), "review", "record #11, which decides on it");
	assert_gate_shut(gate_without(no), "review", "record #8, which decides on it");
}

static void test_hidden_policy(void **state)
{
	struct test_entry *strict = put(&admin, test_policy(2));
	(void)state;

	assert_gate_shut(test_gate(c, quote), "review", "needs 1 more approval");
	assert_gate_shut(gate_without(strict), "key chain", "record #8 (policy)");
	assert_gate_shut(gate_without_last_leaf(quote, strict), "leaves", "INVALID");
}

/* The revocation that makes an approval worthless. */
static void test_hidden_revocation(void **state)
{
	struct test_entry *gone = put(&admin, test_key_revoke(&c->entries[2]->id, "compromised",
							      (int64_t)document->index));
	(void)state;

	assert_gate_shut(test_gate(c, quote), "review", "approved by nobody");
	assert_gate_shut(gate_without(gone), "key chain", "record #8 (key-revoke)");
}

static void test_hidden_version(void **state)
{
	struct test_entry *newer = put(&bob, annot_draft_amend(quote->record));
	(void)state;

	/* It is not in the bundle of the old one: the leaves say that it exists. */
	assert_gate_shut(test_gate(c, quote), "latest", "SUPERSEDED");
	assert_gate_shut(test_gate(c, newer), "review", "approved by nobody");
	assert_gate_shut(gate_without_last_leaf(quote, NULL), "leaves", "INVALID");
}

static void test_hidden_retraction(void **state)
{
	(void)state;
	put(&bob, test_about(ANNOT_KIND_retract, &quote->id));
	assert_gate_shut(test_gate(c, quote), "retraction", "RETRACTED");
	assert_gate_shut(gate_without_last_leaf(quote, NULL), "leaves", "INVALID");
}

/* An approval that was taken back. */
static void test_hidden_retraction_of_an_approval(void **state)
{
	(void)state;
	put(&carol, test_about(ANNOT_KIND_retract, &c->entries[7]->id));
	assert_gate_shut(test_gate(c, quote), "review", "approved by nobody");
	assert_gate_shut(gate_without_last_leaf(quote, NULL), "leaves", "INVALID");
}

static void test_hidden_leaves(void **state)
{
	struct annot_bundle b;
	(void)state;

	test_bundle(c, quote, &b);
	b.leaves = annot_bytes(NULL, 0);
	assert_gate_shut(test_gate_bundle(c, &b, &trust), "leaves", "CANNOT-CHECK");
}

/* All of it as it was: sound in itself, but the reader has seen more. */
static void test_older_checkpoint(void **state)
{
	struct annot_bundle old;
	struct annot_checkpoint pin;
	struct annot_trust seen = trust;
	(void)state;

	test_bundle(c, quote, &old);
	test_checkpoint(c, &seen.pin);
	assert_gate_open(test_gate_bundle(c, &old, &seen));
	put(&dora, test_review(&quote->id, "reject"));
	test_checkpoint(c, &pin);
	seen.pin = pin;
	assert_gate_shut(test_gate_bundle(c, &old, &seen), "pin",
			 "judged as of #8, but your checkpoint is of #9");
	/* The reader's word against the log's. */
	seen.pin.size = 8;
	assert_gate_shut(test_gate_bundle(c, &old, &seen), "pin", "FORKED");
}

/* A document that nobody may see cannot be compared with. */
static void test_hidden_text(void **state)
{
	struct test_entry *claim = put(&bob, test_claim("x"));
	struct annot_draft *d = test_verdict(&claim->id, "false");
	struct test_entry *verdict;
	struct annot_bundle b;
	(void)state;

	test_ref(d, "evidence", &quote->id);
	verdict = put(&bob, d);
	put(&carol, test_review(&claim->id, "approve"));
	put(&carol, test_review(&verdict->id, "approve"));
	assert_gate_open(test_gate(c, verdict));
	test_bundle(c, verdict, &b);
	b.n_sources = 0;
	assert_gate_shut(test_gate_bundle(c, &b, &trust), "evidence",
			 "0 of 1 targets could be compared");
	assert_gate_shut(test_gate_bundle(c, &b, &trust), "target",
			 "its text is not in the bundle");
	test_bundle(c, quote, &b);
	b.n_sources = 0;
	assert_gate_shut(test_gate_bundle(c, &b, &trust), "words", "CANNOT-CHECK");
}

static void test_hidden_evidence(void **state)
{
	struct test_entry *claim = put(&bob, test_claim("x"));
	struct test_entry *verdict = put(&bob, test_verdict(&claim->id, "false"));
	struct annot_bundle b;
	(void)state;

	put(&carol, test_review(&verdict->id, "approve"));
	test_bundle(c, verdict, &b);
	hide(&b, claim);
	assert_gate_shut(test_gate_bundle(c, &b, &trust), "on", "is not in the bundle");
}

/* Records that name hundreds that are not there: the report stays bounded, the gate shut. */
static void test_hundreds_missing(void **state)
{
	struct test_entry *claim = put(&bob, test_claim("x"));
	struct test_entry *verdict = NULL;
	struct annot_bundle b;
	const struct annot_gated *g;
	(void)state;

	for (unsigned n = 0; n < 6; n++) {
		struct annot_draft *d = test_verdict(&claim->id, "false");

		if (verdict)
			test_ref(d, "evidence", &verdict->id);
		for (unsigned i = 0; i < 40; i++)
			test_ref(d, "evidence", &put(&bob, test_claim("y"))->id);
		verdict = put(&bob, d);
	}
	test_bundle(c, verdict, &b);
	for (uint64_t i = claim->index + 1; i < verdict->index; i++)
		if (c->entries[i]->leaf.kind == ANNOT_KIND_claim)
			hide(&b, c->entries[i]);
	g = test_gate_bundle(c, &b, &trust);
	assert_gate_shut(g, "evidence", "is not in the bundle");
	assert_true(g->n_lines > 100 && g->n_lines <= 128);
}

/* A foundation with a bad signature, presented as one of the records that are judged. */
static void test_forged_foundation(void **state)
{
	struct test_entry *claim = put(&bob, test_claim("x"));
	struct test_entry *verdict = put(&carol, test_verdict(&claim->id, "false"));
	struct annot_hash records[] = {claim->id, verdict->id};
	const struct annot_gate *gate = NULL;
	struct annot_bundle b, foundation;
	struct annot_bundle_record *list;
	(void)state;

	put(&carol, test_review(&claim->id, "approve"));
	put(&bob, test_review(&verdict->id, "approve"));
	test_bundle(c, verdict, &b);
	test_bundle(c, claim, &foundation);
	hide(&b, claim);
	list = (struct annot_bundle_record *)(uintptr_t)b.references;
	list[b.n_references++] = b.subject;
	b.subject = foundation.subject;
	assert_ok(annot_gate_bundle(c->arena, test_bundle_file(c, &b), &trust, records, 2, &gate,
				    &test_error));
	assert_true(gate->passed);
	b.subject.signature = list[0].signature;
	assert_ok(annot_gate_bundle(c->arena, test_bundle_file(c, &b), &trust, records, 2, &gate,
				    &test_error));
	assert_false(gate->passed || gate->records[0].passed || gate->records[1].passed);
}

/* Approvals by somebody whom no admin enrolled, and by one whose key had ended. */
static void test_puppets(void **state)
{
	struct test_key puppet = test_key(77);
	struct test_entry *version = put(&bob, annot_draft_amend(quote->record));
	(void)state;

	assert_effect(test_put(c, &puppet, test_review(&version->id, "approve")), ANNOT_VOID);
	put(&admin, test_key_revoke(&c->entries[3]->id, "left", ANNOT_NEVER));
	assert_effect(test_put(c, &dora, test_review(&version->id, "approve")), ANNOT_VOID);
	assert_gate_shut(test_gate(c, version), "review", "approved by nobody");
}

static void test_another_corpus(void **state)
{
	struct annot_trust other = {.corpus = c->entries[1]->id};
	struct annot_bundle b;
	(void)state;

	test_bundle(c, quote, &b);
	assert_gate_shut(test_gate_bundle(c, &b, &other), "corpus", "INVALID");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_hidden_rejection),
		T(test_hidden_rejection_of_the_document),
		T(test_hidden_reaffirmation),
		T(test_hidden_policy),
		T(test_hidden_revocation),
		T(test_hidden_version),
		T(test_hidden_retraction),
		T(test_hidden_retraction_of_an_approval),
		T(test_hidden_leaves),
		T(test_older_checkpoint),
		T(test_hidden_text),
		T(test_hidden_evidence),
		T(test_hundreds_missing),
		T(test_forged_foundation),
		T(test_puppets),
		T(test_another_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
