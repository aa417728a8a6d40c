#include "quote/alter.h"

#include "base/auto.h"
#include "quote/classify.h"
#include "text/category.h"
#include "text/utf8.h"

enum { SENTENCE_WORDS = 3 };

static const struct named {
	const char *name, *text;
} results[] =
	{
#define RESULT(NAME, name, text) {name, text},
#include "quote/alter.def"
#undef RESULT
},
  classes[] =
	  {
#define DIFFERENCE(NAME, name, text) {name, text},
#include "quote/alter.def"
#undef DIFFERENCE
},
  flags[] = {
#define FLAG(NAME, name, text) {name, text},
#include "quote/alter.def"
#undef FLAG
};

const char *annot_alter_result_name(enum annot_alter_result result)
{
	return results[result].name;
}

const char *annot_alter_result_text(enum annot_alter_result result)
{
	return results[result].text;
}

const char *annot_difference_name(enum annot_difference_class class_)
{
	return classes[class_].name;
}

const char *annot_alter_flag_name(enum annot_alter_flag flag)
{
	return flags[flag].name;
}

/* Without white space at the ends. */
static struct annot_bytes trim(struct annot_bytes b)
{
	const char *text = (const char *)b.data;
	size_t from = 0, to = b.len;
	while (from < to) {
		size_t next = from;
		if (annot_category(annot_utf8_next(text, to, &next)) != ANNOT_CATEGORY_SPACE)
			break;
		from = next;
	}
	while (to > from) {
		size_t last = annot_utf8_back(text, b.len, to, 1), at = last;
		if (annot_category(annot_utf8_next(text, b.len, &at)) != ANNOT_CATEGORY_SPACE)
			break;
		to = last;
	}
	return annot_bytes(b.data + from, to - from);
}

static enum annot_status check(struct annot_bytes words, struct annot_bytes source, size_t start,
			       size_t end, struct annot_error *err)
{
	size_t valid = annot_utf8_valid(words.data, words.len);
	if (valid < words.len)
		return annot_fail(err, ANNOT_INVALID, "the quote is not UTF-8 at byte %zu", valid);
	if (words.len > ANNOT_ALTER_WORDS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "a quote of %zu bytes; at most %d",
				  words.len, ANNOT_ALTER_WORDS_MAX);
	if (start > end || end > source.len)
		return annot_fail(err, ANNOT_INVALID,
				  "bytes %zu to %zu are no place in a source of %zu bytes", start,
				  end, source.len);
	if (end - start > ANNOT_ALTER_SOURCE_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "a place of %zu bytes; at most %d",
				  end - start, ANNOT_ALTER_SOURCE_MAX);
	if (!annot_utf8_boundary((const char *)source.data, source.len, start) ||
	    !annot_utf8_boundary((const char *)source.data, source.len, end))
		return annot_fail(err, ANNOT_INVALID,
				  "byte %zu or %zu of the source is inside of a character", start,
				  end);
	return ANNOT_OK;
}

/* Bytes [*from, *to) of the source are looked at: whole words, as far as context reaches. */
static enum annot_status window(struct annot_bytes source, size_t start, size_t end, size_t *from,
				size_t *to, struct annot_error *err)
{
	const char *text = (const char *)source.data;
	*from = start > ANNOT_ALTER_CONTEXT ? start - ANNOT_ALTER_CONTEXT : 0;
	*to = source.len - end > ANNOT_ALTER_CONTEXT ? end + ANNOT_ALTER_CONTEXT : source.len;
	while (!annot_utf8_boundary(text, source.len, *from))
		++*from;
	while (!annot_utf8_boundary(text, source.len, *to))
		--*to;
	for (size_t at = *from; *from > 0 && at < start; at++)
		if (text[at] == ' ' || text[at] == '\n') {
			*from = at;
			break;
		}
	for (size_t at = *to; *to < source.len && at > end; at--)
		if (text[at - 1] == ' ' || text[at - 1] == '\n') {
			*to = at;
			break;
		}
	size_t valid = annot_utf8_valid(text + *from, *to - *from);
	if (valid < *to - *from)
		return annot_fail(err, ANNOT_INVALID, "the source is not UTF-8 at byte %zu",
				  *from + valid);
	return ANNOT_OK;
}

/* Bytes of one side from its words in steps [first, end), or the empty place where they would be.
 */
static void range_of(const struct annot_comparison *c, const struct annot_hunk *h, bool quote,
		     size_t *ret)
{
	const struct annot_tokens *t = quote ? c->quote : c->source;
	enum annot_align_op absent = quote ? ANNOT_ALIGN_SOURCE : ANNOT_ALIGN_QUOTE;
	bool any = false;
	for (size_t i = h->first; i < h->end; i++) {
		const struct annot_align_step *s = &c->steps[i];
		const struct annot_token *token = &t->tokens[quote ? s->quote : s->source];
		if (s->op == absent)
			continue;
		ret[0] = any ? ret[0] : token->start;
		ret[1] = token->end;
		any = true;
	}
	if (any)
		return;
	const struct annot_align_step *s = &c->steps[h->first];
	size_t next = quote ? s->quote : s->source;
	ret[0] = ret[1] = next > 0 ? t->tokens[next - 1].end : 0;
}

/* Words left out that are more than a slip, many or a sentence: parts that were put together. */
static bool is_apart(const struct annot_comparison *c, const struct annot_hunk *h)
{
	bool ends = false;
	if (h->class_ != ANNOT_DIFFERENCE_OMISSION || h->first == 0 || h->end == c->n)
		return false;
	for (size_t i = h->first - 1; i < h->end && c->steps[i].op != ANNOT_ALIGN_QUOTE; i++) {
		const struct annot_token *t = &c->source->tokens[c->steps[i].source];
		ends = ends || (t->kind == ANNOT_TOKEN_PUNCTUATION && strchr(".!?", t->key[0]));
	}
	return h->end - h->first >= (ends ? SENTENCE_WORDS : ANNOT_ALTER_APART_WORDS);
}

/* Result, flags and widest gap from all hunks. */
static void sum_up(const struct annot_comparison *c, const struct annot_hunk *hunks, size_t n,
		   struct annot_alteration *ret)
{
	bool seen[ANNOT_DIFFERENCE_CLASSES] = {false}, apart = false, altered = false;
	for (size_t i = 0; i < n; i++) {
		const struct annot_hunk *h = &hunks[i];
		size_t source[2];
		range_of(c, h, false, source);
		bool gap = h->class_ == ANNOT_DIFFERENCE_ELLIPSIS || is_apart(c, h);
		if (gap && source[1] - source[0] > ret->apart)
			ret->apart = source[1] - source[0];
		seen[h->class_] = true;
		apart = apart || is_apart(c, h) ||
			(gap && source[1] - source[0] > ANNOT_ALTER_ELIDED_MAX);
		altered = altered || h->class_ == ANNOT_DIFFERENCE_INSERTION ||
			  h->class_ == ANNOT_DIFFERENCE_SUBSTITUTION ||
			  (h->class_ == ANNOT_DIFFERENCE_OMISSION && !is_apart(c, h));
		ret->flags |= h->flags;
	}
	ret->result = apart                                ? ANNOT_ALTER_SPLICED
		      : altered                            ? ANNOT_ALTER_ALTERED
		      : seen[ANNOT_DIFFERENCE_BRACKET]     ? ANNOT_ALTER_BRACKETED
		      : seen[ANNOT_DIFFERENCE_ELLIPSIS]    ? ANNOT_ALTER_ELIDED
		      : seen[ANNOT_DIFFERENCE_INTERLEAVED] ? ANNOT_ALTER_INTERLEAVED
							   : ANNOT_ALTER_TYPOGRAPHIC;
}

/* Lists the differences, with bytes of the texts as they were given. */
static enum annot_status list(const struct annot_comparison *c, const struct annot_hunk *hunks,
			      size_t n, size_t quote_at, size_t source_at,
			      struct annot_alteration *ret, struct annot_error *err)
{
	ret->cut = ret->cut || n > ANNOT_ALTER_DIFFERENCES_MAX;
	ret->n = n > ANNOT_ALTER_DIFFERENCES_MAX ? ANNOT_ALTER_DIFFERENCES_MAX : n;
	struct annot_difference *listed = annot_arena_array(c->arena, ret->n + 1, sizeof(*listed));
	if (!listed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu differences", n);
	for (size_t i = 0; i < ret->n; i++) {
		struct annot_difference *d = &listed[i];
		*d = (struct annot_difference){.class_ = hunks[i].class_, .flags = hunks[i].flags};
		range_of(c, &hunks[i], true, d->quote);
		range_of(c, &hunks[i], false, d->source);
		for (size_t k = 0; k < 2; k++) {
			d->quote[k] += quote_at;
			d->source[k] += source_at;
		}
	}
	ret->differences = listed;
	return ANNOT_OK;
}

/* The source from the first to the last word that corresponds to one of the quote. */
static void place_of(const struct annot_comparison *c, size_t at, struct annot_alteration *ret)
{
	bool any = false;
	for (size_t i = 0; i < c->n; i++) {
		if (annot_is_final_mark(c, &c->steps[i]) ||
		    (c->steps[i].op != ANNOT_ALIGN_SAME && c->steps[i].op != ANNOT_ALIGN_REPLACE))
			continue;
		const struct annot_token *t = &c->source->tokens[c->steps[i].source];
		ret->source[0] = any ? ret->source[0] : at + t->start;
		ret->source[1] = at + t->end;
		any = true;
	}
}

/* Whether the place has the bytes of the quote, but for the mark that ends it. */
static bool is_exact(const struct annot_comparison *c, size_t source_at,
		     const struct annot_alteration *a)
{
	const struct annot_tokens *q = c->quote;
	size_t len = a->source[1] - a->source[0], all = q->text.len;
	for (size_t i = 0; i < c->n; i++)
		if (annot_is_final_mark(c, &c->steps[i]))
			all = q->tokens[q->n - 2].end;
	return len == all &&
	       memcmp(c->source->text.data + a->source[0] - source_at, q->text.data, len) == 0;
}

static enum annot_status compare(struct annot_arena *arena, const struct annot_tokens *quote,
				 const struct annot_tokens *source, size_t from, size_t to,
				 size_t quote_at, size_t source_at, struct annot_alteration *ret,
				 struct annot_error *err)
{
	struct annot_alignment alignment;
	struct annot_hunk *hunks;
	size_t n;
	TRY(annot_align(arena, quote, source, from, to, &alignment, err));
	struct annot_comparison c = {arena, quote, source, alignment.steps, alignment.n};
	ret->cut = alignment.cut;
	TRY(annot_classify(&c, &hunks, &n, err));
	TRY(annot_flag_hunks(&c, hunks, n, err));
	sum_up(&c, hunks, n, ret);
	place_of(&c, source_at, ret);
	if (ret->result == ANNOT_ALTER_TYPOGRAPHIC && is_exact(&c, source_at, ret))
		ret->result = ANNOT_ALTER_EXACT;
	return list(&c, hunks, n, quote_at, source_at, ret, err);
}

static bool has_words(const struct annot_tokens *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->tokens[i].kind <= ANNOT_TOKEN_NUMBER)
			return true;
	return false;
}

/* How many words begin before a byte. */
static size_t words_before(const struct annot_tokens *t, size_t at)
{
	size_t n = 0;
	while (n < t->n && t->tokens[n].start < at)
		n++;
	return n;
}

/* The words are not, byte for byte, those of the place. */
static enum annot_status alter(struct annot_arena *arena, struct annot_bytes words,
			       struct annot_bytes source, size_t start, size_t end,
			       struct annot_tokens *q, struct annot_tokens *s,
			       struct annot_alteration *ret, struct annot_error *err)
{
	struct annot_bytes quote = trim(words);
	size_t from, to;
	TRY(window(source, start, end, &from, &to, err));
	TRY(annot_tokens_read(arena, quote, q, err));
	TRY(annot_tokens_read(arena, annot_bytes(source.data + from, to - from), s, err));
	if (!has_words(q))
		return annot_fail(err, ANNOT_INVALID, "no word in the quote");
	unsigned languages = annot_tokens_languages(q, s);
	TRY(annot_tokens_weigh(arena, q, languages, err));
	TRY(annot_tokens_weigh(arena, s, languages, err));
	return compare(arena, q, s, words_before(s, start - from), words_before(s, end - from),
		       (size_t)(quote.data - words.data), from, ret, err);
}

enum annot_status annot_alter(struct annot_arena *arena, struct annot_bytes words,
			      struct annot_bytes source, size_t start, size_t end,
			      struct annot_alteration *ret, struct annot_error *err)
{
	TRY(check(words, source, start, end, err));
	struct annot_bytes quote = trim(words);
	struct annot_bytes place = trim(annot_bytes(source.data + start, end - start));
	struct annot_alteration answer = {.result = ANNOT_ALTER_EXACT, .source = {start, end}};
	struct annot_tokens q = {0}, s = {0};
	enum annot_status status = ANNOT_OK;
	if (quote.len > 0 && quote.len == place.len &&
	    memcmp(quote.data, place.data, quote.len) == 0) {
		answer.source[0] = (size_t)(place.data - source.data);
		answer.source[1] = answer.source[0] + place.len;
	} else {
		status = alter(arena, words, source, start, end, &q, &s, &answer, err);
	}
	annot_tokens_free(&q);
	annot_tokens_free(&s);
	if (status == ANNOT_OK)
		*ret = answer;
	return status;
}
