#include "assert.h"

#include <utf8proc.h>

#include <stdio.h>

#include "base/auto.h"
#include "random.h"
#include "text/escape.h"
#include "text/marks.h"

enum { ANY = 1 << 20 };

static void assert_bytes(const struct annot_buf *b, const char *expected, size_t len)
{
	if (b->len != len || memcmp(b->data, expected, len) != 0)
		fail_msg("got \"%s\", expected \"%.*s\"", b->data, (int)len, expected);
}

static void assert_escapes(const char *text, size_t len, const char *value)
{
	AUTO_BUF struct annot_buf escaped = ANNOT_BUF_INIT(ANY), back = ANNOT_BUF_INIT(ANY);
	annot_escape(text, len, &escaped);
	assert_bytes(&escaped, value, strlen(value));
	assert_ok(annot_unescape(value, strlen(value), &back, &test_error));
	assert_bytes(&back, text, len);
}

static void test_known(void **state)
{
	(void)state;
	static const struct {
		const char *text, *value;
	} cases[] = {
		{"x", "x"},
		{"two words", "two words"},
		{"a\\b", "a\\\\b"},
		{"a\nb\r\nc\td", "a\\nb\\r\\nc\\td"},
		{"\x1B[31m", "\\u{1b}[31m"},
		{"\x7F", "\\u{7f}"},
		{" x", "\\u{20}x"},
		{"x ", "x\\u{20}"},
		{" ", "\\u{20}"},
		{"  ", "\\u{20}\\u{20}"},
		{"   ", "\\u{20} \\u{20}"},
		{"\xCC\x81x", "\\u{301}x"},
		{"e\xCC\x81", "e\xCC\x81"},
		{" \xCC\x81", "\\u{20}\xCC\x81"},
		{"\n\xCC\x81", "\\n\xCC\x81"},
		{"\xC2\x85", "\\u{85}"},
		{"a\xC2\xAD", "a\\u{ad}"},
		{"\xEF\xBB\xBFx", "\\u{feff}x"},
		{"\xE2\x80\xAE", "\\u{202e}"},
		{"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
		 "\xF0\x9F\x91\xA9\\u{200d}\xF0\x9F\x91\xA7"},
		{"\xF4\x8F\xBF\xBF", "\\u{10ffff}"},
		{"\xC3\xA9 \xE4\xB8\xAD \xF0\x9D\x94\xB8",
		 "\xC3\xA9 \xE4\xB8\xAD \xF0\x9D\x94\xB8"},
		{"\xC2\xA0x\xC2\xA0", "\xC2\xA0x\xC2\xA0"},
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_escapes(cases[i].text, strlen(cases[i].text), cases[i].value);
	assert_escapes("", 0, "");
	assert_escapes("a\0b", 3, "a\\u{0}b");
}

/* The list of the specification, as ranges. */
static bool listed(uint32_t cp)
{
	static const uint32_t list[][2] = {
		{0x0, 0x1F},      {0x5C, 0x5C},       {0x7F, 0x9F},       {0xAD, 0xAD},
		{0x34F, 0x34F},   {0x61C, 0x61C},     {0x115F, 0x1160},   {0x17B4, 0x17B5},
		{0x180B, 0x180F}, {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},
		{0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
		{0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
		{0xFDD0, 0xFDEF},
	};
	for (size_t i = 0; i < COUNT(list); i++)
		if (cp >= list[i][0] && cp <= list[i][1])
			return true;
	return cp % 0x10000 >= 0xFFFE;
}

static void test_table(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++)
		if (annot_escape_needed(cp) != listed(cp))
			fail_msg("U+%04X", (unsigned)cp);
}

static void test_marks(void **state)
{
	(void)state;
	size_t n = 0;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++)
		n += annot_is_mark(cp);
	assert_int_equal(n,
			 2450); /* Mn 1985 + Mc 452 + Me 13 (DerivedGeneralCategory-15.0.0.txt) */
	if (strcmp(utf8proc_unicode_version(), "15.0.0") != 0) {
		print_message("not compared with utf8proc: it has Unicode %s\n",
			      utf8proc_unicode_version());
		return;
	}
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
		bool mark = c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC ||
			    c == UTF8PROC_CATEGORY_ME;
		if (annot_is_mark(cp) != mark)
			fail_msg("U+%04X", (unsigned)cp);
	}
}

/* Every code point alone, at the start, in the middle, at the end: there and back, and in one way
 * only. */
static void test_every_code_point(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf escaped = ANNOT_BUF_INIT(ANY), back = ANNOT_BUF_INIT(ANY);
	static const char *const around[][2] = {{"", ""}, {"", "b"}, {"a", "b"}, {"a", ""}};
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		for (size_t i = 0; i < COUNT(around); i++) {
			char text[8] = "";
			size_t before = strlen(around[i][0]), after = strlen(around[i][1]);
			memcpy(text, around[i][0], before);
			size_t n = annot_utf8_put(cp, text + before), len = before + n + after;
			memcpy(text + before + n, around[i][1], after);
			annot_buf_truncate(&escaped, 0);
			annot_buf_truncate(&back, 0);
			annot_escape(text, len, &escaped);
			assert_ok(annot_unescape(escaped.data, escaped.len, &back, &test_error));
			assert_bytes(&back, text, len);

			/* The other form, raw for escaped or escaped for raw, is refused. */
			bool was_raw = escaped.len == len;
			char other[32];
			int other_len = was_raw ? snprintf(other, sizeof(other), "%s\\u{%x}%s",
							   around[i][0], (unsigned)cp, around[i][1])
						: (int)len;
			assert_status(annot_unescape(was_raw ? other : text, (size_t)other_len,
						     &back, &test_error),
				      ANNOT_INVALID);
			assert_bytes(&back, text, len);
		}
	}
}

static const uint32_t nasty[] = {
	' ',    'a',  '\\',   'u',    '{',    '}',     'n',      '0',     '1',    'f',
	'\n',   '\r', '\t',   0,      0x7F,   0x85,    0xAD,     0x301,   0x200D, 0x202E,
	0xFEFF, 0xE9, 0x4E2D, 0xFFFF, 0xFDD0, 0x1F469, 0x10FFFF, 0xE0001, 0x20DD, 0x903,
};

/* Texts to values and back. */
static void test_random_texts(void **state)
{
	(void)state;
	uint64_t seed = 1;
	AUTO_BUF struct annot_buf escaped = ANNOT_BUF_INIT(ANY), back = ANNOT_BUF_INIT(ANY);
	for (int i = 0; i < 100000; i++) {
		char text[4 * 12];
		size_t len = random_text(&seed, nasty, COUNT(nasty), 12, text);
		annot_buf_truncate(&escaped, 0);
		annot_buf_truncate(&back, 0);
		annot_escape(text, len, &escaped);
		assert_ok(annot_unescape(escaped.data, escaped.len, &back, &test_error));
		assert_bytes(&back, text, len);
	}
}

/* Values to texts and back: whatever is accepted is what would be written. */
static void test_random_values(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"\\u{20}", "\\u{301}", "\\u{ad}",  "\\n",      "\\\\",    "\\u{5c}",
		"\\u{a}",  "\\u{AD}",  "\\u{0ad}", "\\u{",     "}",       "\\",
		"a",       " ",        "\xCC\x81", "\xC2\xAD", "\\u{61}",
	};
	uint64_t seed = 2;
	size_t accepted = 0;
	AUTO_BUF struct annot_buf value = ANNOT_BUF_INIT(ANY), text = ANNOT_BUF_INIT(ANY);
	AUTO_BUF struct annot_buf again = ANNOT_BUF_INIT(ANY);
	for (int i = 0; i < 100000; i++) {
		annot_buf_truncate(&value, 0);
		annot_buf_truncate(&text, 0);
		annot_buf_truncate(&again, 0);
		for (size_t n = random_below(&seed, 5) + 1; n > 0; n--)
			annot_buf_puts(&value, pieces[random_below(&seed, COUNT(pieces))]);
		if (annot_unescape(value.data, value.len, &text, NULL) != ANNOT_OK) {
			assert_int_equal(text.len, 0);
			continue;
		}
		accepted++;
		annot_escape(text.data, text.len, &again);
		assert_bytes(&again, value.data, value.len);
	}
	assert_true(accepted > 1000);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *value, *says;
	} cases[] = {
		{"a\\", "byte 1: malformed"},
		{"\\x41", "byte 0: malformed"},
		{"\\N", "malformed"},
		{"\\u", "malformed"},
		{"\\u{", "malformed"},
		{"\\u{}", "malformed"},
		{"\\u{ad", "malformed"},
		{"\\u{AD}", "malformed"},
		{"\\u{00ad}", "malformed"},
		{"\\u{ad }", "malformed"},
		{"\\u{+ad}", "malformed"},
		{"\\u{1000000}", "malformed"},
		{"\\u{110000}", "malformed"},
		{"\\u{d800}", "malformed"},
		{"\\u{a}", "malformed"},
		{"\\u{d}", "malformed"},
		{"\\u{9}", "malformed"},
		{"\\u{5c}", "malformed"},
		{"\\u{41}", "byte 0: U+0041 may not be escaped"},
		{"a\\u{20}b", "byte 1: U+0020 may not be escaped"},
		{"a\\u{301}", "byte 1: U+0301 may not be escaped"},
		{"x\n", "byte 1: U+000A must be escaped"},
		{" a", "byte 0: U+0020 must be escaped"},
		{"a ", "byte 1: U+0020 must be escaped"},
		{"\xCC\x81", "byte 0: U+0301 must be escaped"},
		{"ab\xE2\x80\x8F", "byte 2: U+200F must be escaped"},
		{"ab\xFFz", "byte 2: not UTF-8"},
		{"\xC3", "byte 0: not UTF-8"},
		{"\xED\xA0\x80", "byte 0: not UTF-8"},
	};
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANY);
	annot_buf_puts(&b, "kept");
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_status(
			annot_unescape(cases[i].value, strlen(cases[i].value), &b, &test_error),
			ANNOT_INVALID);
		assert_error_says(cases[i].says);
		assert_bytes(&b, "kept", 4);
	}
}

static void test_terminal(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool keep_lines;
		const char *shown;
	} cases[] = {
		{" a ", false, " a "},
		{"a\n\tb", false, "a\\n\\tb"},
		{"a\n\tb", true, "a\n\tb"},
		{"a\r\n", true, "a\\r\n"},
		{"\x1B]0;x\x07", true, "\\u{1b}]0;x\\u{7}"},
		{"\xC2\x9B"
		 "31m",
		 true, "\\u{9b}31m"},
		{"\xE2\x80\xAE"
		 "abc",
		 true, "\\u{202e}abc"},
		{"\xCC\x81", true, "\\u{301}"},
		{"a\n\xCC\x81", true, "a\n\\u{301}"},
		{"e\xCC\x81", true, "e\xCC\x81"},
		{"a\xFF\xC3", true, "a\\x{ff}\\x{c3}"},
		{"\xED\xA0\x80.", true, "\\x{ed}\\x{a0}\\x{80}."},
		{"\xF0\x9F\x91", true, "\\x{f0}\\x{9f}\\x{91}"},
		{"c:\\dir", true, "c:\\\\dir"},
		{"\xE4\xB8\xAD\xF0\x9F\x91\xA9", true, "\xE4\xB8\xAD\xF0\x9F\x91\xA9"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANY);
		annot_escape_terminal(cases[i].text, strlen(cases[i].text), cases[i].keep_lines,
				      &b);
		assert_bytes(&b, cases[i].shown, strlen(cases[i].shown));
	}
}

/* Whatever bytes come in, what goes out is UTF-8 without anything that must be escaped. */
static void test_terminal_random(void **state)
{
	(void)state;
	uint64_t seed = 3;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANY);
	for (int i = 0; i < 20000; i++) {
		char bytes[16];
		size_t len = random_below(&seed, sizeof(bytes) + 1);
		for (size_t k = 0; k < len; k++)
			bytes[k] = (char)random_next(&seed);
		annot_buf_truncate(&b, 0);
		annot_escape_terminal(bytes, len, false, &b);
		assert_int_equal(annot_utf8_valid(b.data, b.len), b.len);
		for (size_t at = 0; at < b.len;) {
			uint32_t cp = annot_utf8_next(b.data, b.len, &at);
			assert_true(cp == '\\' || !annot_escape_needed(cp));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),           cmocka_unit_test(test_table),
		cmocka_unit_test(test_marks),           cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_random_texts),    cmocka_unit_test(test_random_values),
		cmocka_unit_test(test_refused),         cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_terminal_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
