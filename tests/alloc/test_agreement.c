/* Matching spans, and the first allocation that fails, the second … */
#include "alloc.h"

#include <string.h>

#include "agreement/spans.h"

static enum annot_status match(void *ctx)
{
	static const struct annot_span a[] = {{0, 4}, {2, 9}, {0, 4}}, b[] = {{3, 5}, {8, 9}};
	struct annot_span_matches m, untouched;
	(void)ctx;
	memset(&m, 0x5a, sizeof m);
	untouched = m;
	enum annot_status status = ALLOC(annot_spans_match(a, 3, b, 2, &m, &test_error));
	if (status != ANNOT_OK) {
		assert_memory_equal(&m, &untouched, sizeof m);
		return status;
	}
	assert_int_equal(m.a, 2);
	assert_int_equal(m.overlap, 2);
	return status;
}

static void test_spans(void **state)
{
	(void)state;
	assert_true(alloc_each("spans", match, NULL) >= 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_spans)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
