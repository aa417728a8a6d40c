/* Spelling without a map gives the letters that folding and spelling do: every code point of the
 * basic plane in many surroundings, and random texts of those that depend on their neighbours, with
 * vectors and without. */
#include "anchor/speller.h"

#include <stdlib.h>

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"

enum { CHARS_MAX = 400 };

/* What is met where folding looks at neighbours: letters and marks of several scripts, white space,
 * hyphens, what is left out, what is spelled otherwise. */
static const uint32_t mixed[] = {
	'a',    'b',    'Z',    'k',    '7',    '.',    '`',    '"',    ' ',     ' ',     '\n',
	'\r',   '\t',   '-',    '-',    0,      1,      0x7F,   0xE4,   0xDF,    0xC9,    0x130,
	0x149,  0x1E9E, 0x3A3,  0x3C2,  0x390,  0x439,  0x418,  0x306,  0x301,   0x308,   0x327,
	0x345,  0x483,  0xA0,   0x85,   0xAD,   0x2028, 0x2003, 0x3000, 0x2010,  0x2011,  0x2013,
	0x2212, 0x200B, 0x200D, 0xFEFF, 0xFE0F, 0x34F,  0x2018, 0x201C, 0x2026,  0x2025,  0xFB03,
	0x4E2D, 0x6587, 0x9FFF, 0x3400, 0xAC00, 0xD55C, 0x1112, 0x1161, 0x11AB,  0x304B,  0x3099,
	0xF900, 0x5D0,  0x5B0,  0x915,  0x93C,  0xE01,  0xE34,  0x2764, 0x1F469, 0x1D15E, 0xFFFD,
};

/* As most of most texts. */
static const uint32_t prose[] = {'a', 'e',  'n', 'r',  's',  'T',    ' ',    ' ',   '.',
				 ',', '\n', '-', 0xFC, 0xDF, 0x201E, 0x201C, 0x2013};

static void check_path(struct annot_speller *s, const char *text, size_t len,
		       enum annot_speller_path path, const struct annot_letters *expected)
{
	assert_ok(annot_speller_read(s, text, len, path, &test_error));
	for (size_t i = 0; i < s->n && i < expected->n; i++)
		if (s->letters[i] != expected->letters[i])
			fail_msg("path %d, letter %zu of %zu: %u, not %u", path, i, expected->n,
				 s->letters[i], expected->letters[i]);
	assert_int_equal(s->n, expected->n);
	for (size_t i = 0; i < ANNOT_LETTERS_ROOM; i++)
		assert_int_equal(s->letters[s->n + i], 0);
}

static void check_alphabet(struct annot_alphabet *alphabet, const char *text, size_t len)
{
	struct annot_speller s = {.alphabet = alphabet};
	struct annot_letters expected;
	alphabet->closed = true;
	assert_ok(annot_letters_read(alphabet, text, len, &expected, &test_error));
	check_path(&s, text, len, ANNOT_SPELLER_BEST, &expected);
	check_path(&s, text, len, ANNOT_SPELLER_PORTABLE, &expected);
	annot_speller_free(&s);
	annot_letters_free(&expected);
}

/* With an alphabet that has every letter of the text, or one that has few. */
static void check_with(const char *source, size_t len, bool few)
{
	struct annot_alphabet alphabet;
	struct annot_letters letters;
	AUTO_FREE char *text = malloc(len + 1); /* so that nothing behind it is read */
	assert_non_null(text);
	memcpy(text, source, len);
	assert_ok(annot_alphabet_new(&alphabet, &test_error));
	if (few)
		assert_ok(annot_letters_read(&alphabet, "\xC3\xA4", 2, &letters, &test_error));
	else
		assert_ok(annot_letters_read(&alphabet, text, len, &letters, &test_error));
	annot_letters_free(&letters);
	check_alphabet(&alphabet, text, len);
	annot_alphabet_free(&alphabet);
}

static void check(const char *source, size_t len)
{
	check_with(source, len, false);
	check_with(source, len, true);
}

static void test_known(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		" ",
		"a",
		"Stra\303\237e,  \xE2\x80\x9CNo\xE2\x80\x9D", /* octal: hexadecimal digits would go
								 on with the e */
		"\xC3\xA4-\n\xC3\xB6 x-\n y x -\ny \xC3\x84-\nb -\nc-\r\n  d",
		"Wort- und Satz-\nende, Satz-\nEnde, Satz- \n7",
		"e\xCC\x81 -e\xCC\x81 \xCC\x81 e\xCC\x81\xCC\x81",
		"co\xC2\xAD\nop, co\xC2\xADop, \xC2\xAD-\xC2\xAD\n-",
		"\xE4\xB8\xAD\xE6\x96\x87  \xE6\x96\x87\xCC\x81 -\xE6\x96\x87",
	};
	for (size_t i = 0; i < COUNT(texts); i++)
		check(texts[i], strlen(texts[i]));
}

/* Each code point of the basic plane, and some beyond, between each of these. */
static void test_each_code_point(void **state)
{
	(void)state;
	static const char *const around[][2] = {
		{"", ""},
		{"a", "b"},
		{" ", " "},
		{"n-", "\nd"},
		{"a-\n", "e\xCC\x81"},
		{"x", "\xCC\x81\xCC\xA7"},
		{"\xC3\xA4", "-\nb"},
		{"-", "-"},
	};
	enum { LAST = 0x10FFF };
	AUTO_FREE char *text = malloc((size_t)LAST * 16);
	assert_non_null(text);
	for (size_t k = 0; k < COUNT(around); k++) {
		size_t len = 0;
		for (uint32_t cp = 0; cp < LAST; cp++) {
			if (cp >= 0xD800 && cp < 0xE000)
				continue;
			len += strlen(strcpy(text + len, around[k][0]));
			len += annot_utf8_put(cp, text + len);
			len += strlen(strcpy(text + len, around[k][1]));
			/* Now and then a place from which on nothing before it matters. */
			if (cp % 5 == 0)
				len += strlen(strcpy(text + len, "w "));
		}
		check_with(text, len, k % 2);
	}
}

static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 41;
	char text[4 * CHARS_MAX];
	for (int round = 0; round < 300; round++) {
		const uint32_t *list = round % 3 ? mixed : prose;
		size_t n = round % 3 ? COUNT(mixed) : COUNT(prose);
		/* Few kinds at a time, so that they come in runs. */
		size_t first = round % 3 == 1 ? random_below(&seed, n - 8) : 0;
		size_t some = round % 3 == 1 ? 8 : n;
		size_t max = round % 7 ? 40 : CHARS_MAX;
		check(text, random_text(&seed, list + first, some, max, text));
	}
}

/* Hard stretches that come one upon the other, for longer than one of them may be. */
static void test_hard(void **state)
{
	(void)state;
	static const char *const pieces[] = {"a\xCC\x81", "\xCC\x81", "\xC2\xAD-\n ",
					     "\xE0\xB8\xB4\xE0\xB8\x81",
					     "o\xCC\x88 \xF0\x9F\x98\x80 "};
	for (size_t k = 0; k < COUNT(pieces); k++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 20);
		while (text.len < 200000)
			annot_buf_puts(&text, pieces[k]);
		annot_buf_puts(&text, "The end.");
		check(text.data, text.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_each_code_point),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_hard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
