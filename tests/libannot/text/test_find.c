#include "assert.h"

#include <stdlib.h>

#include "base/auto.h"
#include "random.h"
#include "text/find.h"

enum { WORDS_MAX = 64 * 1024 };

static size_t find_all(const char *text, const char *words, struct annot_found *ret, size_t max)
{
	size_t n = 12345;
	assert_ok(annot_find(text, strlen(text), words, strlen(words), ret, max, &n, &test_error));
	return n;
}

/* The only place of words, and what stands there. */
static struct annot_found assert_finds(const char *text, const char *words, const char *there,
				       enum annot_find_how how)
{
	struct annot_found found[4];
	assert_int_equal(find_all(text, words, found, COUNT(found)), 1);
	assert_int_equal(found[0].how, how);
	assert_true(found[0].start < found[0].end && found[0].end <= strlen(text));
	if (found[0].end - found[0].start != strlen(there) ||
	    memcmp(text + found[0].start, there, strlen(there)) != 0)
		fail_msg("found \"%.*s\", not \"%s\"", (int)(found[0].end - found[0].start),
			 text + found[0].start, there);
	if (how != ANNOT_FIND_NEAREST)
		assert_int_equal(found[0].score, 1000);
	return found[0];
}

static void assert_finds_none(const char *text, const char *words)
{
	struct annot_found found[4];
	assert_int_equal(find_all(text, words, found, COUNT(found)), 0);
}

static void test_exact(void **state)
{
	(void)state;
	struct annot_found f[ANNOT_FIND_MAX + 1];
	assert_finds("The cat sat.", "cat", "cat", ANNOT_FIND_EXACT);
	assert_finds("x", "x", "x", ANNOT_FIND_EXACT);
	/* Case matters as long as there is an exact place. */
	assert_finds("Cat and cat and CAT", "cat", "cat", ANNOT_FIND_EXACT);
	assert_int_equal(find_all("one two one two one", "one", f, COUNT(f)), 3);
	assert_int_equal(f[0].start, 0);
	assert_int_equal(f[1].start, 8);
	assert_int_equal(f[2].start, 16);
	assert_int_equal(f[2].end, 19);
	assert_int_equal(find_all("one two one two one", "one", f, 2), 2);
	assert_int_equal(find_all("one two one two one", "one", f, 0), 0);
	assert_int_equal(find_all("banana", "ana", f, COUNT(f)), 2);
	char many[1000];
	memset(many, 'a', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_int_equal(find_all(many, "a", f, COUNT(f)), ANNOT_FIND_MAX);
}

static void test_offsets(void **state)
{
	(void)state;
	/* byte order mark, CRLF, astral, combining, ZWJ before the words */
	const char *text = "\xEF\xBB\xBF"
			   "a\r\n\xF0\x9D\x94\xB8 e\xCC\x81 \xF0\x9F\x91\xA9\xE2\x80\x8D"
			   "\xF0\x9F\x91\xA7 caf\xC3\xA9 end";
	struct annot_found f = assert_finds(text, "caf\xC3\xA9", "caf\xC3\xA9", ANNOT_FIND_EXACT);
	assert_int_equal(f.start, 27);
	assert_int_equal(f.end, 32);
	assert_finds(text, "CAFE\xCC\x81 End", "caf\xC3\xA9 end", ANNOT_FIND_FOLDED);
	assert_finds(text, "\xC3\xA9 \xF0\x9F\x91\xA9", "e\xCC\x81 \xF0\x9F\x91\xA9",
		     ANNOT_FIND_FOLDED);
	assert_finds(text, "A \xF0\x9D\x94\xB8", "a\r\n\xF0\x9D\x94\xB8", ANNOT_FIND_FOLDED);
}

static void test_folded(void **state)
{
	(void)state;
	struct annot_found f[4];
	assert_finds("He said: \xE2\x80\x9CWe won\xE2\x80\x99t\xE2\x80\x9D \xE2\x80\x94 and left.",
		     "\"we won't\"", "\xE2\x80\x9CWe won\xE2\x80\x99t\xE2\x80\x9D",
		     ANNOT_FIND_FOLDED);
	assert_finds("a very long exam-\n    ple of words", "long example of",
		     "long exam-\n    ple of", ANNOT_FIND_FOLDED);
	assert_finds("a very  long\n line", " very long line ", "very  long\n line",
		     ANNOT_FIND_FOLDED);
	assert_finds("the o\xEF\xAC\x83"
		     "cer",
		     "officer",
		     "o\xEF\xAC\x83"
		     "cer",
		     ANNOT_FIND_FOLDED);
	assert_finds("in 1990\xE2\x80\x93"
		     "95 only",
		     "1990-95",
		     "1990\xE2\x80\x93"
		     "95",
		     ANNOT_FIND_FOLDED);
	assert_finds("co\xC2\xADop\xC2\xAD"
		     "erate now",
		     "cooperate",
		     "co\xC2\xADop\xC2\xAD"
		     "erate",
		     ANNOT_FIND_FOLDED);
	assert_int_equal(find_all("Yes YES yEs", "yes", f, COUNT(f)), 3);
	assert_int_equal(f[2].start, 8);
	/* Both letters of a ligature are one place, not two. */
	assert_finds("\xEF\xAC\x80x", "F", "\xEF\xAC\x80", ANNOT_FIND_FOLDED);
}

static void test_nearest(void **state)
{
	(void)state;
	struct annot_found f =
		assert_finds("Yesterday the minister said that taxes would rise, again.",
			     "the minster said that taxes will rise",
			     "the minister said that taxes would rise", ANNOT_FIND_NEAREST);
	/* i inserted; ou for i; l replaced by d, one l left out: 4 edits or fewer of 39 */
	assert_in_range(f.score, 1000 * (39 - 5) / 39, 1000 * (39 - 3) / 39);
	/* A changed end is not cut off. */
	f = assert_finds("He knew nothing of the plan.", "nothing of the clan",
			 "nothing of the plan", ANNOT_FIND_NEAREST);
	assert_int_equal(f.score, 1000 * 18 / 19);
	f = assert_finds("The plane left.", "the plant", "The plane", ANNOT_FIND_NEAREST);
	assert_int_equal(f.score, 1000 * 8 / 9);
	f = assert_finds("My plane left.", "by plane", "My plane", ANNOT_FIND_NEAREST);
	assert_int_equal(f.score, 1000 * 7 / 8);
	/* Of two near places the nearer one. */
	assert_finds("a quick brawn fix; a quick brown fax", "a quick brown fox",
		     "a quick brown fax", ANNOT_FIND_NEAREST);
	/* Only words were added: that is not the full score. */
	f = assert_finds("So yesterday the prime minister of it.", "yesterday the minister of it",
			 "yesterday the prime minister of it", ANNOT_FIND_NEAREST);
	assert_int_equal(f.score, 1000 * 28 / 34);
	/* On code point boundaries, by code points: 1 of 5. */
	f = assert_finds("\xE6\x88\x91\xE4\xBB\xAC\xE5\x8E\xBB\xE5\x8C\x97\xE4\xBA\xAC",
			 "\xE6\x88\x91\xE4\xBB\xAC\xE5\x9C\xA8\xE5\x8C\x97\xE4\xBA\xAC",
			 "\xE6\x88\x91\xE4\xBB\xAC\xE5\x8E\xBB\xE5\x8C\x97\xE4\xBA\xAC",
			 ANNOT_FIND_NEAREST);
	assert_int_equal(f.score, 800);
}

static void test_none(void **state)
{
	(void)state;
	assert_finds_none("", "words");
	assert_finds_none("The cat sat on the mat.", "economic policy committee");
	assert_finds_none("The cat sat.", "   ");
	assert_finds_none("The cat sat.", "\xC2\xAD");
	assert_finds_none("\xC2\xAD", "words");
	/* Too short for anything but an exact or folded place. */
	assert_finds_none("The cat sat.", "cot");
	assert_finds_none("zzzzzzzz", "yyyyyyyyyyyyyyyy");
	/* One code point too few agree. */
	assert_finds_none("abcd", "abxyzw");
	assert_finds("abcd", "abcxyz", "abcd", ANNOT_FIND_NEAREST);
}

static void test_refused(void **state)
{
	(void)state;
	struct annot_found f[1];
	size_t n = 7;
	char *words = malloc(WORDS_MAX + 1);
	assert_non_null(words);
	memset(words, 'w', WORDS_MAX + 1);
	assert_status(annot_find("x", 1, "", 0, f, 1, &n, &test_error), ANNOT_INVALID);
	assert_status(annot_find("x", 1, words, WORDS_MAX + 1, f, 1, &n, &test_error),
		      ANNOT_INVALID);
	assert_error_says("65537 bytes");
	assert_status(annot_find("x", 1, "\xFF", 1, f, 1, &n, &test_error), ANNOT_INVALID);
	assert_error_says("words to find");
	assert_status(annot_find("a\xC3", 2, "x", 1, f, 1, &n, &test_error), ANNOT_INVALID);
	assert_error_says("text: not UTF-8 at byte 1");
	assert_int_equal(n, 7);
	assert_ok(annot_find("x", 1, words, WORDS_MAX, f, 1, &n, &test_error));
	assert_int_equal(n, 0);
	free(words);
}

static const char *const vocabulary[] = {
	"the",
	"of",
	"minister",
	"said",
	"report",
	"on",
	"economy",
	"growth",
	"in",
	"year",
	"tax",
	"that",
	"will",
	"not",
	"parliament",
	"vote",
	"budget",
	"Straße",
	"l\xE2\x80\x99\xC3\xA9t\xC3\xA9",
	"\xE4\xB8\xAD\xE6\x96\x87",
	"\xD0\x9C\xD0\xBE\xD1\x81\xD0\xBA\xD0\xB2\xD0\xB0",
	"\xE2\x80\x94",
};

static void make_text(uint64_t *seed, size_t n_words, struct annot_buf *ret)
{
	for (size_t i = 0; i < n_words; i++)
		annot_buf_printf(ret, "%s%s", i ? " " : "",
				 vocabulary[random_below(seed, COUNT(vocabulary))]);
}

/* Words taken from a long text and changed a little are found about where they were taken. */
static void test_long(void **state)
{
	(void)state;
	uint64_t seed = 5;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 20);
	make_text(&seed, 20000, &text);
	for (int round = 0; round < 100; round++) {
		size_t at = random_below(&seed, text.len - 400);
		while (!annot_utf8_boundary(text.data, text.len, at))
			at++;
		size_t end = annot_utf8_forward(text.data, text.len, at, 120);
		AUTO_BUF struct annot_buf words = ANNOT_BUF_INIT(1 << 10);
		for (size_t i = at; i < end;) {
			size_t from = i;
			annot_utf8_next(text.data, text.len, &i);
			if (random_below(&seed, 20) == 0)
				annot_buf_puts(&words, "#");
			else
				annot_buf_add(&words, text.data + from, i - from);
		}
		annot_buf_puts(&words, "#");
		struct annot_found f;
		size_t n = 0;
		assert_ok(annot_find(text.data, text.len, words.data, words.len, &f, 1, &n,
				     &test_error));
		assert_int_equal(n, 1);
		assert_int_equal(f.how, ANNOT_FIND_NEAREST);
		assert_true(f.score >= 750 && f.score < 1000);
		assert_true(f.start + 40 > at && f.start < at + 40);
		assert_true(f.end + 40 > end && f.end < end + 40);
	}
}

/* More different code points than edlib has letters, and repeats with an end at every letter. */
static void test_alphabet_and_repeats(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 20), words = ANNOT_BUF_INIT(1 << 16);
	for (uint32_t cp = 0x4E00; cp < 0x4E00 + 600; cp++) {
		char bytes[4];
		annot_buf_add(&text, bytes, annot_utf8_put(cp, bytes));
		/* Every tenth is another, which shares the last letter with the right one. */
		size_t len = annot_utf8_put(cp % 10 == 0 ? cp + 0x1000 : cp, bytes);
		annot_buf_add(&words, bytes, len);
	}
	struct annot_found f;
	size_t n = 0;
	assert_ok(annot_find(text.data, text.len, words.data, words.len, &f, 1, &n, &test_error));
	assert_int_equal(n, 1);
	assert_int_equal(f.score, 900);
	assert_int_equal(f.start, 0);
	assert_int_equal(f.end, text.len);

	annot_buf_truncate(&text, 0);
	annot_buf_truncate(&words, 0);
	for (int i = 0; i < 100000; i++)
		annot_buf_puts(&text, "ab");
	for (int i = 0; i < 500; i++)
		annot_buf_puts(&words, "ab");
	annot_buf_puts(&words, "cabab");
	assert_ok(annot_find(text.data, text.len, words.data, words.len, &f, 1, &n, &test_error));
	assert_int_equal(n, 1);
	assert_true(f.score >= 990 && f.score < 1000);
}

/* Any text and words: places lie within, on boundaries, and exact ones are where a plain search
 * finds them. */
static void test_random(void **state)
{
	(void)state;
	static const uint32_t letters[] = {'a',    'b',  'A',    ' ',     '\n',
					   '-',    0xE9, 0x301,  0xDF,    0xFB01,
					   0x2019, 0xAD, 0x4E2D, 0x1F469, 0x200D};
	uint64_t seed = 6;
	size_t seen[3] = {0};
	for (int round = 0; round < 20000; round++) {
		char text[4 * 30], words[4 * 6];
		size_t len = random_text(&seed, letters, COUNT(letters), 30, text);
		size_t words_len = random_text(&seed, letters, COUNT(letters), 6, words);
		struct annot_found f[8];
		size_t n = 0, exact = 0;
		if (words_len == 0)
			continue;
		assert_ok(annot_find(text, len, words, words_len, f, COUNT(f), &n, &test_error));
		for (size_t at = 0; at + words_len <= len; at++)
			exact += memcmp(text + at, words, words_len) == 0;
		for (size_t i = 0; i < n; i++) {
			assert_true(f[i].start < f[i].end && f[i].end <= len);
			assert_true(annot_utf8_boundary(text, len, f[i].start));
			assert_true(annot_utf8_boundary(text, len, f[i].end));
			assert_true(i == 0 || f[i].start >= f[i - 1].start);
			assert_int_equal(f[i].how, f[0].how);
			assert_true(f[i].how == ANNOT_FIND_NEAREST ? f[i].score < 1000
								   : f[i].score == 1000);
			assert_true(f[i].score >= 500);
			assert_int_equal(f[i].how == ANNOT_FIND_EXACT, exact > 0);
			seen[f[i].how]++;
		}
		if (exact > 0)
			assert_int_equal(n, exact < COUNT(f) ? exact : COUNT(f));
	}
	for (size_t i = 0; i < COUNT(seen); i++)
		assert_true(seen[i] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),  cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_folded), cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_none),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long),   cmocka_unit_test(test_alphabet_and_repeats),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
