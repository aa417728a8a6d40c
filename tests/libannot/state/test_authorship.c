/* Whose key counts at which index: the table of key states, row by row. */
#include "corpus.h"

static void test_unknown_key(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key key = test_key(50);
	(void)state;

	assert_void(test_put(c, &key, test_claim("x")), ANNOT_DENIED,
		    "this key is not enrolled in this corpus; an admin enrols it with annotctl "
		    "reviewer add");
	test_corpus_free(c);
}

static void test_enrolled_from_its_index_on(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key key = test_key(50);
	const struct annot_key_info *info;
	(void)state;

	assert_void(test_put(c, &key, test_claim("x")), ANNOT_DENIED, "not enrolled");
	test_reviewer(c, "bob", 50); /* #2 */
	test_put_as(c, &key, test_claim("y"), ANNOT_EFFECTIVE);
	info = annot_authority_key(annot_memory_authority(c->memory), &key.author);
	assert_false(annot_key_in_force(info, 1));
	assert_true(annot_key_in_force(info, 2));
	assert_string_equal(info->name, "bob");
	assert_int_equal(info->n_languages, 1);
	assert_string_equal(info->languages[0], "de");
	assert_false(info->admin);
	test_corpus_free(c);
}

static void test_pending_key(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 2);
	struct test_key admin1 = test_key(1), admin2 = test_key(2), bob = test_key(50);
	struct test_entry *add =
		test_put_as(c, &admin1, test_key_add(c, "bob", &bob), ANNOT_PENDING);
	const struct annot_key_info *info;
	(void)state;

	info = annot_authority_key(annot_memory_authority(c->memory), &bob.author);
	assert_int_equal(info->state, ANNOT_KEY_PENDING);
	assert_int_equal(info->effective, ANNOT_NEVER);
	assert_void(test_put(c, &bob, test_claim("x")), ANNOT_DENIED, "waits for more admins");
	test_put_as(c, &admin2, test_review(&add->id, "approve"), ANNOT_EFFECTIVE);
	info = annot_authority_key(annot_memory_authority(c->memory), &bob.author);
	assert_int_equal(info->state, ANNOT_KEY_ACTIVE);
	assert_int_equal(info->effective, 3);
	assert_int_equal(info->index, 1);
	test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

/* retired, left, compromised: later records void, the revocation itself and earlier ones not. */
static void revoked(const char *reason, enum annot_key_state expected, int64_t from_index)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct test_entry *before = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *revoke =
		test_put_as(c, &admin, test_key_revoke(&c->entries[1]->id, reason, from_index),
			    ANNOT_EFFECTIVE);
	const struct annot_key_info *info;

	assert_void(test_put(c, &bob, test_claim("y")), ANNOT_DENIED,
		    annot_key_state_name(expected));
	info = annot_authority_key(annot_memory_authority(c->memory), &bob.author);
	assert_int_equal(info->state, expected);
	assert_int_equal(info->ended, revoke->index + 1);
	assert_true(annot_hash_equal(&info->revocation, &revoke->id));
	assert_true(annot_key_in_force(info, before->index));
	assert_false(annot_key_in_force(info, revoke->index + 1));
	if (expected != ANNOT_KEY_COMPROMISED)
		assert_int_equal(info->compromised_from, ANNOT_NEVER);
	else if (from_index == ANNOT_NEVER)
		assert_int_equal(info->compromised_from, info->ended);
	else
		assert_int_equal(info->compromised_from, from_index);
	test_corpus_free(c);
}

static void test_revoked(void **state)
{
	(void)state;
	revoked("retired", ANNOT_KEY_RETIRED, ANNOT_NEVER);
	revoked("left", ANNOT_KEY_LEFT, ANNOT_NEVER);
	revoked("compromised", ANNOT_KEY_COMPROMISED, ANNOT_NEVER);
	revoked("compromised", ANNOT_KEY_COMPROMISED, 1);
	revoked("compromised", ANNOT_KEY_COMPROMISED, 3);
}

static void test_revoke_itself(void **state)
{
	struct test_corpus *c = test_corpus_new(3, 2);
	struct test_key admin1 = test_key(1), admin2 = test_key(2), bob = test_key(50);
	struct test_entry *add =
		test_put_as(c, &admin1, test_key_add(c, "bob", &bob), ANNOT_PENDING);
	struct test_entry *revoke;
	(void)state;

	test_put_as(c, &admin2, test_review(&add->id, "approve"), ANNOT_EFFECTIVE);
	/* With a from-index it takes admins. */
	assert_void(test_put(c, &bob, test_key_revoke(&add->id, "compromised", 2)), ANNOT_DENIED,
		    "bob is not an admin");
	revoke = test_put_as(c, &bob, test_key_revoke(&add->id, "left", ANNOT_NEVER),
			     ANNOT_EFFECTIVE);
	assert_true(annot_key_in_force(
		annot_authority_key(annot_memory_authority(c->memory), &bob.author),
		revoke->index));
	assert_void(test_put(c, &bob, test_claim("x")), ANNOT_DENIED, "is left since #5");
	/* An admin, about the key that the genesis record brought: at once, in spite of
	 * threshold 2. */
	test_put_as(c, &admin2, test_key_revoke(&c->id, "retired", ANNOT_NEVER), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &admin2, test_claim("x")), ANNOT_DENIED, "retired");
	/* Two are left, and the quorum takes two. */
	assert_void(test_put(c, &admin1, test_key_revoke(&c->id, "retired", ANNOT_NEVER)),
		    ANNOT_REFUSED, "there would be 1 admins, and a quorum takes 2");
	test_corpus_free(c);
}

static void test_rotated(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50), next = test_key(51);
	const struct annot_authority *a = annot_memory_authority(c->memory);
	struct test_entry *add = c->entries[1];
	struct test_entry *rotate =
		test_put_as(c, &bob, test_key_rotate(c, "bob", &add->id, &next), ANNOT_EFFECTIVE);
	const struct annot_key_info *old, *new;
	(void)state;

	assert_void(test_put(c, &bob, test_claim("x")), ANNOT_DENIED, "rotated");
	test_put_as(c, &next, test_claim("x"), ANNOT_EFFECTIVE);
	old = annot_authority_key(a, &bob.author);
	new = annot_authority_key(a, &next.author);
	assert_int_equal(old->state, ANNOT_KEY_ROTATED);
	assert_int_equal(old->ended, rotate->index + 1);
	assert_int_equal(new->effective, rotate->index);
	assert_true(annot_hash_equal(&old->person, &new->person));
	assert_true(annot_hash_equal(&old->person, &add->id));
	assert_string_equal(new->name, "bob");
	assert_ptr_equal(annot_authority_name(a, "bob"), new);
	assert_true(annot_hash_equal(&new->event, &rotate->id));
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_key),
		cmocka_unit_test(test_enrolled_from_its_index_on),
		cmocka_unit_test(test_pending_key),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_revoke_itself),
		cmocka_unit_test(test_rotated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
