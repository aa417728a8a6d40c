/* Rules of single kinds: documents' names, ratings, retractions, reaffirmations. */
#include "corpus.h"

static void test_document_names(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50);
	struct test_entry *one = test_put_document(c, &bob, "one", "1");
	struct test_entry *two = test_put_document(c, &bob, "two", "2"), *renamed;
	struct annot_draft *d = annot_draft_amend(two->record);
	(void)state;

	assert_void(test_put_document(c, &bob, "one", "3"), ANNOT_REFUSED,
		    "name one: is the name of document");
	test_set(d, "name", "one");
	assert_void(test_put(c, &bob, d), ANNOT_REFUSED, "name one: is the name of document");
	/* A version may keep its name, or take a free one; then the old one is free. */
	one = test_put_as(c, &bob, annot_draft_amend(one->record), ANNOT_EFFECTIVE);
	d = annot_draft_amend(one->record);
	test_set(d, "name", "three");
	renamed = test_put_as(c, &bob, d, ANNOT_EFFECTIVE);
	assert_effect(test_put_document(c, &bob, "one", "4"), ANNOT_EFFECTIVE);
	assert_void(test_put_document(c, &bob, "three", "5"), ANNOT_REFUSED, "name three");
	/* Retracted documents keep their name; withheld ones do not have one any more. */
	test_put_as(c, &bob, test_about(ANNOT_KIND_retract, &two->id), ANNOT_EFFECTIVE);
	assert_void(test_put_document(c, &bob, "two", "6"), ANNOT_REFUSED, "name two");
	bob = test_key(1);
	test_put_as(c, &bob, test_about(ANNOT_KIND_withhold, &renamed->id), ANNOT_EFFECTIVE);
	assert_effect(test_put_document(c, &bob, "three", "7"), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_ratings(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct annot_draft *d = test_policy(1);
	(void)state;

	test_put_as(c, &bob, test_verdict(&claim->id, "mixture"), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &bob, test_verdict(&claim->id, "perhaps")), ANNOT_REFUSED,
		    "rating perhaps: scale truth has: false mixture true");
	/* The policy in force at that index decides. */
	test_set(d, "scale", "colour red:? green:?");
	test_put_as(c, &admin, d, ANNOT_EFFECTIVE);
	assert_void(test_put(c, &bob, test_verdict(&claim->id, "true")), ANNOT_REFUSED,
		    "scale truth: is not in the policy in force, which has: colour");
	d = test_verdict(&claim->id, "red");
	test_set(d, "scale", "colour");
	test_put_as(c, &bob, d, ANNOT_EFFECTIVE);
	d = test_policy(1);
	annot_draft_unset(d, "scale");
	test_put_as(c, &admin, d, ANNOT_EFFECTIVE);
	assert_void(test_put(c, &bob, test_verdict(&claim->id, "true")), ANNOT_REFUSED,
		    "which has: none");
	test_corpus_free(c);
}

static void test_retract(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct test_key carol = test_reviewer(c, "carol", 51), next = test_key(52);
	struct test_entry *v1 = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE), *v2;
	int64_t at;
	(void)state;

	assert_void(test_put(c, &carol, test_about(ANNOT_KIND_retract, &v1->id)), ANNOT_DENIED,
		    "carol authored no version");
	assert_void(test_put(c, &admin, test_about(ANNOT_KIND_retract, &v1->id)), ANNOT_DENIED,
		    "admin1 authored no version");
	/* The author of any version may, with any of the person's keys. */
	v2 = test_put_as(c, &carol, annot_draft_amend(v1->record), ANNOT_EFFECTIVE);
	test_put_as(c, &bob, test_key_rotate(c, "bob", &c->entries[1]->id, &next), ANNOT_EFFECTIVE);
	test_put_as(c, &next, test_about(ANNOT_KIND_retract, &v2->id), ANNOT_EFFECTIVE);
	assert_ok(annot_memory_view(c->memory)->retracted(annot_memory_view(c->memory)->ctx,
							  &v1->id, &at, &test_error));
	assert_int_equal(at, c->n - 1);
	assert_void(test_put(c, &carol, test_about(ANNOT_KIND_retract, &v1->id)), ANNOT_REFUSED,
		    "was retracted already");
	test_corpus_free(c);
}

static void test_void_version_gives_no_right_to_retract(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50), carol = test_key(51);
	struct test_entry *v1 = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	(void)state;

	assert_effect(test_put(c, &carol, annot_draft_amend(v1->record)), ANNOT_VOID);
	test_reviewer(c, "carol", 51);
	assert_void(test_put(c, &carol, test_about(ANNOT_KIND_retract, &v1->id)), ANNOT_DENIED,
		    "carol authored no version");
	test_corpus_free(c);
}

static void test_reaffirm(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50), carol = test_reviewer(c, "carol", 51);
	struct test_key next = test_key(52);
	struct test_entry *old = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE), *new;
	(void)state;

	assert_void(test_put(c, &bob, test_about(ANNOT_KIND_reaffirm, &old->id)), ANNOT_REFUSED,
		    "only a successor key");
	test_put_as(c, &bob, test_key_rotate(c, "bob", &c->entries[1]->id, &next), ANNOT_EFFECTIVE);
	new = test_put_as(c, &next, test_claim("y"), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &carol, test_about(ANNOT_KIND_reaffirm, &old->id)), ANNOT_DENIED,
		    "carol is not its author");
	assert_void(test_put(c, &next, test_about(ANNOT_KIND_reaffirm, &new->id)), ANNOT_REFUSED,
		    "only a successor key");
	test_put_as(c, &next, test_about(ANNOT_KIND_reaffirm, &old->id), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_withhold_takes_admins(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50);
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	(void)state;

	assert_void(test_put(c, &bob, test_about(ANNOT_KIND_withhold, &claim->id)), ANNOT_DENIED,
		    "bob is not an admin; a withhold record takes 1");
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_document_names),
		cmocka_unit_test(test_ratings),
		cmocka_unit_test(test_retract),
		cmocka_unit_test(test_void_version_gives_no_right_to_retract),
		cmocka_unit_test(test_reaffirm),
		cmocka_unit_test(test_withhold_takes_admins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
