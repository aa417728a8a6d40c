/* Spans of two people, matched: a published example, and all ways of matching tried. */
#include "assert.h"

#include <math.h>
#include <string.h>

#include "../text/random.h"
#include "agreement/spans.h"
#include "base/auto.h"

static struct annot_span_matches match(const struct annot_span *a, size_t n_a,
				       const struct annot_span *b, size_t n_b)
{
	struct annot_span_matches m;
	assert_ok(annot_spans_match(a, n_a, b, n_b, &m, &test_error));
	return m;
}

/* seqeval's README (and its conlleval): O O O B I I O / B I O against O O B I I I O / B I O has F1
 * 0.50. */
static void test_seqeval(void **state)
{
	static const struct annot_span truth1 = {3, 6}, found1 = {2, 6}, both2 = {0, 2};
	(void)state;
	struct annot_span_matches one = match(&truth1, 1, &found1, 1),
				  two = match(&both2, 1, &both2, 1);
	assert_true(annot_f1(one.exact + two.exact, one.a + two.a, one.b + two.b) == .5);
	assert_true(annot_f1(one.overlap + two.overlap, one.a + two.a, one.b + two.b) == 1);
}

static void test_edges(void **state)
{
	static const struct annot_span a[] = {{0, 5}, {5, 9}, {0, 5}, {20, 30}},
				       b[] = {{4, 6}, {9, 20}};
	static const struct annot_span empty = {3, 3};
	struct annot_span_matches m;
	(void)state;
	m = match(a, 4, b, 2); /* ends that touch share nothing; what is marked twice counts once */
	assert_int_equal(m.a, 3);
	assert_int_equal(m.b, 2);
	assert_int_equal(m.exact, 0);
	assert_int_equal(m.overlap, 1);
	m = match(NULL, 0, b, 2);
	assert_int_equal(m.overlap, 0);
	assert_true(annot_f1(0, 0, 2) == 0);
	assert_true(isnan(annot_f1(0, 0, 0)));
	assert_status(annot_spans_match(a, 4, &empty, 1, &m, &test_error), ANNOT_INVALID);
	assert_status(annot_spans_match(a, ANNOT_SPANS_MAX + 1, b, 2, &m, &test_error),
		      ANNOT_TOO_LARGE);
}

/* A partner for span i of a, moving others away where that helps (Berge 1957). */
static bool augment(const struct annot_span *a, const struct annot_span *b, size_t n_b, size_t i,
		    size_t *partner, bool *tried)
{
	for (size_t k = 0; k < n_b; k++) {
		if (tried[k] || a[i].start >= b[k].end || b[k].start >= a[i].end)
			continue;
		tried[k] = true;
		if (partner[k] == SIZE_MAX || augment(a, b, n_b, partner[k], partner, tried)) {
			partner[k] = i;
			return true;
		}
	}
	return false;
}

static size_t unique(struct annot_span *spans, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < kept && memcmp(&spans[k], &spans[i], sizeof *spans) != 0)
			k++;
		if (k == kept)
			spans[kept++] = spans[i];
	}
	return kept;
}

static size_t random_spans(uint64_t *seed, struct annot_span spans[12])
{
	size_t n = random_below(seed, 13), longest = 1 + random_below(seed, 10);
	for (size_t i = 0; i < n; i++) {
		spans[i].start = random_below(seed, 20);
		spans[i].end = spans[i].start + 1 + random_below(seed, longest);
	}
	return n;
}

static void test_all_matchings(void **state)
{
	uint64_t seed = 5;
	size_t greedy_total = 0;
	(void)state;
	for (int round = 0; round < 50000; round++) {
		struct annot_span a[12], b[12];
		size_t n_a = random_spans(&seed, a), n_b = random_spans(&seed, b), exact = 0,
		       best = 0;
		struct annot_span_matches m = match(a, n_a, b, n_b),
					  mirrored = match(b, n_b, a, n_a);
		size_t partner[12];
		n_a = unique(a, n_a);
		n_b = unique(b, n_b);
		memset(partner, 0xff, sizeof partner);
		for (size_t i = 0; i < n_a; i++) {
			bool tried[12] = {false};
			best += augment(a, b, n_b, i, partner, tried);
			for (size_t k = 0; k < n_b; k++)
				exact += memcmp(&a[i], &b[k], sizeof a[i]) == 0;
		}
		assert_int_equal(m.a, n_a);
		assert_int_equal(m.b, n_b);
		assert_int_equal(m.exact, exact);
		assert_int_equal(m.overlap, best);
		assert_int_equal(mirrored.overlap, best);
		assert_true(m.exact <= m.overlap);
		greedy_total += best;
	}
	assert_true(greedy_total > 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seqeval),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_all_matchings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
