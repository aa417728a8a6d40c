/* Blind verdicts: seals and what opens them. */
#include "corpus.h"

struct fixture {
	struct test_corpus *c;
	struct test_key bob, carol;
	struct test_entry *claim, *seal;
};

static void open_fixture(struct fixture *f)
{
	f->c = test_corpus_new(1, 1);
	f->bob = test_reviewer(f->c, "bob", 50);
	f->carol = test_reviewer(f->c, "carol", 51);
	f->claim = test_put_as(f->c, &f->bob, test_claim("x"), ANNOT_EFFECTIVE);
	f->seal = test_put_as(f->c, &f->bob, test_seal(f->c, &f->bob, &f->claim->id, "true"),
			      ANNOT_EFFECTIVE);
}

static void test_opens(void **state)
{
	struct fixture f;
	struct test_entry *verdict;
	(void)state;

	open_fixture(&f);
	verdict = test_put_as(f.c, &f.bob, test_opening(&f.claim->id, "true", &f.seal->id),
			      ANNOT_EFFECTIVE);
	assert_void(test_put(f.c, &f.bob, test_opening(&f.claim->id, "true", &f.seal->id)),
		    ANNOT_REFUSED, "is not an unopened seal");
	assert_void(test_put(f.c, &f.bob, annot_draft_amend(verdict->record)), ANNOT_REFUSED,
		    "leave opens and salt out");
	/* Opened, so that another one may be made. */
	test_put_as(f.c, &f.bob, test_seal(f.c, &f.bob, &f.claim->id, "false"), ANNOT_EFFECTIVE);
	test_corpus_free(f.c);
}

static void test_one_unopened_seal_a_person(void **state)
{
	struct fixture f;
	struct test_entry *other;
	(void)state;

	open_fixture(&f);
	assert_void(test_put(f.c, &f.bob, test_seal(f.c, &f.bob, &f.claim->id, "false")),
		    ANNOT_REFUSED, "bob has an unopened seal on it");
	test_put_as(f.c, &f.carol, test_seal(f.c, &f.carol, &f.claim->id, "false"),
		    ANNOT_EFFECTIVE);
	other = test_put_as(f.c, &f.bob, test_claim("y"), ANNOT_EFFECTIVE);
	test_put_as(f.c, &f.bob, test_seal(f.c, &f.bob, &other->id, "false"), ANNOT_EFFECTIVE);
	test_corpus_free(f.c);
}

static void test_commitment(void **state)
{
	struct annot_draft *other_salt;
	struct fixture f;
	(void)state;

	open_fixture(&f);
	assert_void(test_put(f.c, &f.bob, test_opening(&f.claim->id, "false", &f.seal->id)),
		    ANNOT_MISMATCH, "commitment");
	other_salt = test_opening(&f.claim->id, "true", &f.seal->id);
	test_set(other_salt, "salt",
		 "00000000000000000000000000000000000000000000000000000000000000ab");
	assert_void(test_put(f.c, &f.bob, other_salt), ANNOT_MISMATCH, "commitment");
	test_corpus_free(f.c);
}

static void test_of_another_person_or_record(void **state)
{
	struct fixture f;
	struct test_entry *other;
	(void)state;

	open_fixture(&f);
	assert_void(test_put(f.c, &f.carol, test_opening(&f.claim->id, "true", &f.seal->id)),
		    ANNOT_DENIED, "is the seal of bob, not of carol");
	other = test_put_as(f.c, &f.bob, test_claim("y"), ANNOT_EFFECTIVE);
	assert_void(test_put(f.c, &f.bob, test_opening(&other->id, "true", &f.seal->id)),
		    ANNOT_REFUSED, "is not an unopened seal");
	test_corpus_free(f.c);
}

/* A verdict that opens nothing gives the seal up, so that leaf lines decide what is unopened. */
static void test_given_up(void **state)
{
	struct fixture f;
	struct test_entry *verdict;
	(void)state;

	open_fixture(&f);
	test_put_as(f.c, &f.carol, test_verdict(&f.claim->id, "true"), ANNOT_EFFECTIVE);
	assert_void(test_put(f.c, &f.bob, test_seal(f.c, &f.bob, &f.claim->id, "false")),
		    ANNOT_REFUSED, "bob has an unopened seal on it");
	verdict = test_put_as(f.c, &f.bob, test_verdict(&f.claim->id, "false"), ANNOT_EFFECTIVE);
	assert_void(test_put(f.c, &f.bob, test_opening(&f.claim->id, "true", &f.seal->id)),
		    ANNOT_REFUSED, "gave it up");
	f.seal = test_put_as(f.c, &f.bob, test_seal(f.c, &f.bob, &f.claim->id, "true"),
			     ANNOT_EFFECTIVE);
	/* A later version of what came before the seal is no word on it. */
	verdict = test_put_as(f.c, &f.bob, annot_draft_amend(verdict->record), ANNOT_EFFECTIVE);
	assert_int_equal(annot_memory_version(f.c->memory, &verdict->id), 2);
	test_put_as(f.c, &f.bob, test_opening(&f.claim->id, "true", &f.seal->id), ANNOT_EFFECTIVE);
	test_corpus_free(f.c);
}

/* The verdict that opened the first seal is known by its leaf alone: the second one still stands.
 */
static void test_withheld_verdict(void **state)
{
	struct test_key admin = test_key(1);
	struct test_entry *verdict;
	struct annot_memory *again;
	struct fixture f;
	(void)state;

	open_fixture(&f);
	verdict = test_put_as(f.c, &f.bob, test_opening(&f.claim->id, "true", &f.seal->id),
			      ANNOT_EFFECTIVE);
	test_put(f.c, &f.bob, test_opening(&f.claim->id, "true", &f.seal->id)); /* void */
	test_put_as(f.c, &f.bob, test_seal(f.c, &f.bob, &f.claim->id, "false"), ANNOT_EFFECTIVE);
	test_put_as(f.c, &admin, test_about(ANNOT_KIND_withhold, &verdict->id), ANNOT_EFFECTIVE);
	test_put(f.c, &f.bob, test_seal(f.c, &f.bob, &f.claim->id, "true")); /* void */
	again = annot_memory_new();
	assert_non_null(again);
	for (size_t i = 0; i < f.c->n; i++) {
		const struct test_entry *e = f.c->entries[i];
		struct annot_fact fact = {
			.index = i, .leaf = e->leaf, .record = e == verdict ? NULL : e->record};
		struct annot_judgement judgement;
		assert_ok(annot_memory_next(again, &fact, &judgement, &test_error));
		assert_int_equal(judgement.effect, e->judgement.effect);
	}
	annot_memory_free(again);
	test_corpus_free(f.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opens),
		cmocka_unit_test(test_one_unopened_seal_a_person),
		cmocka_unit_test(test_commitment),
		cmocka_unit_test(test_of_another_person_or_record),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_withheld_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
