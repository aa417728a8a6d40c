/* Reports as JSON, verdicts, and reports with more lines than they hold. */
#include "corpus.h"

#include <jansson.h>

static void test_json(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1);
	struct test_entry *claim = test_put_as(c, &admin, test_claim("x"), ANNOT_EFFECTIVE);
	json_t *j, *check;
	size_t i;
	(void)state;

	test_put_as(c, &admin, annot_draft_amend(claim->record), ANNOT_EFFECTIVE);
	j = annot_report_json(test_verify(c, claim));
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, "verdict")), "SUPERSEDED");
	assert_string_equal(json_string_value(json_object_get(j, "kind")), "claim");
	assert_string_equal(json_string_value(json_object_get(j, "origin")), TEST_ORIGIN);
	assert_int_equal(json_integer_value(json_object_get(j, "index")), 1);
	assert_int_equal(json_integer_value(json_object_get(j, "size")), 3);
	assert_int_equal(strlen(json_string_value(json_object_get(j, "record"))), 64);
	assert_int_equal(strlen(json_string_value(json_object_get(j, "annotation"))), 64);
	assert_true(json_array_size(json_object_get(j, "checks")) > 5);
	json_array_foreach(json_object_get(j, "checks"), i, check)
	{
		assert_true(json_is_string(json_object_get(check, "name")));
		assert_true(json_is_string(json_object_get(check, "text")));
		/* Only the first, the worst, is not ok. */
		assert_int_equal(json_is_true(json_object_get(check, "ok")), i > 0);
	}
	json_decref(j);
	test_corpus_free(c);
}

static void test_not_a_bundle(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct annot_trust trust = {.corpus = c->id};
	const struct annot_report *r;
	json_t *j;
	(void)state;

	assert_ok(annot_verify_bundle(c->arena, annot_bytes_of("hello"), &trust, &r, &test_error));
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_null(r->record);
	assert_says(r, "bundle", "expected the first line annot-bundle/v1");
	j = annot_report_json(r);
	assert_non_null(j);
	assert_null(json_object_get(j, "record"));
	json_decref(j);
	assert_ok(annot_verify_bundle(c->arena, (struct annot_bytes){0}, &trust, &r, &test_error));
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	test_corpus_free(c);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(annot_verdict_name(ANNOT_VALID), "VALID");
	assert_string_equal(annot_verdict_name(ANNOT_CANNOT_CHECK), "CANNOT-CHECK");
	assert_string_equal(annot_verdict_name(ANNOT_ROLLED_BACK), "ROLLED-BACK");
	for (int v = ANNOT_INVALID_BUNDLE; v <= ANNOT_VALID; v++)
		assert_int_equal(annot_verdict_exit((enum annot_verdict)v),
				 v < ANNOT_VALID_UNWITNESSED);
}

/* A verdict with much evidence, all of it retracted: more warnings than lines. What is bad stays.
 */
static void test_more_lines_than_fit(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1);
	struct test_entry *claims[64], *verdict, *forked;
	struct annot_draft *d, *again;
	const struct annot_report *r;
	(void)state;

	for (size_t i = 0; i < 64; i++)
		claims[i] = test_put_as(c, &admin, test_claim("x"), ANNOT_EFFECTIVE);
	d = test_verdict(&claims[0]->id, "true");
	again = test_verdict(&claims[0]->id, "false");
	for (size_t i = 0; i < 64; i++) {
		test_ref(d, "evidence", &claims[i]->id);
		test_ref(again, "evidence", &claims[i]->id);
	}
	verdict = test_put_as(c, &admin, d, ANNOT_EFFECTIVE);
	c->seen = (struct annot_seen){.size = 1};
	forked = test_put_as(c, &admin, again, ANNOT_EFFECTIVE);
	c->seen = (struct annot_seen){0};
	for (size_t i = 0; i < 64; i++) {
		test_put_as(c, &admin, annot_draft_amend(claims[i]->record), ANNOT_EFFECTIVE);
		test_put_as(c, &admin, annot_draft_amend(claims[i]->record), ANNOT_EFFECTIVE);
		test_put_as(c, &admin, test_about(ANNOT_KIND_retract, &claims[i]->id),
			    ANNOT_EFFECTIVE);
		test_put_as(c, &admin, test_about(ANNOT_KIND_withhold, &claims[i]->id),
			    ANNOT_EFFECTIVE);
	}
	r = test_verify(c, verdict);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "more", "more lines than a report holds");
	assert_string_equal(r->checks[r->n_checks - 1].name, "truth");
	/* A fork is found after all these warnings, and is the verdict. */
	assert_verdict(test_verify(c, forked), ANNOT_FORKED_LOG);
	assert_says(test_verify(c, forked), "more", "more lines than a report holds");
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_not_a_bundle),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_more_lines_than_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
