/* Later corpus records: admins, threshold and log key change by the old and the new quorum. */
#include "corpus.h"

static const struct annot_authority *authority(const struct test_corpus *c)
{
	return annot_memory_authority(c->memory);
}

/* The next corpus record: admins by name and key number, 0 ends. */
struct admin {
	const char *name;
	uint8_t key;
};

static struct annot_draft *next_corpus(const struct test_corpus *c, const struct test_entry *parent,
				       const struct admin *admins, const char *threshold)
{
	struct annot_draft *d = annot_draft_amend(parent->record);

	(void)c;
	annot_draft_unset(d, "admin");
	for (; admins->name; admins++) {
		struct test_key key = test_key(admins->key);

		test_admin(d, admins->name, &key);
	}
	test_set(d, "threshold", threshold);
	return d;
}

static void test_admin_leaves_and_comes_back(void **state)
{
	static const struct admin alone[] = {{"admin1", 1}, {NULL, 0}};
	static const struct admin both[] = {{"admin1", 1}, {"admin2", 2}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(2, 1);
	struct test_key one = test_key(1), two = test_key(2);
	struct test_entry *v2, *v3;
	const struct annot_key_info *info;
	struct annot_hash person;
	(void)state;

	person = annot_authority_key(authority(c), &two.author)->person;
	assert_true(annot_hash_equal(&person, &two.author));
	v2 = test_put_as(c, &one, next_corpus(c, c->entries[0], alone, "1"), ANNOT_EFFECTIVE);
	assert_true(annot_hash_equal(annot_authority_corpus_record(authority(c)), &v2->id));
	assert_void(test_put(c, &two, test_claim("x")), ANNOT_DENIED, "removed");
	info = annot_authority_key(authority(c), &two.author);
	assert_int_equal(info->state, ANNOT_KEY_REMOVED);
	assert_int_equal(info->ended, v2->index + 1);
	assert_false(info->admin);
	v3 = test_put_as(c, &one, next_corpus(c, v2, both, "1"), ANNOT_EFFECTIVE);
	test_put_as(c, &two, test_claim("x"), ANNOT_EFFECTIVE);
	info = annot_authority_key(authority(c), &two.author);
	assert_true(info->admin);
	assert_true(annot_hash_equal(&info->person, &person));
	assert_true(annot_hash_equal(&info->event, &v3->id));
	test_corpus_free(c);
}

/* Of several admins of one corpus record a thief had the key of one: what removes it names it. */
static void test_removed_admin_was_stolen(void **state)
{
	static const struct admin alone[] = {{"admin1", 1}, {NULL, 0}};
	static const struct admin all[] = {{"admin1", 1}, {"admin2", 2}, {"admin3", 3}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(3, 1);
	struct test_key one = test_key(1), two = test_key(2);
	struct test_entry *claim = test_put_as(c, &two, test_claim("mine"), ANNOT_EFFECTIVE);
	struct test_entry *forged = test_put_as(c, &two, test_claim("a thief's"), ANNOT_EFFECTIVE);
	struct test_entry *removal;
	const struct annot_key_info *info;
	(void)state;

	/* Removed together with another: it cannot be told which. */
	removal = test_put_as(c, &one, next_corpus(c, c->entries[0], alone, "1"), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &one, test_key_revoke(&removal->id, "compromised", 2)),
		    ANNOT_REFUSED, "removed first, alone");
	removal = test_put_as(c, &one, next_corpus(c, removal, all, "1"), ANNOT_EFFECTIVE);
	removal = test_put_as(c, &one,
			      next_corpus(c, removal,
					  (struct admin[]){{"admin1", 1}, {"admin3", 3}, {NULL, 0}},
					  "1"),
			      ANNOT_EFFECTIVE);
	info = annot_authority_key(authority(c), &two.author);
	assert_true(annot_hash_equal(&info->removal, &removal->id));
	assert_void(test_put(c, &two, test_key_revoke(&removal->id, "compromised", ANNOT_NEVER)),
		    ANNOT_DENIED, "removed");
	test_put_as(c, &one, test_key_revoke(&removal->id, "compromised", (int64_t)forged->index),
		    ANNOT_EFFECTIVE);
	info = annot_authority_key(authority(c), &two.author);
	assert_int_equal(info->state, ANNOT_KEY_COMPROMISED);
	assert_int_equal(info->compromised_from, forged->index);
	/* In its first enrolment, too. */
	assert_true(annot_key_stolen(authority(c), &two.author, forged->index));
	assert_false(annot_key_stolen(authority(c), &two.author, claim->index));
	/* It turns out to have been earlier. */
	test_put_as(c, &one, test_key_revoke(&removal->id, "compromised", (int64_t)claim->index),
		    ANNOT_EFFECTIVE);
	assert_true(annot_key_stolen(authority(c), &two.author, claim->index));
	assert_void(test_put(c, &one, next_corpus(c, removal, all, "1")), ANNOT_REFUSED,
		    "compromised");
	test_corpus_free(c);
}

static void test_removed_admin_enrolled_again(void **state)
{
	static const struct admin alone[] = {{"admin1", 1}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(2, 1);
	struct test_key one = test_key(1), two = test_key(2);
	struct test_entry *v2;
	const struct annot_key_info *info;
	(void)state;

	assert_void(test_put(c, &one, test_key_add(c, "admin2", &two)), ANNOT_REFUSED,
		    "already enrolled for admin2");
	v2 = test_put_as(c, &one, next_corpus(c, c->entries[0], alone, "1"), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &one, test_key_add(c, "other", &two)), ANNOT_REFUSED,
		    "comes back under that name only");
	test_put_as(c, &one, test_key_add(c, "admin2", &two), ANNOT_EFFECTIVE);
	info = annot_authority_key(authority(c), &two.author);
	assert_int_equal(info->state, ANNOT_KEY_ACTIVE);
	assert_false(info->admin);
	assert_true(annot_hash_equal(&info->person, &two.author));
	/* Enrolled by key-add, the key outlives the next corpus record. */
	test_put_as(c, &one, next_corpus(c, v2, alone, "1"), ANNOT_EFFECTIVE);
	test_put_as(c, &two, test_claim("x"), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_reviewer_becomes_admin(void **state)
{
	static const struct admin both[] = {{"admin1", 1}, {"bob", 50}, {NULL, 0}};
	static const struct admin alone[] = {{"admin1", 1}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct test_entry *v2 =
		test_put_as(c, &one, next_corpus(c, c->entries[0], both, "1"), ANNOT_EFFECTIVE);
	const struct annot_key_info *info = annot_authority_key(authority(c), &bob.author);
	(void)state;

	assert_true(info->admin);
	assert_true(annot_hash_equal(&info->person, &c->entries[1]->id));
	test_put_as(c, &bob, test_policy(1), ANNOT_EFFECTIVE);
	test_put_as(c, &bob, next_corpus(c, v2, alone, "1"), ANNOT_PENDING);
	test_put_as(c, &one, test_review(&c->entries[c->n - 1]->id, "approve"), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &bob, test_policy(1)), ANNOT_DENIED, "bob is not an admin");
	test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	test_corpus_free(c);
}

static void test_rotated_admin_stays_admin(void **state)
{
	static const struct admin by_old_key[] = {{"admin1", 1}, {"admin2", 2}, {NULL, 0}};
	static const struct admin by_new_key[] = {{"admin1", 1}, {"admin2", 52}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(2, 1);
	struct test_key one = test_key(1), two = test_key(2), next = test_key(52);
	struct test_entry *v2;
	(void)state;

	test_put_as(c, &two, test_key_rotate(c, "admin2", &c->id, &next), ANNOT_EFFECTIVE);
	test_put_as(c, &next, test_policy(1), ANNOT_EFFECTIVE);
	v2 = test_put_as(c, &one, next_corpus(c, c->entries[0], by_old_key, "1"), ANNOT_EFFECTIVE);
	test_put_as(c, &next, test_policy(1), ANNOT_EFFECTIVE);
	test_put_as(c, &one, next_corpus(c, v2, by_new_key, "1"), ANNOT_EFFECTIVE);
	test_put_as(c, &next, test_policy(1), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &two, test_policy(1)), ANNOT_DENIED, "rotated");
	test_corpus_free(c);
}

static void test_old_and_new_quorum(void **state)
{
	static const struct admin three[] = {{"admin1", 1}, {"bob", 50}, {"carol", 51}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1), bob = test_reviewer(c, "bob", 50);
	struct test_key carol = test_reviewer(c, "carol", 51);
	struct test_entry *v2 =
		test_put_as(c, &one, next_corpus(c, c->entries[0], three, "2"), ANNOT_PENDING);
	(void)state;

	/* One old admin is enough, but the new admins need two. */
	assert_int_equal(annot_authority_threshold(authority(c)), 1);
	test_put_as(c, &carol, test_review(&v2->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(annot_authority_threshold(authority(c)), 2);
	assert_int_equal(annot_authority_admins(authority(c)), 3);
	test_put_as(c, &bob, test_policy(1), ANNOT_PENDING);
	test_corpus_free(c);
}

static void test_old_quorum_is_needed(void **state)
{
	static const struct admin one_left[] = {{"admin1", 1}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(3, 2);
	struct test_key one = test_key(1), three = test_key(3);
	struct test_entry *v2 =
		test_put_as(c, &one, next_corpus(c, c->entries[0], one_left, "1"), ANNOT_PENDING);
	(void)state;

	assert_int_equal(annot_authority_admins(authority(c)), 3);
	test_put_as(c, &three, test_review(&v2->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(annot_authority_admins(authority(c)), 1);
	/* The review that completed it is still by an admin in force; the next record is not. */
	assert_void(test_put(c, &three, test_claim("x")), ANNOT_DENIED, "removed");
	test_corpus_free(c);
}

static void test_refused(void **state)
{
	static const struct admin unknown[] = {{"admin1", 1}, {"dora", 70}, {NULL, 0}};
	static const struct admin name[] = {{"admin1", 1}, {"bob", 70}, {NULL, 0}};
	static const struct admin key[] = {{"admin1", 1}, {"rob", 50}, {NULL, 0}};
	static const struct admin gone[] = {{"admin1", 1}, {"carol", 51}, {NULL, 0}};
	static const struct admin twice[] = {{"admin1", 1}, {"admin1", 52}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1), bob = test_reviewer(c, "bob", 50), next = test_key(52);
	struct test_key carol = test_reviewer(c, "carol", 51);
	struct test_entry *v1 = c->entries[0];
	struct annot_draft *d;
	(void)state;

	assert_void(test_put(c, &one, next_corpus(c, v1, unknown, "3")), ANNOT_REFUSED,
		    "threshold 3: expected at most 2");
	/* dora cannot sign before the record is in force: two approvals could never be had. */
	assert_void(test_put(c, &one, next_corpus(c, v1, unknown, "2")), ANNOT_REFUSED,
		    "only 1 of the new admins have a key in force");
	assert_void(test_put(c, &one, next_corpus(c, v1, name, "1")), ANNOT_REFUSED,
		    "admin bob: the name is enrolled with another key");
	assert_void(test_put(c, &one, next_corpus(c, v1, key, "1")), ANNOT_REFUSED,
		    "is enrolled for bob; use that name");
	test_put_as(c, &carol, test_key_revoke(&c->entries[2]->id, "left", ANNOT_NEVER),
		    ANNOT_EFFECTIVE);
	assert_void(test_put(c, &one, next_corpus(c, v1, gone, "1")), ANNOT_REFUSED,
		    "is left; give a key in force");
	test_put_as(c, &one, test_key_rotate(c, "admin1", &c->id, &next), ANNOT_EFFECTIVE);
	assert_void(test_put(c, &next, next_corpus(c, v1, twice, "1")), ANNOT_REFUSED,
		    "stands twice");
	assert_void(test_put(c, &bob, annot_draft_amend(v1->record)), ANNOT_DENIED,
		    "bob is not an admin");
	d = annot_draft_amend(v1->record);
	test_set(d, "origin", "example.org/other");
	struct annot_vkey vkey;
	struct annot_buf b = ANNOT_BUF_INIT(512);
	assert_ok(annot_vkey_make("example.org/other", ANNOT_NOTE_ED25519, c->log.vkey.key, &vkey,
				  &test_error));
	annot_vkey_write(&vkey, &b);
	test_set(d, "log", b.data);
	annot_buf_free(&b);
	assert_void(test_put(c, &next, d), ANNOT_REFUSED, "the log's origin is example.org/test");
	test_corpus_free(c);
}

static void test_log_key(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key one = test_key(1);
	struct test_entry *last = c->entries[0];
	const struct annot_vkey *keys;
	(void)state;

	for (uint8_t i = 1; i <= 3; i++) {
		struct annot_draft *d = annot_draft_amend(last->record);
		struct test_key log = test_key((uint8_t)(0x60 + i));
		struct annot_vkey vkey;
		struct annot_buf b = ANNOT_BUF_INIT(512);

		assert_ok(annot_vkey_make(TEST_ORIGIN, ANNOT_NOTE_ED25519,
					  log.secret.public_key.key, &vkey, &test_error));
		annot_vkey_write(&vkey, &b);
		test_set(d, "log", b.data);
		annot_buf_free(&b);
		last = test_put_as(c, &one, d, ANNOT_EFFECTIVE);
		assert_int_equal(annot_authority_log_keys(authority(c), &keys), 2);
		assert_memory_equal(keys[0].key, vkey.key, ANNOT_KEY_SIZE);
		if (i == 1)
			assert_memory_equal(keys[1].key, c->log.vkey.key, ANNOT_KEY_SIZE);
	}
	/* Unchanged, it is not the one before as well. */
	test_put_as(c, &one, annot_draft_amend(last->record), ANNOT_EFFECTIVE);
	assert_int_equal(annot_authority_log_keys(authority(c), &keys), 2);
	assert_memory_not_equal(keys[0].key, keys[1].key, ANNOT_KEY_SIZE);
	assert_int_equal(annot_authority_log_keys_ever(authority(c), &keys), 4);
	assert_memory_equal(keys[3].key, c->log.vkey.key, ANNOT_KEY_SIZE);
	test_corpus_free(c);
}

/* A stale amendment would bring back what was changed since. */
static void test_only_on_the_one_in_force(void **state)
{
	static const struct admin alone[] = {{"admin1", 1}, {NULL, 0}};
	struct test_corpus *c = test_corpus_new(3, 2);
	struct test_key one = test_key(1), two = test_key(2), three = test_key(3);
	struct test_entry *v1 = c->entries[0];
	struct test_entry *a = test_put_as(c, &one, next_corpus(c, v1, alone, "1"), ANNOT_PENDING);
	struct test_entry *b = test_put_as(c, &three, annot_draft_amend(v1->record), ANNOT_PENDING);
	(void)state;

	test_put_as(c, &two, test_review(&b->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(c, &three, test_review(&a->id, "approve"), ANNOT_EFFECTIVE);
	assert_int_equal(annot_authority_effect(authority(c), &a->id, NULL), ANNOT_VOID);
	assert_int_equal(annot_authority_admins(authority(c)), 3);
	assert_void(test_put(c, &one, annot_draft_amend(v1->record)), ANNOT_REFUSED,
		    "must be the corpus record in force");
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_admin_leaves_and_comes_back),
		cmocka_unit_test(test_removed_admin_was_stolen),
		cmocka_unit_test(test_removed_admin_enrolled_again),
		cmocka_unit_test(test_reviewer_becomes_admin),
		cmocka_unit_test(test_rotated_admin_stays_admin),
		cmocka_unit_test(test_old_and_new_quorum),
		cmocka_unit_test(test_old_quorum_is_needed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_log_key),
		cmocka_unit_test(test_only_on_the_one_in_force),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
