/* Three-way merge of words. */
#include "assert.h"

#include "base/auto.h"
#include "random.h"
#include "text/merge.h"

enum { ARENA = 64 << 20 };

/* The merged text, with clashes as <base|ours|theirs>. */
static void show(const struct annot_merge_part *parts, size_t n, struct annot_buf *ret)
{
	annot_buf_puts(ret, "");
	for (size_t i = 0; i < n; i++) {
		const struct annot_merge_part *p = &parts[i];
		if (!p->clash) {
			annot_buf_add(ret, p->text.data, p->text.len);
			continue;
		}
		annot_buf_putc(ret, '<');
		annot_buf_add(ret, p->base.data, p->base.len);
		annot_buf_putc(ret, '|');
		annot_buf_add(ret, p->ours.data, p->ours.len);
		annot_buf_putc(ret, '|');
		annot_buf_add(ret, p->theirs.data, p->theirs.len);
		annot_buf_putc(ret, '>');
	}
}

static void assert_merge(const char *base, const char *ours, const char *theirs,
			 const char *expected)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf shown = ANNOT_BUF_INIT(1 << 16);
	const struct annot_merge_part *parts;
	size_t n, clashes, counted = 0;
	assert_ok(annot_merge_words(arena, annot_bytes_of(base), annot_bytes_of(ours),
				    annot_bytes_of(theirs), &parts, &n, &clashes, &test_error));
	show(parts, n, &shown);
	assert_string_equal(shown.data, expected);
	for (size_t i = 0; i < n; i++)
		counted += parts[i].clash;
	assert_int_equal(clashes, counted);
}

static void test_no_clash(void **state)
{
	(void)state;
	assert_merge("", "", "", "");
	assert_merge("same", "same", "same", "same");
	assert_merge("the big dog", "the small dog", "the big cat", "the small cat");
	assert_merge("the big dog", "the big dog", "a big dog", "a big dog");
	assert_merge("one two three", "zero one two three", "one two three four",
		     "zero one two three four");
	/* both alike */
	assert_merge("the old law", "the new law", "the new law", "the new law");
	assert_merge("", "both say this", "both say this", "both say this");
	assert_merge("take this out", "", "", "");
	/* alike in one place, apart in others */
	assert_merge("a big dog sat here", "the big cat sat here", "a big cat sat there",
		     "the big cat sat there");
	/* one takes out, the other changes elsewhere */
	assert_merge("Taxes will certainly rise next year.", "Taxes will rise next year.",
		     "Taxes will certainly rise in May.", "Taxes will rise in May.");
	assert_merge("p1\n\np2\n", "p1!\n\np2\n", "p1\n\np2!\n", "p1!\n\np2!\n");
}

static void test_clash(void **state)
{
	(void)state;
	assert_merge("the big dog", "the small dog", "the old dog", "the <big|small|old> dog");
	assert_merge("", "one", "two", "<|one|two>");
	assert_merge("words", "", "other", "<words||other>");
	assert_merge("the law", "the new law", "the old law", "the <|new |old >law");
	/* changes that touch are one place */
	assert_merge("taxes will not rise", "taxes will rise", "taxes will not fall",
		     "taxes will <not rise|rise|not fall>");
	assert_merge("a b c d", "a X d", "a b Y d", "a <b c|X|b Y> d");
	/* a wide change of one side takes in several of the other */
	assert_merge("a b c d e f", "a X f", "a b Y d Z f", "a <b c d e|X|b Y d Z> f");
	/* what does not clash is merged around it */
	assert_merge("It will rise by two percent, he said.",
		     "It will rise by three percent, she said.",
		     "It may rise by four percent, he said.",
		     "It may rise by <two|three|four> percent, she said.");
}

static void test_characters(void **state)
{
	(void)state;
	assert_merge("cafe\xCC\x81 x", "cafe x", "cafe\xCC\x81 y", "cafe y");
	/* Writing without spaces: by character. */
	assert_merge("\xE6\x88\x91\xE5\x8E\xBB\xE5\x8C\x97\xE4\xBA\xAC",
		     "\xE4\xBD\xA0\xE5\x8E\xBB\xE5\x8C\x97\xE4\xBA\xAC",
		     "\xE6\x88\x91\xE5\x8E\xBB\xE5\x8D\x97\xE4\xBA\xAC",
		     "\xE4\xBD\xA0\xE5\x8E\xBB\xE5\x8D\x97\xE4\xBA\xAC");
}

static void assert_sides(const char *base, const char *ours, const char *theirs,
			 const char *by_ours, const char *by_theirs)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ARENA);
	AUTO_BUF struct annot_buf a = ANNOT_BUF_INIT(1 << 16), b = ANNOT_BUF_INIT(1 << 16);
	const struct annot_merge_part *parts;
	size_t n, clashes;
	assert_ok(annot_merge_words(arena, annot_bytes_of(base), annot_bytes_of(ours),
				    annot_bytes_of(theirs), &parts, &n, &clashes, &test_error));
	annot_merge_text(parts, n, ANNOT_MERGE_OURS, &a);
	annot_merge_text(parts, n, ANNOT_MERGE_THEIRS, &b);
	assert_string_equal(a.data, by_ours);
	assert_string_equal(b.data, by_theirs);
}

static void test_sides(void **state)
{
	(void)state;
	assert_sides("", "", "", "", "");
	assert_sides("a big dog", "one small dog", "a huge cat", "one small cat", "one huge cat");
	assert_sides("words", "", "other", "", "other");
}

/* --- what holds for any three texts --- */

struct texts {
	char base[4 * 40], ours[4 * 40], theirs[4 * 40];
	struct annot_bytes b, o, t;
};

/* Words of a few letters with spaces and marks between them. */
static size_t words(uint64_t *seed, char *ret, size_t max)
{
	size_t len = 0, n = random_below(seed, max + 1);
	for (size_t i = 0; i < n; i++) {
		ret[len++] = (char)('a' + random_below(seed, 4));
		ret[len++] = ",  .\n"[random_below(seed, 5)];
	}
	return len;
}

/* A copy with some words changed, taken out or put in. */
static size_t changed(uint64_t *seed, struct annot_bytes base, char *ret, size_t room)
{
	size_t len = 0;
	for (size_t i = 0; i < base.len && len + 4 < room; i++) {
		size_t what = random_below(seed, 12);
		if (what == 0)
			continue;
		if (what == 1)
			ret[len++] = (char)('w' + random_below(seed, 4));
		if (what == 2) {
			ret[len++] = (char)('a' + random_below(seed, 26));
			ret[len++] = ' ';
		}
		ret[len++] = (char)base.data[i];
	}
	return len;
}

static void random_texts(uint64_t *seed, struct texts *x)
{
	x->b = annot_bytes(x->base, words(seed, x->base, 30));
	bool related = random_below(seed, 4) > 0;
	size_t n =
		related ? changed(seed, x->b, x->ours, sizeof x->ours) : words(seed, x->ours, 30);
	x->o = annot_bytes(x->ours, n);
	n = related ? changed(seed, x->b, x->theirs, sizeof x->theirs) : words(seed, x->theirs, 30);
	x->t = annot_bytes(x->theirs, n);
}

struct merged {
	const struct annot_merge_part *parts;
	size_t n, clashes;
};

static struct merged merge(struct annot_arena *arena, struct annot_bytes base,
			   struct annot_bytes ours, struct annot_bytes theirs)
{
	struct merged m;
	assert_ok(annot_merge_words(arena, base, ours, theirs, &m.parts, &m.n, &m.clashes,
				    &test_error));
	return m;
}

static void assert_text(const struct merged *m, enum annot_merge_side side,
			struct annot_bytes expected)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 16);
	annot_merge_text(m->parts, m->n, side, &text);
	assert_int_equal(text.len, expected.len);
	assert_memory_equal(text.data, expected.data, expected.len);
}

static bool within(struct annot_bytes part, struct annot_bytes text)
{
	return part.len == 0 || memmem(text.data, text.len, part.data, part.len);
}

static void assert_sound(const struct merged *m, const struct texts *x)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct annot_merge_part *p = &m->parts[i];
		if (!p->clash) {
			assert_true(p->text.len > 0);
			assert_true(within(p->text, x->o) || within(p->text, x->t));
			continue;
		}
		assert_true(within(p->base, x->b) && within(p->ours, x->o) &&
			    within(p->theirs, x->t));
		assert_false(p->ours.len == p->theirs.len &&
			     memcmp(p->ours.data, p->theirs.data, p->ours.len) == 0);
		assert_true(i == 0 || !m->parts[i - 1].clash); /* what stayed is between them */
	}
}

static void assert_mirrored(const struct merged *m, const struct merged *other)
{
	assert_int_equal(m->n, other->n);
	for (size_t i = 0; i < m->n; i++) {
		const struct annot_merge_part *p = &m->parts[i], *q = &other->parts[i];
		assert_int_equal(p->clash, q->clash);
		struct annot_bytes a = p->clash ? p->ours : p->text;
		struct annot_bytes b = p->clash ? q->theirs : q->text;
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len);
	}
}

static bool in_words(const char *word, size_t len, struct annot_bytes text)
{
	const char *s = (const char *)text.data, *end = s + text.len;
	while (s < end) {
		size_t n = 0;
		while (s + n < end && s[n] >= 'a')
			n++;
		if (n == len && memcmp(s, word, len) == 0)
			return true;
		s += n > 0 ? n : 1;
	}
	return false;
}

/* No word of the result is made of pieces of two. */
static void assert_no_new_words(const struct merged *m, const struct texts *x)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 16);
	annot_merge_text(m->parts, m->n, ANNOT_MERGE_OURS, &text);
	for (const char *s = text.data; *s;) {
		size_t n = 0;
		while (s[n] >= 'a')
			n++;
		if (n > 0 && !in_words(s, n, x->o) && !in_words(s, n, x->t))
			fail_msg("new word %.*s in \"%s\"", (int)n, s, text.data);
		s += n > 0 ? n : 1;
	}
}

static void test_properties(void **state)
{
	(void)state;
	uint64_t seed = 11;
	size_t clashing = 0, clean = 0;
	struct annot_arena *arena = annot_arena_new(ARENA);
	for (int round = 0; round < 4000; round++) {
		struct texts x;
		random_texts(&seed, &x);
		struct merged m = merge(arena, x.b, x.o, x.t), other = merge(arena, x.b, x.t, x.o);
		assert_sound(&m, &x);
		assert_mirrored(&m, &other);
		assert_no_new_words(&m, &x);
		clashing += m.clashes > 0;
		clean += m.clashes == 0 && m.n > 1;
		m = merge(arena, x.b, x.o, x.b);
		assert_int_equal(m.clashes, 0);
		assert_text(&m, ANNOT_MERGE_OURS, x.o);
		m = merge(arena, x.b, x.b, x.t);
		assert_int_equal(m.clashes, 0);
		assert_text(&m, ANNOT_MERGE_THEIRS, x.t);
		m = merge(arena, x.b, x.o, x.o);
		assert_int_equal(m.clashes, 0);
		assert_text(&m, ANNOT_MERGE_OURS, x.o);
		annot_arena_reset(arena);
	}
	assert_true(clashing > 200 && clean > 200);
	annot_arena_free(arena);
}

static void test_no_memory(void **state)
{
	(void)state;
	const struct annot_merge_part *parts = NULL;
	size_t n = 7, clashes = 8;
	for (size_t max = 0; max < 256; max += 16) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(max);
		assert_status(annot_merge_words(arena, annot_bytes_of("a b"), annot_bytes_of("a c"),
						annot_bytes_of("b b"), &parts, &n, &clashes,
						&test_error),
			      ANNOT_NO_MEMORY);
		assert_null(parts);
		assert_int_equal(n, 7);
		assert_int_equal(clashes, 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_clash),   cmocka_unit_test(test_clash),
		cmocka_unit_test(test_characters), cmocka_unit_test(test_sides),
		cmocka_unit_test(test_properties), cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
