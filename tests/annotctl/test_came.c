/* What an import that is looked through remembers of items: all of them, and no more than it may.
 */
#include "assert.h"

#include "annotctl/formats/came.h"

static enum annot_status add(struct came *m, unsigned n, enum annot_kind kind)
{
	char id[32];
	snprintf(id, sizeof id, "urn:x:%u", n);
	return came_add(m, id, kind, &test_error);
}

static uint32_t kinds(const struct came *m, unsigned n)
{
	char id[32];
	snprintf(id, sizeof id, "urn:x:%u", n);
	return came_kinds(m, id);
}

static void test_grows(void **state)
{
	struct came m;
	(void)state;
	assert_ok(came_begin(&m, CAME_MAX, &test_error));
	for (unsigned i = 0; i < 20000; i++)
		assert_ok(add(&m, i, i % 2 ? ANNOT_KIND_claim : ANNOT_KIND_span));
	assert_ok(add(&m, 7, ANNOT_KIND_verdict));
	assert_int_equal(m.n, 20000);
	assert_int_equal(kinds(&m, 7), 1u << ANNOT_KIND_claim | 1u << ANNOT_KIND_verdict);
	assert_int_equal(kinds(&m, 19998), 1u << ANNOT_KIND_span);
	assert_int_equal(kinds(&m, 20000), 0);
	came_free(&m);
}

static void test_bound(void **state)
{
	struct came m;
	(void)state;
	assert_ok(came_begin(&m, 3, &test_error));
	for (unsigned i = 0; i < 3; i++)
		assert_ok(add(&m, i, ANNOT_KIND_span));
	assert_status(add(&m, 3, ANNOT_KIND_span), ANNOT_TOO_LARGE);
	assert_non_null(strstr(test_error.text, "more than 3 items"));
	assert_int_equal(kinds(&m, 3), 0);
	assert_ok(add(&m, 2, ANNOT_KIND_claim)); /* it is there */
	came_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
