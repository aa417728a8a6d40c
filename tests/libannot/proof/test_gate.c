/* What passes the gate, and what is said to be missing. */
#include "gate.h"

static struct test_corpus *c;
static struct test_key admin, bob, carol, dora;
static struct test_entry *document, *quote;

static struct test_entry *put(const struct test_key *key, struct annot_draft *d)
{
	return test_put_as(c, key, d, ANNOT_EFFECTIVE);
}

static struct test_entry *approve(const struct test_key *key, const struct test_entry *e)
{
	return put(key, test_review(&e->id, "approve"));
}

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
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	c = test_corpus_free(c);
	return 0;
}

/* A policy with cards that replace those of test_policy(1). */
static void policy(const char *card, const char *value)
{
	struct annot_draft *d = test_policy(1);

	test_set(d, card, value);
	put(&admin, d);
}

static void test_quote_and_its_document(void **state)
{
	(void)state;
	assert_gate_shut(
		test_gate(c, quote), "review",
		"needs 1 more approval by someone other than bob; approved by nobody (0 of 1)");
	assert_gate_shut(test_gate(c, quote), "target", "(speech) by bob, #4: needs 1 more");
	approve(&carol, quote);
	assert_gate_tells(test_gate(c, quote), "review",
			  "by bob, #5: approved by carol at #6 (1 of 1)");
	assert_gate_shut(test_gate(c, quote), "target", "document ");
	approve(&dora, document);
	assert_gate_open(test_gate(c, quote));
	assert_gate_tells(test_gate(c, quote), "target", "approved by dora at #7 (1 of 1)");
	assert_gate_tells(test_gate(c, quote), "verify", "VALID-UNWITNESSED");
	assert_gate_open(test_gate(c, document));
	assert_int_equal(test_gate(c, quote)->version, 1);
	assert_true(annot_hash_equal(&test_gate(c, quote)->record, &quote->id));
}

static void test_own_approvals(void **state)
{
	struct test_entry *version;
	(void)state;

	approve(&carol, document);
	approve(&bob, quote);
	assert_gate_shut(test_gate(c, quote), "review", "other than bob");
	assert_gate_tells(test_gate(c, quote), "review",
			  "the approval by bob at #7 does not count: bob is an author of it");
	/* Who wrote an ancestor is an author, too. */
	version = put(&carol, annot_draft_amend(quote->record));
	approve(&bob, version);
	approve(&carol, version);
	assert_gate_shut(test_gate(c, version), "review",
			 "other than carol, bob; approved by nobody");
	assert_gate_shut(test_gate(c, quote), "latest", "SUPERSEDED");
	approve(&dora, version);
	assert_gate_open(test_gate(c, version));
	assert_int_equal(test_gate(c, version)->version, 2);
	policy("self-approval", "yes");
	version = put(&bob, annot_draft_amend(version->record));
	approve(&bob, version);
	assert_gate_open(test_gate(c, version));
}

static void test_persons_not_keys(void **state)
{
	struct test_key bob2 = test_key(60);
	(void)state;

	approve(&carol, document);
	put(&bob, test_key_rotate(c, "bob", &c->entries[1]->id, &bob2));
	approve(&bob2, quote);
	assert_gate_shut(test_gate(c, quote), "review", "other than bob; approved by nobody");
	policy("approvals", "default 2");
	approve(&carol, quote);
	approve(&carol, quote);
	assert_gate_shut(test_gate(c, quote), "review",
			 "needs 1 more approval by someone other than "
			 "bob; approved by carol at #11 (1 of 2)");
	assert_gate_shut(test_gate(c, quote), "target", "(1 of 2)");
}

static void test_bots(void **state)
{
	struct test_key bot = test_key(61);
	struct annot_draft *d = test_key_add(c, "robot", &bot);
	(void)state;

	test_set(d, "role", "bot");
	put(&admin, d);
	approve(&carol, document);
	approve(&bot, quote);
	assert_gate_shut(test_gate(c, quote), "review", "approved by nobody");
	assert_gate_tells(test_gate(c, quote), "review",
			  "robot at #8 does not count: robot is a bot");
	approve(&carol, quote);
	put(&bot, test_review(&quote->id, "reject"));
	assert_gate_open(test_gate(c, quote));
	policy("bots-count", "yes");
	assert_gate_shut(test_gate(c, quote), "review", "rejected by robot at #10");
}

static void test_objections(void **state)
{
	struct test_entry *review;
	(void)state;

	approve(&carol, document);
	approve(&carol, quote);
	review = put(&dora, test_review(&quote->id, "request-changes"));
	assert_gate_shut(test_gate(c, quote), "review", "changes requested by dora at #8");
	put(&dora, test_review(&quote->id, "reject"));
	assert_gate_shut(test_gate(c, quote), "review", "rejected by dora at #9");
	put(&dora, test_about(ANNOT_KIND_retract, &c->entries[9]->id));
	assert_gate_shut(test_gate(c, quote), "review", "changes requested by dora at #8");
	put(&dora, test_about(ANNOT_KIND_retract, &review->id));
	assert_gate_open(test_gate(c, quote));
	put(&dora, test_review(&document->id, "reject"));
	assert_gate_shut(test_gate(c, quote), "target", "rejected by dora");
}

static void test_approvals_by_kind(void **state)
{
	struct annot_draft *d = test_policy(0);
	(void)state;

	test_card(d, "approvals", "document 2");
	put(&admin, d);
	assert_gate_tells(test_gate(c, quote), "review", "the policy, which wants 0 approvals");
	assert_gate_shut(test_gate(c, quote), "target", "needs 2 more approvals");
	approve(&carol, document);
	approve(&dora, document);
	assert_gate_open(test_gate(c, quote));
}

static void test_what_a_verdict_stands_on(void **state)
{
	struct test_entry *claim = put(&bob, test_claim("Trees were planted.")), *verdict;
	struct annot_draft *d = test_verdict(&claim->id, "false");
	const struct annot_gated *g;
	(void)state;

	test_ref(d, "evidence", &quote->id);
	verdict = put(&carol, d);
	put(&dora, test_verdict(&claim->id, "true"));
	approve(&bob, verdict);
	g = test_gate(c, verdict);
	assert_gate_shut(g, "on", "claim ");
	assert_gate_shut(g, "evidence", "quote ");
	assert_gate_shut(g, "target", "document ");
	assert_gate_tells(g, "verdicts", "1 more on the same record by others");
	approve(&carol, claim);
	approve(&carol, quote);
	approve(&carol, document);
	assert_gate_open(test_gate(c, verdict));
	/* The evidence is amended: the verdict stands on what the desk has taken back. */
	put(&bob, annot_draft_amend(quote->record));
	assert_gate_shut(test_gate(c, verdict), "evidence", "a later version replaced it");
}

static void test_link_and_via(void **state)
{
	struct annot_draft *d = test_quote(document, 0, 2);
	struct test_entry *second, *link;
	(void)state;

	test_ref(d, "via", &quote->id);
	second = put(&bob, d);
	d = annot_draft_new(ANNOT_KIND_link);
	test_ref(d, "from", &second->id);
	test_card(d, "relation", "derived-from");
	test_ref(d, "to", &document->id);
	link = put(&carol, d);
	approve(&bob, link);
	approve(&carol, second);
	assert_gate_shut(test_gate(c, link), "to", "document ");
	assert_gate_shut(test_gate(c, link), "via", "quote ");
	approve(&carol, document);
	approve(&carol, quote);
	assert_gate_open(test_gate(c, link));
	put(&bob, test_about(ANNOT_KIND_retract, &quote->id));
	assert_gate_shut(test_gate(c, link), "via", "retracted at #");
}

/* What was published then stays published; a new version of a document is a reason to look, no
 * more. */
static void test_newer_document(void **state)
{
	struct annot_draft *d = annot_draft_amend(document->record);
	(void)state;

	approve(&carol, document);
	approve(&carol, quote);
	test_set(d, "title", "Corrected");
	put(&bob, d);
	assert_gate_open(test_gate(c, quote));
	assert_gate_tells(test_gate(c, quote), "target", "a later version of the document");
}

static void test_withheld(void **state)
{
	struct test_entry *claim = put(&bob, test_claim("x")), *verdict;
	(void)state;

	verdict = put(&carol, test_verdict(&claim->id, "false"));
	approve(&carol, claim);
	approve(&bob, verdict);
	assert_gate_open(test_gate(c, verdict));
	put(&admin, test_about(ANNOT_KIND_withhold, &claim->id));
	claim->withheld = true;
	assert_gate_shut(test_gate(c, verdict), "on", "withheld by the admins at #10");
	assert_gate_shut(test_gate(c, claim), "withheld", "WITHHELD");
}

static void test_conflict(void **state)
{
	struct test_entry *left, *right;
	(void)state;

	approve(&carol, document);
	left = put(&bob, annot_draft_amend(quote->record));
	right = put(&carol, annot_draft_amend(quote->record));
	approve(&dora, left);
	approve(&dora, right);
	assert_gate_shut(test_gate(c, left), "latest", "CONFLICT");
	assert_gate_shut(test_gate(c, right), "latest", "CONFLICT");
}

static void test_stolen_key(void **state)
{
	struct test_key carol2 = test_key(62);
	struct test_entry *review, *rotate, *stands;
	(void)state;

	approve(&dora, document);
	review = approve(&carol, quote);
	assert_gate_open(test_gate(c, quote));
	rotate = put(&carol, test_key_rotate(c, "carol", &c->entries[2]->id, &carol2));
	put(&admin, test_key_revoke(&c->entries[2]->id, "compromised", (int64_t)review->index));
	assert_gate_shut(test_gate(c, quote), "review", "approved by nobody");
	stands = put(&carol2, test_about(ANNOT_KIND_reaffirm, &review->id));
	assert_gate_open(test_gate(c, quote));
	/* The thief had that key, too. */
	put(&admin, test_key_revoke(&rotate->id, "compromised", (int64_t)stands->index));
	assert_gate_shut(test_gate(c, quote), "review", "approved by nobody");
}

static void test_second_reader(void **state)
{
	struct annot_draft *d = test_policy(1);
	struct test_key erin = test_key(63);
	struct test_entry *original, *translated, *unknown;
	(void)state;

	test_card(d, "second-reader", "yes");
	put(&admin, d);
	d = test_key_add(c, "erin", &erin);
	test_card(d, "language", "fr");
	test_card(d, "language", "de-AT");
	put(&admin, d);
	d = test_document("original", annot_bytes_of("Bonjour."));
	test_card(d, "language", "fr");
	original = put(&bob, d);
	original->content = annot_bytes_of("Bonjour.");
	d = test_document("translated", annot_bytes_of("Guten Tag."));
	test_card(d, "language", "de");
	test_ref(d, "translation-of", &original->id);
	translated = put(&bob, d);
	translated->content = annot_bytes_of("Guten Tag.");
	approve(&carol, translated);
	approve(&carol, original);
	assert_gate_shut(test_gate(c, translated), "review",
			 "needs a second reader: an approval by someone who reads fr and de");
	assert_gate_open(test_gate(c, original));
	approve(&erin, translated);
	assert_gate_open(test_gate(c, translated));
	/* Leaving the language out is no way around the rule. */
	d = test_document("unstated", annot_bytes_of("Guten Tag."));
	test_ref(d, "translation-of", &original->id);
	unknown = put(&bob, d);
	unknown->content = annot_bytes_of("Guten Tag.");
	approve(&erin, unknown);
	assert_gate_shut(test_gate(c, unknown), "review",
			 "the language of this translation is not stated");
}

static void test_kinds_that_are_not_published(void **state)
{
	struct test_entry *review = approve(&carol, quote);
	(void)state;

	assert_gate_shut(test_gate(c, review), "review", "nobody reviews records of this kind");
	assert_gate_tells(test_gate(c, c->entries[1]), "review", "in force since #1");
}

static void test_pending_policy(void **state)
{
	struct test_corpus *two = test_corpus_new(2, 2);
	struct test_entry *e = test_put_as(two, &admin, test_policy(3), ANNOT_PENDING);
	struct annot_trust trust = {.corpus = two->id};
	const struct annot_rules *rules = NULL;
	struct annot_bundle b;
	(void)state;

	assert_gate_shut(test_gate(two, e), "review", "1 of 2 admins approve");
	test_bundle(two, e, &b);
	assert_ok(annot_rules_bundle(two->arena, test_bundle_file(two, &b), &trust, &rules,
				     &test_error));
	assert_int_equal(rules->kind, ANNOT_KIND_corpus);
	assert_int_equal(rules->policy.approvals[ANNOT_KIND_quote], 1);
	assert_int_equal(rules->n_pending, 1);
	assert_int_equal(rules->pending[0].approvals, 1);
	assert_int_equal(rules->threshold, 2);
	assert_int_equal(rules->n_admins, 2);
	assert_int_equal(rules->people, 2);
	assert_string_equal(rules->by, "admin1");
	assert_int_equal(rules->n_heads, 0);
	test_corpus_free(two);
}

/* Several records of one bundle, each judged whole. */
static void test_several(void **state)
{
	struct test_entry *claim = put(&bob, test_claim("x")), *verdict;
	struct annot_hash records[4] = {quote->id, claim->id};
	struct annot_trust trust = {.corpus = c->id};
	const struct annot_gate *gate = NULL;
	struct annot_bundle b;
	(void)state;

	test_see(c);
	verdict = put(&carol, test_verdict(&claim->id, "false"));
	approve(&carol, claim);
	approve(&bob, verdict);
	test_bundle(c, verdict, &b);
	records[0] = verdict->id;
	records[2] = document->id; /* not in the bundle */
	assert_ok(annot_gate_bundle(c->arena, test_bundle_file(c, &b), &trust, records, 2, &gate,
				    &test_error));
	assert_true(gate->passed);
	assert_int_equal(gate->n_records, 2);
	assert_int_equal(gate->checkpoint.size, c->n);
	assert_non_null(gate->rules);
	assert_int_equal(gate->records[0].report->record->kind->kind, ANNOT_KIND_verdict);
	assert_int_equal(gate->records[1].report->record->kind->kind, ANNOT_KIND_claim);
	assert_ok(annot_gate_bundle(c->arena, test_bundle_file(c, &b), &trust, records, 3, &gate,
				    &test_error));
	assert_false(gate->passed);
	assert_true(gate->records[0].passed && gate->records[1].passed);
	assert_gate_shut(&gate->records[2], "record", "not in the bundle");
	assert_true(annot_hash_equal(&gate->records[2].record, &document->id));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_quote_and_its_document),
		T(test_own_approvals),
		T(test_persons_not_keys),
		T(test_bots),
		T(test_objections),
		T(test_approvals_by_kind),
		T(test_what_a_verdict_stands_on),
		T(test_link_and_via),
		T(test_newer_document),
		T(test_withheld),
		T(test_conflict),
		T(test_stolen_key),
		T(test_second_reader),
		T(test_kinds_that_are_not_published),
		T(test_pending_policy),
		T(test_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
