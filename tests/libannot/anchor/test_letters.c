#include "anchor/letters.h"

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"

struct read {
	struct annot_alphabet alphabet;
	struct annot_letters letters;
};

static struct read read_text(const char *text, size_t len)
{
	struct read r;
	assert_ok(annot_alphabet_new(&r.alphabet, &test_error));
	assert_ok(annot_letters_read(&r.alphabet, text, len, &r.letters, &test_error));
	return r;
}

static void read_free(struct read *r)
{
	annot_letters_free(&r->letters);
	annot_alphabet_free(&r->alphabet);
}

static void assert_source(const char *text, size_t from, size_t to, const char *there)
{
	size_t start, end;
	struct read r = read_text(text, strlen(text));
	annot_letters_source(&r.letters, from, to, &start, &end);
	assert_int_equal(end - start, strlen(there));
	assert_memory_equal(text + start, there, strlen(there));
	read_free(&r);
}

static void test_read(void **state)
{
	(void)state;
	const char *text = "Stra\xC3\x9F"
			   "e,  \xE2\x80\x9CNo\xE2\x80\x9D";
	struct read r = read_text(text, strlen(text));
	/* strasse, "no" */
	assert_int_equal(r.letters.n, 13);
	assert_int_equal(r.letters.letters[0], r.letters.letters[4]);
	assert_int_equal(r.letters.letters[9], r.letters.letters[12]);
	assert_int_equal(r.alphabet.kinds[r.letters.letters[0]], ANNOT_LETTER_WORD);
	assert_int_equal(r.alphabet.kinds[r.letters.letters[7]], ANNOT_LETTER_SINGLE);
	assert_int_equal(r.alphabet.kinds[r.letters.letters[8]], ANNOT_LETTER_SPACE);
	/* The same letters have the same numbers in a second text. */
	struct annot_letters other;
	assert_ok(annot_letters_read(&r.alphabet, "NO", 2, &other, &test_error));
	assert_int_equal(other.letters[0], r.letters.letters[10]);
	annot_letters_free(&other);
	read_free(&r);
	r = read_text("", 0);
	assert_int_equal(r.letters.n, 0);
	assert_int_equal(annot_letters_at(&r.letters, 0), 0);
	read_free(&r);
}

static void test_source(void **state)
{
	(void)state;
	assert_source("a  b", 1, 2, "  ");
	assert_source("a  b", 0, 3, "a  b");
	assert_source("Stra\xC3\x9F"
		      "e",
		      4, 5, "\xC3\x9F");
	assert_source("co\xC2\xADop", 1, 3, "o\xC2\xADo");
	assert_source("\xE4\xB8\xAD\xE6\x96\x87", 1, 2, "\xE6\x96\x87");
}

/* Letters of a range of bytes, and back: the range that comes back holds all of it that is not left
 * out, and no code point that is not touched by a unit of it. */
static void test_round_trip(void **state)
{
	(void)state;
	static const uint32_t list[] = {'a',    'B',  ' ',    '\n',   '-',     0xE9,   0x301, 0xDF,
					0xFB01, 0xAD, 0x4E2D, 0x200D, 0x1F469, 0x2014, 0x2026};
	uint64_t seed = 11;
	for (int round = 0; round < 800; round++) {
		char text[4 * 200];
		size_t len = random_text(&seed, list, COUNT(list), 200, text), from, to, from2, to2;
		struct read r = read_text(text, len);
		assert_true(r.letters.n <= 3 * len);
		for (size_t i = 0; i <= r.letters.n; i++)
			assert_int_equal(
				annot_letters_at(&r.letters, annot_letters_folded(&r.letters, i)),
				i);
		annot_letters_of(&r.letters, 0, len, &from, &to);
		assert_int_equal(from, 0);
		assert_int_equal(to, r.letters.n);
		for (size_t i = 0; i < r.letters.n; i++) {
			size_t start, end;
			annot_letters_source(&r.letters, i, i + 1, &start, &end);
			assert_true(start < end && end <= len);
			assert_true(annot_utf8_boundary(text, len, start));
			assert_true(annot_utf8_boundary(text, len, end));
			annot_letters_of(&r.letters, start, end, &from2, &to2);
			assert_true(from2 <= i && i < to2);
		}
		read_free(&r);
	}
}

/* More code points than there are numbers: the last are shared, nothing overflows. */
static void test_full_alphabet(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 20);
	for (uint32_t cp = 0x20000; cp < 0x20000 + 70000; cp++) {
		char bytes[4];
		annot_buf_add(&text, bytes, annot_utf8_put(cp, bytes));
	}
	struct read r = read_text(text.data, text.len);
	assert_true(r.alphabet.n <= ANNOT_ALPHABET_MAX);
	assert_true(r.letters.n > ANNOT_ALPHABET_MAX);
	assert_int_equal(r.letters.letters[r.letters.n - 1], r.letters.letters[r.letters.n - 2]);
	assert_int_not_equal(r.letters.letters[0], r.letters.letters[1]);
	read_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_full_alphabet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
