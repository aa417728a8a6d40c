#include "assert.h"

#include "base/auto.h"
#include "text/utf8.h"

/* A byte order mark, CRLF, an astral letter, a combining mark, a family joined by ZWJ. */
static const char mixed[] = "\xEF\xBB\xBF"
			    "a\r\n"
			    "\xF0\x9D\x94\xB8"
			    "e\xCC\x81"
			    "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7";
static const size_t mixed_starts[] = {0, 3, 4, 5, 6, 10, 11, 13, 17, 20, 24};
static const size_t mixed_units[] = {0, 1, 2, 3, 4, 6, 7, 8, 10, 11, 13};
enum { MIXED_LEN = sizeof(mixed) - 1, MIXED_CHARS = COUNT(mixed_starts) - 1 };

static bool is_scalar(uint32_t cp)
{
	return cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF);
}

static void test_every_code_point(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		char bytes[4];
		if (!is_scalar(cp))
			continue;
		size_t len = annot_utf8_put(cp, bytes), at = 0;
		assert_int_equal(len, cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4);
		assert_int_equal(annot_utf8_valid(bytes, len), len);
		assert_int_equal(annot_utf8_next(bytes, len, &at), cp);
		assert_int_equal(at, len);
		assert_int_equal(annot_utf8_utf16(bytes, len), cp >= 0x10000 ? 2 : 1);
		/* Cut short, it is not valid. */
		assert_int_equal(annot_utf8_valid(bytes, len - 1), 0);
	}
}

static void test_not_a_code_point(void **state)
{
	(void)state;
	char bytes[4];
	assert_int_equal(annot_utf8_put(0xD800, bytes), 3);
	assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
	assert_int_equal(annot_utf8_put(0x110000, bytes), 3);
	assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
}

/* A decoder by the definition (RFC 3629): reads bits, then asks whether that was the shortest form.
 */
static bool valid_by_definition(const uint8_t *s, size_t len)
{
	size_t n = s[0] < 0x80       ? 1
		   : s[0] >> 5 == 6  ? 2
		   : s[0] >> 4 == 14 ? 3
		   : s[0] >> 3 == 30 ? 4
				     : 0;
	if (n == 0 || n != len)
		return false;
	uint32_t cp = n == 1 ? s[0] : s[0] & (0x7FU >> n);
	for (size_t i = 1; i < n; i++) {
		if (s[i] >> 6 != 2)
			return false;
		cp = cp << 6 | (s[i] & 0x3FU);
	}
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	return is_scalar(cp) && cp >= least[n];
}

static void test_valid_by_definition(void **state)
{
	(void)state;
	/* Every pair and triple of bytes, and quadruples at the edges. */
	static const uint8_t edges[] = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			uint8_t s[4] = {(uint8_t)a, (uint8_t)b};
			bool pair = valid_by_definition(s, 2) ||
				    (valid_by_definition(s, 1) && valid_by_definition(s + 1, 1));
			assert_int_equal(annot_utf8_valid(s, 2) == 2, pair);
			if (a < 0xE0)
				continue;
			for (size_t c = 0; c < COUNT(edges); c++) {
				s[2] = edges[c];
				if (a < 0xF0)
					assert_int_equal(annot_utf8_valid(s, 3) == 3,
							 valid_by_definition(s, 3));
				for (size_t d = 0; d < COUNT(edges) && a >= 0xF0; d++) {
					s[3] = edges[d];
					assert_int_equal(annot_utf8_valid(s, 4) == 4,
							 valid_by_definition(s, 4));
				}
			}
		}
}

static void test_valid_prefix(void **state)
{
	(void)state;
	/* At each place of a long text, so that all ways through the fast path are taken. */
	char text[64];
	for (size_t at = 0; at < sizeof(text); at++) {
		memset(text, 'x', sizeof(text));
		assert_int_equal(annot_utf8_valid(text, sizeof(text)), sizeof(text));
		text[at] = (char)0xFF;
		assert_int_equal(annot_utf8_valid(text, sizeof(text)), at);
	}
	assert_int_equal(annot_utf8_valid("", 0), 0);
	assert_int_equal(annot_utf8_valid(NULL, 0), 0);
	assert_int_equal(annot_utf8_valid("a\0b", 3), 3);
}

static void test_offsets(void **state)
{
	(void)state;
	assert_int_equal(annot_utf8_valid(mixed, MIXED_LEN), MIXED_LEN);
	assert_int_equal(annot_utf8_chars(mixed, MIXED_LEN), MIXED_CHARS);
	assert_int_equal(annot_utf8_utf16(mixed, MIXED_LEN), mixed_units[MIXED_CHARS]);
	for (size_t i = 0; i <= MIXED_CHARS; i++) {
		assert_int_equal(annot_utf8_chars(mixed, mixed_starts[i]), i);
		assert_int_equal(annot_utf8_utf16(mixed, mixed_starts[i]), mixed_units[i]);
		assert_int_equal(annot_utf8_from_chars(mixed, MIXED_LEN, i), mixed_starts[i]);
		assert_int_equal(annot_utf8_from_utf16(mixed, MIXED_LEN, mixed_units[i]),
				 mixed_starts[i]);
	}
	/* Counted several bytes at once: from every place, in what is longer than that. */
	char twice[2 * MIXED_LEN];
	memcpy(twice, mixed, MIXED_LEN);
	memcpy(twice + MIXED_LEN, mixed, MIXED_LEN);
	for (size_t i = 0; i <= MIXED_CHARS; i++)
		assert_int_equal(
			annot_utf8_chars(twice + mixed_starts[i], sizeof(twice) - mixed_starts[i]),
			2 * MIXED_CHARS - i);
	assert_int_equal(annot_utf8_from_chars(mixed, MIXED_LEN, 99), MIXED_LEN);
	assert_int_equal(annot_utf8_from_utf16(mixed, MIXED_LEN, 99), MIXED_LEN);
	/* The middle of a surrogate pair is the start of its code point. */
	assert_int_equal(annot_utf8_from_utf16(mixed, MIXED_LEN, 5), 6);
}

static void test_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i <= MIXED_CHARS; i++)
		for (size_t n = 0; n <= MIXED_CHARS + 1; n++) {
			size_t back = n > i ? 0 : mixed_starts[i - n];
			size_t on = i + n > MIXED_CHARS ? MIXED_LEN : mixed_starts[i + n];
			size_t at = mixed_starts[i];
			assert_int_equal(annot_utf8_back(mixed, MIXED_LEN, at, n), back);
			assert_int_equal(annot_utf8_forward(mixed, MIXED_LEN, at, n), on);
		}
	assert_int_equal(annot_utf8_forward(mixed, MIXED_LEN, MIXED_LEN + 7, 1), MIXED_LEN);
	assert_int_equal(annot_utf8_back(mixed, MIXED_LEN, MIXED_LEN + 7, 1), 20);
}

static void test_boundary(void **state)
{
	(void)state;
	size_t next = 0;
	for (size_t at = 0; at <= MIXED_LEN; at++) {
		bool expected = at == mixed_starts[next];
		assert_int_equal(annot_utf8_boundary(mixed, MIXED_LEN, at), expected);
		next += expected;
	}
	assert_false(annot_utf8_boundary(mixed, MIXED_LEN, MIXED_LEN + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point),
		cmocka_unit_test(test_not_a_code_point),
		cmocka_unit_test(test_valid_by_definition),
		cmocka_unit_test(test_valid_prefix),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_boundary),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
