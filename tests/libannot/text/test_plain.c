#include "assert.h"

#include <stdlib.h>

#include "base/auto.h"
#include "random.h"
#include "text/plain.h"

static void test_known(void **state)
{
	(void)state;
	static const struct {
		const char *text, *plain;
	} cases[] = {
		{"", ""},
		{"Plain  TEXT", "plain text"},
		{"Émile a gagné", "emile a gagne"},
		{"E\xCC\x81mile", "emile"}, /* the same in NFD */
		{"Őr ű Ñandú", "or u nandu"},
		{"Łódź Århus Øre", "lodz arhus ore"},
		{"đường ħ ŧ", "duong h t"},
		{"İstanbul ılık", "istanbul ilik"},
		{"Straße œuvre", "strasse oeuvre"},
		{"Йод ёж", "иод еж"},
		{"άνθρωπος", "ανθρωποσ"},
		{"x\xCC\x81\xCC\xA3y", "xy"},
		/* letters of other scripts are no accents */
		{"東京で", "東京で"},
		{"がぎ", "がぎ"},
		{"ที่นี่", "ที่นี่"},
		{"हिन्दी", "हिन्दी"},
		{"한국", "한국"},
		{"\xCC\x81", ""},
		{"a \xCC\x81 b -\xCC\x81- c", "a b - c"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct annot_plain p;
		assert_ok(annot_plain(cases[i].text, strlen(cases[i].text), &p, &test_error));
		if (strcmp(annot_plain_text(&p), cases[i].plain) != 0)
			fail_msg("\"%s\" is \"%s\", not \"%s\"", cases[i].text,
				 annot_plain_text(&p), cases[i].plain);
		assert_int_equal(p.len, strlen(cases[i].plain));
		annot_plain_free(&p);
	}
}

static void assert_source(const char *text, const char *part, const char *source)
{
	struct annot_plain p;
	size_t start, end;
	assert_ok(annot_plain(text, strlen(text), &p, &test_error));
	const char *at = strstr(annot_plain_text(&p), part);
	assert_non_null(at);
	size_t from = (size_t)(at - annot_plain_text(&p));
	annot_plain_source(&p, from, from + strlen(part), &start, &end);
	if (end - start != strlen(source) || memcmp(text + start, source, end - start) != 0)
		fail_msg("\"%s\" is \"%.*s\", not \"%s\"", part, (int)(end - start), text + start,
			 source);
	annot_plain_free(&p);
}

static void test_source(void **state)
{
	(void)state;
	assert_source("The Cat", "cat", "Cat");
	assert_source("un Événement  rare", "evenement", "Événement");
	assert_source("un Événement  rare", "evenement rare", "Événement  rare");
	assert_source("un Événement  rare", "nement", "nement");
	assert_source("cafe\xCC\x81 x", "cafe", "cafe\xCC\x81");
	assert_source("“Łódź”", "lodz", "Łódź");
	assert_source("“Łódź”", "\"lodz\"", "“Łódź”");
	assert_source("x\xCC\xA3y z", "xy", "x\xCC\xA3y");
}

static const uint32_t letters[] = {'a',    'B',    ' ',    '\n',    '-',    0xE9,   0xC9,
				   0x301,  0x323,  0x131,  0x142,   0xDF,   0x439,  0x1EDF,
				   0x1F82, 0x304C, 0x0E35, 0x1F469, 0x200D, 0x2019, 0xAC00};

/* The map: whole code points, in order; the source of a piece has it in its own plain view. */
static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 9;
	for (int round = 0; round < 10000; round++) {
		char text[4 * 40];
		size_t len = random_text(&seed, letters, COUNT(letters), 40, text), last = 0;
		struct annot_plain p;
		assert_ok(annot_plain(text, len, &p, &test_error));
		const char *plain = annot_plain_text(&p);
		assert_int_equal(annot_utf8_valid(plain, p.len), p.len);
		assert_int_equal(plain[p.len], 0);
		for (size_t at = 0; at < p.len;) {
			size_t from = at, start, end;
			annot_utf8_next(plain, p.len, &at);
			annot_plain_source(&p, from, at, &start, &end);
			assert_true(start < end && end <= len && end >= last);
			assert_true(annot_utf8_boundary(text, len, start));
			assert_true(annot_utf8_boundary(text, len, end));
			last = end;
			struct annot_plain piece;
			assert_ok(annot_plain(text + start, end - start, &piece, &test_error));
			assert_non_null(memmem(annot_plain_text(&piece), piece.len, plain + from,
					       at - from));
			annot_plain_free(&piece);
		}
		annot_plain_free(&p);
	}
}

/* Making it plain again changes nothing, for every code point. */
static void test_plain_is_plain(void **state)
{
	(void)state;
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
		char text[8];
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		size_t len = annot_utf8_put(cp, text);
		struct annot_plain once, twice;
		assert_ok(annot_plain(text, len, &once, &test_error));
		assert_ok(annot_plain(annot_plain_text(&once), once.len, &twice, &test_error));
		if (strcmp(annot_plain_text(&once), annot_plain_text(&twice)) != 0)
			fail_msg("U+%04X: \"%s\", then \"%s\"", (unsigned)cp,
				 annot_plain_text(&once), annot_plain_text(&twice));
		annot_plain_free(&once);
		annot_plain_free(&twice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_plain_is_plain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
