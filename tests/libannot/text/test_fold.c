#include "assert.h"

#include <stdlib.h>

#include "base/auto.h"
#include "random.h"
#include "text/fold.h"

static void assert_folds(const char *text, const char *expected)
{
	struct annot_folded f;
	assert_ok(annot_fold(text, strlen(text), &f, &test_error));
	if (strcmp(f.text, expected) != 0)
		fail_msg("\"%s\" folds to \"%s\", not \"%s\"", text, f.text, expected);
	assert_int_equal(f.len, strlen(expected));
	annot_folded_free(&f);
}

static void test_known(void **state)
{
	(void)state;
	static const struct {
		const char *text, *folded;
	} cases[] = {
		{"", ""},
		{"plain", "plain"},
		{"Mixed CASE 123", "mixed case 123"},
		{"a  b\t\tc\r\nd\n\n\ne", "a b c d e"},
		{" a ", " a "},
		{"a\xC2\xA0"
		 "b\xE2\x80\x89 \xE3\x80\x80"
		 "c\xE2\x80\xA8"
		 "d",
		 "a b c d"},
		/* quotation marks of several languages */
		{"\xE2\x80\x9Cx\xE2\x80\x9D \xE2\x80\x9Ex\xE2\x80\x9C \xC2\xABx\xC2\xBB",
		 "\"x\" \"x\" \"x\""},
		{"\xE2\x80\x98x\xE2\x80\x99 `x\xC2\xB4 \xE2\x80\xB9x\xE2\x80\xBA", "'x' 'x' 'x'"},
		{"\xE3\x80\x8Ex\xE3\x80\x8F", "\"x\""},
		/* dashes */
		{"a\xE2\x80\x94"
		 "b\xE2\x80\x93"
		 "c\xE2\x88\x92"
		 "d--e---f",
		 "a-b-c-d-e-f"},
		{"\xE2\x80\xA6", "..."},
		/* ligatures */
		{"o\xEF\xAC\x83"
		 "ce \xEF\xAC\x81nd c\xC5\x93ur",
		 "office find coeur"},
		{"Stra\xC3\x9F"
		 "e STRASSE",
		 "strasse strasse"},
		/* left out */
		{"ex\xC2\xADtra\xE2\x80\x8B \xEF\xBB\xBFx", "extra x"},
		{"a \xC2\xAD b", "a b"},
		/* a hyphen at the end of a line */
		{"exam-\nple", "example"},
		{"exam-  \r\n  ple", "example"},
		{"exam\xC2\xAD\nple", "example"},
		{"exam\xE2\x80\x90\nple", "example"},
		{"\xC3\xA9-\n\xC3\xA9", "\xC3\xA9\xC3\xA9"},
		{"exam- ple", "exam- ple"},
		{"East-\nWest", "east- west"},
		{"1-\n2", "1- 2"},
		{"a --\nb", "a - b"},
		{"end-\n", "end- "},
		{"end-", "end-"},
		{"-\nx", "- x"},
		/* normal form and case */
		{"e\xCC\x81 E\xCC\x81 \xC3\x89 \xC3\xA9", "\xC3\xA9 \xC3\xA9 \xC3\xA9 \xC3\xA9"},
		{"\xD0\x9C\xD0\xBE\xD1\x81\xD0\xBA\xD0\xB2\xD0\xB0 \xD0\x99",
		 "\xD0\xBC\xD0\xBE\xD1\x81\xD0\xBA\xD0\xB2\xD0\xB0 \xD0\xB9"},
		{"\xCE\xA3\xCE\xAF\xCF\x82", "\xCF\x83\xCE\xAF\xCF\x83"},
		{"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "\xED\x95\x9C"}, /* jamo to a syllable */
		{"a\xCC\xA3\xCC\x87 a\xCC\x87\xCC\xA3",
		 "\xE1\xBA\xA1\xCC\x87 \xE1\xBA\xA1\xCC\x87"},
		{"<\xCC\xB8", "\xE2\x89\xAE"},
		{"\xE4\xB8\xAD\xE6\x96\x87", "\xE4\xB8\xAD\xE6\x96\x87"},
		{"\xCC\x81x", "\xCC\x81x"},
		{" \xCC\x81", " \xCC\x81"},
		{"\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
		 "\xF0\x9F\x91\xA9\xF0\x9F\x91\xA7"},
		{"\xF0\x90\x90\x80", "\xF0\x90\x90\xA8"}, /* Deseret has case */
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_folds(cases[i].text, cases[i].folded);
	struct annot_folded f;
	assert_ok(annot_fold("A\0B", 3, &f, &test_error));
	assert_int_equal(f.len, 3);
	assert_memory_equal(f.text, "a\0b", 3);
	annot_folded_free(&f);
}

/* The source of the first place of part in the folded text. */
static void assert_source(const char *text, const char *part, const char *source)
{
	struct annot_folded f;
	size_t start, end;
	assert_ok(annot_fold(text, strlen(text), &f, &test_error));
	const char *at = strstr(f.text, part);
	assert_non_null(at);
	size_t from = (size_t)(at - f.text);
	annot_folded_source(&f, from, from + strlen(part), &start, &end);
	if (end - start != strlen(source) || memcmp(text + start, source, end - start) != 0)
		fail_msg("\"%s\" is \"%.*s\", not \"%s\"", part, (int)(end - start), text + start,
			 source);
	annot_folded_free(&f);
}

static void test_source(void **state)
{
	(void)state;
	assert_source("The Cat", "cat", "Cat");
	assert_source("a   b c", "b c", "b c");
	assert_source("a  \n b  c", "a b c", "a  \n b  c");
	assert_source("x \xE2\x80\x9CYes\xE2\x80\x9D, no", "\"yes\"",
		      "\xE2\x80\x9CYes\xE2\x80\x9D");
	assert_source("x \xE2\x80\x9CYes\xE2\x80\x9D, no", "yes", "Yes");
	assert_source("\xEF\xAC\x81nd", "i", "\xEF\xAC\x81");
	assert_source("\xEF\xAC\x81nd", "ind", "\xEF\xAC\x81nd");
	assert_source("o\xEF\xAC\x81nd", "of", "o\xEF\xAC\x81");
	assert_source("ma\xC3\x9F!", "s!", "\xC3\x9F!");
	assert_source("x\xC2\xADy", "x", "x");
	assert_source("x\xC2\xADy", "y", "y");
	assert_source("x\xC2\xADy", "xy", "x\xC2\xADy");
	assert_source("an exam-\n  ple b", "example", "exam-\n  ple");
	assert_source("an exam-\n  ple b", "exam", "exam");
	assert_source("Cafe\xCC\x81 x", "caf\xC3\xA9", "Cafe\xCC\x81");
	assert_source("Cafe\xCC\x81 x", "\xC3\xA9 x", "e\xCC\x81 x");
	assert_source("Cafe\xCC\x81 x", "caf", "Caf");
	assert_source("\xEF\xBB\xBFx y", "x", "x");
	assert_source("1\r\n2", "1 2", "1\r\n2");
	assert_source("\xE2\x80\x94\xE2\x80\x94x", "-", "\xE2\x80\x94\xE2\x80\x94");
}

/* Folding again changes nothing, for every code point between letters. */
static void test_folded_is_folded(void **state)
{
	(void)state;
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
		char text[8] = "x";
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		size_t len = 1 + annot_utf8_put(cp, text + 1);
		text[len++] = 'Y';
		struct annot_folded once, twice;
		assert_ok(annot_fold(text, len, &once, &test_error));
		assert_ok(annot_fold(once.text, once.len, &twice, &test_error));
		if (strcmp(once.text, twice.text) != 0)
			fail_msg("U+%04X: \"%s\", then \"%s\"", (unsigned)cp, once.text,
				 twice.text);
		annot_folded_free(&once);
		annot_folded_free(&twice);
	}
}

static const uint32_t letters[] = {
	'a',    'B',    'c',    ' ',     ' ',     '\n',    '\r',   '-',    '"',    '\'',
	0xAD,   0xA0,   0xDF,   0xC9,    0xE9,    0x301,   0x323,  0x130,  0x149,  0x390,
	0x41C,  0x43C,  0x1161, 0x1112,  0x2019,  0x2014,  0x2026, 0x200D, 0x3000, 0x4E2D,
	0xAC00, 0xFB03, 0xFB2C, 0x10400, 0x1F469, 0x1D160, 0,
};

/*
 * The map: ascending, on code point boundaries, and folding the source of a piece of folded text
 * gives a text that holds the piece.
 */
static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 4;
	for (int round = 0; round < 20000; round++) {
		char text[4 * 40];
		size_t len = random_text(&seed, letters, COUNT(letters), 40, text);
		struct annot_folded f;
		assert_ok(annot_fold(text, len, &f, &test_error));
		assert_int_equal(annot_utf8_valid(f.text, f.len), f.len);
		assert_int_equal(f.text[f.len], 0);
		assert_null(memmem(f.text, f.len, "  ", 2));
		size_t last_start = 0, last_end = 0;
		for (size_t at = 0; at < f.len;) {
			size_t from = at, start, end;
			annot_utf8_next(f.text, f.len, &at);
			annot_folded_source(&f, from, at, &start, &end);
			assert_true(start < end && end <= len);
			assert_true(annot_utf8_boundary(text, len, start));
			assert_true(annot_utf8_boundary(text, len, end));
			assert_true(start >= last_start && end >= last_end);
			assert_true(start >= last_end || (start == last_start && end == last_end));
			last_start = start;
			last_end = end;
			struct annot_folded piece;
			assert_ok(annot_fold(text + start, end - start, &piece, &test_error));
			assert_non_null(memmem(piece.text, piece.len, f.text + from, at - from));
			annot_folded_free(&piece);
		}
		annot_folded_free(&f);
	}
}

/* --- ASCII, most of which goes many bytes at a time --- */

static bool is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether a line break, maybe with white space around it, and a lower-case letter stand at text;
 * *ret is the letter. */
static bool goes_on(const char *text, const char **ret)
{
	bool broken = false;
	for (; is_white(*text); text++)
		broken = broken || (*text >= '\n' && *text <= '\r');
	*ret = text;
	return broken && *text >= 'a' && *text <= 'z';
}

/* The rules of fold.h for ASCII, one byte after the other; of each letter the byte it is from. */
static size_t fold_slowly(const char *text, char *ret, size_t *from)
{
	size_t n = 0;
	for (const char *s = text; *s;) {
		const char *next;
		char last = n > 0 ? ret[n - 1] : 0;
		from[n] = (size_t)(s - text);
		if (is_white(*s)) {
			ret[n++] = ' ';
			while (is_white(*s))
				s++;
		} else if (*s == '-' && last >= 'a' && last <= 'z' && goes_on(s + 1, &next)) {
			s = next;
		} else if (*s == '-') {
			ret[n++] = '-';
			while (*s == '-')
				s++;
		} else {
			ret[n++] = *s == '`' ? '\'' : *s >= 'A' && *s <= 'Z' ? (char)(*s + 32) : *s;
			s++;
		}
	}
	return n;
}

static void test_ascii(void **state)
{
	(void)state;
	static const char marks[] = "   \t\n\v\r-`AZaz[@{\x01\x08\x0E\x1F\x7F";
	uint64_t seed = 7;
	for (int round = 0; round < 20000; round++) {
		char text[121], slow[121];
		size_t from[122], len = random_below(&seed, 120),
				  often = 1 + random_below(&seed, 20);
		for (size_t i = 0; i < len; i++)
			text[i] = random_below(&seed, often)
					  ? (char)(' ' + random_below(&seed, 95))
					  : marks[random_below(&seed, sizeof(marks) - 1)];
		text[len] = '\0';
		size_t n = fold_slowly(text, slow, from);
		struct annot_folded f;
		assert_ok(annot_fold(text, len, &f, &test_error));
		assert_int_equal(f.len, n);
		assert_memory_equal(f.text, slow, n);
		for (size_t i = 0; i < n; i++) {
			size_t start, end;
			annot_folded_source(&f, i, i + 1, &start, &end);
			assert_int_equal(start, from[i]);
		}
		annot_folded_free(&f);
	}
}

/* Text that folding makes longer, and a base with more marks than any cluster may have. */
static void test_growth(void **state)
{
	(void)state;
	enum { N = 100000 };
	char *text = malloc(4 * N + 1);
	struct annot_folded f;
	assert_non_null(text);
	for (size_t i = 0; i < N; i++)
		memcpy(text + 4 * i, "\xF0\x9D\x85\xA0", 4); /* U+1D160: three code points in NFC */
	assert_ok(annot_fold(text, 4 * N, &f, &test_error));
	assert_int_equal(f.len, 12 * N);
	annot_folded_free(&f);
	text[0] = 'a';
	for (size_t i = 0; i < N; i++)
		memcpy(text + 1 + 2 * i, "\xCC\x81", 2);
	assert_ok(annot_fold(text, 1 + 2 * N, &f, &test_error));
	assert_int_equal(annot_utf8_valid(f.text, f.len), f.len);
	assert_int_equal(f.len,
			 2 * N); /* the first mark went into the letter, which is two bytes */
	annot_folded_free(&f);
	assert_status(annot_fold(text, ANNOT_FOLD_TEXT_MAX + 1, &f, &test_error), ANNOT_TOO_LARGE);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_folded_is_folded),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_growth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
