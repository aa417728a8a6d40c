/* Keys and policy as of now, replayed by the client from what a daemon shows. */
#include "fake_daemon.h"

#include "state/authority.h"

/* A policy that has one scale, in the fake's log; spoil: with a signature that is not good. */
static void put_policy(struct fake_fixture *x, const char *scale, bool spoil)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_policy);
	struct annot_signed made;
	assert_ok(annot_draft_add(draft, "self-approval", "yes", &test_error));
	assert_ok(annot_draft_add(draft, "bots-count", "no", &test_error));
	assert_ok(annot_draft_add(draft, "scale", scale, &test_error));
	assert_ok(annot_sign(x->a, x->f->admin, draft, x->arena, &made, &test_error));
	annot_draft_free(draft);
	if (spoil)
		made.signature[40] ^= 1;
	fake_append(x->f, made.record, made.signature);
}

static void put_comment(struct fake_fixture *x)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_comment);
	struct annot_signed made;
	assert_ok(annot_draft_add_hash(draft, "on", &x->f->corpus, &test_error));
	assert_ok(annot_draft_add(draft, "text", "words", &test_error));
	assert_ok(annot_sign(x->a, x->f->admin, draft, x->arena, &made, &test_error));
	annot_draft_free(draft);
	fake_append(x->f, made.record, made.signature);
}

static void test_follows_the_log(void **state)
{
	struct fake_fixture *x = *state;
	const struct annot_authority *now;
	struct annot_hash admin = annot_key_author(annot_signer_key(x->f->admin)->key);
	assert_ok(annot_authority_now(x->a, &now, &test_error));
	assert_int_equal(annot_authority_keys(now), 1);
	assert_non_null(annot_authority_key(now, &admin));
	assert_false(annot_authority_policy(now)->self_approval);
	/* What comes later is taken up, over records that say nothing of it. */
	put_comment(x);
	put_policy(x, "colour red:- green:+", false);
	put_comment(x);
	assert_ok(annot_authority_now(x->a, &now, &test_error));
	assert_true(annot_authority_policy(now)->self_approval);
	assert_int_equal(annot_authority_policy(now)->effective, 2);
	assert_ok(annot_policy_rating(annot_authority_policy(now), "colour", "red", &test_error));
	assert_ok(annot_authority_now(x->a, &now, &test_error));
	assert_int_equal(annot_authority_policy(now)->n_scales, 1);
}

static void test_bad_signature(void **state)
{
	struct fake_fixture *x = *state;
	const struct annot_authority *now = NULL;
	put_policy(x, "colour red:- green:+", true);
	assert_status(annot_authority_now(x->a, &now, &test_error), ANNOT_MISMATCH);
	assert_null(now);
	/* Nothing of it is kept: the next attempt starts over, and fails as well. */
	assert_status(annot_authority_now(x->a, &now, &test_error), ANNOT_MISMATCH);
}

static void test_another_record(void **state)
{
	struct fake_fixture *x = *state;
	const struct annot_authority *now = NULL;
	put_policy(x, "colour red:- green:+", false);
	put_policy(x, "colour red:- blue:+", false);
	x->f->leaves[1].record = x->f->leaves[2].record; /* not what leaf 1 says */
	memcpy(x->f->leaves[1].signature, x->f->leaves[2].signature, ANNOT_SIGNATURE_SIZE);
	assert_status(annot_authority_now(x->a, &now, &test_error), ANNOT_MISMATCH);
	assert_error_says("does not fit its leaf");
}

static void test_another_genesis(void **state)
{
	struct fake_fixture *x = *state;
	const struct annot_authority *now = NULL;
	put_policy(x, "colour red:- green:+", false);
	x->f->leaves[0] = x->f->leaves[1];
	assert_status(annot_authority_now(x->a, &now, &test_error), ANNOT_MISMATCH);
	assert_error_says("is not the genesis record");
}

static void test_the_same_again(void **state)
{
	struct fake_fixture *x = *state;
	const struct annot_authority *now;
	assert_ok(annot_authority_now(x->a, &now, &test_error));
	x->f->bad_authority = true;
	assert_status(annot_authority_now(x->a, &now, &test_error), ANNOT_PROTOCOL);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)
	const struct CMUnitTest tests[] = {
		T(test_follows_the_log), T(test_bad_signature),  T(test_another_record),
		T(test_another_genesis), T(test_the_same_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
