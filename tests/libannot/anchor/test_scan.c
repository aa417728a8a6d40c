/* The scanner against a search by the textbook's table in the whole text, folded at once: on random
 * and adversarial texts, in pieces of all sizes, with places at the seams of its blocks. */
#include "anchor/scan.h"

#include <stdlib.h>

#include "../text/random.h"
#include "assert.h"
#include "plain.h"

#include "base/auto.h"
#include "base/buf.h"

/* --- the reference --- */

struct end {
	size_t letter, edits;
};

static int by_edits(const void *a, const void *b)
{
	const struct end *x = a, *y = b;
	if (x->edits != y->edits)
		return x->edits < y->edits ? -1 : 1;
	return (x->letter > y->letter) - (x->letter < y->letter);
}

/* Ends of places as scan.h has them, best first. */
static size_t slow_ends(const annot_letter *words, size_t m, const struct annot_letters *text,
			size_t limit, struct end *ret)
{
	AUTO_FREE size_t *column = calloc(m + 1, sizeof(*column));
	AUTO_FREE size_t *table = calloc(text->n + 1, sizeof(*table));
	size_t n = 0;
	assert_true(column && table);
	plain_table(words, m, text->letters, text->n, true, column, table);
	for (size_t j = 1; j <= text->n; j++) {
		struct end here = {.letter = j, .edits = table[j]};
		if (here.edits > limit)
			continue;
		if (n == 0 || j - ret[n - 1].letter >= (m + 1) / 2)
			ret[n++] = here;
		else if (here.edits < ret[n - 1].edits)
			ret[n - 1] = here;
	}
	qsort(ret, n, sizeof(*ret), by_edits);
	return n;
}

static size_t distance(const annot_letter *words, size_t m, const annot_letter *text, size_t n)
{
	AUTO_FREE size_t *column = calloc(m + 1, sizeof(*column));
	AUTO_FREE size_t *table = calloc(n + 1, sizeof(*table));
	assert_true(column && table);
	plain_table(words, m, text, n, false, column, table);
	return table[n];
}

/* --- the scanner --- */

static void scan(struct annot_scanner *s, struct annot_bytes text, size_t piece, size_t limit,
		 size_t max)
{
	annot_scan_begin(s, limit, max);
	for (size_t at = 0; at < text.len; at += piece) {
		size_t n = text.len - at < piece ? text.len - at : piece;
		assert_ok(annot_scan_feed(s, annot_bytes(text.data + at, n), &test_error));
	}
	assert_ok(annot_scan_end(s, &test_error));
}

struct both {
	struct annot_alphabet alphabet;
	struct annot_letters words, text;
	struct end *ends;
	size_t n;
};

static struct both slow(const char *words, struct annot_bytes text, size_t limit)
{
	struct both b;
	assert_ok(annot_alphabet_new(&b.alphabet, &test_error));
	assert_ok(annot_letters_read(&b.alphabet, words, strlen(words), &b.words, &test_error));
	assert_ok(annot_letters_read(&b.alphabet, (const char *)text.data, text.len, &b.text,
				     &test_error));
	b.ends = calloc(b.text.n + 1, sizeof(*b.ends));
	assert_non_null(b.ends);
	b.n = slow_ends(b.words.letters, b.words.n, &b.text, limit, b.ends);
	return b;
}

static void both_free(struct both *b)
{
	free(b->ends);
	annot_letters_free(&b->words);
	annot_letters_free(&b->text);
	annot_alphabet_free(&b->alphabet);
}

static void compare(const struct annot_scanner *s, const struct both *b, size_t max)
{
	size_t n;
	const struct annot_scan_place *places = annot_scan_places(s, &n);
	assert_int_equal(n, b->n < max ? b->n : max);
	for (size_t i = 0; i < n; i++) {
		size_t from, to, start, end, least = SIZE_MAX, letter = b->ends[i].letter;
		assert_int_equal(places[i].edits, b->ends[i].edits);
		annot_letters_source(&b->text, letter - 1, letter, &start, &end);
		assert_int_equal(places[i].end, end);
		/* It begins with one of the letters that its first code point stands for. */
		annot_letters_of(&b->text, places[i].start, end, &from, &to);
		do {
			size_t here = distance(b->words.letters, b->words.n, b->text.letters + from,
					       letter - from);
			least = here < least ? here : least;
			annot_letters_source(&b->text, from, from + 1, &start, &end);
			assert_true(least == places[i].edits || start == places[i].start);
			from++;
		} while (least != places[i].edits);
	}
}

/* Words without white space at the ends. */
static void check(const char *words, struct annot_bytes text, size_t limit, size_t max,
		  size_t piece)
{
	struct annot_scanner *s;
	assert_ok(annot_scanner_new(annot_bytes_of(words), &s, &test_error));
	if (limit > annot_scanner_letters(s) / 2)
		limit = annot_scanner_letters(s) / 2;
	struct both b = slow(words, text, limit);
	assert_int_equal(annot_scanner_letters(s), b.words.n);
	scan(s, text, piece, limit, max);
	compare(s, &b, max);
	annot_scanner_portable(s);
	scan(s, text, piece + 7, limit, max);
	compare(s, &b, max);
	annot_scanner_free(s);
	both_free(&b);
}

/* --- tests --- */

static const uint32_t letters[] = {'a',  'b',  'B',   ' ',    ' ',    '\n',   '-',    'e',   0xE9,
				   0x43, 0xDF, 0x301, 0x2014, 0x201C, 0x2026, 0x4E2D, 0x438, 0xAD};

static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 41;
	for (int round = 0; round < 150; round++) {
		char words[4 * 80 + 3], text[4 * 600];
		size_t n_letters = 1 + random_below(&seed, COUNT(letters));
		size_t n = random_text(&seed, letters, n_letters, 78, words + 1);
		words[0] = words[n + 1] = 'x'; /* no white space, nothing that joins */
		words[n + 2] = '\0';
		size_t len = random_text(&seed, letters, n_letters, 500, text);
		if (round % 2 && n + 2 < len) {
			size_t at = annot_utf8_back(text, len, random_below(&seed, len - n - 1), 1);
			memcpy(text + at, words, n + 2);
			len = annot_utf8_valid(text, len);
		}
		check(words, annot_bytes(text, len), random_below(&seed, 40),
		      1 + random_below(&seed, 30), 1 + random_below(&seed, 90));
	}
}

/* One letter over and over, and two: everything is a place, and the first ones are the best. */
static void test_repeats(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 20);
	char words[151] = "";
	for (size_t i = 0; i < 30000; i++)
		annot_buf_add(&text, i % 9999 == 9998 ? "c" : "a", 1);
	memset(words, 'a', 150);
	for (size_t limit = 0; limit <= 60; limit += 20) {
		check(words, annot_buf_bytes(&text), limit, 4096, 1000);
		check(words, annot_buf_bytes(&text), limit, 5, 30000);
	}
	for (size_t i = 0; i < 30000; i += 2)
		text.data[i] = 'b';
	for (size_t i = 0; i < 150; i += 2)
		words[i] = 'b';
	words[75] = 'z';
	check(words, annot_buf_bytes(&text), 30, 300, 777);
}

/* Text that grows to several blocks, with altered copies of the words here and there: at the seams
 * of blocks too, wherever these are. */
static void test_blocks(void **state)
{
	(void)state;
	static const char words[] = "It is the \xE2\x80\x9Cwords\xE2\x80\x9D that count, "
				    "not the well-\xE2\x80\x8B"
				    "known spaces between them.";
	static const char filler[] = "so on  and\nso forth \xE2\x80\x94 \xD0\xB8 \xE4\xB8\xAD ";
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 22);
	uint64_t seed = 43;
	while (text.len < 150 << 10) {
		for (size_t i = random_below(&seed, 60); i > 0; i--)
			annot_buf_add(&text, filler,
				      sizeof(filler) - 1 - random_below(&seed, 2) * 4);
		size_t cut = random_below(&seed, 17);
		annot_buf_add(&text, words, 30);
		annot_buf_add(&text, words + 30 + cut, sizeof(words) - 1 - 30 - cut);
	}
	assert_int_equal(annot_utf8_valid(text.data, text.len), text.len);
	check(words, annot_buf_bytes(&text), 30, 4096, 1 << 20);
	check(words, annot_buf_bytes(&text), 12, 50, 4001);
	check("count, not the", annot_buf_bytes(&text), 0, 4096, 1 << 16);
}

/* A place wherever a block may end: the text before it is one letter longer each time. */
static void test_seam(void **state)
{
	(void)state;
	static const char words[] = "exam-\nples of \xC3\xA9tudes";
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 22);
	struct annot_scanner *s;
	assert_ok(annot_scanner_new(annot_bytes_of(words), &s, &test_error));
	size_t block = (64 << 10) + 32 * (annot_scanner_letters(s) * 3 / 2);
	for (size_t shift = 0; shift < 420; shift += 12) {
		size_t at = block - 400 + shift, n;
		annot_buf_truncate(&text, 0);
		while (text.len < at)
			annot_buf_add(&text, "- ", 1 + (text.len & 1));
		at = text.len;
		annot_buf_add(&text, words, sizeof(words) - 1);
		while (text.len < block + 2000)
			annot_buf_add(&text, "- ", 1 + (text.len & 1));
		scan(s, annot_buf_bytes(&text), 5000, shift % 24 ? 3 : 0, 10);
		const struct annot_scan_place *places = annot_scan_places(s, &n);
		assert_int_equal(n, 1);
		assert_int_equal(places[0].edits, 0);
		assert_int_equal(places[0].start, at);
		assert_int_equal(places[0].end, at + sizeof(words) - 1);
	}
	annot_scanner_free(s);
}

/* Much that folds to nothing or to little: no block ends well, and the scan goes on. */
static void test_sparse(void **state)
{
	(void)state;
	static const char *const fillers[] = {"\xE2\x80\x8B", " ",       "\n", "-",
					      "\xCC\x81",     "\xC2\xA0"};
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 22);
	struct annot_scanner *s;
	assert_ok(annot_scanner_new(annot_bytes_of("some words"), &s, &test_error));
	for (size_t f = 0; f < COUNT(fillers); f++) {
		size_t n, at;
		annot_buf_truncate(&text, 0);
		while (text.len < 200 << 10)
			annot_buf_add(&text, fillers[f], strlen(fillers[f]));
		annot_buf_add(&text, "x", 1);
		at = text.len;
		annot_buf_add(&text, "some words", 10);
		annot_buf_add(&text, " \n some words.", 14);
		while (text.len < 280 << 10)
			annot_buf_add(&text, fillers[f], strlen(fillers[f]));
		scan(s, annot_buf_bytes(&text), 10000, 2, 10);
		const struct annot_scan_place *places = annot_scan_places(s, &n);
		assert_int_equal(n, 2);
		assert_int_equal(places[0].start, at);
		assert_int_equal(places[1].start, at + 13);
		assert_int_equal(places[1].edits, 0);
	}
	annot_scanner_free(s);
}

/* Work is counted, the same for every text of a length, and ends where nothing better can come. */
static void test_work(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 22);
	struct annot_scanner *s;
	size_t n;
	for (size_t i = 0; i < 1 << 20; i++)
		annot_buf_add(&text, "a", 1);
	char words[201] = "";
	memset(words, 'a', 200);
	assert_ok(annot_scanner_new(annot_bytes_of(words), &s, &test_error));
	scan(s, annot_buf_bytes(&text), 1 << 20, 50, 4096);
	annot_scan_places(s, &n);
	assert_int_equal(n, 4096);
	assert_true(annot_scan_steps(s) <= 4 * (500 << 10));
	scan(s, annot_buf_bytes(&text), 1 << 20, 50, 20);
	assert_true(annot_scan_steps(s) <= 4 * (100 << 10));
	memset(text.data, 'b', text.len);
	scan(s, annot_buf_bytes(&text), 1 << 20, 50, 20);
	assert_int_equal(annot_scan_steps(s), (uint64_t)4 << 20);
	scan(s, annot_bytes("b", 1), 1, 50, 20);
	assert_int_equal(annot_scan_steps(s), 4);
	scan(s, annot_bytes("", 0), 1, 50, 0);
	assert_int_equal(annot_scan_steps(s), 0);
	annot_scanner_free(s);
}

static void test_words(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 20);
	struct annot_scanner *s;
	assert_ok(annot_scanner_new(annot_bytes_of(" \n Two\xC2\xA0WORDS "), &s, &test_error));
	assert_int_equal(annot_scanner_letters(s), 9);
	annot_scanner_free(s);
	assert_status(annot_scanner_new(annot_bytes_of(""), &s, &test_error), ANNOT_INVALID);
	assert_status(annot_scanner_new(annot_bytes_of(" \xE2\x80\x8B\n"), &s, &test_error),
		      ANNOT_INVALID);
	assert_status(annot_scanner_new(annot_bytes_of("a\xC3"), &s, &test_error), ANNOT_INVALID);
	assert_error_says("byte 1");
	for (size_t i = 0; i < ANNOT_SCAN_LETTERS_MAX; i++)
		annot_buf_add(&text, "ab", 1 + i % 2);
	annot_buf_truncate(&text, ANNOT_SCAN_LETTERS_MAX);
	assert_ok(annot_scanner_new(annot_buf_bytes(&text), &s, &test_error));
	annot_scanner_free(s);
	annot_buf_add(&text, "x", 1);
	assert_status(annot_scanner_new(annot_buf_bytes(&text), &s, &test_error), ANNOT_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random), cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_blocks), cmocka_unit_test(test_seam),
		cmocka_unit_test(test_sparse), cmocka_unit_test(test_work),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
