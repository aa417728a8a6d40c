/* What the writer's connection remembers. */
#include "assert.h"

#include "annotd/store/cache.h"

static void test_recs(void **state)
{
	static struct core_cache cache;
	struct core_rec one = {.seq = 5, .version = 1},
			same_slot = {.seq = 5 + CACHE_RECS, .version = 2};
	(void)state;

	assert_null(cache_rec(&cache, 5));
	assert_null(cache_rec(&cache, 0));
	cache_put_rec(&cache, &one);
	assert_int_equal(cache_rec(&cache, 5)->version, 1);
	assert_null(cache_rec(&cache, same_slot.seq));
	cache_drop_rec(&cache, same_slot.seq);
	assert_non_null(cache_rec(&cache, 5));
	cache_put_rec(&cache, &same_slot);
	assert_null(cache_rec(&cache, 5));
	assert_int_equal(cache_rec(&cache, same_slot.seq)->version, 2);
	cache_drop_rec(&cache, same_slot.seq);
	assert_null(cache_rec(&cache, same_slot.seq));
	cache_put_rec(&cache, &one);
	cache_forget(&cache);
	assert_null(cache_rec(&cache, 5));
}

static void test_terms(void **state)
{
	static struct core_cache cache;
	char longest[CACHE_TERM_MAX + 1] = {0};
	int64_t id = 0;
	(void)state;

	assert_false(cache_term(&cache, 1, "a", 1, &id));
	cache_put_term(&cache, 1, "a", 1, 7);
	assert_true(cache_term(&cache, 1, "a", 1, &id));
	assert_int_equal(id, 7);
	assert_false(cache_term(&cache, 2, "a", 1, &id));
	assert_false(cache_term(&cache, 1, "A", 1, &id));
	assert_false(cache_term(&cache, 1, "ab", 2, &id));
	assert_false(cache_term(&cache, 1, "", 0, &id));
	cache_put_term(&cache, 1, longest, CACHE_TERM_MAX, 8);
	assert_true(cache_term(&cache, 1, longest, CACHE_TERM_MAX, &id));
	cache_put_term(&cache, 1, longest, CACHE_TERM_MAX + 1, 9);
	assert_false(cache_term(&cache, 1, longest, CACHE_TERM_MAX + 1, &id));
	cache_drop_terms(&cache);
	assert_false(cache_term(&cache, 1, "a", 1, &id));
}

/* Readers have none. */
static void test_no_cache(void **state)
{
	struct core_rec rec = {.seq = 1};
	int64_t id;
	(void)state;

	cache_put_rec(NULL, &rec);
	assert_null(cache_rec(NULL, 1));
	cache_drop_rec(NULL, 1);
	cache_put_term(NULL, 1, "a", 1, 1);
	assert_false(cache_term(NULL, 1, "a", 1, &id));
	cache_drop_terms(NULL);
	cache_forget(NULL);
	core_ids_add(NULL, 1, 1);
	assert_null(core_ids_free(NULL));
}

static uint64_t count(const struct core_ids *ids, int64_t id8, uint64_t *ret_first)
{
	uint64_t at = 0, seq, n = 0;

	for (; core_ids_next(ids, id8, &at, &seq); n++)
		if (n == 0)
			*ret_first = seq;
	return n;
}

static void test_ids(void **state)
{
	enum { N = 1000 };
	struct core_ids *ids = core_ids_new(N);
	uint64_t first = 0;
	(void)state;

	/* Many of few slots, and each tenth is a hash that was there before. */
	for (uint64_t i = 0; i < N; i++)
		core_ids_add(ids, (int64_t)(i % 10 ? i * 3 : 3) - 1500, i);
	for (uint64_t i = 0; i < N; i++) {
		if (i % 10 == 0 || i == 1)
			continue;
		assert_int_equal(count(ids, (int64_t)(i * 3) - 1500, &first), 1);
		assert_int_equal(first, i);
	}
	assert_int_equal(count(ids, 3 - 1500, &first), N / 10 + 1);
	assert_int_equal(first, 0); /* the first that was added */
	assert_int_equal(count(ids, 1, &first), 0);
	core_ids_add(ids, 1, N); /* there is no room */
	assert_int_equal(count(ids, 1, &first), 0);
	core_ids_free(ids);
	ids = core_ids_new(0);
	core_ids_add(ids, 1, 1);
	assert_int_equal(count(ids, 1, &first), 0);
	core_ids_free(ids);
	assert_null(core_ids_new(UINT64_MAX / 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recs),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_no_cache),
		cmocka_unit_test(test_ids),
	};
	return cmocka_run_group_tests_name("annotd/store/cache", tests, NULL, NULL);
}
