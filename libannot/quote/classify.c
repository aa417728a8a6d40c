#include "quote/classify.h"

#include <stdlib.h>

#include "text/category.h"
#include "text/utf8.h"

enum { BRACKET_WORDS_MAX = 8 };

/* What a step is by itself. */
enum family { NOTHING, SPELLING, CAPITALS, RESPELLED, MARKS, WORDS, BRACKETS, ELISION };

bool annot_token_is_heavy(const struct annot_token *t)
{
	bool word = t->kind == ANNOT_TOKEN_WORD || t->kind == ANNOT_TOKEN_SIGN ||
		    t->kind == ANNOT_TOKEN_NUMBER || t->kind == ANNOT_TOKEN_SYMBOL;
	return word && !(t->meanings & ANNOT_MEANS_LIGHT);
}

static bool same_but_case(struct annot_bytes a, struct annot_bytes b)
{
	size_t x = 0, y = 0;
	while (x < a.len && y < b.len)
		if (!annot_same_but_case(annot_utf8_next((const char *)a.data, a.len, &x),
					 annot_utf8_next((const char *)b.data, b.len, &y)))
			return false;
	return x == a.len && y == b.len;
}

static struct annot_bytes bytes_of(const struct annot_tokens *t, const struct annot_token *token)
{
	return annot_bytes(t->text.data + token->start, token->end - token->start);
}

static bool begins_with_digit(struct annot_bytes b)
{
	return b.data[0] >= '0' && b.data[0] <= '9';
}

/* Two tokens with one key. */
static enum family same_family(const struct annot_comparison *c, const struct annot_token *quote,
			       const struct annot_token *source)
{
	struct annot_bytes q = bytes_of(c->quote, quote), s = bytes_of(c->source, source);
	if (q.len == s.len && memcmp(q.data, s.data, q.len) == 0)
		return NOTHING;
	if (quote->edited)
		return BRACKETS;
	if (same_but_case(q, s))
		return CAPITALS;
	if (quote->stem || source->stem)
		return NOTHING;
	bool folded = quote->folded_len == source->folded_len &&
		      memcmp(c->quote->folded.text + quote->folded,
			     c->source->folded.text + source->folded, quote->folded_len) == 0;
	/* "don't" for "do not" are other words; "1,000" for "1000", or "three" for "3", are not. */
	bool number = quote->kind == ANNOT_TOKEN_NUMBER || begins_with_digit(q);
	return folded || number || quote->kind != ANNOT_TOKEN_WORD ? SPELLING : RESPELLED;
}

/* A mark that does not change what is said; a question mark does. */
static bool is_mark(const struct annot_token *t)
{
	return t->kind == ANNOT_TOKEN_OPEN || t->kind == ANNOT_TOKEN_CLOSE ||
	       t->kind == ANNOT_TOKEN_ELLIPSIS ||
	       (t->kind == ANNOT_TOKEN_PUNCTUATION && t->key[0] != '?');
}

static bool is_editor(const struct annot_tokens *t, size_t i)
{
	return i < t->n && t->tokens[i].editor;
}

bool annot_is_final_mark(const struct annot_comparison *c, const struct annot_align_step *s)
{
	const struct annot_token *quote = &c->quote->tokens[s->quote];
	bool differs = s->op == ANNOT_ALIGN_QUOTE ||
		       (s->op == ANNOT_ALIGN_REPLACE && is_mark(&c->source->tokens[s->source]));
	return differs && s->quote > 0 && s->quote + 1U == c->quote->n &&
	       quote->kind == ANNOT_TOKEN_PUNCTUATION && strchr(".,;:", quote->key[0]);
}

static enum family family_of(const struct annot_comparison *c, const struct annot_align_step *s)
{
	const struct annot_token *quote = &c->quote->tokens[s->quote];
	const struct annot_token *source = &c->source->tokens[s->source];
	bool after = s->quote > 0;
	if (annot_is_final_mark(c, s))
		return NOTHING;
	switch (s->op) {
	case ANNOT_ALIGN_SAME:
		return same_family(c, quote, source);
	case ANNOT_ALIGN_REPLACE:
		if (quote->editor || quote->edited)
			return BRACKETS;
		if (annot_same_spelling(quote, source))
			return RESPELLED;
		return is_mark(quote) && is_mark(source) ? MARKS : WORDS;
	case ANNOT_ALIGN_QUOTE:
		if (quote->kind == ANNOT_TOKEN_ELLIPSIS)
			return ELISION;
		if (quote->editor)
			return BRACKETS;
		return is_mark(quote) ? MARKS : WORDS;
	case ANNOT_ALIGN_SOURCE:
		break;
	}
	if (after && quote[-1].kind == ANNOT_TOKEN_ELLIPSIS)
		return ELISION;
	if ((after && quote[-1].editor) || is_editor(c->quote, s->quote))
		return BRACKETS;
	return is_mark(source) ? MARKS : WORDS;
}

/* Words of a side among steps [first, end); marks do not count. */
static size_t count_words(const struct annot_comparison *c, size_t first, size_t end, bool quote)
{
	size_t n = 0;
	for (size_t i = first; i < end; i++) {
		const struct annot_align_step *s = &c->steps[i];
		const struct annot_token *t =
			quote ? &c->quote->tokens[s->quote] : &c->source->tokens[s->source];
		enum annot_align_op absent = quote ? ANNOT_ALIGN_SOURCE : ANNOT_ALIGN_QUOTE;
		n += s->op != absent && (s->op == ANNOT_ALIGN_REPLACE || !is_mark(t));
	}
	return n;
}

/* "(…)", which only the quote has: the editor's, as some houses write it. */
static bool is_parenthesis(const struct annot_comparison *c, const struct annot_hunk *h)
{
	const struct annot_align_step *first = &c->steps[h->first], *last = &c->steps[h->end - 1];
	for (const struct annot_align_step *s = first; s <= last; s++)
		if (s->op != ANNOT_ALIGN_QUOTE)
			return false;
	return annot_token_is(&c->quote->tokens[first->quote], "(") &&
	       annot_token_is(&c->quote->tokens[last->quote], ")");
}

static bool is_interleaved(const struct annot_comparison *c, const struct annot_hunk *h)
{
	for (size_t i = h->first; i < h->end; i++)
		if (c->steps[i].op != ANNOT_ALIGN_SOURCE)
			return false;
	return annot_is_debris(c->source, c->steps[h->first].source,
			       c->steps[h->end - 1].source + (size_t)1);
}

/* A run of steps with other words. */
static void class_words(const struct annot_comparison *c, struct annot_hunk *h)
{
	h->class_ = ANNOT_DIFFERENCE_BRACKET;
	if (is_parenthesis(c, h))
		return;
	h->class_ = ANNOT_DIFFERENCE_INTERLEAVED;
	if (is_interleaved(c, h))
		return;
	while (family_of(c, &c->steps[h->first]) == MARKS)
		h->first++;
	while (family_of(c, &c->steps[h->end - 1]) == MARKS)
		h->end--;
	bool quote = count_words(c, h->first, h->end, true) > 0;
	bool source = count_words(c, h->first, h->end, false) > 0;
	h->class_ = quote && source ? ANNOT_DIFFERENCE_SUBSTITUTION
		    : quote         ? ANNOT_DIFFERENCE_INSERTION
				    : ANNOT_DIFFERENCE_OMISSION;
}

/* The hunk that begins at step i; its end is where to go on. */
static size_t next_hunk(const struct annot_comparison *c, size_t i, struct annot_hunk *ret)
{
	enum family family = family_of(c, &c->steps[i]), next = NOTHING;
	bool words = family == WORDS, marks = family == MARKS;
	size_t end = i + 1;
	for (; end < c->n && c->steps[end].op != ANNOT_ALIGN_SAME &&
	       !annot_is_final_mark(c, &c->steps[end]);
	     end++) {
		next = family_of(c, &c->steps[end]);
		bool either = (words || marks) && (next == WORDS || next == MARKS);
		if (next != family && !either)
			break;
		words = words || next == WORDS;
	}
	*ret = (struct annot_hunk){.first = (uint32_t)i, .end = (uint32_t)end};
	if (c->steps[i].op == ANNOT_ALIGN_SAME || family == RESPELLED) {
		ret->end = (uint32_t)i + 1;
		ret->plain = true;
		ret->class_ = family == CAPITALS   ? ANNOT_DIFFERENCE_CASE
			      : family == SPELLING ? ANNOT_DIFFERENCE_TYPOGRAPHY
			      : family == BRACKETS ? ANNOT_DIFFERENCE_BRACKET
						   : ANNOT_DIFFERENCE_SUBSTITUTION;
		return i + 1;
	}
	if (words)
		class_words(c, ret);
	else if (marks)
		ret->class_ = is_interleaved(c, ret) ? ANNOT_DIFFERENCE_INTERLEAVED
						     : ANNOT_DIFFERENCE_TYPOGRAPHY;
	else if (family == ELISION)
		ret->class_ = ANNOT_DIFFERENCE_ELLIPSIS;
	else
		ret->class_ = count_words(c, i, end, false) > BRACKET_WORDS_MAX
				      ? ANNOT_DIFFERENCE_SUBSTITUTION
				      : ANNOT_DIFFERENCE_BRACKET;
	return end;
}

enum annot_status annot_classify(const struct annot_comparison *c, struct annot_hunk **ret,
				 size_t *ret_n, struct annot_error *err)
{
	struct annot_hunk *hunks = annot_arena_array(c->arena, c->n + 1, sizeof(*hunks));
	if (!hunks)
		return annot_fail(err, ANNOT_NO_MEMORY,
				  "out of memory for the differences of a quote");
	size_t n = 0;
	for (size_t i = 0; i < c->n;) {
		if (family_of(c, &c->steps[i]) == NOTHING)
			i++;
		else
			i = next_hunk(c, i, &hunks[n++]);
	}
	*ret = hunks;
	*ret_n = n;
	return ANNOT_OK;
}
