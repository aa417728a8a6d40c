/* Rules of key-add, key-rotate and key-revoke. */
#include "corpus.h"

#include "base/encode.h"

static void test_name_and_key_once(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1), bob = test_reviewer(c, "bob", 50), other = test_key(51);
	(void)state;

	assert_void(test_put(c, &one, test_key_add(c, "bob", &other)), ANNOT_REFUSED,
		    "name bob: is taken, names are never given twice");
	assert_void(test_put(c, &one, test_key_add(c, "admin1", &other)), ANNOT_REFUSED,
		    "name admin1: is taken");
	assert_void(test_put(c, &one, test_key_add(c, "rob", &bob)), ANNOT_REFUSED,
		    "already enrolled for bob by record #1 (active)");
	/* Neither comes free when the key ends. */
	test_put_as(c, &bob, test_key_revoke(&c->entries[1]->id, "left", ANNOT_NEVER),
		    ANNOT_EFFECTIVE);
	assert_void(test_put(c, &one, test_key_add(c, "bob", &other)), ANNOT_REFUSED, "name bob");
	assert_void(test_put(c, &one, test_key_add(c, "rob", &bob)), ANNOT_REFUSED, "(left)");
	assert_void(test_put(c, &bob, test_key_add(c, "dora", &other)), ANNOT_DENIED, "left");
	test_corpus_free(c);
}

static void test_only_admins_enrol(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(c, "bob", 50), other = test_key(51);
	(void)state;

	assert_void(test_put(c, &bob, test_key_add(c, "carol", &other)), ANNOT_DENIED,
		    "bob is not an admin; a key-add record takes 1");
	test_corpus_free(c);
}

static void test_proof_of_key(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1), *elsewhere = test_corpus_new(2, 1);
	struct test_key one = test_key(1), bob = test_key(50), carol = test_key(51);
	struct annot_draft *d = test_key_add(c, "bob", &bob);
	char line[96];
	(void)state;

	/* For another name, for another key, for another corpus. */
	test_set(d, "name", "rob");
	assert_void(test_put(c, &one, d), ANNOT_MISMATCH, "proof: not a signature by key SHA256:");
	d = test_key_add(c, "bob", &bob);
	annot_key_line(carol.secret.public_key.key, line);
	test_set(d, "key", line);
	assert_void(test_put(c, &one, d), ANNOT_MISMATCH, "make a new request");
	assert_void(test_put(c, &one, test_key_add(elsewhere, "bob", &bob)), ANNOT_MISMATCH,
		    "proof");
	test_put_as(c, &one, test_key_add(c, "bob", &bob), ANNOT_EFFECTIVE);
	/* A rotation proves the new key, for the person's name. */
	assert_void(test_put(c, &bob, test_key_rotate(c, "rob", &c->entries[c->n - 1]->id, &carol)),
		    ANNOT_MISMATCH, "proof");
	test_corpus_free(c);
	test_corpus_free(elsewhere);
}

static void test_rotate(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct test_key carol = test_reviewer(c, "carol", 51), next = test_key(52);
	struct annot_hash bob_add = c->entries[1]->id, carol_add = c->entries[2]->id;
	struct test_entry *rotate;
	(void)state;

	assert_void(test_put(c, &bob, test_key_rotate(c, "carol", &carol_add, &next)), ANNOT_DENIED,
		    "on: must be");
	assert_void(test_put(c, &one, test_key_rotate(c, "bob", &bob_add, &next)), ANNOT_DENIED,
		    "each key is replaced by itself");
	assert_void(test_put(c, &bob, test_key_rotate(c, "bob", &bob_add, &carol)), ANNOT_REFUSED,
		    "already enrolled for carol");
	assert_void(test_put(c, &bob, test_key_rotate(c, "bob", &bob_add, &bob)), ANNOT_REFUSED,
		    "already enrolled for bob");
	rotate = test_put_as(c, &bob, test_key_rotate(c, "bob", &bob_add, &next), ANNOT_EFFECTIVE);
	/* The next rotation is of the key in force. */
	bob = test_key(53);
	assert_void(test_put(c, &next, test_key_rotate(c, "bob", &bob_add, &bob)), ANNOT_DENIED,
		    "on: must be");
	test_put_as(c, &next, test_key_rotate(c, "bob", &rotate->id, &bob), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_revoke(void **state)
{
	struct test_corpus *c = test_corpus_new(2, 1);
	struct test_key one = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct test_key carol = test_reviewer(c, "carol", 51);
	struct annot_hash bob_add = c->entries[1]->id, carol_add = c->entries[2]->id;
	(void)state;

	assert_void(test_put(c, &carol, test_key_revoke(&bob_add, "left", ANNOT_NEVER)),
		    ANNOT_DENIED, "carol is not an admin");
	assert_void(test_put(c, &one, test_key_revoke(&bob_add, "compromised", 99)), ANNOT_REFUSED,
		    "from-index: 99 is after this record (#4)");
	/* Other admins' keys of the genesis record go by a new corpus record, even for an admin. */
	assert_void(test_put(c, &bob, test_key_revoke(&c->id, "left", ANNOT_NEVER)), ANNOT_DENIED,
		    "bob is not an admin");
	test_put_as(c, &one, test_key_revoke(&bob_add, "retired", ANNOT_NEVER), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &one, test_key_revoke(&bob_add, "left", ANNOT_NEVER)),
		    ANNOT_REFUSED, "has ended before record #7 (retired)");
	/* A theft may be found out later, and to have been earlier. */
	test_put_as(c, &one, test_key_revoke(&bob_add, "compromised", 3), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &one, test_key_revoke(&bob_add, "compromised", 3)), ANNOT_REFUSED,
		    "compromised from #3 already");
	test_put_as(c, &one, test_key_revoke(&bob_add, "compromised", 2), ANNOT_EFFECTIVE);
	assert_int_equal(annot_authority_key(annot_memory_authority(c->memory), &bob.author)->ended,
			 7);
	test_put_as(c, &carol, test_key_revoke(&carol_add, "compromised", ANNOT_NEVER),
		    ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

/* Whoever comes first in the log decides: a thief cannot rotate a key that was ended, nor can one
 * that was rotated be ended again, but called stolen. */
static void test_rotation_against_revocation(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct test_key carol = test_reviewer(c, "carol", 51), next = test_key(60),
			last = test_key(61);
	struct annot_hash bob_add = c->entries[1]->id, carol_add = c->entries[2]->id;
	(void)state;

	test_put_as(c, &one, test_key_revoke(&bob_add, "compromised", 1), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &bob, test_key_rotate(c, "bob", &bob_add, &next)), ANNOT_DENIED,
		    "compromised");
	test_put_as(c, &carol, test_key_rotate(c, "carol", &carol_add, &last), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &one, test_key_revoke(&carol_add, "left", ANNOT_NEVER)),
		    ANNOT_REFUSED, "(rotated)");
	test_put_as(c, &one, test_key_revoke(&carol_add, "compromised", 3), ANNOT_EFFECTIVE);
	/* The thief's key, if it was one, is ended for itself. */
	test_put_as(c, &last, test_claim("x"), ANNOT_EFFECTIVE);
	test_put_as(c, &one, test_key_revoke(&c->entries[5]->id, "compromised", 3),
		    ANNOT_EFFECTIVE);
	assert_void(test_put(c, &last, test_claim("y")), ANNOT_DENIED, "compromised");
	test_corpus_free(c);
}

/* Of the keys that one corpus record brought, an admin means the own one, also after rotating it.
 */
static void test_revoke_key_of_genesis(void **state)
{
	struct test_corpus *c = test_corpus_new(3, 2);
	const struct annot_authority *a = annot_memory_authority(c->memory);
	struct test_key one = test_key(1), two = test_key(2), three = test_key(3);
	struct test_key next = test_key(60), bob = test_key(50);
	struct test_entry *e;
	(void)state;

	test_put_as(c, &one, test_claim("x"), ANNOT_EFFECTIVE);
	test_put_as(c, &one, test_key_rotate(c, "admin1", &c->id, &next), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &next, test_key_revoke(&c->id, "retired", ANNOT_NEVER)),
		    ANNOT_REFUSED, "has ended before record #3 (rotated)");
	e = test_put_as(c, &next, test_key_revoke(&c->id, "compromised", 1), ANNOT_PENDING);
	assert_false(annot_key_stolen(a, &one.author, 1));
	test_put_as(c, &three, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_true(annot_key_stolen(a, &one.author, 1));
	assert_int_equal(annot_authority_key(a, &next.author)->state, ANNOT_KEY_ACTIVE);
	assert_int_equal(annot_authority_key(a, &two.author)->state, ANNOT_KEY_ACTIVE);
	/* One whose key came by another record has none there. */
	e = test_put_as(c, &next, test_key_add(c, "bob", &bob), ANNOT_PENDING);
	test_put_as(c, &two, test_review(&e->id, "approve"), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &bob, test_key_revoke(&c->id, "compromised", 1)), ANNOT_DENIED,
		    "bob is not an admin");
	test_corpus_free(c);
}

static void test_last_admin(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1);
	(void)state;

	assert_void(test_put(c, &one, test_key_revoke(&c->id, "compromised", ANNOT_NEVER)),
		    ANNOT_REFUSED, "there would be 0 admins, and a quorum takes 1");
	test_put_as(c, &one, test_claim("still there"), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_names_are_names(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	const struct annot_authority *a = annot_memory_authority(c->memory);
	(void)state;

	test_reviewer(c, "bob", 50);
	assert_string_equal(annot_key_state_name(annot_authority_key_at(a, 0)->state), "active");
	assert_string_equal(annot_authority_key_at(a, 1)->name, "bob");
	assert_null(annot_authority_key_at(a, 2));
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name_and_key_once),
		cmocka_unit_test(test_only_admins_enrol),
		cmocka_unit_test(test_proof_of_key),
		cmocka_unit_test(test_rotate),
		cmocka_unit_test(test_revoke),
		cmocka_unit_test(test_rotation_against_revocation),
		cmocka_unit_test(test_revoke_key_of_genesis),
		cmocka_unit_test(test_last_admin),
		cmocka_unit_test(test_names_are_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
