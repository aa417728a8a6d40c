#include "quote/tokens.h"

#include <stdlib.h>

#include "base/auto.h"
#include "text/category.h"
#include "text/utf8.h"

enum { TOKENS_FIRST = 64 };

struct reader {
	struct annot_arena *arena;
	struct annot_tokens *t;
	const char *text; /* folded */
	size_t len, at, cap;
	bool no_memory;
};

static uint32_t hash_of(enum annot_token_kind kind, const char *key, size_t len)
{
	uint32_t hash = 2166136261U ^ (uint32_t)kind; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)key[i]) * 16777619U;
	return hash;
}

void annot_token_rename(struct annot_token *t, enum annot_token_kind kind, const char *key,
			size_t len)
{
	t->kind = (uint8_t)kind;
	t->key = key;
	t->key_len = (uint32_t)len;
	t->hash = hash_of(kind, key, len);
}

bool annot_token_is(const struct annot_token *t, const char *word)
{
	return t->key_len == strlen(word) && memcmp(t->key, word, t->key_len) == 0;
}

static enum annot_category category_at(const struct reader *r, size_t at, size_t *next)
{
	*next = at;
	if (at >= r->len)
		return ANNOT_CATEGORY_SPACE;
	return annot_category(annot_utf8_next(r->text, r->len, next));
}

/*
 * Adds folded bytes [from, to) as a token, with the marks that combine with its last character.
 * NULL without memory, and for what stands for the same bytes of the source as the token before
 * ("ŉ" is folded to an apostrophe and a letter).
 */
static struct annot_token *add(struct reader *r, enum annot_token_kind kind, size_t from, size_t to)
{
	struct annot_tokens *t = r->t;
	size_t start, end, next;
	while (to < r->len && category_at(r, to, &next) == ANNOT_CATEGORY_MARK)
		to = next;
	r->at = to;
	annot_folded_source(&t->folded, from, to, &start, &end);
	if (t->n > 0 && start < t->tokens[t->n - 1].end)
		return NULL;
	if (t->n == r->cap) {
		size_t cap = r->cap * 2;
		struct annot_token *tokens = reallocarray(t->tokens, cap, sizeof(*tokens));
		if (!tokens) {
			r->no_memory = true;
			return NULL;
		}
		t->tokens = tokens;
		r->cap = cap;
	}
	struct annot_token *token = &t->tokens[t->n];
	*token = (struct annot_token){.folded = (uint32_t)from,
				      .folded_len = (uint32_t)(to - from),
				      .start = (uint32_t)start,
				      .end = (uint32_t)end};
	annot_token_rename(token, kind, r->text + from, to - from);
	token->glued = t->n > 0 && from == token[-1].folded + token[-1].folded_len;
	t->n++;
	return token;
}

static bool is_letter(enum annot_category c)
{
	return c == ANNOT_CATEGORY_LETTER || c == ANNOT_CATEGORY_UPPER || c == ANNOT_CATEGORY_MARK;
}

/* Behind the letters at at. */
static size_t skip_letters(const struct reader *r, size_t at)
{
	size_t next;
	while (at < r->len && is_letter(category_at(r, at, &next)))
		at = next;
	return at;
}

/* --- ellipses --- */

/* Behind the dots at at (with single spaces between them); how many there are. */
static size_t skip_dots(const struct reader *r, size_t at, size_t *ret_n)
{
	size_t n = 0, end = at;
	while (at < r->len) {
		if (n > 0 && r->text[at] == ' ')
			at++;
		if (at >= r->len || r->text[at] != '.')
			break;
		end = ++at;
		n++;
	}
	*ret_n = n;
	return end;
}

static bool read_ellipsis(struct reader *r)
{
	char open = r->text[r->at];
	char close = open == '[' ? ']' : ')';
	bool bracketed = open == '[' || open == '(';
	size_t at = r->at + bracketed, n;
	if (bracketed && at < r->len && r->text[at] == ' ')
		at++;
	at = skip_dots(r, at, &n);
	if (n < (bracketed ? 2 : 3))
		return false;
	if (bracketed) {
		if (at < r->len && r->text[at] == ' ')
			at++;
		if (at >= r->len || r->text[at++] != close)
			return false;
	}
	struct annot_token *token = add(r, ANNOT_TOKEN_ELLIPSIS, r->at, at);
	if (token)
		annot_token_rename(token, ANNOT_TOKEN_ELLIPSIS, "...", 3);
	return true;
}

/* --- words --- */

/* French and Italian words that lose their vowel before an apostrophe: a word of their own. */
static bool is_elided(struct annot_bytes word)
{
	static const char *const elided[] = {"c",      "d",      "j",      "l",    "m",
					     "n",      "s",      "t",      "qu",   "jusqu",
					     "lorsqu", "puisqu", "quoiqu", "dell", "all",
					     "nell",   "sull",   "dall",   "quell"};
	for (size_t i = 0; i < COUNT(elided); i++)
		if (word.len == strlen(elided[i]) && memcmp(word.data, elided[i], word.len) == 0)
			return true;
	return false;
}

/* What English contractions leave of a word, and what they stand for. */
static const struct contraction {
	const char *end, *stem, *whole, *then;
} contractions[] = {
	{"n't", "ca", "can", "not"}, {"n't", "wo", "will", "not"}, {"n't", "sha", "shall", "not"},
	{"n't", NULL, NULL, "not"},  {"'ll", NULL, NULL, "will"},  {"'re", NULL, NULL, "are"},
	{"'ve", NULL, NULL, "have"}, {"'m", "i", "i", "am"},       {"not", "can", "can", "not"},
	{"'s", "it", NULL, "is"},    {"'s", "that", NULL, "is"},   {"'s", "there", NULL, "is"},
	{"'s", "he", NULL, "is"},    {"'s", "she", NULL, "is"},    {"'s", "what", NULL, "is"},
	{"'s", "who", NULL, "is"},   {"'s", "here", NULL, "is"},   {"'s", "where", NULL, "is"},
};

/* Adds the word [from, to) as the two that it contracts; false if it is none of these. */
static bool add_contraction(struct reader *r, size_t from, size_t to)
{
	const char *word = r->text + from;
	for (size_t i = 0; i < COUNT(contractions); i++) {
		const struct contraction *c = &contractions[i];
		size_t end = strlen(c->end), stem = to - from - end;
		if (to - from <= end || memcmp(word + stem, c->end, end) != 0 ||
		    (c->stem && (stem != strlen(c->stem) || memcmp(word, c->stem, stem) != 0)))
			continue;
		struct annot_token *token = add(r, ANNOT_TOKEN_WORD, from, from + stem);
		if (token && c->whole)
			annot_token_rename(token, ANNOT_TOKEN_WORD, c->whole, strlen(c->whole));
		if (token)
			token->stem = true;
		token = add(r, ANNOT_TOKEN_WORD, from + stem, to);
		if (token)
			annot_token_rename(token, ANNOT_TOKEN_WORD, c->then, strlen(c->then));
		return true;
	}
	return false;
}

/* Behind "[letters]" at at; at itself if that does not stand there. */
static size_t skip_bracketed(const struct reader *r, size_t at)
{
	if (at >= r->len || r->text[at] != '[')
		return at;
	size_t end = skip_letters(r, at + 1);
	return end > at + 1 && end < r->len && r->text[end] == ']' ? end + 1 : at;
}

/* A word of which letters are in brackets, "[T]he", "win[ning]": the key is without these. */
static void add_edited(struct reader *r, size_t from, size_t to)
{
	char *key = annot_arena_alloc(r->arena, to - from);
	struct annot_token *token = add(r, ANNOT_TOKEN_WORD, from, to);
	r->no_memory = r->no_memory || !key;
	if (!token || !key)
		return;
	size_t n = 0;
	for (size_t i = from; i < to; i++)
		if (r->text[i] != '[' && r->text[i] != ']')
			key[n++] = r->text[i];
	annot_token_rename(token, ANNOT_TOKEN_WORD, key, n);
	token->edited = true;
}

static bool read_word(struct reader *r)
{
	size_t from = r->at, at = skip_letters(r, from), next;
	size_t bracketed = skip_bracketed(r, at);
	if (bracketed > at && (at > from || skip_letters(r, bracketed) > bracketed)) {
		add_edited(r, from, skip_letters(r, bracketed));
		return true;
	}
	if (at == from)
		return false;
	while (at + 1 < r->len && r->text[at] == '\'' && is_letter(category_at(r, at + 1, &next))) {
		if (is_elided(annot_bytes(r->text + from, at - from))) {
			at++;
			break;
		}
		at = skip_letters(r, at + 1);
	}
	if (!add_contraction(r, from, at))
		add(r, ANNOT_TOKEN_WORD, from, at);
	return true;
}

/* --- numbers --- */

static size_t skip_digits(const struct reader *r, size_t at)
{
	size_t next;
	while (at < r->len && category_at(r, at, &next) == ANNOT_CATEGORY_DIGIT)
		at = next;
	return at;
}

/* Behind a number with its separators: "1,000.5", "1 000", "1.000,5", "1'000". */
static size_t skip_number(const struct reader *r, size_t from)
{
	size_t at = skip_digits(r, from);
	bool spaced = at - from <= 3;
	while (at < r->len) {
		char c = r->text[at];
		size_t end = skip_digits(r, at + 1);
		bool separates = c == '.' || c == ',' || c == '\'';
		bool groups = c == ' ' && spaced && end - at == 4;
		if (end == at + 1 || (!separates && !groups))
			break;
		spaced = spaced && c == ' ';
		at = end;
	}
	return at;
}

/* Writes a number without grouping and with a point before decimals; false if that is not clear. */
static bool plain_number(const char *text, size_t len, char *ret, size_t *ret_len)
{
	size_t kinds[128] = {0}, n = 0, last = len, group = 0, groups = 0;
	for (size_t i = 0; i < len; i++) {
		if ((uint8_t)text[i] >= 0x80)
			return false; /* digits of another script stay as they are */
		if (text[i] >= '0' && text[i] <= '9') {
			group++;
			continue;
		}
		kinds[(uint8_t)text[i]]++;
		if (groups++ > 0 && group != 3)
			return false;
		group = 0;
		last = i;
	}
	bool only = last < len && kinds[(uint8_t)text[last]] == groups;
	bool decimal = last < len && kinds[(uint8_t)text[last]] == 1 &&
		       (groups > 1 || group != 3 || (last == 1 && text[0] == '0'));
	if (last < len && !decimal && (group != 3 || !only))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] >= '0' && text[i] <= '9')
			ret[n++] = text[i];
		else if (decimal && i == last)
			ret[n++] = '.';
	}
	*ret_len = n;
	return true;
}

static void read_number(struct reader *r)
{
	static const char *const ordinals[] = {"st", "nd", "rd", "th"};
	size_t from = r->at, at = skip_number(r, from), end = at;
	for (size_t i = 0; i < COUNT(ordinals); i++)
		if (at + 2 <= r->len && memcmp(r->text + at, ordinals[i], 2) == 0 &&
		    skip_letters(r, at) == at + 2)
			end = at + 2;
	char *key = annot_arena_alloc(r->arena, at - from + 1);
	struct annot_token *token = add(r, ANNOT_TOKEN_NUMBER, from, end);
	r->no_memory = r->no_memory || !key;
	if (!key || !token)
		return;
	size_t n = at - from;
	if (!plain_number(r->text + from, at - from, key, &n)) {
		n = at - from;
		memcpy(key, r->text + from, n);
	}
	if (end > at)
		key[n++] = '.';
	annot_token_rename(token, ANNOT_TOKEN_NUMBER, key, n);
	token->meanings = end > at ? ANNOT_MEANS_ORDINAL : ANNOT_MEANS_UNIT;
}

/* --- the rest --- */

/* Signs of money and degree: with a number they say how much. */
static bool is_unit(uint32_t cp)
{
	return cp == '$' || (cp >= 0xA2 && cp <= 0xA5) || cp == 0xB0 ||
	       (cp >= 0x20A0 && cp <= 0x20CF);
}

static void read_mark(struct reader *r)
{
	size_t next = r->at;
	uint32_t cp = annot_utf8_next(r->text, r->len, &next);
	enum annot_category category = annot_category(cp);
	enum annot_token_kind kind = ANNOT_TOKEN_SYMBOL;
	if (cp == '[')
		kind = ANNOT_TOKEN_OPEN;
	else if (cp == ']')
		kind = ANNOT_TOKEN_CLOSE;
	else if (category == ANNOT_CATEGORY_PUNCTUATION && (cp >= 0x80 || !strchr("%#&@", (int)cp)))
		kind = ANNOT_TOKEN_PUNCTUATION;
	struct annot_token *token = add(r, kind, r->at, next);
	if (!token)
		return;
	if (cp == '%')
		token->meanings = ANNOT_MEANS_PERCENT;
	else if (category == ANNOT_CATEGORY_NUMERAL || is_unit(cp))
		token->meanings = ANNOT_MEANS_AMOUNT;
}

static void read_one(struct reader *r)
{
	size_t next, from = r->at;
	enum annot_category category = category_at(r, from, &next);
	if (category == ANNOT_CATEGORY_SPACE) {
		r->at = next;
	} else if (category == ANNOT_CATEGORY_SIGN) {
		size_t end = next;
		while (end < r->len && category_at(r, end, &next) == ANNOT_CATEGORY_MARK)
			end = next;
		add(r, ANNOT_TOKEN_SIGN, from, end);
	} else if (category == ANNOT_CATEGORY_DIGIT) {
		read_number(r);
	} else if (!read_ellipsis(r) && !read_word(r)) {
		read_mark(r);
	}
}

enum annot_status annot_tokens_read(struct annot_arena *arena, struct annot_bytes text,
				    struct annot_tokens *ret, struct annot_error *err)
{
	struct annot_tokens t = {.text = text};
	TRY(annot_fold((const char *)text.data, text.len, &t.folded, err));
	struct reader r = {.arena = arena, .t = &t, .text = t.folded.text, .len = t.folded.len};
	/* Never NULL, so that the place behind the last token is one of an array. */
	t.tokens = calloc(TOKENS_FIRST, sizeof(*t.tokens));
	r.cap = t.tokens ? TOKENS_FIRST : 0;
	r.no_memory = !t.tokens;
	while (r.at < r.len && !r.no_memory)
		read_one(&r);
	if (r.no_memory) {
		annot_tokens_free(&t);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the words of %zu bytes",
				  text.len);
	}
	annot_tokens_mark(&t);
	*ret = t;
	return ANNOT_OK;
}

void annot_tokens_free(struct annot_tokens *t)
{
	annot_folded_free(&t->folded);
	free(t->tokens);
	*t = (struct annot_tokens){0};
}
