/* What a bundle shows of a verdict that was sealed: from the leaves, on anybody's machine. */
#include "corpus.h"

struct fixture {
	struct test_corpus *c;
	struct test_key ann, ann2, ben;
	struct test_entry *claim;
};

static void open_fixture(struct fixture *f)
{
	f->c = test_corpus_new(1, 1);
	f->ann = test_reviewer(f->c, "ann", 50);
	f->ben = test_reviewer(f->c, "ben", 51);
	f->ann2 = test_key(52);
	f->claim = test_put_as(f->c, &f->ben, test_claim("x"), ANNOT_EFFECTIVE);
}

static struct test_entry *put(struct fixture *f, const struct test_key *key, struct annot_draft *d)
{
	return test_put_as(f->c, key, d, ANNOT_EFFECTIVE);
}

static struct test_entry *seal(struct fixture *f, const struct test_key *key, const char *rating)
{
	return put(f, key, test_seal(f->c, key, &f->claim->id, rating));
}

static struct test_entry *opening(struct fixture *f, const struct test_key *key, const char *rating,
				  const struct test_entry *of)
{
	return put(f, key, test_opening(&f->claim->id, rating, &of->id));
}

static void test_yes(void **state)
{
	struct fixture f;
	(void)state;

	open_fixture(&f);
	struct test_entry *hers = seal(&f, &f.ann, "true"), *his = seal(&f, &f.ben, "false");
	struct test_entry *first = opening(&f, &f.ann, "true", hers);
	struct test_entry *second = opening(&f, &f.ben, "false", his);
	const struct annot_report *r = test_verify(f.c, first);

	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "blind", "yes: sealed at #4");
	assert_says(test_verify(f.c, second), "blind", "yes: sealed at #5");
	/* Not said of verdicts that were not sealed. */
	struct test_entry *open = put(&f, &f.ann, test_verdict(&f.claim->id, "true"));

	assert_false(test_report_says(test_verify(f.c, open), "blind", ""));
	test_corpus_free(f.c);
}

static void test_no(void **state)
{
	struct fixture f;
	(void)state;

	open_fixture(&f);
	put(&f, &f.ben, test_verdict(&f.claim->id, "false"));
	struct test_entry *late = seal(&f, &f.ann, "true");
	const struct annot_report *r = test_verify(f.c, opening(&f, &f.ann, "true", late));

	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "blind", "no: sealed at #5, after the verdict by ben");
	assert_says(r, "blind", "at #4");
	test_corpus_free(f.c);
}

/* Her verdict with an older key is her own. */
static void test_persons(void **state)
{
	struct fixture f;
	(void)state;

	open_fixture(&f);
	put(&f, &f.ann, test_verdict(&f.claim->id, "true"));
	put(&f, &f.ann, test_key_rotate(f.c, "ann", &f.c->entries[1]->id, &f.ann2));
	struct test_entry *sealed = seal(&f, &f.ann2, "false");

	const struct annot_report *r = test_verify(f.c, opening(&f, &f.ann2, "false", sealed));

	assert_says(r, "blind", "yes: sealed at #6");
	test_corpus_free(f.c);
}

/* A void verdict could be read all the same, and the bundle does not have the bytes that make it
 * void. */
static void test_void(void **state)
{
	struct fixture f;
	(void)state;

	open_fixture(&f);
	assert_void(test_put(f.c, &f.ben, test_verdict(&f.claim->id, "unheard-of")), ANNOT_REFUSED,
		    "scale truth has");
	struct test_entry *sealed = seal(&f, &f.ann, "false");
	const struct annot_report *r = test_verify(f.c, opening(&f, &f.ann, "false", sealed));

	assert_says(r, "blind", "no: sealed at #5, after the verdict by ben");
	test_corpus_free(f.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yes),
		cmocka_unit_test(test_no),
		cmocka_unit_test(test_persons),
		cmocka_unit_test(test_void),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
