/* Every place of words in a text, also against a textbook dynamic program. */
#include "assert.h"

#include <stdio.h>
#include <stdlib.h>

#include "../text/random.h"
#include "base/auto.h"
#include "locate/wanted.h"

enum { ROOM = 64, PLENTY = 1 << 28 };

struct places {
	struct annot_found at[ROOM];
	size_t n, max;
};

static bool take(void *data, const struct annot_found *place)
{
	struct places *p = data;
	if (p->n < ROOM)
		p->at[p->n++] = *place;
	return p->n < p->max;
}

static bool find_within(const char *text, size_t len, const char *words, unsigned edits,
			size_t work, struct places *ret)
{
	struct annot_wanted *w;
	bool cut = false;
	ret->n = 0;
	ret->max = ROOM;
	assert_ok(annot_wanted_new(annot_bytes_of(words), edits, &w, &test_error));
	assert_ok(
		annot_wanted_find(w, annot_bytes(text, len), &work, &cut, take, ret, &test_error));
	annot_wanted_free(w);
	for (size_t i = 0; i < ret->n; i++) {
		const struct annot_found *f = &ret->at[i];
		assert_true(f->start < f->end && f->end <= len);
		assert_true(annot_utf8_boundary(text, len, f->start));
		assert_true(annot_utf8_boundary(text, len, f->end));
		assert_true(f->how == ANNOT_FIND_NEAREST ? f->score < 1000 : f->score == 1000);
		assert_true(f->score >= 1000 - edits);
	}
	return cut;
}

static size_t find(const char *text, const char *words, unsigned edits, struct places *ret)
{
	assert_false(find_within(text, strlen(text), words, edits, PLENTY, ret));
	return ret->n;
}

static void assert_there(const char *text, const struct annot_found *f, const char *there,
			 enum annot_find_how how)
{
	size_t len = f->end - f->start;
	if (len != strlen(there) || memcmp(text + f->start, there, len) != 0)
		fail_msg("found \"%.*s\", not \"%s\"", (int)len, text + f->start, there);
	assert_int_equal(f->how, how);
}

static void test_all_kinds(void **state)
{
	(void)state;
	struct places p;
	const char *text =
		"He said: \"Nobody wants to build a wall here.\" Later: NOBODY wants\n to build "
		"a wall. Nobody wanted to build walls, others say. Nothing else.";
	assert_int_equal(find(text, "Nobody wants to build a wall", 300, &p), 3);
	assert_there(text, &p.at[0], "Nobody wants to build a wall", ANNOT_FIND_EXACT);
	assert_there(text, &p.at[1], "NOBODY wants\n to build a wall", ANNOT_FIND_FOLDED);
	assert_there(text, &p.at[2], "Nobody wanted to build wall", ANNOT_FIND_NEAREST);
	assert_int_equal(p.at[2].score, 1000 * (28 - 4) / 28);
	/* Without edits the words as they are, and folded ones. */
	assert_int_equal(find(text, "Nobody wants to build a wall", 0, &p), 2);
	assert_there(text, &p.at[1], "NOBODY wants\n to build a wall", ANNOT_FIND_FOLDED);
	/* Too few edits for the third. */
	assert_int_equal(find(text, "Nobody wants to build a wall", 100, &p), 2);
	/* Spaces at the ends of the words need not stand there, and belong to it if they do. */
	assert_int_equal(find(text, "  Nothing else", 200, &p), 1);
	assert_there(text, &p.at[0], "Nothing else", ANNOT_FIND_FOLDED);
	assert_int_equal(find(text, " Nothing else", 200, &p), 1);
	assert_there(text, &p.at[0], " Nothing else", ANNOT_FIND_EXACT);
}

/* White space is most of it. */
static void test_spaces(void **state)
{
	(void)state;
	struct places p;
	const char *words =
		"                                                 \n\n|     |     |     |\n"
		"| --- | --- | --- |Performance Cookies\n| Cookies |";
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 16);
	annot_buf_printf(&text,
			 "Before it: |  |  |  |\n| --- | --- | --- |Performance Cookies%s Behind.",
			 words);
	assert_true(find(text.data, words, 400, &p) >= 1);
	bool exact = false;
	for (size_t i = 0; i < p.n; i++)
		exact = exact || p.at[i].how == ANNOT_FIND_EXACT;
	assert_true(exact);
}

static void test_short_words(void **state)
{
	(void)state;
	struct places p;
	assert_int_equal(find("a banana, A BANANA, bandana", "banana", 500, &p), 2);
	assert_int_equal(find("aaaa", "a", 500, &p), 4);
	/* Not over one another. */
	assert_int_equal(find("aaaa", "aa", 0, &p), 2);
	assert_int_equal(find("", "a", 0, &p), 0);
	assert_int_equal(find("", "these are many words", 400, &p), 0);
	p.max = 0;
}

static void test_other_scripts(void **state)
{
	(void)state;
	struct places p;
	const char *zh = "他说：任何人都没有修建一堵墙的打算。任何人都没有建造这样一堵墙的打算。";
	assert_int_equal(find(zh, "任何人都没有修建一堵墙的打算", 300, &p), 2);
	assert_there(zh, &p.at[0], "任何人都没有修建一堵墙的打算", ANNOT_FIND_EXACT);
	assert_there(zh, &p.at[1], "任何人都没有建造这样一堵墙的打算", ANNOT_FIND_NEAREST);
	const char *de =
		"Niemand hat die Absicht, eine Mauer zu er\xC2\xADrichten! NIEMAND HAT DIE ABSICHT";
	assert_int_equal(find(de, "die Absicht, eine Mauer zu errichten", 0, &p), 1);
	assert_there(de, &p.at[0], "die Absicht, eine Mauer zu er\xC2\xADrichten",
		     ANNOT_FIND_FOLDED);
}

static void test_bad_words(void **state)
{
	(void)state;
	struct annot_wanted *w;
	AUTO_FREE char *long_words = malloc(ANNOT_LOCATE_WORDS_MAX + 1);
	assert_non_null(long_words);
	memset(long_words, 'w', ANNOT_LOCATE_WORDS_MAX + 1);
	assert_status(annot_wanted_new(annot_bytes("", 0), 0, &w, &test_error), ANNOT_INVALID);
	assert_status(annot_wanted_new(annot_bytes_of(" \n\t"), 0, &w, &test_error), ANNOT_INVALID);
	assert_error_says("nothing but spaces");
	assert_status(annot_wanted_new(annot_bytes_of("a\xff"), 0, &w, &test_error), ANNOT_INVALID);
	assert_error_says("byte 1");
	assert_status(annot_wanted_new(annot_bytes_of("a"), 501, &w, &test_error), ANNOT_INVALID);
	assert_status(annot_wanted_new(annot_bytes(long_words, ANNOT_LOCATE_WORDS_MAX + 1), 0, &w,
				       &test_error),
		      ANNOT_INVALID);
	unsigned edits;
	assert_status(annot_locate_edits(annot_bytes("", 0), &edits, &test_error), ANNOT_INVALID);
	assert_ok(annot_locate_edits(annot_bytes("twelve chars", 12), &edits, &test_error));
	assert_int_equal(edits, 187);
	assert_ok(annot_locate_edits(annot_bytes(long_words, 5000), &edits, &test_error));
	assert_int_equal(edits, 450);
}

/* Words of several pieces, with changes in each of them. */
static void test_long_words(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf words = ANNOT_BUF_INIT(1 << 20), text = ANNOT_BUF_INIT(1 << 20);
	struct places p;
	for (int i = 0; i < 1000; i++)
		annot_buf_printf(&words, "word %d of a long quote, ", i * 7919 % 1009);
	annot_buf_puts(&text, "Something before it. ");
	size_t start = text.len;
	for (int i = 0; i < 1000; i++)
		annot_buf_printf(&text,
				 i % 50 == 7 ? "another thing here, " : "word %d of a long quote, ",
				 i * 7919 % 1009);
	size_t end = text.len - 1;
	annot_buf_puts(&text, "Something behind it.");
	assert_int_equal(find(text.data, words.data, 400, &p), 1);
	assert_in_range(p.at[0].start, start, start);
	assert_in_range(p.at[0].end, end - 1, end);
	assert_int_equal(p.at[0].how, ANNOT_FIND_NEAREST);
	assert_in_range(p.at[0].score, 960, 990);
	assert_int_equal(find(words.data, words.data, 400, &p), 1);
	assert_int_equal(p.at[0].how, ANNOT_FIND_EXACT);
	assert_int_equal(p.at[0].end, words.len);
	/* Its beginning alone is not it. */
	annot_buf_truncate(&text, start + words.len / 3);
	assert_int_equal(find(text.data, words.data, 400, &p), 0);
}

/* What is like the words everywhere: as much work as is allowed, and the answer says so. */
static void test_repetition(void **state)
{
	(void)state;
	enum { LEN = 1 << 18, WORDS = 5000 };
	AUTO_FREE char *text = malloc(LEN), *words = malloc(WORDS + 1);
	struct places p = {.max = ROOM};
	assert_true(text && words);
	memset(text, 'a', LEN);
	memset(words, 'a', WORDS);
	words[WORDS] = '\0';
	assert_true(find_within(text, LEN, words, 400, LEN * 17, &p));
	assert_true(find_within(text, LEN, words, 400, 1000, &p));
	assert_int_equal(p.n, 0);
	words[100] = '\0';
	assert_false(find_within(text, LEN, words, 400, PLENTY, &p));
	assert_int_equal(p.n, ROOM);
}

/* D[m][j] of the textbook: least edits of the pattern to a stretch that ends before letter j. */
static void textbook(const char *pattern, size_t m, const char *text, size_t n, size_t *ret)
{
	AUTO_FREE size_t *column = calloc(m + 1, sizeof(*column));
	assert_non_null(column);
	for (size_t i = 0; i <= m; i++)
		column[i] = i;
	ret[0] = m;
	for (size_t j = 1; j <= n; j++) {
		size_t diagonal = column[0];
		column[0] = 0;
		for (size_t i = 1; i <= m; i++) {
			size_t best = diagonal + (pattern[i - 1] != text[j - 1]);
			if (column[i] + 1 < best)
				best = column[i] + 1;
			if (column[i - 1] + 1 < best)
				best = column[i - 1] + 1;
			diagonal = column[i];
			column[i] = best;
		}
		ret[j] = column[m];
	}
}

/* No place worse than the textbook's at its end, and none of the textbook's missed. */
static void check_against_textbook(const char *text, const char *words, unsigned edits)
{
	size_t n = strlen(text), m = strlen(words), k = m * edits / 1000;
	AUTO_FREE size_t *ends = calloc(n + 1, sizeof(*ends));
	struct places p;
	assert_non_null(ends);
	textbook(words, m, text, n, ends);
	find(text, words, edits, &p);
	for (size_t i = 0; i < p.n; i++) {
		size_t len = p.at[i].end - p.at[i].start, longer = len > m ? len : m;
		assert_int_equal(p.at[i].score, 1000 * (longer - ends[p.at[i].end]) / longer);
	}
	for (size_t j = 0; j <= n; j++) {
		bool near = ends[j] > k;
		for (size_t i = 0; i < p.n && !near; i++)
			near = p.at[i].start < j && j <= p.at[i].end + m;
		if (!near)
			fail_msg("\"%s\" ends at %zu of \"%s\" with %zu edits and was not found",
				 words, j, text, ends[j]);
	}
}

static void test_textbook(void **state)
{
	(void)state;
	static const uint32_t letters[] = {'a', 'b', 'c'};
	uint64_t seed = 20261128;
	for (int i = 0; i < 500; i++) {
		char words[64], text[256];
		do
			words[random_text(&seed, letters, 3, 40, words)] = '\0';
		while (strlen(words) < ANNOT_LOCATE_EDITS_LEAST);
		text[random_text(&seed, letters, 3, 200, text)] = '\0';
		/* The words themselves somewhere, one letter changed. */
		if (strlen(text) > strlen(words)) {
			size_t at = random_below(&seed, strlen(text) - strlen(words));
			memcpy(text + at, words, strlen(words));
			text[at + random_below(&seed, strlen(words))] = 'd';
		}
		check_against_textbook(text, words, (unsigned)random_below(&seed, 300));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_kinds),  cmocka_unit_test(test_short_words),
		cmocka_unit_test(test_spaces),     cmocka_unit_test(test_other_scripts),
		cmocka_unit_test(test_bad_words),  cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_repetition), cmocka_unit_test(test_textbook),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
