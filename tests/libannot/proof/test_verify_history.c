/* What became of a record since: amended, in conflict, retracted, withheld, pending, void. */
#include "corpus.h"

static struct test_corpus *c;
static struct test_key admin, bob, carol;

static int setup(void **state)
{
	(void)state;
	c = test_corpus_new(1, 1);
	admin = test_key(1);
	bob = test_reviewer(c, "bob", 50);
	carol = test_reviewer(c, "carol", 51);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	c = test_corpus_free(c);
	return 0;
}

static void test_superseded(void **state)
{
	struct test_entry *v1 = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *v2 =
		test_put_as(c, &carol, annot_draft_amend(v1->record), ANNOT_EFFECTIVE);
	const struct annot_report *r = test_verify(c, v1);
	(void)state;

	assert_verdict(r, ANNOT_SUPERSEDED);
	assert_int_equal(annot_verdict_exit(r->verdict), 1);
	assert_says(r, "latest", "version 1, replaced: the newest as of #5 is record #4");
	r = test_verify(c, v2);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "latest", "version 2, the newest");
}

static void test_conflict_and_merge(void **state)
{
	struct test_entry *v1 = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *a = test_put_as(c, &bob, annot_draft_amend(v1->record), ANNOT_EFFECTIVE);
	struct test_entry *b =
		test_put_as(c, &carol, annot_draft_amend(v1->record), ANNOT_EFFECTIVE);
	struct annot_draft *merge = annot_draft_amend(a->record);
	const struct annot_report *r = test_verify(c, a);
	(void)state;

	assert_verdict(r, ANNOT_CONFLICT_HEADS);
	assert_says(r, "latest", "2 versions stand beside each other as of #6, records #4 and #5");
	assert_verdict(test_verify(c, b), ANNOT_CONFLICT_HEADS);
	assert_verdict(test_verify(c, v1), ANNOT_SUPERSEDED);
	assert_says(test_verify(c, v1), "latest", "(one of several)");
	assert_ok(annot_draft_parent(merge, &b->id, &test_error));
	assert_verdict(test_verify(c, test_put_as(c, &bob, merge, ANNOT_EFFECTIVE)),
		       ANNOT_VALID_UNWITNESSED);
	assert_verdict(test_verify(c, a), ANNOT_SUPERSEDED);
}

static void test_retracted(void **state)
{
	struct test_entry *v1 = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *retract =
		test_put_as(c, &bob, test_about(ANNOT_KIND_retract, &v1->id), ANNOT_EFFECTIVE);
	const struct annot_report *r = test_verify(c, v1);
	(void)state;

	assert_verdict(r, ANNOT_RETRACTED);
	assert_says(r, "retraction", "retracted at #4 by bob");
	assert_verdict(test_verify(c, retract), ANNOT_VALID_UNWITNESSED);
}

static void test_retraction_worse_than_superseded(void **state)
{
	struct test_entry *v1 = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *v2 =
		test_put_as(c, &bob, annot_draft_amend(v1->record), ANNOT_EFFECTIVE);
	const struct annot_report *r;
	(void)state;

	test_put_as(c, &bob, test_about(ANNOT_KIND_retract, &v2->id), ANNOT_EFFECTIVE);
	r = test_verify(c, v1);
	assert_verdict(r, ANNOT_RETRACTED);
	/* Worst first. */
	assert_string_equal(r->checks[0].name, "retraction");
	assert_string_equal(r->checks[1].name, "latest");
}

static void test_withheld(void **state)
{
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *withhold = test_put_as(
		c, &admin, test_about(ANNOT_KIND_withhold, &claim->id), ANNOT_EFFECTIVE);
	const struct annot_report *r = test_verify(c, claim);
	(void)state;

	/* Whether its bytes are still around or not. */
	assert_verdict(r, ANNOT_WITHHELD);
	assert_says(r, "withheld", "withheld by the corpus's admins at #4");
	claim->withheld = true;
	r = test_verify(c, claim);
	assert_verdict(r, ANNOT_WITHHELD);
	assert_null(r->record);
	assert_says(r, "author", "bob");
	assert_verdict(test_verify(c, withhold), ANNOT_VALID_UNWITNESSED);
}

static void test_bytes_missing_without_a_decision(void **state)
{
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	const struct annot_report *r;
	(void)state;

	claim->withheld = true;
	r = test_verify(c, claim);
	assert_verdict(r, ANNOT_CANNOT_CHECK);
	assert_says(r, "withheld", "no decision of the admins says why");
}

static void test_withheld_document_under_a_quote(void **state)
{
	struct test_entry *document = test_put_document(c, &bob, "doc", "Some words here.");
	struct test_entry *quote =
		test_put_as(c, &bob, test_quote(document, 5, 10), ANNOT_EFFECTIVE);
	const struct annot_report *r;
	(void)state;

	document->withheld = true;
	r = test_verify(c, quote);
	assert_verdict(r, ANNOT_CANNOT_CHECK);
	assert_says(r, "references", "the bytes of record #3 are not in the bundle");
	test_put_as(c, &admin, test_about(ANNOT_KIND_withhold, &document->id), ANNOT_EFFECTIVE);
	r = test_verify(c, quote);
	assert_verdict(r, ANNOT_CANNOT_CHECK);
	assert_says(r, "words", "the document is withheld");
	assert_says(r, "about", "record #3 was withheld at #5");
}

static void test_withheld_evidence_is_a_warning(void **state)
{
	struct test_entry *claim = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *verdict =
		test_put_as(c, &bob, test_verdict(&claim->id, "true"), ANNOT_EFFECTIVE);
	const struct annot_report *r;
	(void)state;

	test_put_as(c, &admin, test_about(ANNOT_KIND_withhold, &claim->id), ANNOT_EFFECTIVE);
	claim->withheld = true;
	r = test_verify(c, verdict);
	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "about", "on: record #3 was withheld at #5");
}

static void test_what_it_is_about(void **state)
{
	struct test_entry *v1 = test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *on[3] = {
		test_put_as(c, &bob, test_verdict(&v1->id, "true"), ANNOT_EFFECTIVE),
		test_put_as(c, &bob, test_review(&v1->id, "approve"), ANNOT_EFFECTIVE),
		test_put_as(c, &bob, test_about(ANNOT_KIND_comment, &v1->id), ANNOT_EFFECTIVE)};
	(void)state;

	for (size_t i = 0; i < 3; i++)
		assert_false(test_report_says(test_verify(c, on[i]), "about", ""));
	test_put_as(c, &bob, annot_draft_amend(v1->record), ANNOT_EFFECTIVE);
	for (size_t i = 0; i < 3; i++) {
		assert_verdict(test_verify(c, on[i]), ANNOT_VALID_UNWITNESSED);
		assert_says(test_verify(c, on[i]), "about",
			    "on: record #3 is version 1 and was replaced by now");
	}
	test_put_as(c, &bob, test_about(ANNOT_KIND_retract, &v1->id), ANNOT_EFFECTIVE);
	assert_says(test_verify(c, on[0]), "about", "was retracted at #8");
}

static void test_void(void **state)
{
	struct test_key stranger = test_key(99);
	struct test_entry *claim = test_put(c, &stranger, test_claim("x"));
	const struct annot_report *r = test_verify(c, claim);
	(void)state;

	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "author", "in the log but void: author SHA256:");
	assert_says(r, "author", "is not enrolled");
}

static void test_pending_and_rejected(void **state)
{
	struct test_corpus *two = test_corpus_new(3, 2);
	struct test_key a = test_key(1), b = test_key(2);
	struct test_entry *policy = test_put_as(two, &a, test_policy(1), ANNOT_PENDING);
	struct test_entry *other = test_put_as(two, &a, test_policy(2), ANNOT_PENDING);
	const struct annot_report *r = test_verify(two, policy);
	(void)state;

	assert_verdict(r, ANNOT_VALID_UNWITNESSED);
	assert_says(r, "effect", "not in force: 1 of 2 admins approve as of #3");
	test_put_as(two, &b, test_review(&policy->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(two, &b, test_review(&other->id, "reject"), ANNOT_EFFECTIVE);
	assert_says(test_verify(two, policy), "effect", "in force since #3");
	r = test_verify(two, other);
	assert_verdict(r, ANNOT_INVALID_BUNDLE);
	assert_says(r, "effect", "void: was rejected, or became impossible, at #4");
	test_corpus_free(two);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_superseded),
		TEST(test_conflict_and_merge),
		TEST(test_retracted),
		TEST(test_retraction_worse_than_superseded),
		TEST(test_withheld),
		TEST(test_bytes_missing_without_a_decision),
		TEST(test_withheld_document_under_a_quote),
		TEST(test_withheld_evidence_is_a_warning),
		TEST(test_what_it_is_about),
		TEST(test_void),
		TEST(test_pending_and_rejected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
