/* Fragments of RFC 5147: its grammar (section 3), positions and ranges, line endings, integrity
 * checks. */
#include "assert.h"

#include "base/auto.h"
#include "format/fragment.h"

static struct fragment parsed(const char *value)
{
	struct fragment f;
	assert_ok(fragment_parse(value, strlen(value), &f, &test_error));
	return f;
}

static void means(const char *value, const char *text, const char *words)
{
	struct fragment f = parsed(value);
	size_t start, end;
	fragment_bytes(&f, annot_bytes_of(text), &start, &end);
	assert_true(start <= end && end <= strlen(text));
	if (end - start != strlen(words) || memcmp(text + start, words, end - start) != 0)
		fail_msg("%s of \"%s\" is \"%.*s\", not \"%s\"", value, text, (int)(end - start),
			 text + start, words);
}

static void test_characters(void **state)
{
	(void)state;
	means("char=0,3", "abcdef", "abc");
	means("char=2,4", "abcdef", "cd");
	means("char=,2", "abcdef", "ab");
	means("char=4,", "abcdef", "ef");
	means("char=3", "abcdef", "");
	means("char=4,100", "abcdef", "ef");
	means("char=100,200", "abcdef", "");
	means("char=99999999999999999999999,", "abcdef", "");
	/* Characters are code points, neither bytes nor UTF-16 units. */
	means("char=1,3", "a\xF0\x9F\x98\x80\xC3\xA9z", "\xF0\x9F\x98\x80\xC3\xA9");
}

static void test_line_endings_are_one_character(void **state)
{
	(void)state;
	means("char=2,4", "a\r\nbcd", "bc");
	means("char=1,2", "a\r\nbcd", "\r\n");
	means("char=2,4", "a\rbcd", "bc");
	means("char=2,4", "a\nbcd", "bc");
}

static void test_lines(void **state)
{
	(void)state;
	means("line=0,1", "one\ntwo\nthree", "one\n");
	means("line=,1", "one\r\ntwo\r\nthree", "one\r\n");
	means("line=1,2", "one\rtwo\rthree", "two\r");
	means("line=2,", "one\ntwo\nthree", "three");
	means("line=1", "one\ntwo\nthree", "");
	means("line=7,9", "one\ntwo\n", "");
}

static void test_integrity(void **state)
{
	(void)state;
	struct annot_bytes text = annot_bytes_of("abc");
	/* MD5 of "abc": RFC 1321, A.5. */
	struct fragment f = parsed("char=0,1;length=3;md5=900150983CD24fb0d6963f7d28e17f72");
	assert_true(fragment_fits(&f, text));
	f = parsed("char=0,1;length=3,utf-8");
	assert_true(fragment_fits(&f, text));
	f = parsed("char=0,1;length=4");
	assert_false(fragment_fits(&f, text));
	f = parsed("char=0,1;md5=900150983cd24fb0d6963f7d28e17f73,US-ASCII");
	assert_false(fragment_fits(&f, text));
	f = parsed("char=0,1;length=6,UTF-16"); /* of another form of the text: nothing is known */
	assert_true(fragment_fits(&f, text));
	assert_false(f.has_length);
	f = parsed("char=0,1");
	assert_true(fragment_fits(&f, text));
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"0,1",
		"char=",
		"char=,",
		"char=a",
		"char=1,2,3",
		"char=3,2",
		"char=-1,2",
		"xywh=1,2,3,4",
		"line=1;",
		"line=1;length",
		"line=1;length=x",
		"line=1;md5=12",
		"line=1;length=3,",
		"line=1;sha256=00",
		"char =1",
	};
	struct fragment f;
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (fragment_parse(bad[i], strlen(bad[i]), &f, &test_error) == ANNOT_OK)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_error_says("RFC 5147");
	}
}

static void writes(const char *text, size_t start, size_t end, uint64_t chars_start,
		   uint64_t chars_end, const char *fragment)
{
	char room[128] = "";
	struct annot_buf b = ANNOT_BUF_IN(room);
	assert_int_equal(
		fragment_write(annot_bytes_of(text), start, end, chars_start, chars_end, &b),
		*fragment != '\0');
	assert_string_equal(room, fragment);
	if (*fragment) {
		struct fragment f = parsed(fragment);
		size_t s, e;
		assert_true(fragment_fits(&f, annot_bytes_of(text)));
		fragment_bytes(&f, annot_bytes_of(text), &s, &e);
		assert_int_equal(s, start);
		assert_int_equal(e, end);
	}
}

static void test_written(void **state)
{
	(void)state;
	writes("abcdef", 2, 4, 2, 4, "char=2,4;length=6,UTF-8");
	writes("\xC3\xA9\xC3\xA9x", 2, 5, 1, 3, "char=1,3;length=5,UTF-8");
	writes("a\r\nb\r\nc", 3, 6, 3, 6, "char=2,4;length=7,UTF-8");
	writes("a\rb", 1, 3, 1, 3, "char=1,3;length=3,UTF-8");
	writes("a\r\nb", 2, 4, 2, 4, ""); /* between CR and LF: no such position */
	writes("a\r\nb", 0, 2, 0, 2, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_line_endings_are_one_character),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_integrity),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
