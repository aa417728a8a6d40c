/* Admin quorums: thresholds, orders of approval, rejections, admins that come and go. */
#include "corpus.h"

static enum annot_effect effect_of(const struct test_corpus *c, const struct test_entry *e)
{
	return annot_authority_effect(annot_memory_authority(c->memory), &e->id, NULL);
}

static uint64_t settled_at(const struct test_corpus *c, const struct test_entry *e)
{
	uint64_t at = UINT64_MAX;

	annot_authority_effect(annot_memory_authority(c->memory), &e->id, &at);
	return at;
}

static void test_threshold_one(void **state)
{
	struct test_corpus *c = test_corpus_new(3, 1);
	struct test_key two = test_key(2);
	struct test_entry *e = test_put_as(c, &two, test_policy(2), ANNOT_EFFECTIVE);
	(void)state;

	assert_int_equal(effect_of(c, e), ANNOT_EFFECTIVE);
	assert_int_equal(settled_at(c, e), 1);
	assert_int_equal(annot_authority_policy(annot_memory_authority(c->memory))->approvals[0],
			 2);
	test_corpus_free(c);
}

/* Every author and every order of the other two admins, for thresholds 2 and 3. */
static void order(unsigned threshold, uint8_t author, uint8_t first, uint8_t second)
{
	struct test_corpus *c = test_corpus_new(3, threshold);
	const struct annot_authority *a = annot_memory_authority(c->memory);
	struct test_key keys[] = {test_key(author), test_key(first), test_key(second)};
	struct test_entry *e = test_put_as(c, &keys[0], test_policy(7), ANNOT_PENDING);
	const struct annot_hash *settled;

	assert_int_equal(annot_authority_approvals(a, &e->id), 1);
	for (unsigned approvals = 2; approvals <= 3; approvals++) {
		enum annot_effect expected =
			approvals < threshold ? ANNOT_PENDING : ANNOT_EFFECTIVE;

		test_put_as(c, &keys[approvals - 1], test_review(&e->id, "approve"),
			    ANNOT_EFFECTIVE);
		assert_int_equal(effect_of(c, e), expected);
		if (approvals < threshold)
			assert_int_equal(annot_authority_effects(a, &settled), 0);
		if (approvals != threshold)
			continue;
		assert_int_equal(annot_authority_effects(a, &settled), 1);
		assert_true(annot_hash_equal(settled, &e->id));
	}
	assert_int_equal(settled_at(c, e), threshold);
	assert_int_equal(annot_authority_policy(a)->effective, threshold);
	assert_int_equal(annot_authority_policy(a)->approvals[ANNOT_KIND_quote], 7);
	test_corpus_free(c);
}

static void test_every_order(void **state)
{
	static const uint8_t orders[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
					     {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
	(void)state;

	for (size_t i = 0; i < 6; i++)
		for (unsigned threshold = 2; threshold <= 3; threshold++)
			order(threshold, orders[i][0], orders[i][1], orders[i][2]);
}

/* An admin's reject at any place before the quorum voids it; after that nothing does. */
static void test_reject(void **state)
{
	(void)state;
	for (unsigned approvals_before = 0; approvals_before <= 1; approvals_before++) {
		struct test_corpus *c = test_corpus_new(3, 3);
		struct test_key one = test_key(1), two = test_key(2), three = test_key(3);
		struct test_entry *e = test_put_as(c, &one, test_policy(7), ANNOT_PENDING);

		if (approvals_before)
			test_put_as(c, &two, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
		test_put_as(c, &three, test_review(&e->id, "reject"), ANNOT_EFFECTIVE);
		assert_int_equal(effect_of(c, e), ANNOT_VOID);
		assert_int_equal(settled_at(c, e), c->n - 1);
		assert_int_equal(annot_memory_version(c->memory, &e->id), 0);
		assert_void(test_put(c, &three, test_review(&e->id, "approve")), ANNOT_REFUSED,
			    "is void");
		test_corpus_free(c);
	}
	struct test_corpus *c = test_corpus_new(3, 2);
	struct test_key one = test_key(1), two = test_key(2), three = test_key(3);
	struct test_entry *e = test_put_as(c, &one, test_policy(7), ANNOT_PENDING);

	test_put_as(c, &two, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &three, test_review(&e->id, "reject"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_author_rejects_own(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1);
	struct test_entry *e = test_put_as(c, &one, test_policy(7), ANNOT_PENDING);
	(void)state;

	test_put_as(c, &one, test_review(&e->id, "reject"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_VOID);
	test_corpus_free(c);
}

static void test_who_does_not_count(void **state)
{
	struct test_corpus *c = test_corpus_new(3, 2);
	struct test_key one = test_key(1), two = test_key(2), bob = test_key(50),
			next = test_key(51);
	struct test_entry *add = test_put_as(c, &one, test_key_add(c, "bob", &bob), ANNOT_PENDING);
	struct test_entry *e;
	(void)state;

	test_put_as(c, &two, test_review(&add->id, "approve"), ANNOT_EFFECTIVE);
	e = test_put_as(c, &one, test_policy(7), ANNOT_PENDING);
	/* Not an admin: neither approval nor rejection. */
	test_put_as(c, &bob, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_PENDING);
	test_put_as(c, &bob, test_review(&e->id, "reject"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_PENDING);
	/* The author counts once, with whatever key. */
	test_put_as(c, &one, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &one, test_key_rotate(c, "admin1", &c->id, &next), ANNOT_EFFECTIVE);
	test_put_as(c, &next, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_PENDING);
	/* Nor does one who asks for changes. */
	test_put_as(c, &two, test_review(&e->id, "request-changes"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_PENDING);
	test_put_as(c, &two, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_latest_review_counts(void **state)
{
	struct test_corpus *c = test_corpus_new(3, 3);
	struct test_key one = test_key(1), two = test_key(2), three = test_key(3);
	struct test_entry *e = test_put_as(c, &one, test_policy(7), ANNOT_PENDING), *review;
	struct annot_draft *d;
	(void)state;

	review = test_put_as(c, &two, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	d = annot_draft_amend(review->record);
	test_set(d, "decision", "request-changes");
	test_put_as(c, &two, d, ANNOT_EFFECTIVE);
	test_put_as(c, &three, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_PENDING);
	assert_int_equal(annot_authority_approvals(annot_memory_authority(c->memory), &e->id), 2);
	/* A retracted review no longer counts. */
	review = test_put_as(c, &three, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &three, test_about(ANNOT_KIND_retract, &review->id), ANNOT_EFFECTIVE);
	assert_int_equal(annot_authority_approvals(annot_memory_authority(c->memory), &e->id), 2);
	test_put_as(c, &three, test_about(ANNOT_KIND_retract, &c->entries[4]->id), ANNOT_EFFECTIVE);
	assert_int_equal(annot_authority_approvals(annot_memory_authority(c->memory), &e->id), 1);
	test_put_as(c, &two, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_PENDING);
	test_put_as(c, &three, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_admin_without_key_does_not_count(void **state)
{
	struct test_corpus *c = test_corpus_new(4, 3);
	struct test_key one = test_key(1), two = test_key(2), three = test_key(3),
			four = test_key(4);
	struct test_entry *e = test_put_as(c, &one, test_policy(7), ANNOT_PENDING);
	(void)state;

	test_put_as(c, &two, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &two, test_key_revoke(&c->id, "left", ANNOT_NEVER), ANNOT_EFFECTIVE);
	test_put_as(c, &three, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_PENDING);
	test_put_as(c, &four, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_meanwhile_impossible(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2), bob = test_key(50),
			other = test_key(51);
	struct test_entry *first =
		test_put_as(c, &one, test_key_add(c, "bob", &bob), ANNOT_PENDING);
	struct test_entry *same_name =
		test_put_as(c, &one, test_key_add(c, "bob", &other), ANNOT_PENDING);
	struct test_entry *same_key =
		test_put_as(c, &one, test_key_add(c, "rob", &bob), ANNOT_PENDING);
	const struct annot_authority *a = annot_memory_authority(c->memory);
	(void)state;

	assert_int_equal(annot_authority_keys(a), 5);
	test_put_as(c, &two, test_review(&first->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &two, test_review(&same_name->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &two, test_review(&same_key->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, first), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, same_name), ANNOT_VOID);
	assert_int_equal(effect_of(c, same_key), ANNOT_VOID);
	assert_int_equal(annot_authority_keys(a), 3);
	assert_null(annot_authority_key(a, &other.author));
	assert_string_equal(annot_authority_key(a, &bob.author)->name, "bob");
	test_corpus_free(c);
}

static void test_revocation_by_quorum(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2), bob = test_key(50);
	struct test_entry *add = test_put_as(c, &one, test_key_add(c, "bob", &bob), ANNOT_PENDING);
	struct test_entry *revoke;
	const struct annot_key_info *info;
	(void)state;

	assert_void(test_put(c, &one, test_key_revoke(&add->id, "left", ANNOT_NEVER)),
		    ANNOT_REFUSED, "not enrolled yet; reject its key-add");
	test_put_as(c, &two, test_review(&add->id, "approve"), ANNOT_EFFECTIVE);
	revoke = test_put_as(c, &one, test_key_revoke(&add->id, "compromised", 3), ANNOT_PENDING);
	test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	test_put_as(c, &two, test_review(&revoke->id, "approve"), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &bob, test_claim("y")), ANNOT_DENIED, "compromised");
	info = annot_authority_key(annot_memory_authority(c->memory), &bob.author);
	/* Relative to the record that completed the quorum. */
	assert_int_equal(info->ended, revoke->index + 3);
	assert_int_equal(info->compromised_from, 3);
	test_corpus_free(c);
}

static void test_vote_by_stolen_key(void **state)
{
	struct test_corpus *c = test_corpus_new(4, 3);
	struct test_key one = test_key(1), two = test_key(2), three = test_key(3),
			four = test_key(4);
	struct test_key next = test_key(60), last = test_key(61);
	struct test_entry *rotate, *rotate2, *e, *revoke;
	(void)state;

	rotate = test_put_as(c, &two, test_key_rotate(c, "admin2", &c->id, &next), ANNOT_EFFECTIVE);
	e = test_put_as(c, &one, test_policy(7), ANNOT_PENDING);
	test_put_as(c, &next, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	rotate2 = test_put_as(c, &next, test_key_rotate(c, "admin2", &rotate->id, &last),
			      ANNOT_EFFECTIVE);
	assert_effect(rotate2, ANNOT_EFFECTIVE);
	revoke =
		test_put_as(c, &one, test_key_revoke(&rotate->id, "compromised", 1), ANNOT_PENDING);
	test_put_as(c, &three, test_review(&revoke->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &four, test_review(&revoke->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, revoke), ANNOT_EFFECTIVE);
	test_put_as(c, &three, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_PENDING);
	test_put_as(c, &last, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_withhold(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2);
	struct test_entry *claim = test_put_as(c, &one, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *e =
		test_put_as(c, &one, test_about(ANNOT_KIND_withhold, &claim->id), ANNOT_PENDING);
	(void)state;

	test_put_as(c, &two, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(effect_of(c, e), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threshold_one),
		cmocka_unit_test(test_every_order),
		cmocka_unit_test(test_reject),
		cmocka_unit_test(test_author_rejects_own),
		cmocka_unit_test(test_who_does_not_count),
		cmocka_unit_test(test_latest_review_counts),
		cmocka_unit_test(test_admin_without_key_does_not_count),
		cmocka_unit_test(test_meanwhile_impossible),
		cmocka_unit_test(test_revocation_by_quorum),
		cmocka_unit_test(test_vote_by_stolen_key),
		cmocka_unit_test(test_withhold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
