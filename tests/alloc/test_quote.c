/* Quotes of an article and how one differs, and the first allocation that fails, the second … */
#include "alloc.h"

#include <string.h>

#include "base/auto.h"
#include "quote/alter.h"
#include "quote/extract.h"

enum { ARENA = 1 << 24 };

static enum annot_status alter(void *ctx)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	struct annot_alteration a, untouched;
	(void)ctx;
	memset(&a, 0x5a, sizeof a);
	untouched = a;
	struct annot_bytes words =
		annot_bytes_of("[T]he two hundred left … on the 2nd day, 5 per cent");
	struct annot_bytes source =
		annot_bytes_of("The 200 never left us on the second day, 5% of it");
	enum annot_status status =
		ALLOC(annot_alter(arena, words, source, 0, source.len, &a, &test_error));
	if (status != ANNOT_OK) {
		assert_memory_equal(&a, &untouched, sizeof a);
		return status;
	}
	assert_int_equal(a.flags, 1U << ANNOT_FLAG_NEGATION);
	return status;
}

static enum annot_status extract(void *ctx)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	struct annot_extracted all, untouched;
	(void)ctx;
	memset(&all, 0x5a, sizeof all);
	untouched = all;
	struct annot_bytes text =
		annot_bytes_of("“We will\xFF win.\n\n“And … soon,” said Anna. “Yes.”");
	enum annot_status status =
		ALLOC(annot_extract(arena, text, ANNOT_ARTICLE_TEXT, &all, &test_error));
	if (status != ANNOT_OK) {
		assert_memory_equal(&all, &untouched, sizeof all);
		return status;
	}
	assert_int_equal(all.n, 2);
	assert_int_equal(all.n_invalid, 1);
	return status;
}

static void test_alter(void **state)
{
	(void)state;
	assert_true(alloc_each("alter", alter, NULL) >= 20);
}

static void test_extract(void **state)
{
	(void)state;
	assert_true(alloc_each("extract", extract, NULL) >= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_alter),
					   cmocka_unit_test(test_extract)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
