/* Blind verdicts: seals and what opens them. */
#include "corpus.h"

#include "base/encode.h"

#define SALT "00000000000000000000000000000000000000000000000000000000000000aa"

/* A verdict on `on` that opens `seal`. */
static struct annot_draft *opening(const struct annot_hash *on, const char *rating,
				   const struct annot_hash *seal, const char *salt)
{
	struct annot_draft *d = test_verdict(on, rating);

	test_ref(d, "opens", seal);
	test_card(d, "salt", salt);
	return d;
}

/* The commitment to a verdict, taken from a draft of it that opens anything. */
static struct annot_draft *seal_for(struct test_corpus *c, const struct test_key *key,
				    const struct annot_hash *on, const char *rating)
{
	struct annot_draft *d = opening(on, rating, on, SALT), *ret;
	struct annot_draft_header header = {.corpus = &c->id, .author = key->author};
	struct annot_buf b = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *record;
	struct annot_hash commitment;

	assert_ok(annot_draft_build(d, &header, c->arena, &b, &record, &test_error));
	assert_ok(annot_seal_commitment(record, &commitment, &test_error));
	annot_buf_free(&b);
	annot_draft_free(d);
	ret = annot_draft_new(ANNOT_KIND_seal);
	test_ref(ret, "on", on);
	test_ref(ret, "commitment", &commitment);
	return ret;
}

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
	f->seal = test_put_as(f->c, &f->bob, seal_for(f->c, &f->bob, &f->claim->id, "true"),
			      ANNOT_EFFECTIVE);
}

static void test_opens(void **state)
{
	struct fixture f;
	struct test_entry *verdict;
	(void)state;

	open_fixture(&f);
	verdict = test_put_as(f.c, &f.bob, opening(&f.claim->id, "true", &f.seal->id, SALT),
			      ANNOT_EFFECTIVE);
	assert_void(test_put(f.c, &f.bob, opening(&f.claim->id, "true", &f.seal->id, SALT)),
		    ANNOT_REFUSED, "is not an unopened seal");
	assert_void(test_put(f.c, &f.bob, annot_draft_amend(verdict->record)), ANNOT_REFUSED,
		    "leave opens and salt out");
	/* Opened, so that another one may be made. */
	test_put_as(f.c, &f.bob, seal_for(f.c, &f.bob, &f.claim->id, "false"), ANNOT_EFFECTIVE);
	test_corpus_free(f.c);
}

static void test_one_unopened_seal_a_person(void **state)
{
	struct fixture f;
	struct test_entry *other;
	(void)state;

	open_fixture(&f);
	assert_void(test_put(f.c, &f.bob, seal_for(f.c, &f.bob, &f.claim->id, "false")),
		    ANNOT_REFUSED, "bob has an unopened seal on it");
	test_put_as(f.c, &f.carol, seal_for(f.c, &f.carol, &f.claim->id, "false"), ANNOT_EFFECTIVE);
	other = test_put_as(f.c, &f.bob, test_claim("y"), ANNOT_EFFECTIVE);
	test_put_as(f.c, &f.bob, seal_for(f.c, &f.bob, &other->id, "false"), ANNOT_EFFECTIVE);
	test_corpus_free(f.c);
}

static void test_commitment(void **state)
{
	struct fixture f;
	(void)state;

	open_fixture(&f);
	assert_void(test_put(f.c, &f.bob, opening(&f.claim->id, "false", &f.seal->id, SALT)),
		    ANNOT_MISMATCH, "commitment");
	assert_void(test_put(f.c, &f.bob,
			     opening(&f.claim->id, "true", &f.seal->id,
				     "0000000000000000000000000000000000000000000000000000000000000"
				     "0ab")),
		    ANNOT_MISMATCH, "commitment");
	test_corpus_free(f.c);
}

static void test_of_another_person_or_record(void **state)
{
	struct fixture f;
	struct test_entry *other;
	(void)state;

	open_fixture(&f);
	assert_void(test_put(f.c, &f.carol, opening(&f.claim->id, "true", &f.seal->id, SALT)),
		    ANNOT_DENIED, "is the seal of bob, not of carol");
	other = test_put_as(f.c, &f.bob, test_claim("y"), ANNOT_EFFECTIVE);
	assert_void(test_put(f.c, &f.bob, opening(&other->id, "true", &f.seal->id, SALT)),
		    ANNOT_REFUSED, "is not an unopened seal");
	test_corpus_free(f.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opens),
		cmocka_unit_test(test_one_unopened_seal_a_person),
		cmocka_unit_test(test_commitment),
		cmocka_unit_test(test_of_another_person_or_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
