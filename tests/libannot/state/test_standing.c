/*
 * The table of what a record is worth by the life of its author's key (state/standing.def): each
 * cell that a key can get to, in a log that gets it there, and what judge said of the record.
 */
#include "corpus.h"

#include "state/standing.h"

enum { BEFORE, COUNTED, TAINTED, ENDED, COLUMNS };
static bool visited[ANNOT_KEY_REMOVED + 1][COLUMNS];

/* A log in which the key of bob (a reviewer, or admin2 of two) is used before, in and after its
 * life. */
struct life {
	struct test_corpus *c;
	struct test_key admin, bob;
	struct test_entry *before, *event, *early, *late, *after;
};

static void use(struct life *l)
{
	l->early = test_put_as(l->c, &l->bob, test_claim("early"), ANNOT_EFFECTIVE);
	l->late = test_put_as(l->c, &l->bob, test_claim("late"), ANNOT_EFFECTIVE);
}

static void start(struct life *l)
{
	*l = (struct life){.c = test_corpus_new(1, 1), .admin = test_key(1), .bob = test_key(50)};
	l->before = test_put(l->c, &l->bob, test_claim("before"));
	l->event =
		test_put_as(l->c, &l->admin, test_key_add(l->c, "bob", &l->bob), ANNOT_EFFECTIVE);
	use(l);
}

static void end(struct life *l)
{
	l->after = test_put(l->c, &l->bob, test_claim("after"));
}

/* One cell: the record's standing as of now, and whether it was void at its index. */
static void cell(const struct life *l, const struct test_entry *record, enum annot_key_state state,
		 int column, enum annot_standing expected)
{
	const struct annot_authority *a = annot_memory_authority(l->c->memory);
	const struct annot_key_info *key = NULL;
	enum annot_standing got;

	for (size_t i = 0; i < annot_authority_keys(a); i++)
		if (annot_hash_equal(&annot_authority_key_at(a, i)->event, &l->event->id) &&
		    annot_hash_equal(&annot_authority_key_at(a, i)->author, &l->bob.author))
			key = annot_authority_key_at(a, i);
	assert_non_null(key);
	assert_string_equal(annot_key_state_name(key->state), annot_key_state_name(state));
	got = annot_key_standing(key, record->index);
	assert_string_equal(annot_standing_name(got), annot_standing_name(expected));
	assert_int_equal(record->judgement.effect == ANNOT_VOID,
			 expected == ANNOT_STANDING_UNAUTHORISED);
	assert_int_equal(annot_key_stolen(a, &l->bob.author, record->index),
			 expected == ANNOT_STANDING_DISPUTED);
	visited[state][column] = true;
}

static void test_pending(void **state)
{
	struct life l = {.c = test_corpus_new(2, 2), .admin = test_key(1), .bob = test_key(50)};
	(void)state;

	l.before = test_put(l.c, &l.bob, test_claim("before"));
	l.event = test_put_as(l.c, &l.admin, test_key_add(l.c, "bob", &l.bob), ANNOT_PENDING);
	end(&l);
	cell(&l, l.before, ANNOT_KEY_PENDING, BEFORE, ANNOT_STANDING_UNAUTHORISED);
	cell(&l, l.after, ANNOT_KEY_PENDING, BEFORE, ANNOT_STANDING_UNAUTHORISED);
	test_corpus_free(l.c);
}

static void test_active(void **state)
{
	struct life l;
	(void)state;

	start(&l);
	cell(&l, l.before, ANNOT_KEY_ACTIVE, BEFORE, ANNOT_STANDING_UNAUTHORISED);
	cell(&l, l.early, ANNOT_KEY_ACTIVE, COUNTED, ANNOT_STANDING_GOOD);
	test_corpus_free(l.c);
}

static void ended(struct life *l, enum annot_key_state state)
{
	end(l);
	cell(l, l->before, state, BEFORE, ANNOT_STANDING_UNAUTHORISED);
	cell(l, l->early, state, COUNTED, ANNOT_STANDING_GOOD_ENDED);
	cell(l, l->late, state, COUNTED, ANNOT_STANDING_GOOD_ENDED);
	cell(l, l->after, state, ENDED, ANNOT_STANDING_UNAUTHORISED);
	test_corpus_free(l->c);
}

static void test_rotated(void **state)
{
	struct test_key next = test_key(60);
	struct life l;
	(void)state;

	start(&l);
	test_put_as(l.c, &l.bob, test_key_rotate(l.c, "bob", &l.event->id, &next), ANNOT_EFFECTIVE);
	ended(&l, ANNOT_KEY_ROTATED);
}

static void test_retired_and_left(void **state)
{
	static const enum annot_key_state states[] = {ANNOT_KEY_RETIRED, ANNOT_KEY_LEFT};
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		const char *reason = annot_key_state_name(states[i]);
		struct life l;

		start(&l);
		test_put_as(l.c, &l.admin, test_key_revoke(&l.event->id, reason, ANNOT_NEVER),
			    ANNOT_EFFECTIVE);
		ended(&l, states[i]);
	}
}

static void test_compromised(void **state)
{
	struct life l;
	(void)state;

	start(&l);
	test_put_as(l.c, &l.admin,
		    test_key_revoke(&l.event->id, "compromised", (int64_t)l.late->index),
		    ANNOT_EFFECTIVE);
	end(&l);
	cell(&l, l.before, ANNOT_KEY_COMPROMISED, BEFORE, ANNOT_STANDING_UNAUTHORISED);
	cell(&l, l.early, ANNOT_KEY_COMPROMISED, COUNTED, ANNOT_STANDING_GOOD_STOLEN);
	cell(&l, l.late, ANNOT_KEY_COMPROMISED, TAINTED, ANNOT_STANDING_DISPUTED);
	cell(&l, l.after, ANNOT_KEY_COMPROMISED, ENDED, ANNOT_STANDING_UNAUTHORISED);
	/* Found out to be older: an earlier from-index disputes more. */
	test_put_as(l.c, &l.admin,
		    test_key_revoke(&l.event->id, "compromised", (int64_t)l.early->index),
		    ANNOT_EFFECTIVE);
	cell(&l, l.early, ANNOT_KEY_COMPROMISED, TAINTED, ANNOT_STANDING_DISPUTED);
	test_corpus_free(l.c);
}

/* A rotated key that turns out to have been stolen: it had ended, and what it signed is disputed.
 */
static void test_compromised_after_rotation(void **state)
{
	struct test_key next = test_key(60);
	struct life l;
	(void)state;

	start(&l);
	test_put_as(l.c, &l.bob, test_key_rotate(l.c, "bob", &l.event->id, &next), ANNOT_EFFECTIVE);
	test_put_as(l.c, &l.admin,
		    test_key_revoke(&l.event->id, "compromised", (int64_t)l.late->index),
		    ANNOT_EFFECTIVE);
	end(&l);
	cell(&l, l.early, ANNOT_KEY_COMPROMISED, COUNTED, ANNOT_STANDING_GOOD_STOLEN);
	cell(&l, l.late, ANNOT_KEY_COMPROMISED, TAINTED, ANNOT_STANDING_DISPUTED);
	cell(&l, l.after, ANNOT_KEY_COMPROMISED, ENDED, ANNOT_STANDING_UNAUTHORISED);
	test_put_as(l.c, &next, test_claim("the successor is in force"), ANNOT_EFFECTIVE);
	test_corpus_free(l.c);
}

/* The next corpus record, with or without the second admin. */
static struct test_entry *admins(struct life *l, const struct test_entry *parent, bool both)
{
	struct annot_draft *d = annot_draft_amend(parent->record);

	annot_draft_unset(d, "admin");
	test_admin(d, "admin1", &l->admin);
	if (both)
		test_admin(d, "admin2", &l->bob);
	return test_put_as(l->c, &l->admin, d, ANNOT_EFFECTIVE);
}

static void test_removed(void **state)
{
	struct life l = {.c = test_corpus_new(1, 1), .admin = test_key(1), .bob = test_key(50)};
	struct test_entry *v3, *v4;
	(void)state;

	l.before = test_put(l.c, &l.bob, test_claim("before"));
	l.event = admins(&l, l.c->entries[0], true);
	use(&l);
	v3 = admins(&l, l.event, false);
	end(&l);
	cell(&l, l.before, ANNOT_KEY_REMOVED, BEFORE, ANNOT_STANDING_UNAUTHORISED);
	cell(&l, l.early, ANNOT_KEY_REMOVED, COUNTED, ANNOT_STANDING_GOOD_ENDED);
	cell(&l, l.after, ANNOT_KEY_REMOVED, ENDED, ANNOT_STANDING_UNAUTHORISED);
	/* Back again, and then known to be stolen since long: so it was in its first life. */
	v4 = admins(&l, v3, true);
	test_put_as(l.c, &l.admin, test_key_revoke(&v4->id, "compromised", (int64_t)l.late->index),
		    ANNOT_EFFECTIVE);
	cell(&l, l.early, ANNOT_KEY_REMOVED, COUNTED, ANNOT_STANDING_GOOD_ENDED);
	cell(&l, l.late, ANNOT_KEY_REMOVED, TAINTED, ANNOT_STANDING_DISPUTED);
	assert_void(test_put(l.c, &l.bob, test_claim("x")), ANNOT_DENIED, "compromised");
	test_corpus_free(l.c);
}

/* Naming the first enrolment of a key that was enrolled again ends it all the same. */
static void test_compromise_is_of_the_key(void **state)
{
	struct life l = {.c = test_corpus_new(1, 1), .admin = test_key(1), .bob = test_key(50)};
	struct test_entry *v3;
	(void)state;

	l.event = admins(&l, l.c->entries[0], true);
	use(&l);
	v3 = admins(&l, l.event, false);
	admins(&l, v3, true);
	test_put_as(l.c, &l.admin,
		    test_key_revoke(&l.event->id, "compromised", (int64_t)l.late->index),
		    ANNOT_EFFECTIVE);
	assert_void(test_put(l.c, &l.bob, test_claim("x")), ANNOT_DENIED, "compromised");
	cell(&l, l.late, ANNOT_KEY_REMOVED, TAINTED, ANNOT_STANDING_DISPUTED);
	test_corpus_free(l.c);
}

/* Every cell of the table that is not NEVER was visited above. */
static void test_all_of_it(void **state)
{
	static const enum annot_standing table[][COLUMNS] = {
#define STANDING(key, before, counted, tainted, ended)                                             \
	[ANNOT_KEY_##key] = {ANNOT_STANDING_##before, ANNOT_STANDING_##counted,                    \
			     ANNOT_STANDING_##tainted, ANNOT_STANDING_##ended},
#include "state/standing.def"
	};
	(void)state;

	for (int key = 0; key <= ANNOT_KEY_REMOVED; key++)
		for (int column = 0; column < COLUMNS; column++)
			if (visited[key][column] != (table[key][column] != ANNOT_STANDING_NEVER))
				fail_msg("row %s, column %d: %s", annot_key_state_name(key), column,
					 visited[key][column] ? "NEVER, but was reached"
							      : "not tested");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_active),
		cmocka_unit_test(test_rotated),
		cmocka_unit_test(test_retired_and_left),
		cmocka_unit_test(test_compromised),
		cmocka_unit_test(test_compromised_after_rotation),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_compromise_is_of_the_key),
		cmocka_unit_test(test_all_of_it), /* last */
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
