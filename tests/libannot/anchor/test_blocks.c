/* A text read in blocks has the letters that it has when it is read at once, with the same places
 * in its bytes, however it is cut into pieces. */
#include "anchor/blocks.h"

#include <stdlib.h>

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"
#include "base/buf.h"

enum { TEXT_MAX = 1 << 20, LEAD = 100 };

struct whole {
	struct annot_blocks blocks;
	struct annot_letters letters; /* read at once */
	uint64_t n;                   /* that came in blocks */
	bool exact;                   /* each letter is compared */
};

static enum annot_status take(void *data, const struct annot_letters *l, size_t from, size_t n,
			      struct annot_error *err)
{
	struct whole *w = data;
	(void)err;
	assert_true(from < n && n <= l->n);
	assert_int_equal(w->blocks.first + from, w->n);
	assert_true(from == w->n || from >= LEAD || !w->exact);
	for (size_t i = 0; i < n && w->exact; i++) {
		size_t start, end, there, there_end, letter = (size_t)w->blocks.first + i;
		assert_int_equal(l->letters[i], w->letters.letters[letter]);
		if (i % 16)
			continue;
		annot_letters_source(l, i, i + 1, &start, &end);
		annot_letters_source(&w->letters, letter, letter + 1, &there, &there_end);
		assert_int_equal(w->blocks.offset + start, there);
		assert_int_equal(w->blocks.offset + end, there_end);
	}
	w->n = w->blocks.first + n;
	return ANNOT_OK;
}

static void feed(struct whole *w, const struct annot_buf *text, size_t piece)
{
	w->n = 0;
	annot_blocks_begin(&w->blocks);
	for (size_t at = 0; at < text->len; at += piece) {
		size_t n = text->len - at < piece ? text->len - at : piece;
		assert_ok(annot_blocks_feed(&w->blocks, annot_bytes(text->data + at, n), take, w,
					    &test_error));
	}
	assert_ok(annot_blocks_end(&w->blocks, take, w, &test_error));
}

static void check(const struct annot_buf *text, bool exact)
{
	struct annot_alphabet alphabet;
	struct whole w = {.exact = exact};
	assert_ok(annot_alphabet_new(&alphabet, &test_error));
	assert_ok(annot_letters_read(&alphabet, text->data, text->len, &w.letters, &test_error));
	assert_ok(annot_blocks_new(&alphabet, LEAD, &w.blocks, &test_error));
	for (size_t piece = 999; piece < 2 * TEXT_MAX; piece = piece * 37 + 1) {
		feed(&w, text, piece);
		if (exact)
			assert_int_equal(w.n, w.letters.n);
	}
	annot_blocks_free(&w.blocks);
	annot_letters_free(&w.letters);
	annot_alphabet_free(&alphabet);
}

/* Whatever folding looks at together stands at the ends of blocks, too. */
static void test_random(void **state)
{
	(void)state;
	static const uint32_t letters[] = {'a',    'b',  'B',   ' ',    ' ',    '\n',
					   '-',    'e',  0xE9,  0x43,   0xDF,   0x301,
					   0x2014, 0xAD, 0x438, 0x4E2D, 0x2026, 0x1F469};
	uint64_t seed = 61;
	for (int round = 0; round < 4; round++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_MAX);
		while (text.len < 240 << 10) {
			char part[4 * 200];
			annot_buf_add(&text, part,
				      random_text(&seed, letters, COUNT(letters), 200, part));
		}
		check(&text, true);
	}
}

/* Units of folding, one as long as another, whose ends pass by the end of a block. */
static void test_seam(void **state)
{
	(void)state;
	static const char *const units[] = {"exam-  \n  ple ",      "e\xCC\x81\xCC\x82\xCC\x83 ",
					    "  \xC2\xA0 \n x",      "--\xE2\x80\x94-(",
					    "\xEF\xAC\x83\xC2\xAD", "\xE4\xB8\xAD\xE6\x96\x87 "};
	for (size_t u = 0; u < COUNT(units); u++)
		for (size_t shift = 0; shift < 20; shift += 6) {
			AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_MAX);
			for (size_t i = 0; i <= shift; i++)
				annot_buf_add(&text, "a", 1);
			while (text.len < 75 << 10)
				annot_buf_add(&text, units[u], strlen(units[u]));
			check(&text, true);
		}
}

/* Much that folds to nothing, or to little: blocks go on, and what stands behind is read. */
static void test_sparse(void **state)
{
	(void)state;
	static const char *const fillers[] = {"\xE2\x80\x8B", " ",       "\n", "-",
					      "\xCC\x81",     "\xC2\xA0"};
	for (size_t f = 0; f < COUNT(fillers); f++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_MAX);
		struct annot_alphabet alphabet;
		struct whole w = {0};
		annot_buf_add(&text, "before", 6);
		while (text.len < 300 << 10)
			annot_buf_add(&text, fillers[f], strlen(fillers[f]));
		annot_buf_add(&text, "behind", 6);
		assert_ok(annot_alphabet_new(&alphabet, &test_error));
		assert_ok(annot_blocks_new(&alphabet, LEAD, &w.blocks, &test_error));
		feed(&w, &text, 5000);
		assert_true(w.n >= 12);
		assert_int_equal(w.blocks.letters.letters[w.blocks.letters.n - 1], 'd');
		assert_true(w.blocks.offset + w.blocks.len == text.len);
		annot_blocks_free(&w.blocks);
		annot_alphabet_free(&alphabet);
	}
}

static enum annot_status enough(void *data, const struct annot_letters *l, size_t from, size_t n,
				struct annot_error *err)
{
	struct whole *w = data;
	(void)l, (void)from, (void)n;
	if (w->n++ > 0)
		return annot_fail(err, ANNOT_INTERNAL, "once");
	w->blocks.done = w->exact;
	return ANNOT_OK;
}

/* Whoever takes blocks may have enough, or fail. */
static void test_done(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(TEXT_MAX);
	struct annot_alphabet alphabet;
	struct whole w = {.exact = true};
	while (text.len < 300 << 10)
		annot_buf_add(&text, "words ", 6);
	assert_ok(annot_alphabet_new(&alphabet, &test_error));
	assert_ok(annot_blocks_new(&alphabet, LEAD, &w.blocks, &test_error));
	struct annot_bytes all = annot_buf_bytes(&text);
	assert_ok(annot_blocks_feed(&w.blocks, all, enough, &w, &test_error));
	assert_ok(annot_blocks_end(&w.blocks, enough, &w, &test_error));
	assert_int_equal(w.n, 1);
	w.exact = false;
	w.n = 0;
	annot_blocks_begin(&w.blocks);
	assert_status(annot_blocks_feed(&w.blocks, all, enough, &w, &test_error), ANNOT_INTERNAL);
	annot_blocks_begin(&w.blocks);
	w.n = 0;
	assert_ok(annot_blocks_end(&w.blocks, enough, &w, &test_error)); /* of an empty text */
	assert_int_equal(w.n, 0);
	annot_blocks_free(&w.blocks);
	annot_alphabet_free(&alphabet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_seam),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
