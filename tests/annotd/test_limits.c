/* Token buckets, at times that the test says. */
#include "assert.h"

#include <stdio.h>
#include <string.h>

#include "annotd/limits.h"

enum { RATE = 10, BURST = RATE * LIMITS_BURST_S };

static size_t take_all(struct limits *l, enum limit kind, const char *id, uint64_t now_ms)
{
	size_t n = 0;
	while (limits_take_at(l, kind, (const uint8_t *)id, strlen(id), now_ms))
		n++;
	return n;
}

static void test_burst_and_rate(void **state)
{
	struct limits *l = limits_new(RATE, 2 * RATE);
	(void)state;
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 1000), BURST);
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 1000), 0);
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 1099), 0); /* 10 a second: one in 100 ms */
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 1100), 1);
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 2100), RATE);
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 2000),
			 0); /* a clock that goes back gives nothing */
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 1000000), BURST);
	limits_free(l);
}

static void test_each_its_own(void **state)
{
	struct limits *l = limits_new(RATE, 2 * RATE);
	(void)state;
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 0), BURST);
	assert_int_equal(take_all(l, LIMIT_KEY, "b", 0), BURST);
	assert_int_equal(take_all(l, LIMIT_ADDRESS, "a", 0), 2 * BURST);
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 0), 0);
	limits_free(l);
}

/* Only so many are kept: those used last. */
static void test_forgets(void **state)
{
	struct limits *l = limits_new(RATE, RATE);
	char id[16];
	(void)state;
	assert_int_equal(take_all(l, LIMIT_KEY, "first", 0), BURST);
	assert_int_equal(take_all(l, LIMIT_KEY, "second", 0), BURST);
	for (int i = 0; i < LIMITS_BUCKETS_MAX - 2; i++) {
		snprintf(id, sizeof id, "%d", i);
		assert_true(limits_take_at(l, LIMIT_KEY, (const uint8_t *)id, strlen(id), 0));
	}
	assert_int_equal(take_all(l, LIMIT_KEY, "first", 0), 0); /* used: kept */
	assert_true(limits_take_at(l, LIMIT_KEY, (const uint8_t *)"x", 1, 0));
	assert_int_equal(take_all(l, LIMIT_KEY, "first", 0), 0);
	assert_int_equal(take_all(l, LIMIT_KEY, "second", 0), BURST); /* forgotten */
	limits_free(l);
}

static void test_defaults(void **state)
{
	struct limits *l = limits_new(0, 0);
	(void)state;
	assert_int_equal(take_all(l, LIMIT_KEY, "a", 5), LIMITS_KEY_RATE * LIMITS_BURST_S);
	assert_int_equal(take_all(l, LIMIT_ADDRESS, "a", 5), LIMITS_ADDRESS_RATE * LIMITS_BURST_S);
	assert_true(limits_take(l, LIMIT_KEY, (const uint8_t *)"b", 1));
	limits_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_and_rate),
		cmocka_unit_test(test_each_its_own),
		cmocka_unit_test(test_forgets),
		cmocka_unit_test(test_defaults),
	};
	return cmocka_run_group_tests_name("annotd/limits", tests, NULL, NULL);
}
