/* Tokens: what their neighbours say of them. */
#include "quote/tokens.h"

#include "text/category.h"
#include "text/utf8.h"

enum { EDITOR_MAX = 64 };

/* What stands between a pair of square brackets that is not too far apart is the editor's. */
static void mark_editor(struct annot_tokens *t)
{
	size_t open = 0;
	bool is_open = false;
	for (size_t i = 0; i < t->n; i++) {
		if (t->tokens[i].kind == ANNOT_TOKEN_OPEN) {
			open = i;
			is_open = true;
		} else if (t->tokens[i].kind == ANNOT_TOKEN_CLOSE && is_open) {
			is_open = false;
			for (size_t j = open; i - open <= EDITOR_MAX && j <= i; j++)
				t->tokens[j].editor = true;
		}
	}
}

/* Whether a sentence begins behind token i: a full stop, but not that of "Mr." or "U.S.". */
static bool ends_sentence(const struct annot_tokens *t, size_t i)
{
	const struct annot_token *token = &t->tokens[i];
	if (token->kind == ANNOT_TOKEN_OPEN || token->kind == ANNOT_TOKEN_ELLIPSIS)
		return true;
	if (token->kind != ANNOT_TOKEN_PUNCTUATION || strchr(",;-/", token->key[0]))
		return false;
	bool abbreviated =
		token->key[0] == '.' && i > 0 && token[-1].capital && token[-1].key_len <= 3;
	return !abbreviated;
}

/* Where nearly every word has a capital (a headline), capitals say nothing. */
static void mark_names(struct annot_tokens *t)
{
	size_t words = 0, capitals = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct annot_token *token = &t->tokens[i];
		if (token->kind != ANNOT_TOKEN_WORD)
			continue;
		size_t at = token->start + (t->text.data[token->start] == '[');
		uint32_t first = annot_utf8_next((const char *)t->text.data, t->text.len, &at);
		token->capital = annot_category(first) == ANNOT_CATEGORY_UPPER;
		token->name =
			token->capital && token->key_len > 1 && i > 0 && !ends_sentence(t, i - 1);
		words++;
		capitals += token->capital;
	}
	if (words >= 4 && capitals * 5 > words * 3)
		for (size_t i = 0; i < t->n; i++)
			t->tokens[i].name = false;
}

static void mark_breaks(struct annot_tokens *t)
{
	size_t from = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct annot_token *token = &t->tokens[i];
		for (size_t at = from; at < token->start; at++)
			if (t->text.data[at] == '\n' || t->text.data[at] == '\f')
				token->breaks = true;
		from = token->end;
	}
}

static void count_languages(struct annot_tokens *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->tokens[i].kind != ANNOT_TOKEN_WORD)
			continue;
		size_t n;
		const struct annot_lexeme *rows =
			annot_lexicon_find(annot_bytes(t->tokens[i].key, t->tokens[i].key_len), &n);
		for (size_t k = 0; k < n; k++)
			t->languages[rows[k].language]++;
	}
}

void annot_tokens_mark(struct annot_tokens *t)
{
	mark_editor(t);
	mark_names(t);
	mark_breaks(t);
	count_languages(t);
}
