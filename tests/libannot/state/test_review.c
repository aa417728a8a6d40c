/* Votes, what they are worth, and who is an author. */
#include "corpus.h"

#include "state/review.h"

enum { PEOPLE = 4 };

static struct annot_policy policy;
static struct annot_key_info keys[PEOPLE];
static const char *const french[] = {"fr-CA", "de"};

static int setup(void **state)
{
	(void)state;
	policy = (struct annot_policy){0};
	for (size_t i = 0; i < ANNOT_KIND_COUNT; i++)
		policy.approvals[i] = 1;
	for (size_t i = 0; i < PEOPLE; i++) {
		keys[i] = (struct annot_key_info){.name = "x"};
		keys[i].person.b[0] = (uint8_t)(i + 1);
	}
	return 0;
}

/* "a" approve, "r" reject, "c" request-changes: one vote of each person in turn; " " none. */
static struct annot_review_count count(const char *votes, const struct annot_review_rules *rules)
{
	struct annot_review_vote list[16];
	size_t n = 0;

	for (size_t i = 0; votes[i]; i++) {
		if (votes[i] == ' ')
			continue;
		list[n++] = (struct annot_review_vote){.key = &keys[i % PEOPLE],
						       .index = i,
						       .decision = votes[i] == 'a' ? "approve"
								   : votes[i] == 'r'
									   ? "reject"
									   : "request-changes"};
	}
	return annot_review_count(list, n, rules);
}

static enum annot_review_state state_of(const char *votes, const struct annot_review_rules *rules)
{
	return count(votes, rules).state;
}

static void test_order_of_states(void **state)
{
	struct annot_review_rules rules = {.policy = &policy, .kind = ANNOT_KIND_quote};
	(void)state;

	policy.approvals[ANNOT_KIND_quote] = 2;
	assert_int_equal(state_of("", &rules), ANNOT_REVIEW_DRAFT);
	assert_int_equal(state_of("a", &rules), ANNOT_REVIEW_IN_REVIEW);
	assert_int_equal(state_of("aa", &rules), ANNOT_REVIEW_APPROVED);
	assert_int_equal(state_of("aac", &rules), ANNOT_REVIEW_CHANGES_REQUESTED);
	assert_int_equal(state_of("aacr", &rules), ANNOT_REVIEW_REJECTED);
	/* The last of each person: the fifth vote is the first person's second. */
	assert_int_equal(state_of("raa a", &rules), ANNOT_REVIEW_APPROVED);
	assert_int_equal(state_of("a   a", &rules), ANNOT_REVIEW_IN_REVIEW);
	assert_int_equal(count("a   a", &rules).approvals, 1);
	assert_int_equal(count("aa", &rules).needed, 2);
	policy.approvals[ANNOT_KIND_quote] = 0;
	assert_int_equal(state_of("", &rules), ANNOT_REVIEW_APPROVED);
	assert_int_equal(state_of("r", &rules), ANNOT_REVIEW_REJECTED);
}

static void test_authors_and_bots(void **state)
{
	struct annot_hash author = keys[0].person;
	struct annot_review_rules rules = {
		.policy = &policy, .kind = ANNOT_KIND_quote, .authors = &author, .n_authors = 1};
	(void)state;

	assert_int_equal(state_of("a", &rules), ANNOT_REVIEW_IN_REVIEW);
	assert_int_equal(state_of("r", &rules), ANNOT_REVIEW_REJECTED);
	assert_int_equal(state_of(" a", &rules), ANNOT_REVIEW_APPROVED);
	policy.self_approval = true;
	assert_int_equal(state_of("a", &rules), ANNOT_REVIEW_APPROVED);
	rules.uncounted = true;
	assert_int_equal(state_of("aa", &rules), ANNOT_REVIEW_IN_REVIEW);
	assert_int_equal(state_of("ar", &rules), ANNOT_REVIEW_REJECTED);
	rules.uncounted = false;
	keys[1].bot = true;
	assert_int_equal(state_of(" a", &rules), ANNOT_REVIEW_IN_REVIEW);
	assert_int_equal(state_of("ar", &rules), ANNOT_REVIEW_APPROVED);
	policy.bots_count = true;
	assert_int_equal(state_of("ar", &rules), ANNOT_REVIEW_REJECTED);
}

static void test_second_reader(void **state)
{
	struct annot_review_rules rules = {.policy = &policy,
					   .kind = ANNOT_KIND_document,
					   .second_reader = true,
					   .languages = {"de-AT", "fr"}};
	(void)state;

	assert_int_equal(state_of("a", &rules), ANNOT_REVIEW_IN_REVIEW);
	assert_true(count("a", &rules).second_reader_missing);
	keys[1].languages = french;
	keys[1].n_languages = 1;
	assert_int_equal(state_of("aa", &rules), ANNOT_REVIEW_IN_REVIEW);
	keys[1].n_languages = 2;
	assert_int_equal(state_of("aa", &rules), ANNOT_REVIEW_APPROVED);
	assert_int_equal(state_of("a", &rules), ANNOT_REVIEW_IN_REVIEW);
	rules.languages[0] = NULL; /* not stated: read by nobody */
	assert_int_equal(state_of("aa", &rules), ANNOT_REVIEW_IN_REVIEW);
	policy.approvals[ANNOT_KIND_document] = 0;
	assert_int_equal(state_of("", &rules), ANNOT_REVIEW_DRAFT);
	assert_int_equal(state_of("aa", &rules), ANNOT_REVIEW_IN_REVIEW);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_true(annot_review_concerns(ANNOT_KIND_quote));
	assert_true(annot_review_concerns(ANNOT_KIND_policy));
	assert_false(annot_review_concerns(ANNOT_KIND_review));
	assert_false(annot_review_concerns(ANNOT_KIND_seal));
	assert_false(annot_review_concerns(ANNOT_KIND_retract));
	assert_false(annot_review_concerns(ANNOT_KIND_reaffirm));
}

/* Record n has the record n - 1 as its parent; all are by one author. */
struct line {
	struct annot_hash author;
	unsigned calls;
};

static struct annot_hash numbered(unsigned n)
{
	struct annot_hash h = {{(uint8_t)(n >> 8), (uint8_t)n}};

	return h;
}

static enum annot_status line_leaf(void *ctx, const struct annot_hash *record,
				   struct annot_leaf *ret, struct annot_error *err)
{
	struct line *line = ctx;
	unsigned n = (unsigned)record->b[0] << 8 | record->b[1];

	(void)err;
	line->calls++;
	*ret = (struct annot_leaf){.author = line->author};
	if (n > 1) {
		ret->parents[0] = numbered(n - 1);
		ret->n_parents = 1;
	}
	return ANNOT_OK;
}

static void test_long_lines_of_versions(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	const struct annot_authority *a = annot_memory_authority(c->memory);
	struct annot_review_authors *authors = annot_arena_alloc(c->arena, sizeof *authors);
	struct annot_review_authors *more = annot_arena_alloc(c->arena, sizeof *more);
	struct line line = {.author = test_key(1).author};
	struct annot_hash last = numbered(ANNOT_REVIEW_ANCESTORS_MAX);
	(void)state;

	assert_ok(annot_review_authors(a, &last, line_leaf, &line, authors, &test_error));
	assert_false(authors->incomplete);
	assert_int_equal(authors->n_records, ANNOT_REVIEW_ANCESTORS_MAX);
	assert_int_equal(authors->n_persons, ANNOT_REVIEW_ANCESTORS_MAX);
	last = numbered(ANNOT_REVIEW_ANCESTORS_MAX + 1);
	assert_ok(annot_review_authors(a, &last, line_leaf, &line, more, &test_error));
	assert_true(more->incomplete);
	test_corpus_free(c);
}

static void test_stolen(void **state)
{
	struct test_corpus *c = test_corpus_new(1, 1);
	const struct annot_authority *a = annot_memory_authority(c->memory);
	struct test_key admin = test_key(1), bob = test_reviewer(c, "bob", 50), bob2 = test_key(51),
			nobody = test_key(99);
	(void)state;

	test_put_as(c, &bob, test_claim("x"), ANNOT_EFFECTIVE);
	test_put_as(c, &bob, test_claim("y"), ANNOT_EFFECTIVE);
	test_put_as(c, &bob, test_key_rotate(c, "bob", &c->entries[1]->id, &bob2), ANNOT_EFFECTIVE);
	assert_false(annot_key_stolen(a, &bob.author, 3));
	test_put_as(c, &admin, test_key_revoke(&c->entries[1]->id, "compromised", 3),
		    ANNOT_EFFECTIVE);
	assert_false(annot_key_stolen(a, &bob.author, 2));
	assert_true(annot_key_stolen(a, &bob.author, 3));
	assert_true(annot_key_stolen(a, &bob.author, 4));
	assert_false(
		annot_key_stolen(a, &bob.author, 5)); /* it was rotated: nothing counts there */
	assert_false(annot_key_stolen(a, &bob2.author, 5));
	assert_false(annot_key_stolen(a, &nobody.author, 3));
	test_corpus_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_order_of_states, setup),
		cmocka_unit_test_setup(test_authors_and_bots, setup),
		cmocka_unit_test_setup(test_second_reader, setup),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_long_lines_of_versions),
		cmocka_unit_test(test_stolen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
