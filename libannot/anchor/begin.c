/* Reads a selector for a search. */
#include <stdlib.h>

#include "anchor/search.h"
#include "base/buf.h"

/* The letters of the quote without spaces at its ends, unless it is nothing else. */
static void trim(struct annot_search *s, annot_letter space)
{
	size_t from = s->quote_from, to = s->quote_to;
	while (from < to && s->letters[from] == space)
		from++;
	while (to > from && s->letters[to - 1] == space)
		to--;
	if (from == to)
		return;
	if (s->old_to > 0) {
		s->old_from += from - s->quote_from;
		s->old_to -= s->quote_to - to;
	}
	s->quote_from = from;
	s->quote_to = to;
}

/* The selector's words, folded as they stand together. */
static enum annot_status read_words(struct annot_search *s, const struct annot_selector *sel,
				    struct annot_error *err)
{
	const struct annot_bytes *prefix = &sel->prefix, *suffix = &sel->suffix;
	size_t len = prefix->len + sel->exact.len + suffix->len;
	struct annot_buf words = ANNOT_BUF_INIT(len);
	annot_buf_add(&words, prefix->data, prefix->len);
	annot_buf_add(&words, sel->exact.data, sel->exact.len);
	annot_buf_add(&words, suffix->data, suffix->len);
	enum annot_status status = annot_buf_check(&words, "selector", err);
	if (status == ANNOT_OK)
		status = annot_letters_read(&s->a->alphabet, words.data, len, &s->selector, err);
	if (status == ANNOT_OK) {
		annot_letters_of(&s->selector, prefix->len, prefix->len + sel->exact.len,
				 &s->quote_from, &s->quote_to);
		s->letters = s->selector.letters;
		s->n = s->selector.n;
	}
	annot_buf_free(&words);
	s->selector.text = NULL;
	return status;
}

/* Where the quote would be if nothing had happened before it but what happened to the length of the
 * text. */
static void expect(struct annot_search *s, const struct annot_selector *sel)
{
	const struct annot_letters *text = &s->a->text, *old = &s->a->old;
	size_t to, start = sel->start < text->len ? sel->start : text->len;
	s->placed = sel->placed || s->old_to > 0;
	if (s->followed)
		s->expected = s->follow_from;
	else if (s->old_to > 0)
		s->expected = (size_t)((uint64_t)s->old_from * text->n / old->n);
	else if (s->placed)
		annot_letters_of(text, start, start, &s->expected, &to);
}

static enum annot_status make_patterns(struct annot_search *s, struct annot_error *err)
{
	const struct annot_alphabet *alphabet = &s->a->alphabet;
	size_t m = s->quote_to - s->quote_from, piece = m;
	if (m > ANNOT_ANCHOR_WHOLE_MAX) {
		piece = ANNOT_ANCHOR_PIECE;
		s->cut = true;
	}
	size_t before = s->quote_from, behind = s->n - s->quote_to;
	if (before > ANNOT_ANCHOR_CONTEXT_MAX)
		before = ANNOT_ANCHOR_CONTEXT_MAX;
	if (behind > ANNOT_ANCHOR_CONTEXT_MAX)
		behind = ANNOT_ANCHOR_CONTEXT_MAX;
	TRY(annot_pattern_new(alphabet, s->letters + s->quote_from, piece, false, &s->quote, err));
	TRY(annot_pattern_new(alphabet, s->letters + s->quote_to - piece, piece, true,
			      &s->quote_back, err));
	if (before > 0)
		TRY(annot_pattern_new(alphabet, s->letters + s->quote_from - before, before, true,
				      &s->before, err));
	if (behind > 0)
		TRY(annot_pattern_new(alphabet, s->letters + s->quote_to, behind, false, &s->behind,
				      err));
	return ANNOT_OK;
}

/* Where the quote stands in the old text: where the selector says, else where it stands once. */
static bool place_in_old(const struct annot_letters *old, const struct annot_selector *sel,
			 size_t *ret_start)
{
	size_t len = sel->exact.len;
	if (!old->text || sel->placed) {
		*ret_start = sel->start;
		return old->text && sel->placed;
	}
	const char *at = memmem(old->text, old->len, sel->exact.data, len);
	if (!at)
		return false;
	*ret_start = (size_t)(at - old->text);
	size_t rest = old->len - *ret_start - 1;
	return !memmem(at + 1, rest, sel->exact.data, len);
}

/* Takes quote and context from the old text. */
static void take_old(struct annot_search *s, const struct annot_letters *old, size_t start,
		     size_t end)
{
	annot_letters_of(old, start, end, &s->old_from, &s->old_to);
	size_t before = s->old_from, behind = old->n - s->old_to;
	if (before > ANNOT_ANCHOR_CONTEXT_MAX)
		before = ANNOT_ANCHOR_CONTEXT_MAX;
	if (behind > ANNOT_ANCHOR_CONTEXT_MAX)
		behind = ANNOT_ANCHOR_CONTEXT_MAX;
	s->letters = old->letters + s->old_from - before;
	s->quote_from = before;
	s->quote_to = before + s->old_to - s->old_from;
	s->n = s->quote_to + behind;
}

enum annot_status annot_search_begin(struct annot_anchorer *a, const struct annot_selector *sel,
				     struct annot_search *ret, struct annot_error *err)
{
	size_t start;
	*ret = (struct annot_search){.a = a, .work = ANNOT_ANCHOR_WORK_MAX};
	if (place_in_old(&a->old, sel, &start))
		take_old(ret, &a->old, start, start + sel->exact.len);
	else
		TRY(read_words(ret, sel, err));
	/* Nothing but what folding leaves out: there are no letters to look for. */
	if (ret->quote_from == ret->quote_to)
		return ANNOT_OK;
	trim(ret, a->alphabet.of[' ']);
	if (ret->old_to > 0)
		ret->followed = annot_versions_follow(&a->versions, ret->old_from, ret->old_to,
						      &ret->follow_from, &ret->follow_to);
	expect(ret, sel);
	return make_patterns(ret, err);
}

void annot_search_end(struct annot_search *s)
{
	annot_letters_free(&s->selector);
	annot_pattern_free(&s->quote);
	annot_pattern_free(&s->quote_back);
	annot_pattern_free(&s->before);
	annot_pattern_free(&s->behind);
}
