#include "quote/align.h"

#include "../text/random.h"
#include "assert.h"

#include "base/auto.h"

enum { ARENA = 256 << 20, WORDS_MAX = 9 };

struct pair {
	struct annot_arena *arena;
	struct annot_tokens quote, source;
	struct annot_alignment alignment;
};

static void align(const char *quote, size_t quote_len, const char *source, size_t source_len,
		  size_t from, size_t to, struct pair *ret)
{
	ret->arena = annot_arena_new(ARENA);
	assert_ok(annot_tokens_read(ret->arena, annot_bytes(quote, quote_len), &ret->quote,
				    &test_error));
	assert_ok(annot_tokens_read(ret->arena, annot_bytes(source, source_len), &ret->source,
				    &test_error));
	unsigned languages = 1U << ANNOT_LANGUAGE_EN;
	assert_ok(annot_tokens_weigh(ret->arena, &ret->quote, languages, &test_error));
	assert_ok(annot_tokens_weigh(ret->arena, &ret->source, languages, &test_error));
	size_t last = ret->source.n;
	assert_ok(annot_align(ret->arena, &ret->quote, &ret->source, from < last ? from : last,
			      to < last ? to : last, &ret->alignment, &test_error));
}

static void pair_free(struct pair *p)
{
	annot_tokens_free(&p->quote);
	annot_tokens_free(&p->source);
	annot_arena_free(p->arena);
}

/* Steps as text: = and words, -quote +source, >: replaced. */
static void assert_aligned(const char *quote, const char *source, const char *expected)
{
	struct pair p;
	AUTO_BUF struct annot_buf shown = ANNOT_BUF_INIT(1 << 16);
	align(quote, strlen(quote), source, strlen(source), 0, SIZE_MAX, &p);
	annot_buf_puts(&shown, "");
	for (size_t i = 0; i < p.alignment.n; i++) {
		const struct annot_align_step *s = &p.alignment.steps[i];
		const struct annot_token *q = &p.quote.tokens[s->quote];
		const struct annot_token *t = &p.source.tokens[s->source];
		annot_buf_putc(&shown, "=>-+"[s->op]);
		if (s->op != ANNOT_ALIGN_SOURCE)
			annot_buf_add(&shown, q->key, q->key_len);
		if (s->op == ANNOT_ALIGN_REPLACE)
			annot_buf_putc(&shown, '/');
		if (s->op == ANNOT_ALIGN_SOURCE || s->op == ANNOT_ALIGN_REPLACE)
			annot_buf_add(&shown, t->key, t->key_len);
		annot_buf_putc(&shown, ' ');
	}
	if (strcmp(shown.data, expected) != 0)
		fail_msg("%s | %s\n  is \"%s\"\n not \"%s\"", quote, source, shown.data, expected);
	pair_free(&p);
}

static void test_known(void **state)
{
	(void)state;
	assert_aligned("we win", "we win", "=we =win ");
	assert_aligned("we win", "he says we win soon", "=we =win ");
	assert_aligned("taxes rise", "taxes will not rise", "=taxes +will +not =rise ");
	assert_aligned("the big dog", "the small dog", "=the >big/small =dog ");
	/* An ellipsis takes all that it can stand for, and the nearest end. */
	assert_aligned("a ... b c", "a x b y b c", "=a -... +x +b +y =b =c ");
	assert_aligned("we will ... win", "we will fight and we will win",
		       "=we =will -... +fight +and +we +will =win ");
	/* Brackets take the word that they replace. */
	assert_aligned("[the minister] said so", "he said so",
		       "-[ -the >minister/he -] =said =so ");
	/* The word that is more alike is the one that was replaced. */
	assert_aligned("the minister left", "the old ministers left",
		       "=the +old >minister/ministers =left ");
	assert_aligned("", "words", "");
	assert_aligned("words", "", "-words ");
}

/* The named place decides between equal ones. */
static void test_place(void **state)
{
	(void)state;
	const char *source = "we win and we win and we win";
	for (size_t place = 0; place < 3; place++) {
		struct pair p;
		align("we win", 6, source, strlen(source), place * 3, place * 3 + 2, &p);
		assert_int_equal(p.alignment.n, 2);
		assert_int_equal(p.alignment.steps[0].source, place * 3);
		pair_free(&p);
	}
}

static unsigned up_cost(const struct annot_token *t)
{
	unsigned gap = t->kind == ANNOT_TOKEN_ELLIPSIS ? 0 : annot_align_gap(t);
	return t->editor && gap > 20 ? 20 : gap;
}

static unsigned left_cost(const struct pair *p, size_t i, size_t j)
{
	return annot_align_left_out(&p->source.tokens[j], i > 0 ? &p->quote.tokens[i - 1] : NULL,
				    i < p->quote.n ? &p->quote.tokens[i] : NULL);
}

/* The least cost of quote words from i on against source words from j on: by trying all. */
static unsigned least(const struct pair *p, size_t i, size_t j, size_t to)
{
	unsigned best = i == p->quote.n ? annot_align_trail(&p->source, to, j) : UINT32_MAX / 2,
		 cost;
	if (i < p->quote.n) {
		cost = up_cost(&p->quote.tokens[i]) + least(p, i + 1, j, to);
		best = cost < best ? cost : best;
	}
	if (j < p->source.n && i > 0) {
		cost = left_cost(p, i, j) + least(p, i, j + 1, to);
		best = cost < best ? cost : best;
	}
	if (i < p->quote.n && j < p->source.n) {
		cost = annot_align_replace(&p->quote.tokens[i], &p->source.tokens[j]) +
		       least(p, i + 1, j + 1, to);
		best = cost < best ? cost : best;
	}
	return best;
}

/* What the alignment costs; checks that it is one. */
static unsigned cost_of(const struct pair *p, size_t from, size_t to)
{
	const struct annot_alignment *a = &p->alignment;
	size_t i = 0, j = a->n > 0 ? a->steps[0].source : from;
	unsigned cost = annot_align_lead(&p->source, from, j);
	for (size_t k = 0; k < a->n; k++) {
		const struct annot_align_step *s = &a->steps[k];
		assert_int_equal(s->quote, i);
		assert_int_equal(s->source, j);
		const struct annot_token *q = &p->quote.tokens[i], *t = &p->source.tokens[j];
		if (s->op == ANNOT_ALIGN_SAME)
			assert_true(annot_token_same(q, t));
		if (s->op == ANNOT_ALIGN_QUOTE)
			cost += up_cost(q);
		else if (s->op == ANNOT_ALIGN_SOURCE)
			cost += left_cost(p, i, j);
		else
			cost += annot_align_replace(q, t);
		i += s->op != ANNOT_ALIGN_SOURCE;
		j += s->op != ANNOT_ALIGN_QUOTE;
	}
	assert_int_equal(i, p->quote.n);
	assert_true(j <= p->source.n);
	return cost + annot_align_trail(&p->source, to, j);
}

static size_t random_words(uint64_t *seed, size_t max, char *ret)
{
	static const char *const words[] = {"we ",       "win ",       "the ", "not ",
					    "minister ", ", ",         "... ", "[it] ",
					    "? ",        "ministers ", "two ", "lose "};
	size_t n = random_below(seed, max + 1), len = 0;
	for (size_t i = 0; i < n; i++) {
		const char *word = words[random_below(seed, COUNT(words))];
		memcpy(ret + len, word, strlen(word));
		len += strlen(word);
	}
	return len;
}

static void test_cheapest(void **state)
{
	(void)state;
	uint64_t seed = 23;
	for (int round = 0; round < 300; round++) {
		char quote[16 * WORDS_MAX], source[16 * WORDS_MAX];
		size_t quote_len = random_words(&seed, WORDS_MAX / 2, quote);
		size_t source_len = random_words(&seed, WORDS_MAX / 2 + 2, source);
		size_t from = random_below(&seed, 4), to = from + random_below(&seed, 4);
		struct pair p;
		align(quote, quote_len, source, source_len, from, to, &p);
		from = from < p.source.n ? from : p.source.n;
		to = to < p.source.n ? to : p.source.n;
		unsigned best = UINT32_MAX;
		for (size_t j = 0; j <= p.source.n; j++) {
			unsigned cost = annot_align_lead(&p.source, from, j) + least(&p, 0, j, to);
			best = cost < best ? cost : best;
		}
		assert_int_equal(cost_of(&p, from, to), best);
		pair_free(&p);
	}
}

/* Beyond the table: runs that both have are settled, and the rest is as in short texts. */
static void test_long(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf quote = ANNOT_BUF_INIT(1 << 22), source = ANNOT_BUF_INIT(1 << 22);
	for (int i = 0; i < 20000; i++) {
		annot_buf_printf(&source, "word%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26,
				 'a' + i / 676 % 26);
		annot_buf_printf(&quote, "word%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26,
				 'a' + i / 676 % 26);
		if (i == 777)
			annot_buf_puts(&source, "not ");
		if (i == 15000)
			annot_buf_puts(&quote, "never ");
	}
	struct pair p;
	align(quote.data, quote.len, source.data, source.len, 0, SIZE_MAX, &p);
	size_t from_quote = 0, from_source = 0;
	for (size_t i = 0; i < p.alignment.n; i++) {
		from_quote += p.alignment.steps[i].op == ANNOT_ALIGN_QUOTE;
		from_source += p.alignment.steps[i].op == ANNOT_ALIGN_SOURCE;
	}
	assert_int_equal(from_quote, 1);
	assert_int_equal(from_source, 1);
	assert_int_equal(p.alignment.n, 20002);
	assert_false(p.alignment.cut);
	pair_free(&p);
	/* Nothing in common: all replaced, and said so. */
	annot_buf_truncate(&quote, 0);
	for (int i = 0; i < 20000; i++)
		annot_buf_puts(&quote, "other ");
	align(quote.data, quote.len, source.data, source.len, 0, SIZE_MAX, &p);
	assert_true(p.alignment.cut);
	assert_true(p.alignment.n >= 20000);
	pair_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_cheapest),
		cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
