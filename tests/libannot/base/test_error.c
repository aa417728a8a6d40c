#include "assert.h"

#include <string.h>

#include "base/auto.h"

static void test_table(void **state)
{
	(void)state;
	static const struct {
		enum annot_status status;
		int number, exit_code;
		const char *name, *text;
	} rows[] = {
#define STATUS(name, number, exit_code, text) {ANNOT_##name, number, exit_code, #name, text},
#include "proto/errors.def"
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(rows[i].status, rows[i].number);
		assert_int_equal(annot_status_from((unsigned long long)rows[i].number),
				 rows[i].status);
		assert_int_equal(annot_exit_code(rows[i].status), rows[i].exit_code);
		assert_in_range(annot_exit_code(rows[i].status), 0, 6);
		assert_string_equal(annot_status_name(rows[i].status), rows[i].name);
		assert_string_equal(annot_strerror(rows[i].status), rows[i].text);
	}
	assert_int_equal(annot_exit_code(ANNOT_OK), 0);
}

static void test_unknown_numbers(void **state)
{
	(void)state;
	assert_int_equal(annot_status_from(9999), ANNOT_INTERNAL);
	assert_int_equal(annot_status_from(~0ULL), ANNOT_INTERNAL);
	assert_string_equal(annot_strerror((enum annot_status)9999),
			    annot_strerror(ANNOT_INTERNAL));
	assert_string_equal(annot_status_name((enum annot_status)9999), "INTERNAL");
	assert_int_equal(annot_exit_code((enum annot_status)9999), 5);
}

static void test_fail(void **state)
{
	(void)state;
	struct annot_error err = {0};
	assert_int_equal(annot_fail(&err, ANNOT_INVALID, "card %d: %s", 3, "bad"), ANNOT_INVALID);
	assert_int_equal(err.status, ANNOT_INVALID);
	assert_string_equal(err.text, "card 3: bad");
	assert_int_equal(annot_fail(NULL, ANNOT_BUSY, "nobody reads %s", "this"), ANNOT_BUSY);
}

static void test_controls(void **state)
{
	(void)state;
	struct annot_error err = {0};
	/* CSI and NEL as C1 in UTF-8; what only begins like them stays. */
	annot_fail(&err, ANNOT_INVALID, "a\nb\x1b\x7f \xc2\x9b\x33m\xc2\x85 \xc2\xa0\xc3\x9b\xc2");
	assert_string_equal(err.text, "a?b?? ??3m?? \xc2\xa0\xc3\x9b\xc2");
}

static void test_wrapping(void **state)
{
	(void)state;
	struct annot_error err;
	annot_fail(&err, ANNOT_INVALID, "inner");
	annot_fail(&err, ANNOT_REFUSED, "outer: %s!", err.text);
	assert_string_equal(err.text, "outer: inner!");
	assert_int_equal(err.status, ANNOT_REFUSED);
}

static void test_one_line(void **state)
{
	(void)state;
	struct annot_error err;
	annot_fail(&err, ANNOT_INVALID, "a\nb\x1B[31m\x7F \xC3\xA9");
	assert_string_equal(err.text, "a?b?[31m? \xC3\xA9");
}

static void test_truncated_at_a_character(void **state)
{
	(void)state;
	static const char *const letters[] = {"x", "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x91\xA9"};
	for (size_t size = 1; size <= 4; size++)
		for (size_t shift = 0; shift < 4; shift++) {
			char text[4 * ANNOT_ERROR_TEXT_MAX + 8];
			size_t len = shift;
			memset(text, '-', shift);
			while (len < sizeof(text) - 8) {
				memcpy(text + len, letters[size - 1], size);
				len += size;
			}
			text[len] = '\0';
			struct annot_error err;
			annot_fail(&err, ANNOT_INVALID, "%s", text);
			size_t kept = strlen(err.text);
			assert_true(kept <= ANNOT_ERROR_TEXT_MAX - 1);
			assert_true(kept > ANNOT_ERROR_TEXT_MAX - 1 - size);
			assert_int_equal((kept - shift) % size, 0);
			assert_memory_equal(err.text, text, kept);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),    cmocka_unit_test(test_unknown_numbers),
		cmocka_unit_test(test_fail),     cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_one_line), cmocka_unit_test(test_truncated_at_a_character),
		cmocka_unit_test(test_controls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
