#include "assert.h"

#include <stdalign.h>

#include "base/auto.h"

static void test_alloc(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *a = annot_arena_new(1 << 24);
	unsigned char *pieces[300];
	size_t size = 0;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		size = i * 37 % 5000;
		pieces[i] = annot_arena_alloc(a, size);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		for (size_t k = 0; k < size; k++)
			assert_int_equal(pieces[i][k], 0);
		memset(pieces[i], (int)i, size);
	}
	/* No piece overlaps another: each holds what was written to it. */
	for (size_t i = 0; i < COUNT(pieces); i++)
		for (size_t k = 0; k < i * 37 % 5000; k++)
			assert_int_equal(pieces[i][k], i & 0xFF);
}

static void test_maximum(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *a = annot_arena_new(100);
	assert_non_null(annot_arena_alloc(a, 60));
	assert_null(annot_arena_alloc(a, 41));
	assert_non_null(annot_arena_alloc(a, 40));
	assert_null(annot_arena_alloc(a, 1));
	assert_null(annot_arena_alloc(a, SIZE_MAX));
	annot_arena_reset(a);
	assert_non_null(annot_arena_alloc(a, 100));
	AUTO_ARENA struct annot_arena *huge = annot_arena_new(SIZE_MAX);
	assert_null(annot_arena_alloc(huge, SIZE_MAX));
	assert_null(annot_arena_alloc(huge, SIZE_MAX - 8));
}

static void test_array(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *a = annot_arena_new(SIZE_MAX);
	assert_non_null(annot_arena_array(a, 10, 10));
	assert_non_null(annot_arena_array(a, 0, 10));
	assert_null(annot_arena_array(a, SIZE_MAX / 2 + 1, 2));
	assert_null(annot_arena_array(a, SIZE_MAX, SIZE_MAX));
}

static void test_copy_and_printf(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *a = annot_arena_new(64);
	assert_string_equal(annot_arena_copy(a, "words here", 5), "words");
	assert_string_equal(annot_arena_copy(a, NULL, 0), "");
	assert_string_equal(annot_arena_printf(a, "%s-%d", "x", 12), "x-12");
	assert_null(annot_arena_printf(a, "%080d", 1));
	assert_null(annot_arena_copy(a, "x", SIZE_MAX));
}

static void test_reset(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *a = annot_arena_new(1 << 20);
	annot_arena_reset(a);
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 50; i++) {
			unsigned char *p = annot_arena_alloc(a, 999);
			assert_non_null(p);
			assert_int_equal(p[0] | p[500] | p[998], 0);
			memset(p, 0xFF, 999);
		}
		annot_arena_reset(a);
	}
	assert_null(annot_arena_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc), cmocka_unit_test(test_maximum),
		cmocka_unit_test(test_array), cmocka_unit_test(test_copy_and_printf),
		cmocka_unit_test(test_reset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
