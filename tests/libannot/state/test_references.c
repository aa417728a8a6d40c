/* Every REF and target names a known record, not void, of an allowed kind. */
#include "corpus.h"

static void test_unknown(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50);
	struct annot_hash nobody = {.b = {7}};
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct annot_draft *d;
	(void)state;

	assert_void(test_put(c, &bob, test_verdict(&nobody, "true")), ANNOT_NOT_FOUND,
		    "on 07000000: no such record");
	d = test_verdict(&claim->id, "true");
	test_ref(d, "evidence", &claim->id);
	test_ref(d, "evidence", &nobody);
	assert_void(test_put(c, &bob, d), ANNOT_NOT_FOUND, "evidence 07000000: no such record");
	d = annot_draft_new(ANNOT_KIND_link);
	test_ref(d, "from", &claim->id);
	test_card(d, "relation", "supports");
	test_ref(d, "to", &nobody);
	assert_void(test_put(c, &bob, d), ANNOT_NOT_FOUND, "to 07000000: no such record");
	test_corpus_free(c);
}

static void test_void_reference(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50), stranger = test_key(99);
	struct test_entry *claim = test_put(c, &stranger, test_claim("x"));
	(void)state;

	assert_effect(claim, ANNOT_VOID);
	assert_void(test_put(c, &bob, test_verdict(&claim->id, "true")), ANNOT_REFUSED,
		    "record #2 is void");
	test_corpus_free(c);
}

static void test_kind(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50);
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *comment =
		test_put_as(c, &bob, test_about(ANNOT_KIND_comment, &claim->id), ANNOT_EFFECTIVE);
	(void)state;

	assert_void(test_put(c, &bob, test_verdict(&comment->id, "true")), ANNOT_REFUSED,
		    "is a comment, expected document|quote|claim|span|link");
	test_corpus_free(c);
}

static void test_target_is_a_document(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50);
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *document = test_put_document(c, &bob, "doc", "Some words here.");
	struct test_entry fake = *document;
	(void)state;

	test_put_as(c, &bob, test_quote(document, 5, 10), ANNOT_EFFECTIVE);
	fake.id = claim->id;
	assert_void(test_put(c, &bob, test_quote(&fake, 5, 10)), ANNOT_REFUSED,
		    "is a claim, expected document");
	fake.id = (struct annot_hash){.b = {9}};
	assert_void(test_put(c, &bob, test_quote(&fake, 5, 10)), ANNOT_NOT_FOUND, "target 09");
	test_corpus_free(c);
}

static void test_rejected_quorum_record(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2);
	struct test_entry *policy = test_put_as(c, &one, test_policy(3), ANNOT_PENDING);
	(void)state;

	test_put_as(c, &two, test_review(&policy->id, "reject"), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &two, test_review(&policy->id, "approve")), ANNOT_REFUSED,
		    "is void");
	test_corpus_free(c);
}

static void test_withheld_leaf(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50);
	struct annot_leaf leaf = {.kind = ANNOT_KIND_comment,
				  .author = bob.author,
				  .annotation = {.b = {1}},
				  .record = {.b = {1}}};
	struct annot_judgement j;
	(void)state;

	j = test_put_leaf(c, &leaf);
	assert_int_equal(j.effect, ANNOT_VOID);
	assert_non_null(strstr(j.reason, "on: a leaf of kind comment has one, found none"));
	leaf.annotation = leaf.record = (struct annot_hash){.b = {2}};
	leaf.has_on = true;
	leaf.on = (struct annot_hash){.b = {3}};
	j = test_put_leaf(c, &leaf);
	assert_int_equal(j.status, ANNOT_NOT_FOUND);
	leaf.annotation = leaf.record = (struct annot_hash){.b = {4}};
	leaf.on = c->id;
	assert_int_equal(test_put_leaf(c, &leaf).effect, ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_void_reference),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_target_is_a_document),
		cmocka_unit_test(test_rejected_quorum_record),
		cmocka_unit_test(test_withheld_leaf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
