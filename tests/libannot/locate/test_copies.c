/* Passages that texts share: reprints, other orders, typography; against a slow search for what
 * stands in both as it is; on repetition, for which work is bounded. */
#include "locate/copies.h"

#include <stdlib.h>

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"
#include "base/buf.h"

enum { TEXT_MAX = 8 << 20 };

struct found {
	const struct annot_copy *copies;
	size_t n;
	bool cut;
};

static struct found compare(struct annot_copies *c, struct annot_bytes other, size_t piece)
{
	struct found f;
	annot_copies_begin(c);
	for (size_t at = 0; at < other.len; at += piece)
		assert_ok(annot_copies_feed(c,
					    annot_bytes(other.data + at, other.len - at < piece
										 ? other.len - at
										 : piece),
					    &test_error));
	assert_ok(annot_copies_end(c, &test_error));
	f.copies = annot_copies_found(c, &f.n, &f.cut);
	return f;
}

static struct annot_copies *prepare(const char *text, size_t min_letters)
{
	struct annot_copies *c;
	assert_ok(annot_copies_new(annot_bytes_of(text), min_letters, &c, &test_error));
	return c;
}

static void assert_text(struct annot_bytes text, uint64_t start, uint64_t end, const char *expected)
{
	if (end - start != strlen(expected) ||
	    memcmp(text.data + start, expected, end - start) != 0)
		fail_msg("\"%.*s\", not \"%s\"", (int)(end - start), text.data + start, expected);
}

static const char lake[] = "The draft is ready, said the envoy, and it is fair to all three shores "
			   "of the lake";
static const char rain[] = "nobody had expected rain in the week before the harvest festival began";
static const char road[] = "the road across the pass will be closed to lorries from November on";

/* One passage among other words, which are not the same. */
static void test_plain(void **state)
{
	(void)state;
	char own[500], other[500];
	snprintf(own, sizeof(own), "Quite another beginning. %s. And an end.", lake);
	snprintf(other, sizeof(other), "Words before it! %s; words behind it", lake);
	struct annot_copies *c = prepare(own, 40);
	struct found f = compare(c, annot_bytes_of(other), 1000);
	assert_int_equal(f.n, 1);
	assert_false(f.cut);
	assert_text(annot_bytes_of(own), f.copies[0].start, f.copies[0].end, lake);
	assert_text(annot_bytes_of(other), f.copies[0].other_start, f.copies[0].other_end, lake);
	assert_int_equal(f.copies[0].letters, 63);
	assert_int_equal(f.copies[0].edits, 0);
	assert_int_equal(annot_copy_score(&f.copies[0]), 1000);
	annot_copies_free(c);
	c = prepare(own, 64);
	assert_int_equal(compare(c, annot_bytes_of(other), 1000).n, 0);
	annot_copies_free(c);
}

/* Typography alone is no difference. */
static void test_typography(void **state)
{
	(void)state;
	struct annot_copies *c = prepare(lake, 40);
	struct found f = compare(
		c,
		annot_bytes_of(
			"x THE DRAFT IS \xE2\x80\x94 ready\xE2\x80\x9D, said the en-\nvoy and "
			"\xE2\x80\x9Cit is\xC2\xA0"
			"fair to\tall three sho\xC2\xADres (of the lake"),
		7);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.copies[0].edits, 0);
	assert_int_equal(f.copies[0].start, 0);
	assert_int_equal(f.copies[0].end, strlen(lake));
	annot_copies_free(c);
}

/* Words replaced, left out and put in: one passage, whose edits are those. */
static void test_reprint(void **state)
{
	(void)state;
	static const char altered[] =
		"The draft is now ready, said our envoy, and it seems fair to "
		"three shores of the lake";
	struct annot_copies *c = prepare(lake, 40);
	char other[300];
	snprintf(other, sizeof(other), "%s. %s.", rain, altered);
	struct found f = compare(c, annot_bytes_of(other), 1000);
	assert_int_equal(f.n, 1);
	assert_text(annot_bytes_of(other), f.copies[0].other_start, f.copies[0].other_end, altered);
	/* now, the -> our, is -> seems, all */
	assert_int_equal(f.copies[0].edits, 13);
	assert_int_equal(f.copies[0].letters, 66);
	annot_copies_free(c);
}

static void test_order(void **state)
{
	(void)state;
	char own[500], other[500];
	snprintf(own, sizeof(own), "%s. %s. %s.", lake, rain, road);
	snprintf(other, sizeof(other), "%s! Then, %s. Besides: %s", road, rain, lake);
	struct annot_copies *c = prepare(own, 40);
	struct found f = compare(c, annot_bytes_of(other), 1000);
	assert_int_equal(f.n, 3);
	const char *const by_length[] = {lake, rain, road};
	for (size_t i = 0; i < 3; i++) {
		assert_text(annot_bytes_of(other), f.copies[i].other_start, f.copies[i].other_end,
			    by_length[i]);
		assert_text(annot_bytes_of(own), f.copies[i].start, f.copies[i].end, by_length[i]);
	}
	/* What stands there twice is found twice; what stands here twice, once. */
	snprintf(other, sizeof(other), "%s! Then, %s. %s. Besides: %s", lake, lake, road, rain);
	assert_int_equal(compare(c, annot_bytes_of(other), 1000).n, 4);
	annot_copies_free(c);
	c = prepare(other, 40);
	assert_int_equal(compare(c, annot_bytes_of(lake), 1000).n, 1);
	annot_copies_free(c);
}

static void test_nothing(void **state)
{
	(void)state;
	static const char *const others[] = {
		rain, "", " ", "a", "\xE2\x80\x8B", "The draft is ready", "ready is draft the"};
	struct annot_copies *c = prepare(lake, 40);
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(compare(c, annot_bytes_of(others[i]), 3).n, 0);
	annot_copies_free(c);
	c = prepare("", 40);
	assert_int_equal(compare(c, annot_bytes_of(lake), 1000).n, 0);
	annot_copies_free(c);
}

/* Scripts without spaces. */
static void test_chinese(void **state)
{
	(void)state;
	static const char words[] = "\xE5\xA4\xA9\xE5\x9C\xB0\xE7\x8E\x84\xE9\xBB\x84\xE5\xAE\x87"
				    "\xE5\xAE\x99\xE6\xB4\xAA"
				    "\xE8\x8D\x92\xE6\x97\xA5\xE6\x9C\x88\xE7\x9B\x88\xE6\x98\x83"
				    "\xE8\xBE\xB0\xE5\xAE\xBF"
				    "\xE5\x88\x97\xE5\xBC\xA0\xE5\xAF\x92\xE6\x9D\xA5";
	char other[200];
	snprintf(other, sizeof(other), "\xE4\xB8\xAD\xE6\x96\x87%s\xE4\xB8\xAD", words);
	struct annot_copies *c = prepare(words, 16);
	struct found f = compare(c, annot_bytes_of(other), 5);
	assert_int_equal(f.n, 1);
	assert_text(annot_bytes_of(other), f.copies[0].other_start, f.copies[0].other_end, words);
	annot_copies_free(c);
}

/* --- random texts --- */

static size_t random_words(uint64_t *seed, char *ret, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ret[i] = random_below(seed, 6) ? (char)('a' + random_below(seed, 20)) : ' ';
	return len;
}

static size_t alnum(const char *s, size_t len, char *ret)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		if (s[i] >= 'a' && s[i] <= 'z')
			ret[n++] = s[i];
	return n;
}

/* Edit distance by the textbook. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	AUTO_FREE size_t *row = calloc(nb + 1, sizeof(*row));
	assert_non_null(row);
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[nb];
}

static void check_copy(const struct annot_copy *c, const char *own, const char *other)
{
	char a[4000], b[4000];
	size_t na = alnum(own + c->start, c->end - c->start, a);
	size_t nb = alnum(other + c->other_start, c->other_end - c->other_start, b);
	assert_int_equal(c->letters, na > nb ? na : nb);
	assert_true(distance(a, na, b, nb) <= c->edits);
	assert_true(annot_copy_score(c) >= ANNOT_COPIES_LIKENESS);
	assert_true(own[c->start] != ' ' && own[c->end - 1] != ' ');
}

/* Pieces of one text in the other one, altered, in another order: each is in a passage, each
 * passage is what it says, and how the text is cut does not matter. */
static void test_random(void **state)
{
	(void)state;
	uint64_t seed = 51;
	for (int round = 0; round < 60; round++) {
		char own[3000], other[3000];
		struct planted {
			size_t from, at, len;
		} planted[8];
		size_t n_own = random_words(&seed, own, 2000), n = 0, k = random_below(&seed, 8);
		own[n_own] = '\0';
		for (size_t i = 0; i < k; i++) {
			n += random_words(&seed, other + n, random_below(&seed, 150));
			struct planted *p = &planted[i];
			*p = (struct planted){random_below(&seed, 1800), n,
					      60 + random_below(&seed, 140)};
			memcpy(other + n, own + p->from, p->len);
			for (size_t j = 30; j < p->len; j += 30 + random_below(&seed, 30))
				other[n + j] = 'z';
			n += p->len;
		}
		n += random_words(&seed, other + n, random_below(&seed, 150));
		struct annot_copies *c = prepare(own, 40);
		struct annot_bytes text = annot_bytes(other, n);
		struct found f = compare(c, text, 1 + random_below(&seed, 4000));
		struct annot_copy first[ANNOT_COPIES_PASSAGES_MAX];
		memcpy(first, f.copies, f.n * sizeof(first[0]));
		for (size_t i = 0; i < f.n; i++)
			check_copy(&f.copies[i], own, other);
		for (size_t i = 0; i < k; i++) {
			bool in = false;
			/* But for spaces and an altered letter at its ends. */
			for (size_t j = 0; j < f.n; j++)
				in = in ||
				     (f.copies[j].other_start <= planted[i].at + 8 &&
				      f.copies[j].other_end + 8 >= planted[i].at + planted[i].len);
			assert_true(in);
		}
		f = compare(c, text, 1 + random_below(&seed, 100));
		assert_memory_equal(first, f.copies, f.n * sizeof(first[0]));
		annot_copies_free(c);
	}
}

/* Passages at and over the ends of blocks, also one as long as several of them. */
static void test_blocks(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf other = ANNOT_BUF_INIT(TEXT_MAX), own = ANNOT_BUF_INIT(TEXT_MAX);
	struct annot_copies *c = prepare(lake, 40);
	uint64_t seed = 52;
	for (size_t before = 90000; before < 99000; before += 487) {
		annot_buf_truncate(&other, 0);
		while (other.len < before) {
			char word = (char)('a' + random_below(&seed, 26));
			annot_buf_add(&other, other.len % 7 ? &word : " ", 1);
		}
		annot_buf_add(&other, " ", 1);
		annot_buf_add(&other, lake, strlen(lake));
		annot_buf_add(&other, " x", 2);
		struct found f = compare(c, annot_buf_bytes(&other), 70000);
		assert_int_equal(f.n, 1);
		assert_int_equal(f.copies[0].other_start, before + 1);
		assert_int_equal(f.copies[0].other_end, before + 1 + strlen(lake));
		assert_int_equal(f.copies[0].edits, 0);
	}
	annot_copies_free(c);
	while (own.len < 250000) {
		char word = (char)('a' + random_below(&seed, 26));
		annot_buf_add(&own, own.len % 7 ? &word : " ", 1);
	}
	assert_ok(annot_copies_new(annot_buf_bytes(&own), 40, &c, &test_error));
	for (size_t i = 100; i < own.len; i += 100)
		own.data[i] = '7';
	struct found f = compare(c, annot_buf_bytes(&own), 5000);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.copies[0].start, 1); /* a space is at 0 */
	assert_int_equal(f.copies[0].end, own.len);
	assert_in_range(f.copies[0].edits, 2100, 2500);
	annot_copies_free(c);
}

/* --- bounds --- */

static struct annot_buf repeated(const char *s, size_t len)
{
	struct annot_buf b = ANNOT_BUF_INIT(TEXT_MAX);
	while (b.len < len)
		annot_buf_add(&b, s, strlen(s));
	return b;
}

/* What repeats itself is compared as far as the bound goes, and it is said. */
static void test_repetition(void **state)
{
	(void)state;
	static const char *const patterns[] = {"a", "the same words again "};
	for (size_t i = 0; i < COUNT(patterns); i++) {
		AUTO_BUF struct annot_buf own = repeated(patterns[i], 20000);
		AUTO_BUF struct annot_buf other = repeated(patterns[i], 1 << 20);
		struct annot_copies *c;
		assert_ok(annot_copies_new(annot_buf_bytes(&own), 40, &c, &test_error));
		struct found f = compare(c, annot_buf_bytes(&other), 1 << 20);
		assert_true(annot_copies_steps(c) < ANNOT_COPIES_WORK_MAX + (4 << 20));
		assert_true(f.n > 0);
		assert_int_equal(f.cut, annot_copies_steps(c) > ANNOT_COPIES_WORK_MAX);
		assert_true(f.cut);
		annot_copies_free(c);
	}
}

static void test_bounds(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf text = repeated("a", ANNOT_COPIES_TEXT_MAX);
	struct annot_copies *c;
	assert_ok(annot_copies_new(annot_buf_bytes(&text), 40, &c, &test_error));
	annot_copies_free(c);
	annot_buf_add(&text, "a", 1);
	assert_status(annot_copies_new(annot_buf_bytes(&text), 40, &c, &test_error),
		      ANNOT_TOO_LARGE);
	struct annot_bytes words = annot_bytes_of("words");
	assert_status(annot_copies_new(words, ANNOT_COPIES_LENGTH_LEAST - 1, &c, &test_error),
		      ANNOT_TOO_LARGE);
	assert_status(annot_copies_new(words, ANNOT_COPIES_LENGTH_MAX + 1, &c, &test_error),
		      ANNOT_TOO_LARGE);
	assert_status(annot_copies_new(annot_bytes_of("ab\xFF"), 40, &c, &test_error),
		      ANNOT_INVALID);
	assert_error_says("byte 2");
	assert_null(annot_copies_free(NULL));
	/* Of short texts all of it, if nobody says how much. */
	c = prepare("a few, not so many words", 0);
	assert_int_equal(annot_copies_letters(c), 18);
	assert_int_equal(compare(c, annot_bytes_of("x a few not so many words x"), 9).n, 1);
	assert_int_equal(compare(c, annot_bytes_of("x few not so many words x"), 9).n, 0);
	annot_copies_free(c);
}

/* More passages than are kept: the longest ones are. */
static void test_many(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf other = ANNOT_BUF_INIT(TEXT_MAX);
	struct annot_copies *c = prepare(lake, 20);
	uint64_t seed = 53;
	for (size_t i = 0; i < ANNOT_COPIES_PASSAGES_MAX + 50; i++) {
		char noise[120];
		annot_buf_add(&other, noise, random_words(&seed, noise, sizeof(noise)));
		annot_buf_add(&other, lake, 40 + i % 30);
	}
	struct found f = compare(c, annot_buf_bytes(&other), 1 << 20);
	assert_int_equal(f.n, ANNOT_COPIES_PASSAGES_MAX);
	assert_true(f.cut);
	for (size_t i = 1; i < f.n; i++)
		assert_true(annot_copy_compare(&f.copies[i - 1], &f.copies[i]) <= 0);
	assert_true(f.copies[0].letters >= 53);
	annot_copies_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),      cmocka_unit_test(test_typography),
		cmocka_unit_test(test_reprint),    cmocka_unit_test(test_order),
		cmocka_unit_test(test_nothing),    cmocka_unit_test(test_chinese),
		cmocka_unit_test(test_random),     cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_repetition), cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
