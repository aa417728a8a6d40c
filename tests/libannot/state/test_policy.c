/* Publication rules in force. */
#include "corpus.h"

static const struct annot_policy *policy(const struct test_corpus *c)
{
	return annot_authority_policy(annot_memory_authority(c->memory));
}

static void test_default(void **state)
{
	struct test_corpus *c = test_corpus_empty();
	struct test_key one = test_key(1);
	struct annot_draft *d = test_genesis(c, 1, 1);
	(void)state;

	annot_draft_unset(d, "scale");
	c->id = test_put_as(c, &one, d, ANNOT_EFFECTIVE)->id;
	for (size_t i = 0; i < ANNOT_KIND_COUNT; i++)
		assert_int_equal(policy(c)->approvals[i], 1);
	assert_false(policy(c)->self_approval);
	assert_false(policy(c)->bots_count);
	assert_false(policy(c)->second_reader);
	assert_int_equal(policy(c)->n_scales, 0);
	test_corpus_free(c);
}

static void test_cards(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1);
	struct annot_draft *d = annot_draft_new(ANNOT_KIND_policy);
	struct test_entry *e;
	(void)state;

	assert_true(annot_hash_equal(&policy(c)->record, &c->id));
	assert_non_null(annot_policy_scale(policy(c), "truth"));
	/* A kind's own count stands, wherever the default is. */
	test_card(d, "approvals", "quote 3");
	test_card(d, "approvals", "default 2");
	test_card(d, "approvals", "comment 0");
	test_card(d, "self-approval", "yes");
	test_card(d, "bots-count", "yes");
	test_card(d, "second-reader", "yes");
	test_card(d, "scale", "colour red:? green:?");
	e = test_put_as(c, &one, d, ANNOT_EFFECTIVE);
	assert_int_equal(policy(c)->approvals[ANNOT_KIND_quote], 3);
	assert_int_equal(policy(c)->approvals[ANNOT_KIND_comment], 0);
	assert_int_equal(policy(c)->approvals[ANNOT_KIND_claim], 2);
	assert_true(policy(c)->self_approval);
	assert_true(policy(c)->bots_count);
	assert_true(policy(c)->second_reader);
	assert_null(annot_policy_scale(policy(c), "truth"));
	assert_int_equal(annot_policy_scale(policy(c), "colour")->n, 2);
	assert_int_equal(policy(c)->effective, e->index);
	test_corpus_free(c);
}

static void test_latest_counts(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1);
	struct test_entry *p = test_put_as(c, &one, test_policy(2), ANNOT_EFFECTIVE), *v2;
	struct annot_draft *d = annot_draft_amend(c->entries[0]->record);
	(void)state;

	/* A corpus record with policy cards replaces the policy, one without leaves it. */
	v2 = test_put_as(c, &one, d, ANNOT_EFFECTIVE);
	assert_true(annot_hash_equal(&policy(c)->record, &v2->id));
	p = test_put_as(c, &one, annot_draft_amend(p->record), ANNOT_EFFECTIVE);
	d = annot_draft_amend(v2->record);
	annot_draft_unset(d, "scale");
	test_put_as(c, &one, d, ANNOT_EFFECTIVE);
	assert_true(annot_hash_equal(&policy(c)->record, &p->id));
	assert_int_equal(policy(c)->approvals[ANNOT_KIND_claim], 2);
	test_corpus_free(c);
}

static void test_unknown_ratings(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1);
	struct annot_draft *d = test_policy(1);
	(void)state;

	assert_ok(annot_policy_rating(policy(c), "truth", "mixture", &test_error));
	assert_status(annot_policy_rating(policy(c), "truth", "mix", &test_error), ANNOT_REFUSED);
	assert_error_says("rating mix: scale truth has: false mixture true");
	assert_status(annot_policy_rating(policy(c), "stars", "5", &test_error), ANNOT_REFUSED);
	assert_error_says("which has: truth; an admin adds scales");
	annot_draft_unset(d, "scale");
	test_put_as(c, &one, d, ANNOT_EFFECTIVE);
	assert_status(annot_policy_rating(policy(c), "truth", "true", &test_error), ANNOT_REFUSED);
	assert_error_says("which has: none");
	test_corpus_free(c);
}

/* A scale of many long names: as many as fit are named. */
static void test_long_scale(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1);
	struct annot_draft *d = test_policy(1);
	struct annot_buf scale = ANNOT_BUF_INIT(4096);
	(void)state;

	annot_buf_puts(&scale, "long");
	for (unsigned i = 0; i < ANNOT_SCALE_RATINGS_MAX - 4; i++)
		annot_buf_printf(&scale, " rating-with-a-long-name-%02u:-", i);
	test_card(d, "scale", scale.data);
	annot_buf_free(&scale);
	test_put_as(c, &one, d, ANNOT_EFFECTIVE);
	assert_status(annot_policy_rating(policy(c), "long", "x", &test_error), ANNOT_REFUSED);
	assert_error_says("has: rating-with-a-long-name-00 rating-with-a-long-name-01");
	assert_ok(
		annot_policy_rating(policy(c), "long", "rating-with-a-long-name-27", &test_error));
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),       cmocka_unit_test(test_cards),
		cmocka_unit_test(test_latest_counts), cmocka_unit_test(test_unknown_ratings),
		cmocka_unit_test(test_long_scale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
