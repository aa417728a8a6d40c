/* Offsets of a text in every unit, and places of words in it. */
#include "desk.h"

#include "text/utf8.h"

#define ASSERT_FAILS(call, status, part)                                                           \
	do {                                                                                       \
		assert_status(call, status);                                                       \
		assert_error_says(part);                                                           \
	} while (0)

static struct annot_source source_of(const char *text)
{
	return (struct annot_source){.name = "text", .text = annot_bytes_of(text)};
}

static uint64_t offset(struct annot_source *s, size_t byte, enum annot_unit unit)
{
	uint64_t ret = 0;
	assert_ok(annot_source_offset(s, byte, unit, &ret, &test_error));
	return ret;
}

/* 20,000 bytes of one, two, three and four bytes each, so that index steps fall inside of
 * characters. */
static void test_units_agree_with_counting(void **state)
{
	static const char *const letters[] = {"a", "é", "€", "😀"};
	struct annot_buf text = ANNOT_BUF_INIT(1 << 20);
	(void)state;
	for (unsigned i = 0; text.len < 20000; i++)
		annot_buf_puts(&text, letters[i * i % 7 % 4]);
	struct annot_source s = source_of(text.data);
	for (size_t at = 0; at <= text.len; at += 1 + at % 61) {
		size_t byte, back;
		if (!annot_utf8_boundary(text.data, text.len, at))
			continue;
		uint64_t chars = annot_utf8_chars(text.data, at),
			 utf16 = annot_utf8_utf16(text.data, at);
		assert_int_equal(offset(&s, at, ANNOT_UNIT_BYTES), at);
		assert_int_equal(offset(&s, at, ANNOT_UNIT_CHARS), chars);
		assert_int_equal(offset(&s, at, ANNOT_UNIT_UTF16), utf16);
		assert_ok(annot_source_byte(&s, chars, ANNOT_UNIT_CHARS, &byte, &test_error));
		assert_ok(annot_source_byte(&s, utf16, ANNOT_UNIT_UTF16, &back, &test_error));
		assert_int_equal(byte, at);
		assert_int_equal(back, at);
	}
	annot_source_clear(&s);
	annot_buf_free(&text);
}

static void test_offsets_outside_or_inside_of_a_character(void **state)
{
	struct annot_source s = source_of("a😀b");
	size_t byte = 77;
	(void)state;
	ASSERT_FAILS(annot_source_byte(&s, 4, ANNOT_UNIT_CHARS, &byte, &test_error), ANNOT_INVALID,
		     "code point 4 is behind the end");
	ASSERT_FAILS(annot_source_byte(&s, 2, ANNOT_UNIT_UTF16, &byte, &test_error), ANNOT_INVALID,
		     "UTF-16 unit 2 stands inside a character");
	ASSERT_FAILS(annot_source_byte(&s, 2, ANNOT_UNIT_BYTES, &byte, &test_error), ANNOT_INVALID,
		     "byte 2 stands inside a character");
	ASSERT_FAILS(annot_source_byte(&s, UINT64_MAX, ANNOT_UNIT_UTF16, &byte, &test_error),
		     ANNOT_INVALID, "behind the end");
	assert_int_equal(byte, 77);
	assert_ok(annot_source_byte(&s, 3, ANNOT_UNIT_CHARS, &byte, &test_error));
	assert_int_equal(byte, 6);
	annot_source_clear(&s);
}

static const char lake[] = "The dam holds. Nobody asked. The lake is “full”, and the dam held on.";

/* Places words (NULL: none) with a position in code points (start -1: none). */
static enum annot_status place(struct annot_source *s, const char *words, int start, int end,
			       struct annot_source_place *ret)
{
	const struct annot_source_selector selector = {.exact = words ? annot_bytes_of(words)
								      : annot_bytes(NULL, 0),
						       .placed = start >= 0,
						       .unit = ANNOT_UNIT_CHARS,
						       .start = (uint64_t)start,
						       .end = (uint64_t)end};
	return annot_source_place(s, &selector, ret, &test_error);
}

static void assert_place(struct annot_source *s, const char *words, int start, int end,
			 enum annot_source_how how, const char *expected)
{
	struct annot_source_place p;
	assert_ok(place(s, words, start, end, &p));
	assert_int_equal(p.how, how);
	assert_int_equal(p.end - p.start, strlen(expected));
	assert_memory_equal(lake + p.start, expected, p.end - p.start);
}

static void test_places(void **state)
{
	struct annot_source s = source_of(lake);
	struct annot_source_place p;
	(void)state;
	assert_place(&s, "dam", 4, 7, ANNOT_SOURCE_STATED, "dam");
	assert_place(&s, NULL, 4, 7, ANNOT_SOURCE_STATED, "dam");
	assert_place(&s, "Nobody asked", -1, 0, ANNOT_SOURCE_QUOTED, "Nobody asked");
	assert_place(&s, "Nobody asked", 3, 15, ANNOT_SOURCE_MOVED, "Nobody asked");
	assert_place(&s, "Nobody asked", 3000, 3012, ANNOT_SOURCE_MOVED, "Nobody asked");
	assert_place(&s, "the lake is \"full\"", -1, 0, ANNOT_SOURCE_FOLDED, "The lake is “full”");
	/* Lookalikes do not matter to words that stand in one place. */
	static const char alike[] = "Gate 1 is shut. Gate 2 is shut. Gate 3 is shut. Gate 2 leaks.";
	struct annot_source gates = source_of(alike);
	assert_ok(place(&gates, "Gate 3 is shut", -1, 0, &p));
	assert_int_equal(p.start, 32);
	assert_int_equal(p.how, ANNOT_SOURCE_QUOTED);
	assert_ok(place(&gates, "Gate 3 is shut", 0, 14, &p));
	assert_int_equal(p.how, ANNOT_SOURCE_MOVED);
	/* The context says which. */
	struct annot_source_selector which = {.exact = annot_bytes_of("Gate 2"),
					      .suffix = annot_bytes_of(" leaks")};
	assert_ok(annot_source_place(&gates, &which, &p, &test_error));
	assert_int_equal(p.start, 48);
	annot_source_clear(&gates);
	/* Nothing is guessed. */
	ASSERT_FAILS(place(&s, "dam", -1, 0, &p), ANNOT_AMBIGUOUS, "several places of text");
	ASSERT_FAILS(place(&s, "Somebody asked twice", -1, 0, &p), ANNOT_NOT_FOUND, "do not stand");
	ASSERT_FAILS(place(&s, NULL, -1, 0, &p), ANNOT_INVALID, "neither words nor a position");
	ASSERT_FAILS(place(&s, NULL, 4, 4000, &p), ANNOT_MISMATCH, "text: code point 4000");
	ASSERT_FAILS(place(&s, "dam", 7, 4, &p), ANNOT_INVALID, "start 7 is not before the end 4");
	annot_source_clear(&s);
}

static void test_times(void **state)
{
	static const char *const good[][2] = {
		{"2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"},
		{"2024-02-29T12:00:00.123456+00:00", "2024-02-29T12:00:00Z"},
		{"2024-02-29 12:00:00+01:30", "2024-02-29T10:30:00Z"},
		{"2024-03-01T00:30:00+0100", "2024-02-29T23:30:00Z"},
		{"2024-02-29T12:00:00,5-05", "2024-02-29T17:00:00Z"},
	};
	static const char *const bad[] = {"",
					  "2024",
					  "2024-02-30T12:00:00Z",
					  "2024-02-29T12:00:00",
					  "2024-02-29T12:00:00+25:00",
					  "2024-02-29T12:00:00+01:00x",
					  "2024-02-29T12:00:00Zulu"};
	char got[ANNOT_TIME_LEN + 1];
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(annot_format_time(good[i][0], got));
		assert_string_equal(got, good[i][1]);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(annot_format_time(bad[i], got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units_agree_with_counting),
		cmocka_unit_test(test_offsets_outside_or_inside_of_a_character),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
