#include "quote/classify.h"

enum {
	LINE_WORDS_MAX = 14,
	PAGE_WORDS_MAX = 40,
	ATTRIBUTION_WORDS_MAX = 30,
	NOTE_DIGITS_MAX = 3,
	WORD_LETTERS_MIN = 3
};

static bool is_mark(const struct annot_token *t)
{
	return t->kind == ANNOT_TOKEN_PUNCTUATION || t->kind == ANNOT_TOKEN_OPEN ||
	       t->kind == ANNOT_TOKEN_CLOSE || t->kind == ANNOT_TOKEN_ELLIPSIS;
}

static bool is_quote_mark(const struct annot_token *t)
{
	return t->kind == ANNOT_TOKEN_PUNCTUATION && (t->key[0] == '"' || t->key[0] == '\'');
}

/* "[12]", "(3)", "*", "¹", and "12" glued to the end of a word: "economy12". */
static bool is_note_mark(const struct annot_tokens *s, size_t from, size_t to)
{
	bool marked = false;
	for (size_t i = from; i < to; i++) {
		const struct annot_token *t = &s->tokens[i];
		bool number = t->kind == ANNOT_TOKEN_NUMBER && t->key_len <= NOTE_DIGITS_MAX;
		bool framed = i > from && i + 1 < to && is_mark(&t[-1]) && is_mark(&t[1]) &&
			      strchr("[(", t[-1].key[0]);
		bool behind = t->glued && i > 0 &&
			      (is_mark(&t[-1]) || (t[-1].kind == ANNOT_TOKEN_WORD &&
						   t[-1].key_len >= WORD_LETTERS_MIN));
		bool raised = t->kind == ANNOT_TOKEN_SYMBOL && t->key_len > 1 && t->glued &&
			      (t->key[0] == '\xC2' || t->key[0] == '\xE2') && i > 0;
		bool star =
			annot_token_is(t, "*") || annot_token_is(t, "†") || annot_token_is(t, "‡");
		if (!is_mark(t) && !(number && (framed || behind)) && !raised)
			return false;
		marked = marked || !is_mark(t) || star;
	}
	return marked;
}

/* Line ends before a token; those before and behind a page's foot and head are several. */
static size_t lines_before(const struct annot_tokens *s, size_t i)
{
	size_t n = 0;
	for (size_t at = i > 0 ? s->tokens[i - 1].end : 0; at < s->tokens[i].start; at++)
		n += s->text.data[at] == '\n' || s->text.data[at] == '\f';
	return n;
}

/* Whether a line begins or ends with a number, and has few words. */
static bool is_page_line(const struct annot_tokens *s, size_t from, size_t to, size_t *words)
{
	const struct annot_token *first = NULL, *last = NULL;
	size_t n = 0;
	for (size_t i = from; i < to; i++) {
		if (is_mark(&s->tokens[i]))
			continue;
		first = first ? first : &s->tokens[i];
		last = &s->tokens[i];
		n++;
	}
	*words += n;
	return n > 0 && n <= LINE_WORDS_MAX &&
	       (first->kind == ANNOT_TOKEN_NUMBER || last->kind == ANNOT_TOKEN_NUMBER);
}

/* Whole lines between line ends, one of them with a page's number; several are set off by blank
 * lines. */
static bool is_page_break(const struct annot_tokens *s, size_t from, size_t to)
{
	size_t lines = 0, words = 0;
	bool numbered = false;
	if (!s->tokens[from].breaks || (to < s->n && !s->tokens[to].breaks))
		return false;
	for (size_t i = from, end; i < to; i = end) {
		for (end = i + 1; end < to && !s->tokens[end].breaks;)
			end++;
		numbered = is_page_line(s, i, end, &words) || numbered;
		lines++;
	}
	bool set_off = lines_before(s, from) > 1 && (to == s->n || lines_before(s, to) > 1);
	return numbered && words <= PAGE_WORDS_MAX && (lines == 1 || set_off);
}

/* `," he said, "`: from a closing quotation mark to an opening one. */
static bool is_attribution(const struct annot_tokens *s, size_t from, size_t to)
{
	while (from < to && is_mark(&s->tokens[from]) && !is_quote_mark(&s->tokens[from]))
		from++;
	while (from < to && is_mark(&s->tokens[to - 1]) && !is_quote_mark(&s->tokens[to - 1]))
		to--;
	if (to - from < 3 || to - from > ATTRIBUTION_WORDS_MAX || to == s->n)
		return false;
	const struct annot_token *first = &s->tokens[from], *last = &s->tokens[to - 1];
	if (!is_quote_mark(first) || !is_quote_mark(last) || !first->glued || !last[1].glued ||
	    last->glued)
		return false;
	for (size_t i = from + 1; i + 1 < to; i++)
		if (s->tokens[i].key[0] == '"')
			return false;
	return true;
}

bool annot_is_debris(const struct annot_tokens *source, size_t from, size_t to)
{
	return from < to && (is_note_mark(source, from, to) || is_page_break(source, from, to) ||
			     is_attribution(source, from, to));
}
