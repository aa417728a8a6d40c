/* Cutting input into items, however it comes. */
#include "desk.h"

enum { ITEMS_MAX = 16 };

static const struct annot_format pages = {.name = "pages",
					  .containers = "items|first.items|annotations"};
static const struct annot_format lines = {.name = "lines", .flags = ANNOT_FORMAT_LINES};

/* A text that comes in pieces of that many bytes. */
struct dripping {
	struct annot_bytes left;
	size_t piece;
};

static enum annot_status drip(void *arg, void *ret, size_t max, size_t *ret_n,
			      struct annot_error *err)
{
	struct dripping *d = arg;
	size_t n = d->piece < max ? d->piece : max;
	d->piece = d->piece ? d->piece : 1;
	(void)err;
	*ret_n = d->left.len < n ? d->left.len : n;
	memcpy(ret, d->left.data, *ret_n);
	d->left.data += *ret_n;
	d->left.len -= *ret_n;
	return ANNOT_OK;
}

/* "line:text" of each item, or the error, one after the other, '|' between them. */
static void cut(const struct annot_format *format, const char *text, size_t piece,
		struct annot_buf *ret)
{
	struct dripping d = {annot_bytes_of(text), piece};
	struct annot_import_item item;
	struct annot_items *items;
	enum annot_status status;
	annot_buf_truncate(ret, 0);
	annot_buf_puts(ret, "");
	assert_ok(annot_items_new(format, "in", drip, &d, &items, &test_error));
	for (int i = 0; i < ITEMS_MAX; i++) {
		status = annot_items_next(items, &item, &test_error);
		if (status == ANNOT_NOT_FOUND)
			break;
		annot_buf_puts(ret, ret->len > 0 ? "|" : "");
		if (status == ANNOT_OK)
			annot_buf_printf(ret, "%zu%s%.*s", item.line, item.envelope ? "=" : ":",
					 (int)item.bytes.len, (const char *)item.bytes.data);
		else
			annot_buf_printf(ret, "! %s", test_error.text);
	}
	assert_int_equal(annot_items_bytes(items) + d.left.len, strlen(text));
	annot_items_free(items);
}

static void assert_cut(const struct annot_format *format, const char *text, const char *expected)
{
	static const size_t pieces[] = {1, 2, 3, 7, 1 << 20};
	struct annot_buf got = ANNOT_BUF_INIT(1 << 20);
	for (size_t i = 0; i < COUNT(pieces); i++) {
		cut(format, text, pieces[i], &got);
		assert_string_equal(got.data, expected);
	}
	annot_buf_free(&got);
}

static void test_values_one_after_the_other(void **state)
{
	(void)state;
	assert_cut(&pages, "", "");
	assert_cut(&pages, " \n\t", "");
	assert_cut(&pages, "{\"a\":1}\n{\"b\":[2,{}]}", "1:{\"a\":1}|2:{\"b\":[2,{}]}");
	assert_cut(&pages, "{\"a\":1}{\"b\":2}\n\n{}", "1:{\"a\":1}|1:{\"b\":2}|3:{}");
	assert_cut(&pages, "\xef\xbb\xbf{\"a\":\"]}\\\"{\"}", "1:{\"a\":\"]}\\\"{\"}");
	assert_cut(&pages, "{\n\"a\":\n1}\n{}", "1:{\n\"a\":\n1}|4:{}");
}

static void test_elements_of_an_array(void **state)
{
	(void)state;
	assert_cut(&pages, "[]", "");
	assert_cut(&pages, "[{\"a\":1},\n {\"b\":2} , 3,\"x\",null]",
		   "1:{\"a\":1}|2:{\"b\":2}|2:3|2:\"x\"|2:null");
	assert_cut(&pages, "[{}] [{}]\n{}", "1:{}|1:{}|2:{}");
}

static void test_items_of_a_container(void **state)
{
	(void)state;
	assert_cut(&pages, "{\"id\":1,\"items\":[{\"a\":1},\n{}],\"next\":2}",
		   "1:{\"a\":1}|2:{}|1={\"id\":1,\"items\":[],\"next\":2}");
	assert_cut(&pages, "{\"first\":{\"id\":2,\"items\":[{}]},\"items\":[{\"x\":0}]}\n{}",
		   "1:{}|1:{\"x\":0}|1={\"first\":{\"id\":2,\"items\":[]},\"items\":[]}|2:{}");
	/* Only a path that is named, and only an array. */
	assert_cut(&pages, "{\"body\":{\"items\":[1]}}", "1:{\"body\":{\"items\":[1]}}");
	assert_cut(&pages, "{\"items\":{\"items\":[1]}}", "1:{\"items\":{\"items\":[1]}}");
	assert_cut(&pages, "{\"items\":[]}", "1={\"items\":[]}");
}

static void test_broken_json_is_named_by_line(void **state)
{
	(void)state;
	assert_cut(&pages, "{}\n{\"a\":}\n{\"b\":1}", "1:{}|! in:2: expected a value|3:{\"b\":1}");
	assert_cut(&pages, "nonsense\n{}", "! in:1: expected { or [|2:{}");
	assert_cut(&pages, "{\"a\":\"x\n{}", "! in:1: a line ends in a string|2:{}");
	assert_cut(&pages, "{\"a\":1", "! in:1: cut short in an object");
	assert_cut(&pages, "[{},\n{}", "1:{}|2:{}|! in:2: expected a comma or ] behind an item");
	assert_cut(&pages, "[{} {}]", "1:{}|! in:1: expected a comma or ] behind an item");
	assert_cut(&pages, "[{},]", "1:{}|! in:1: expected a value");
	assert_cut(&pages, "{\"items\":[{}],}", "1:{}|! in:1: string or '}' expected near '}'");
	assert_cut(&pages, "{\"a\":1,\"a\":2}\n{}",
		   "! in:1: duplicate object key near '\"a\"'|2:{}");
	assert_cut(&pages, "{\"a\":\"\xff\"}\n{}",
		   "! in:1: unable to decode byte 0xff near '\"'|2:{}");
}

static void test_depth_and_length_are_bounded(void **state)
{
	struct annot_buf deep = ANNOT_BUF_INIT(1 << 24), got = ANNOT_BUF_INIT(1 << 24);
	(void)state;
	annot_buf_puts(&deep, "{\"a\":");
	for (int i = 0; i < ANNOT_ITEM_DEPTH_MAX + 1; i++)
		annot_buf_putc(&deep, '[');
	cut(&pages, deep.data, 1 << 16, &got);
	assert_string_equal(got.data, "! in:1: nested deeper than 64 levels");
	annot_buf_truncate(&deep, 0);
	annot_buf_puts(&deep, "{\"a\":\"");
	while (deep.len <= ANNOT_ITEM_MAX + (1 << 17))
		annot_buf_puts(&deep, "0123456789abcdef");
	cut(&pages, deep.data, 1 << 16, &got);
	assert_string_equal(got.data, "! in:1: an item has more than 4194304 bytes");
	cut(&lines, deep.data, 1 << 16, &got);
	assert_string_equal(got.data, "! in:1: an item has more than 4194304 bytes");
	annot_buf_free(&deep);
	annot_buf_free(&got);
}

static void test_lines(void **state)
{
	(void)state;
	assert_cut(&lines, "", "");
	assert_cut(&lines, "a\nb\r\n\nc", "1:a|2:b|3:|4:c");
	assert_cut(&lines, "a\n\xff\nb\n", "1:a|! in:2: not UTF-8 at byte 0 of the line|3:b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_one_after_the_other),
		cmocka_unit_test(test_elements_of_an_array),
		cmocka_unit_test(test_items_of_a_container),
		cmocka_unit_test(test_broken_json_is_named_by_line),
		cmocka_unit_test(test_depth_and_length_are_bounded),
		cmocka_unit_test(test_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
