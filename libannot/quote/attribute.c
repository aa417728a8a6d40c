#include "quote/attribute.h"

#include "base/auto.h"
#include "quote/phrase.h"
#include "text/utf8.h"

enum { PHRASE_WORDS_MAX = 9, VERB_WORDS_MAX = 30, RESOLVE_BYTES = 800, SPEAKER_ARENA = 1 << 20 };

static bool is_mark(const struct annot_token *t)
{
	return t->kind == ANNOT_TOKEN_PUNCTUATION || t->kind == ANNOT_TOKEN_OPEN ||
	       t->kind == ANNOT_TOKEN_CLOSE;
}

/* Behind the quote: the first verb of its sentence. */
static bool find_behind(const struct annot_tokens *t, struct annot_finding *ret)
{
	size_t start = 0, end;
	while (start < t->n && is_mark(&t->tokens[start]) && !annot_ends_sentence(t, start))
		start++;
	for (end = start; end < t->n && end - start < VERB_WORDS_MAX &&
			  !annot_ends_sentence(t, end) &&
			  !(end > 0 && t->tokens[end].breaks && annot_ends_sentence(t, end - 1));)
		end++;
	for (size_t i = start; i < end; i++)
		if (annot_attribute_by(t, start, end, i, ret))
			return true;
	return false;
}

/* Before the quote: the last verb of the sentence that it is in. */
static bool find_before(const struct annot_tokens *t, struct annot_finding *ret)
{
	size_t end = t->n, start = t->n;
	while (start > 0 && t->n - start < VERB_WORDS_MAX && !annot_ends_sentence(t, start - 1))
		start--;
	for (size_t i = end; i-- > start;)
		if (annot_attribute_by(t, start, end, i, ret))
			return true;
	return false;
}

/* Whether the words before lead to the quote: a colon or comma, or "that" behind a verb. */
static bool leads(const struct annot_tokens *t)
{
	return t->n > 0 && (annot_token_is(&t->tokens[t->n - 1], ":") ||
			    annot_token_is(&t->tokens[t->n - 1], ",") ||
			    annot_token_is(&t->tokens[t->n - 1], "："));
}

static void take(const struct annot_tokens *t, size_t at, const struct annot_finding *f,
		 struct annot_quoted *q)
{
	const struct annot_token *first = &t->tokens[f->who.from],
				 *last = &t->tokens[f->who.to - 1];
	q->speaker[0] = at + first->start;
	q->speaker[1] = at + last->end;
	if (f->verb < f->verb_end) {
		q->verb[0] = at + t->tokens[f->verb].start;
		q->verb[1] = at + t->tokens[f->verb_end - 1].end;
	}
	q->inferred = first == last && annot_is_third_person(first);
}

/* The last one named as speaking in bytes [start, end): whom "he" means. */
static enum annot_status resolve(struct annot_arena *arena, struct annot_bytes text, size_t start,
				 size_t end, size_t ret[2], struct annot_error *err)
{
	struct annot_tokens t;
	bool found = false;
	start = end - start > RESOLVE_BYTES ? end - RESOLVE_BYTES : start;
	while (!annot_utf8_boundary((const char *)text.data, text.len, start))
		start++;
	TRY(annot_tokens_read(arena, annot_bytes(text.data + start, end - start), &t, err));
	for (size_t i = t.n; i-- > 0 && !found;) {
		size_t from = i, to = i;
		struct annot_finding f;
		while (from > 0 && i - from < VERB_WORDS_MAX &&
		       !annot_ends_sentence(&t, from - 1) && !annot_begins_paragraph(&t, from))
			from--;
		while (to < t.n && to - i < PHRASE_WORDS_MAX && !annot_ends_sentence(&t, to))
			to++;
		found = annot_attribute_by(&t, from, to, i, &f) &&
			annot_has_capital(&t, f.who.from, f.who.to);
		if (found) {
			ret[0] = start + t.tokens[f.who.from].start;
			ret[1] = start + t.tokens[f.who.to - 1].end;
		}
	}
	/* Else the last name in the paragraph, though no verb says that it speaks. */
	for (size_t i = t.n; i > 0 && !found && (i == t.n || !annot_begins_paragraph(&t, i));) {
		i--;
		struct annot_phrase name = annot_name_at(&t, i, t.n);
		while (name.from > 0 && annot_name_at(&t, name.from - 1, t.n).to == name.to &&
		       !annot_begins_paragraph(&t, name.from))
			name.from--;
		found = name.to > name.from + 1 && !annot_is_possessive(&t.tokens[name.to - 1]);
		if (found) {
			ret[0] = start + t.tokens[name.from].start;
			ret[1] = start + t.tokens[name.to - 1].end;
		}
	}
	annot_tokens_free(&t);
	return ANNOT_OK;
}

/* Behind a full stop inside of the marks a new sentence begins, which need not be about the quote.
 */
static bool goes_on(const struct annot_surroundings *s, const struct annot_tokens *behind,
		    const struct annot_quoted *q)
{
	bool stopped = q->bytes[1] > 0 && s->text.data[q->bytes[1] - 1] == '.';
	return behind->n > 0 && (!stopped || !behind->tokens[0].capital);
}

static enum annot_status find(struct annot_arena *arena, const struct annot_surroundings *s,
			      struct annot_quoted *q, bool *ret_found, struct annot_error *err)
{
	struct annot_tokens before, behind = {0};
	struct annot_finding f;
	TRY(annot_tokens_read(arena, annot_bytes(s->text.data + s->before, s->start - s->before),
			      &before, err));
	enum annot_status status = annot_tokens_read(
		arena, annot_bytes(s->text.data + s->end, s->after - s->end), &behind, err);
	*ret_found = true;
	if (status != ANNOT_OK)
		*ret_found = false;
	else if (leads(&before) && (find_before(&before, &f) || annot_attribute_label(&before, &f)))
		take(&before, s->before, &f, q);
	else if (goes_on(s, &behind, q) && find_behind(&behind, &f))
		take(&behind, s->end, &f, q);
	else if (find_before(&before, &f))
		take(&before, s->before, &f, q);
	else
		*ret_found = false;
	annot_tokens_free(&before);
	annot_tokens_free(&behind);
	return status;
}

enum annot_status annot_attribute(struct annot_arena *arena, const struct annot_surroundings *s,
				  const size_t last[2], struct annot_quoted *q,
				  struct annot_error *err)
{
	bool found;
	size_t named[2] = {0, 0};
	TRY(find(arena, s, q, &found, err));
	if (found && !q->inferred)
		return ANNOT_OK;
	/* "he said": the last one named since the last quote, else its speaker. A quotation that
	 * goes on in the same paragraph: that one too. */
	q->inferred = true;
	if (found)
		TRY(resolve(arena, s->text, s->last_end, s->start, named, err));
	if (named[0] == named[1] && (found || s->near)) {
		named[0] = last[0];
		named[1] = last[1];
	}
	if (named[0] < named[1]) {
		q->speaker[0] = named[0];
		q->speaker[1] = named[1];
	}
	return ANNOT_OK;
}

/* The last word, if it is a name: not "the Western official". */
static const struct annot_token *family_name(const struct annot_tokens *t)
{
	for (size_t i = t->n; i-- > 0;)
		if (!is_mark(&t->tokens[i]))
			return t->tokens[i].kind == ANNOT_TOKEN_SIGN ||
					       annot_has_capital(t, i, i + 1)
				       ? &t->tokens[i]
				       : NULL;
	return NULL;
}

static bool has_word(const struct annot_tokens *t, const struct annot_token *word)
{
	for (size_t i = 0; i < t->n; i++)
		if (annot_token_same(&t->tokens[i], word))
			return true;
	return false;
}

enum annot_same_speaker annot_speaker_compare(struct annot_bytes a, struct annot_bytes b)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(SPEAKER_ARENA);
	struct annot_tokens x = {0}, y = {0};
	enum annot_same_speaker answer = ANNOT_SPEAKER_UNCLEAR;
	if (arena && annot_tokens_read(arena, a, &x, NULL) == ANNOT_OK &&
	    annot_tokens_read(arena, b, &y, NULL) == ANNOT_OK) {
		const struct annot_token *in_x = family_name(&x), *in_y = family_name(&y);
		if (in_x && in_y)
			answer = has_word(&y, in_x) || has_word(&x, in_y) ? ANNOT_SPEAKER_AGREES
									  : ANNOT_SPEAKER_DIFFERS;
	}
	annot_tokens_free(&x);
	annot_tokens_free(&y);
	return answer;
}
