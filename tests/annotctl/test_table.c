/* Quotes by their marks: each is found, at once among many, and each mark is there once. */
#include "assert.h"

#include "annotctl/check/table.h"

static struct annot_hash mark_of(size_t i)
{
	return annot_sha256(&i, sizeof i);
}

static enum annot_status add(struct quote_table *t, size_t i, uint64_t index)
{
	struct ctl ctl = {.format = FORMAT_TEXT};
	return quote_table_add(&ctl, t, &(struct known_quote){.mark = mark_of(i), .index = index});
}

/* So many that looking through all of them for each would not end. */
static void test_many(void **state)
{
	enum { MANY = 1 << 18 };
	struct quote_table t = QUOTE_TABLE_INIT;
	struct annot_hash mark = mark_of(0);
	(void)state;
	assert_null(quote_table_find(&t, &mark));
	for (size_t i = 0; i < MANY; i++)
		assert_ok(add(&t, i, i));
	for (size_t i = 0; i < MANY; i++) {
		mark = mark_of(i);
		assert_int_equal(quote_table_find(&t, &mark)->index, i);
	}
	mark = mark_of(MANY);
	assert_null(quote_table_find(&t, &mark));
	quote_table_free(&t);
}

static void test_once(void **state)
{
	struct quote_table t = QUOTE_TABLE_INIT;
	const struct annot_hash mark = mark_of(7);
	(void)state;
	assert_ok(add(&t, 7, 1));
	assert_ok(add(&t, 8, 2));
	assert_ok(add(&t, 7, 3));
	assert_int_equal(LIST_COUNT(struct known_quote, &t.quotes), 2);
	assert_int_equal(quote_table_find(&t, &mark)->index, 1);
	quote_table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
