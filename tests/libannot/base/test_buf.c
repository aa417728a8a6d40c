#include "assert.h"

#include "base/auto.h"

static void test_appends(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1000);
	assert_null(b.data);
	annot_buf_add(&b, NULL, 0);
	assert_string_equal(b.data, "");
	annot_buf_puts(&b, "one");
	annot_buf_putc(&b, ' ');
	annot_buf_printf(&b, "%s %d", "two", 3);
	annot_buf_putc(&b, ' ');
	annot_buf_hex(&b, "\x00\xAB\xFF", 3);
	annot_buf_putc(&b, ' ');
	annot_buf_base64(&b, "foob", 4);
	annot_buf_base64(&b, "", 0);
	assert_string_equal(b.data, "one two 3 00abff Zm9vYg==");
	assert_int_equal(b.len, strlen(b.data));
	assert_ok(annot_buf_check(&b, "a test", &test_error));
	struct annot_bytes bytes = annot_buf_bytes(&b);
	assert_ptr_equal(bytes.data, b.data);
	assert_int_equal(bytes.len, b.len);
	memcpy(annot_buf_extend(&b, 3), "end", 3);
	assert_string_equal(b.data + bytes.len, "end");
	assert_non_null(annot_buf_extend(&b, 0));
	assert_null(annot_buf_extend(&b, 1000));
	assert_status(annot_buf_check(&b, "a test", NULL), ANNOT_TOO_LARGE);
}

static void test_growth(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(1 << 20);
	for (int i = 0; i < 100000; i++)
		annot_buf_putc(&b, (char)('a' + i % 26));
	assert_int_equal(b.len, 100000);
	assert_int_equal(b.data[b.len], 0);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
}

static void test_maximum(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(10);
	annot_buf_puts(&b, "0123456789");
	assert_ok(annot_buf_check(&b, "ten", &test_error));
	annot_buf_add(&b, "", 0);
	assert_ok(annot_buf_check(&b, "ten", &test_error));
	annot_buf_putc(&b, 'x');
	assert_status(annot_buf_check(&b, "the ten", &test_error), ANNOT_TOO_LARGE);
	assert_error_says("the ten is larger than 10 bytes");
	/* After a failure nothing is appended, even if it would fit. */
	annot_buf_truncate(&b, 2);
	annot_buf_putc(&b, 'y');
	assert_string_equal(b.data, "01");
	assert_status(annot_buf_check(&b, "the ten", NULL), ANNOT_TOO_LARGE);
	annot_buf_free(&b);
	assert_null(b.data);
	annot_buf_puts(&b, "again");
	assert_ok(annot_buf_check(&b, "ten", &test_error));
	assert_string_equal(b.data, "again");
}

static void test_each_way_over(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(5);
		if (way == 0)
			annot_buf_printf(&b, "%d", 123456);
		else if (way == 1)
			annot_buf_hex(&b, "abc", 3);
		else if (way == 2)
			annot_buf_base64(&b, "abcd", 4);
		else
			annot_buf_add(&b, "", SIZE_MAX);
		assert_status(annot_buf_check(&b, "x", &test_error), ANNOT_TOO_LARGE);
		assert_int_equal(b.len, 0);
	}
	AUTO_BUF struct annot_buf none = ANNOT_BUF_INIT(0);
	annot_buf_puts(&none, "");
	assert_string_equal(none.data, "");
	AUTO_BUF struct annot_buf huge = ANNOT_BUF_INIT(SIZE_MAX);
	annot_buf_puts(&huge, "fine");
	assert_ok(annot_buf_check(&huge, "huge", &test_error));
}

static void test_no_memory(void **state)
{
	(void)state;
	const struct annot_buf b = {.max = 10, .failed = true, .no_memory = true};
	assert_status(annot_buf_check(&b, "x", &test_error), ANNOT_NO_MEMORY);
}

static void test_truncate(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(10);
	annot_buf_truncate(&b, 0);
	annot_buf_puts(&b, "abc");
	annot_buf_truncate(&b, 5);
	assert_string_equal(b.data, "abc");
	annot_buf_truncate(&b, 1);
	assert_string_equal(b.data, "a");
	assert_int_equal(b.len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appends),   cmocka_unit_test(test_growth),
		cmocka_unit_test(test_maximum),   cmocka_unit_test(test_each_way_over),
		cmocka_unit_test(test_no_memory), cmocka_unit_test(test_truncate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
