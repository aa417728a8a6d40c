#include "quote/classify.h"

#include <stdlib.h>

enum { ELIDED_WORDS_MAX = 5, SPELLING_MAX = 64 };

/* A word of one side of a difference. */
struct side_word {
	const struct annot_token *token;
	uint32_t hunk;
	bool shared; /* the other side of the difference has it too */
};

struct side {
	struct side_word *words;
	size_t n;
};

static int compare_tokens(const struct annot_token *a, const struct annot_token *b)
{
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->key_len != b->key_len)
		return a->key_len < b->key_len ? -1 : 1;
	return memcmp(a->key, b->key, a->key_len);
}

static int compare_words(const void *a, const void *b)
{
	const struct side_word *x = a, *y = b;
	int order = compare_tokens(x->token, y->token);
	return order != 0 ? order : (x->hunk > y->hunk) - (x->hunk < y->hunk);
}

static bool is_word(const struct annot_token *t)
{
	return annot_token_is_heavy(t) || (t->kind == ANNOT_TOKEN_PUNCTUATION && t->key[0] == '?');
}

/* Adds the words of one side of a hunk, those that weigh. */
static void add_words(const struct annot_comparison *c, const struct annot_hunk *h, uint32_t hunk,
		      bool quote, struct side *to)
{
	enum annot_align_op absent = quote ? ANNOT_ALIGN_SOURCE : ANNOT_ALIGN_QUOTE;
	for (size_t i = h->first; i < h->end; i++) {
		const struct annot_align_step *s = &c->steps[i];
		const struct annot_token *t =
			quote ? &c->quote->tokens[s->quote] : &c->source->tokens[s->source];
		if (s->op != absent && is_word(t))
			to->words[to->n++] = (struct side_word){.token = t, .hunk = hunk};
	}
}

/* Marks the words that both sides have, as often as both do; whether any are left. */
static bool match(struct side *a, struct side *b)
{
	size_t i = 0, j = 0, shared = 0;
	qsort(a->words, a->n, sizeof(*a->words), compare_words);
	qsort(b->words, b->n, sizeof(*b->words), compare_words);
	while (i < a->n && j < b->n) {
		int order = compare_tokens(a->words[i].token, b->words[j].token);
		if (order == 0) {
			a->words[i].shared = b->words[j].shared = true;
			shared++;
		}
		i += order <= 0;
		j += order >= 0;
	}
	return shared < a->n || shared < b->n;
}

/* The one word of a side that the other lacks; NULL if there are none or several. */
static const struct annot_token *only_word(const struct side *s)
{
	const struct annot_token *only = NULL;
	for (size_t i = 0; i < s->n; i++) {
		if (s->words[i].shared)
			continue;
		if (only)
			return NULL;
		only = s->words[i].token;
	}
	return only;
}

/* A key as it would be in one spelling of English: -ise, -or, -er, single letters. */
static size_t respell(const struct annot_token *t, char *ret)
{
	size_t n = 0;
	if (t->key_len > SPELLING_MAX)
		return 0;
	for (size_t i = 0; i < t->key_len; i++) {
		char c = t->key[i] == 'z' ? 's' : t->key[i], last = n > 0 ? ret[n - 1] : 0;
		if (c == last || (c == 'u' && last == 'o'))
			continue;
		if (c == 'e' && (last == 'a' || last == 'o'))
			n--;
		ret[n++] = c;
	}
	if (n > 3 && ret[n - 2] == 'r' && ret[n - 1] == 'e') {
		ret[n - 2] = 'e';
		ret[n - 1] = 'r';
	}
	return n;
}

bool annot_same_spelling(const struct annot_token *a, const struct annot_token *b)
{
	char x[SPELLING_MAX], y[SPELLING_MAX];
	if (a->kind != ANNOT_TOKEN_WORD || b->kind != ANNOT_TOKEN_WORD)
		return false;
	size_t n = respell(a, x), m = respell(b, y);
	return n > 3 && n == m && memcmp(x, y, n) == 0;
}

/* Whether one word is the other with a prefix that negates it: "legal", "illegal". */
static bool is_negated(const struct annot_token *a, const struct annot_token *b)
{
	static const char *const prefixes[] = {"un",  "in",  "im",   "il", "ir",
					       "dis", "non", "anti", "не", "des"};
	const struct annot_token *longer = a->key_len > b->key_len ? a : b;
	const struct annot_token *shorter = longer == a ? b : a;
	if (a->kind != ANNOT_TOKEN_WORD || b->kind != ANNOT_TOKEN_WORD || shorter->key_len < 3)
		return false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i]);
		if (longer->key_len == len + shorter->key_len &&
		    memcmp(longer->key, prefixes[i], len) == 0 &&
		    memcmp(longer->key + len, shorter->key, shorter->key_len) == 0)
			return true;
	}
	return false;
}

#define BIT(flag) (1U << ANNOT_FLAG_##flag)

/* What a word that only one side has touches. */
static unsigned flags_of(const struct annot_token *t)
{
	unsigned flags = 0;
	if (t->kind == ANNOT_TOKEN_NUMBER || (t->meanings & ANNOT_MEANS_NUMBER))
		flags |= BIT(NUMBER);
	if (t->meanings & ANNOT_MEANS_MODAL)
		flags |= BIT(MODAL);
	if (t->name)
		flags |= BIT(NAME);
	return flags || (t->meanings & ANNOT_MEANS_NEGATION) ? flags : BIT(WORDING);
}

static unsigned flags_of_side(const struct side *s, size_t *negations)
{
	unsigned flags = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->words[i].shared)
			continue;
		flags |= flags_of(s->words[i].token);
		*negations += (s->words[i].token->meanings & ANNOT_MEANS_NEGATION) != 0;
	}
	return flags;
}

/* What a difference of words touches. Sides are sorted and matched. */
static unsigned flag_words(const struct side *quote, const struct side *source)
{
	size_t in_quote = 0, in_source = 0;
	unsigned flags = flags_of_side(quote, &in_quote) | flags_of_side(source, &in_source);
	const struct annot_token *q = only_word(quote), *s = only_word(source);
	if (in_quote != in_source || (q && s && is_negated(q, s)))
		flags |= BIT(NEGATION);
	else if (in_quote > 0)
		flags |= BIT(WORDING); /* another negation */
	return flags;
}

/* Behind an editor's brackets, or in an ellipsis of a few words, only these must not vanish. */
static unsigned flag_lost(const struct side *quote, const struct side *source, bool elided)
{
	size_t in_quote = 0, in_source = 0;
	flags_of_side(quote, &in_quote);
	unsigned flags = flags_of_side(source, &in_source);
	if (elided && source->n > ELIDED_WORDS_MAX)
		return 0;
	flags &= elided ? BIT(MODAL) : BIT(MODAL) | BIT(NUMBER);
	return in_source > in_quote ? flags | BIT(NEGATION) : flags;
}

static void flag_one(struct annot_hunk *h, struct side *quote, struct side *source)
{
	bool marks = h->class_ == ANNOT_DIFFERENCE_TYPOGRAPHY ||
		     h->class_ == ANNOT_DIFFERENCE_CASE ||
		     h->class_ == ANNOT_DIFFERENCE_INTERLEAVED;
	if (marks || h->plain)
		return;
	bool left = match(quote, source);
	if (h->class_ == ANNOT_DIFFERENCE_ELLIPSIS || h->class_ == ANNOT_DIFFERENCE_BRACKET)
		h->flags = flag_lost(quote, source, h->class_ == ANNOT_DIFFERENCE_ELLIPSIS);
	else if (!left && quote->n > 0)
		h->flags = BIT(ORDER);
	else
		h->flags = flag_words(quote, source);
}

static bool is_altered(const struct annot_hunk *h)
{
	return h->class_ == ANNOT_DIFFERENCE_OMISSION || h->class_ == ANNOT_DIFFERENCE_INSERTION ||
	       h->class_ == ANNOT_DIFFERENCE_SUBSTITUTION;
}

/* Words that one difference takes away and another puts in have moved. */
static void flag_order(struct annot_hunk *hunks, struct side *quote, struct side *source)
{
	size_t i = 0, j = 0;
	qsort(quote->words, quote->n, sizeof(*quote->words), compare_words);
	qsort(source->words, source->n, sizeof(*source->words), compare_words);
	while (i < quote->n && j < source->n) {
		const struct side_word *q = &quote->words[i], *s = &source->words[j];
		int order = compare_tokens(q->token, s->token);
		bool single = q->token->kind == ANNOT_TOKEN_SIGN ||
			      q->token->kind == ANNOT_TOKEN_PUNCTUATION;
		if (order == 0 && q->hunk != s->hunk && !single) {
			hunks[q->hunk].flags |= BIT(ORDER);
			hunks[s->hunk].flags |= BIT(ORDER);
		}
		i += order <= 0;
		j += order >= 0;
	}
}

/* Keeps the words of a side that the other lacks, for flag_order. */
static void keep_lone(const struct side *from, struct side *to)
{
	size_t n = to->n;
	for (size_t i = 0; i < from->n; i++)
		if (!from->words[i].shared)
			to->words[n++] = from->words[i];
	to->n = n;
}

enum annot_status annot_flag_hunks(const struct annot_comparison *c, struct annot_hunk *hunks,
				   size_t n, struct annot_error *err)
{
	struct side quote = {.words = annot_arena_array(c->arena, c->n + 1, sizeof(*quote.words))};
	struct side source = {.words = annot_arena_array(c->arena, c->n + 1, sizeof(*quote.words))};
	if (!quote.words || !source.words)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the flags of a quote");
	for (uint32_t i = 0; i < n; i++) {
		/* Behind the words that are kept, which are never more than were looked at. */
		struct side q = {.words = quote.words + quote.n};
		struct side s = {.words = source.words + source.n};
		add_words(c, &hunks[i], i, true, &q);
		add_words(c, &hunks[i], i, false, &s);
		flag_one(&hunks[i], &q, &s);
		if (is_altered(&hunks[i]) && !hunks[i].plain) {
			keep_lone(&q, &quote);
			keep_lone(&s, &source);
		}
	}
	flag_order(hunks, &quote, &source);
	return ANNOT_OK;
}
