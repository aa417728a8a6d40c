/* Key life as the verifier tells it: provenance's table of states, row by row. */
#include "corpus.h"

static struct test_corpus *c;
static struct test_key admin, bob;
static struct annot_hash add;

static int setup(void **state)
{
	(void)state;
	c = test_corpus_new(1, 1);
	admin = test_key(1);
	bob = test_reviewer(c, "bob", 50);
	add = c->entries[1]->id;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	c = test_corpus_free(c);
	return 0;
}

static void test_not_enrolled_or_revoked_before(void **state)
{
	struct test_key stranger = test_key(90);
	(void)state;

	assert_verdict(test_verify(c, test_put(c, &stranger, test_claim("x"))),
		       ANNOT_INVALID_BUNDLE);
	test_put_as(c, &admin, test_key_revoke(&add, "left", ANNOT_NEVER), ANNOT_EFFECTIVE);
	assert_verdict(test_verify(c, test_put(c, &bob, test_claim("x"))), ANNOT_INVALID_BUNDLE);
}

static void test_retired_or_left_later(void **state)
{
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	const struct annot_report *r;
	(void)state;

	test_put_as(c, &admin, test_key_revoke(&add, "retired", ANNOT_NEVER), ANNOT_EFFECTIVE);
	r = test_verify(c, claim);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "key", "in force at #2; retired later, at #3");
}

static void test_compromised_after_it(void **state)
{
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	const struct annot_report *r;
	(void)state;

	test_put_as(c, &admin, test_key_revoke(&add, "compromised", 3), ANNOT_EFFECTIVE);
	r = test_verify(c, claim);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "key", "compromised later, from #3 on");
}

static void test_compromised_without_index(void **state)
{
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	(void)state;

	test_put_as(c, &admin, test_key_revoke(&add, "compromised", ANNOT_NEVER), ANNOT_EFFECTIVE);
	assert_verdict(test_verify(c, claim), ANNOT_VALID_UNWITNESSED);
}

static void test_compromised_from_it_on(void **state)
{
	struct test_entry *before = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *claim = test_put_as(c, &bob, test_claim("y"), ANNOT_EFFECTIVE);
	struct test_entry *verdict =
		test_put_as(c, &admin, test_verdict(&claim->id, "true"), ANNOT_EFFECTIVE);
	const struct annot_report *r;
	(void)state;

	test_put_as(c, &admin, test_key_revoke(&add, "compromised", (int64_t)claim->index),
		    ANNOT_EFFECTIVE);
	r = test_verify(c, claim);
	assert_verdict(r, ANNOT_DISPUTED);
	assert_says(r, "key", "revoked as compromised from #3 on");
	assert_verdict(test_verify(c, before), ANNOT_VALID_UNWITNESSED);
	r = test_verify(c, verdict);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "about", "record #3 is disputed");
}

static void test_reaffirmed(void **state)
{
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *other = test_put_as(c, &bob, test_claim("y"), ANNOT_EFFECTIVE);
	struct test_key next = test_key(60), last = test_key(61);
	struct test_entry *rotate, *reaffirm;
	struct annot_trust trust = {.corpus = c->id};
	struct annot_bundle b;
	const struct annot_report *r;
	(void)state;

	rotate = test_put_as(c, &bob, test_key_rotate(c, "bob", &add, &next), ANNOT_EFFECTIVE);
	test_put_as(c, &admin, test_key_revoke(&add, "compromised", 1), ANNOT_EFFECTIVE);
	assert_verdict(test_verify(c, claim), ANNOT_DISPUTED);
	reaffirm =
		test_put_as(c, &next, test_about(ANNOT_KIND_reaffirm, &claim->id), ANNOT_EFFECTIVE);
	r = test_verify(c, claim);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "key", "a later key of bob reaffirmed this record");
	assert_verdict(test_verify(c, other), ANNOT_DISPUTED);
	/* The reaffirmation's own signature must be there: a leaf line alone is the operator's
	 * word. */
	test_bundle(c, claim, &b);
	assert_int_equal(b.n_references, 1);
	b.n_references = 0;
	r = test_verify_bundle(c, &b, &trust);
	assert_verdict(r, ANNOT_DISPUTED);
	assert_says(r, "key", "a reaffirmation at #6 does not count");
	/* The successor key's own records say whence it came. */
	assert_says(test_verify(c, reaffirm), "author", "(enrolled at #1 by admin1, rotated at #4)");
	assert_says(test_verify(c, reaffirm), "author",
		    "put in place at #4 by a key of bob that is revoked");
	/* Nor does it count when the successor was stolen as well. */
	test_put_as(c, &next, test_key_rotate(c, "bob", &rotate->id, &last), ANNOT_EFFECTIVE);
	test_put_as(c, &admin, test_key_revoke(&rotate->id, "compromised", 5), ANNOT_EFFECTIVE);
	assert_verdict(test_verify(c, claim), ANNOT_DISPUTED);
	test_put_as(c, &last, test_about(ANNOT_KIND_reaffirm, &claim->id), ANNOT_EFFECTIVE);
	assert_verdict(test_verify(c, claim), ANNOT_VALID_UNWITNESSED);
}

/* The only admin, whose key came with the genesis record. */
static void test_admin_reaffirms(void **state)
{
	struct test_entry *claim = test_put_as(c, &admin, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_key next = test_key(60);
	(void)state;

	test_put_as(c, &admin, test_key_rotate(c, "admin1", &c->id, &next), ANNOT_EFFECTIVE);
	test_put_as(c, &next, test_key_revoke(&c->id, "compromised", (int64_t)claim->index),
		    ANNOT_EFFECTIVE);
	assert_verdict(test_verify(c, claim), ANNOT_DISPUTED);
	test_put_as(c, &next, test_about(ANNOT_KIND_reaffirm, &claim->id), ANNOT_EFFECTIVE);
	assert_verdict(test_verify(c, claim), ANNOT_VALID_UNWITNESSED);
}

static void test_rotated_and_removed(void **state)
{
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *genesis = c->entries[0], *by_admin;
	struct test_key next = test_key(60);
	struct annot_draft *d = annot_draft_amend(genesis->record);
	const struct annot_report *r;
	(void)state;

	test_put_as(c, &bob, test_key_rotate(c, "bob", &add, &next), ANNOT_EFFECTIVE);
	r = test_verify(c, claim);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "key", "rotated later, at #3");
	by_admin = test_put_as(c, &admin, test_claim("y"), ANNOT_EFFECTIVE);
	assert_says(test_verify(c, by_admin), "author", "admin since corpus record #0");
	annot_draft_unset(d, "admin");
	test_admin(d, "bob", &next);
	struct test_entry *v2 = test_put_as(c, &admin, d, ANNOT_PENDING);
	test_put_as(c, &next, test_review(&v2->id, "approve"), ANNOT_EFFECTIVE);
	r = test_verify(c, by_admin);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "key", "removed later, at #6");
}

static void test_enrolled_by_quorum(void **state)
{
	struct test_corpus *two = test_corpus_new(2, 2);
	struct test_key one = test_key(1), other = test_key(2), dora = test_key(70);
	struct test_entry *e =
		test_put_as(two, &one, test_key_add(two, "dora", &dora), ANNOT_PENDING);
	struct annot_bundle b;
	(void)state;

	test_put_as(two, &other, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	e = test_put_as(two, &dora, test_claim("x"), ANNOT_EFFECTIVE);
	test_bundle(two, e, &b);
	assert_int_equal(b.n_chain,
			 3); /* genesis, key-add, and the review that made it effective */
	assert_says(test_verify(two, e), "author",
		    "enrolled at #1 by admin1, in force since #2 with more admins");
	test_corpus_free(two);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_not_enrolled_or_revoked_before),
		TEST(test_retired_or_left_later),
		TEST(test_compromised_after_it),
		TEST(test_compromised_without_index),
		TEST(test_compromised_from_it_on),
		TEST(test_reaffirmed),
		TEST(test_admin_reaffirms),
		TEST(test_rotated_and_removed),
		TEST(test_enrolled_by_quorum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
