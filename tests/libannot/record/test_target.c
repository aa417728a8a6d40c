/* Whether the words of a target stand in its document. */
#include "assert.h"
#include "base/auto.h"
#include "record/record.h"

/* bytes: Caf\u00e9 (5) U+202E (3) abc (3) space, family emoji with joiners, e + combining acute */
static const char TEXT[] = "Caf\u00e9\u202eabc \U0001f469\u200d\U0001f467 caf"
			   "e\u0301.";

static const struct annot_card_def DEFS[] = {
	{.name = "exact"}, {.name = "prefix"}, {.name = "suffix"}};

static struct annot_card card(size_t def, const char *text)
{
	return (struct annot_card){.def = &DEFS[def], .text = text, .len = strlen(text)};
}

static enum annot_status check(const char *text, uint64_t start, uint64_t end, const char *exact,
			       const char *prefix, const char *suffix)
{
	struct annot_card e = card(0, exact), p = card(1, prefix), s = card(2, suffix);
	struct annot_target t = {
		.start = start, .end = end, .exact = &e, .prefix = &p, .suffix = &s};
	return annot_target_check(&t, annot_bytes_of(text), &test_error);
}

static void words_stand_there(void **state)
{
	(void)state;
	assert_ok(check(TEXT, 8, 11, "abc", "Caf\u00e9\u202e",
			" \U0001f469\u200d\U0001f467 cafe\u0301."));
	assert_ok(check(TEXT, 0, strlen(TEXT), TEXT, "", ""));
	/* half a grapheme is a code point boundary */
	assert_ok(check(TEXT, 12, 16, "\U0001f469",
			"Caf\u00e9\u202e"
			"abc ",
			"\u200d\U0001f467 cafe\u0301."));
}

static void words_that_differ_are_named(void **state)
{
	(void)state;
	assert_status(check("abcdef", 2, 4, "cx", "ab", "ef"), ANNOT_MISMATCH);
	assert_error_says("\"exact\"");
	assert_error_says("\"cd\" at bytes 2 to 4");
	assert_error_says("\"cx\"");
	assert_status(check("abcdef", 2, 4, "cd", "b", "ef"), ANNOT_MISMATCH);
	assert_error_says("\"prefix\"");
	assert_status(check("abcdef", 2, 4, "cd", "ab", "e"), ANNOT_MISMATCH);
	assert_error_says("\"suffix\"");
	assert_status(check("abcdef", 2, 4, "cd", "ab", ""), ANNOT_MISMATCH);
	assert_status(check("abcdef", 2, 4, "cde", "ab", "ef"), ANNOT_MISMATCH);
	/* a normalised twin is not the same words */
	assert_status(check("cafe\u0301", 0, 6, "caf\u00e9", "", ""), ANNOT_MISMATCH);
}

static void places_are_checked(void **state)
{
	static const uint64_t bad[][2] = {{0, 0},          {2, 1},          {4, 5}, {5, 5},
					  {UINT64_MAX, 1}, {0, UINT64_MAX}, {0, 99}};
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_status(check("abcd", bad[i][0], bad[i][1], "x", "", ""), ANNOT_MISMATCH);
		assert_error_says("\"target\"");
	}
	assert_status(check(TEXT, 4, 11, "x", "", ""), ANNOT_MISMATCH);
	assert_error_says("byte 4 stands inside a character");
	assert_status(check(TEXT, 3, 4, "x", "", ""), ANNOT_MISMATCH);
	assert_error_says("byte 4 stands inside a character");
	assert_status(check("", 0, 1, "x", "", ""), ANNOT_MISMATCH);
}

/* Off by one at either end, at every place of the text. */
static void neighbours_are_refused(void **state)
{
	static const char text[] =
		"The cat sat on the mat and the cat was sat upon by a bigger cat.";
	(void)state;
	for (size_t start = 1; start + 5 < strlen(text); start++) {
		char exact[5] = "", prefix[33] = "", suffix[33] = "";
		size_t from = start < 32 ? 0 : start - 32;
		memcpy(exact, text + start, 4);
		memcpy(prefix, text + from, start - from);
		size_t n = strlen(text) - start - 4;
		memcpy(suffix, text + start + 4, n < 32 ? n : 32);
		assert_ok(check(text, start, start + 4, exact, prefix, suffix));
		assert_status(check(text, start - 1, start + 3, exact, prefix, suffix),
			      ANNOT_MISMATCH);
		assert_status(check(text, start + 1, start + 5, exact, prefix, suffix),
			      ANNOT_MISMATCH);
		assert_status(check(text, start, start + 5, exact, prefix, suffix), ANNOT_MISMATCH);
	}
}

static void messages_are_escaped(void **state)
{
	(void)state;
	assert_status(check(TEXT, 5, 8, "x", "", ""), ANNOT_MISMATCH);
	assert_null(strstr(test_error.text, "\u202e"));
	assert_error_says("\\u{202e}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_stand_there),
		cmocka_unit_test(words_that_differ_are_named),
		cmocka_unit_test(places_are_checked),
		cmocka_unit_test(neighbours_are_refused),
		cmocka_unit_test(messages_are_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
