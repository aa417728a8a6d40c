/* Tokens: languages, meanings, and numbers of several parts ("three million", "per cent"). */
#include "quote/tokens.h"

#include <inttypes.h>
#include <stdlib.h>

unsigned annot_tokens_languages(const struct annot_tokens *a, const struct annot_tokens *b)
{
	size_t most = 0;
	unsigned set = 0;
	for (size_t i = 0; i < ANNOT_LANGUAGE_ANY; i++)
		if (a->languages[i] + b->languages[i] > most)
			most = a->languages[i] + b->languages[i];
	for (unsigned i = 0; i < ANNOT_LANGUAGES; i++)
		if ((a->languages[i] + b->languages[i]) * 4 >= most * 3)
			set |= 1U << i;
	return set | 1U << ANNOT_LANGUAGE_ANY;
}

/* The meanings of a word in the languages; *ret_value is that of the last number among them. */
static unsigned meanings_of(struct annot_bytes word, unsigned languages, uint64_t *ret_value)
{
	size_t n;
	unsigned meanings = 0;
	const struct annot_lexeme *rows = annot_lexicon_find(word, &n);
	for (size_t i = 0; i < n; i++) {
		/* What may be a negation in any language is taken for one. */
		if (!(languages & 1U << rows[i].language)) {
			meanings |= rows[i].meanings & ANNOT_MEANS_NEGATION;
			continue;
		}
		/* One word is one number: that of the first language. */
		unsigned number = ANNOT_MEANS_CARDINAL | ANNOT_MEANS_ORDINAL;
		bool taken = (meanings & number) && (rows[i].meanings & number);
		meanings |= taken ? rows[i].meanings & ~number : rows[i].meanings;
		if (!taken && (rows[i].meanings & number))
			*ret_value = rows[i].value;
	}
	return meanings;
}

/* A number while its parts are read. */
struct number {
	uint64_t total, group; /* what scales have closed, and what stands behind the last */
	uint64_t scale;        /* the last one */
	unsigned last;         /* meaning of the last part */
	unsigned decimals;     /* of the digits that it began with */
	size_t parts;
	bool digits; /* began with them */
};

static bool multiply(uint64_t a, uint64_t b, uint64_t *ret)
{
	return !__builtin_mul_overflow(a, b, ret);
}

static bool add_scale(struct number *n, uint64_t value)
{
	uint64_t group = n->group > 0 || n->digits ? n->group : 1, product;
	if ((n->parts > 0 && n->group == 0) || (n->scale && value >= n->scale) ||
	    !multiply(group, value, &product))
		return false;
	for (; n->decimals > 0; n->decimals--) {
		if (product % 10 != 0)
			return false;
		product /= 10;
	}
	if (__builtin_add_overflow(n->total, product, &n->total))
		return false;
	n->group = 0;
	n->scale = value;
	return true;
}

/* Whether the part goes on with the number; if so it is in it. */
static bool add_part(struct number *n, unsigned meaning, uint64_t value)
{
	if (meaning & ANNOT_MEANS_SCALE) {
		if (!add_scale(n, value))
			return false;
	} else if (n->digits) {
		return false;
	} else if (meaning & ANNOT_MEANS_HUNDRED) {
		if (n->group >= 100 || (n->parts > 0 && n->group == 0 && n->scale == 0))
			return false;
		n->group = (n->group ? n->group : 1) * 100;
	} else {
		uint64_t tens = n->group % 100;
		/* quatre-vingts; soixante-dix */
		bool score = tens == 4 && n->group < 100 && value == 20;
		bool long_tens = (tens == 60 || tens == 80) && value < 20;
		bool unit = value < 10 && tens >= 20 && tens % 10 == 0;
		if (n->parts > 0 && tens != 0 && !score && !long_tens && !unit)
			return false;
		if (n->parts > 0 && n->group == 0 && n->scale == 0)
			return false; /* behind "zero" */
		n->group = score ? 80 : n->group + value;
	}
	n->parts++;
	n->last = meaning;
	return true;
}

/* Begins with a token that is a whole or decimal number in digits, without signs or leading 0. */
static bool begin_digits(struct number *n, const struct annot_token *t)
{
	if (t->kind != ANNOT_TOKEN_NUMBER || (t->meanings & ANNOT_MEANS_ORDINAL) ||
	    t->key_len > 18 || (t->key[0] == '0' && t->key_len > 1 && t->key[1] != '.'))
		return false;
	*n = (struct number){.parts = 1, .digits = true, .last = ANNOT_MEANS_UNIT};
	bool decimal = false;
	for (size_t i = 0; i < t->key_len; i++) {
		bool digit = t->key[i] >= '0' && t->key[i] <= '9';
		if (!digit && (t->key[i] != '.' || decimal))
			return false;
		decimal = decimal || !digit;
		if (!digit)
			continue;
		n->group = n->group * 10 + (uint64_t)(t->key[i] - '0');
		n->decimals += decimal;
	}
	return true;
}

/* What one token is as a part of a number; 0 if it is none. */
static unsigned part_of(const struct annot_token *t, unsigned languages, uint64_t *ret)
{
	if (t->kind != ANNOT_TOKEN_WORD || t->edited)
		return 0;
	struct annot_bytes word = annot_bytes(t->key, t->key_len);
	unsigned meaning = meanings_of(word, languages, ret) & ANNOT_MEANS_CARDINAL;
	if (!meaning && (languages & 1U << ANNOT_LANGUAGE_DE) && annot_lexicon_compound(word, ret))
		return ANNOT_MEANS_UNIT;
	return meaning;
}

/* Tokens at i between two parts of a number: "-", "and". */
static size_t connector(const struct annot_tokens *t, size_t i, unsigned last)
{
	if (i + 1 >= t->n)
		return 0;
	const struct annot_token *token = &t->tokens[i];
	if (annot_token_is(token, "-"))
		return token->glued && token[1].glued;
	if (last & ANNOT_MEANS_UNIT)
		return 0;
	return annot_token_is(token, "and") || annot_token_is(token, "et") ||
	       annot_token_is(token, "y");
}

static bool name_number(struct annot_arena *arena, const struct number *n, struct annot_token *t)
{
	uint64_t value;
	if (__builtin_add_overflow(n->total, n->group, &value))
		return true; /* stays as it is written */
	char *key = annot_arena_printf(arena, "%" PRIu64, value);
	if (key)
		annot_token_rename(t, ANNOT_TOKEN_NUMBER, key, strlen(key));
	return key;
}

/*
 * Reads the number of words, or digits and words, at token i into *to, which is token i or one
 * before it; returns how many tokens it takes, 0 if there is none, or if memory is out.
 */
static size_t take_number(struct annot_arena *arena, struct annot_tokens *t, size_t i,
			  unsigned languages, struct annot_token *to, bool *no_memory)
{
	struct number n = {0};
	uint64_t value = 0;
	unsigned meaning = part_of(&t->tokens[i], languages, &value);
	size_t end = i + 1;
	if (!begin_digits(&n, &t->tokens[i])) {
		n = (struct number){0};
		/* Words like "hundred" alone are numbers too, but "cent" or "mila" may not be. */
		if (!meaning || !add_part(&n, meaning, value))
			return 0;
	}
	while (end < t->n) {
		size_t next = end + connector(t, end, n.last);
		meaning = part_of(&t->tokens[next], languages, &value);
		if (!meaning || !add_part(&n, meaning, value))
			break;
		end = next + 1;
	}
	if (n.digits && n.parts == 1)
		return 0;
	struct annot_token token = t->tokens[i];
	const struct annot_token *last = &t->tokens[end - 1];
	token.folded_len = last->folded + last->folded_len - token.folded;
	token.end = last->end;
	token.meanings = ANNOT_MEANS_UNIT;
	token.name = false;
	*no_memory = !name_number(arena, &n, &token);
	*to = token;
	return end - i;
}

/* "per cent" and its like, as the sign. */
static bool is_percent(const struct annot_tokens *t, size_t i)
{
	static const char *const words[][2] = {{"per", "cent"},
					       {"pour", "cent"},
					       {"por", "ciento"},
					       {"por", "cento"},
					       {"per", "cento"}};
	for (size_t k = 0; i + 1 < t->n && k < sizeof(words) / sizeof(words[0]); k++)
		if (annot_token_is(&t->tokens[i], words[k][0]) &&
		    annot_token_is(&t->tokens[i + 1], words[k][1]))
			return true;
	return false;
}

/* A sign means what it means alone or together with the one before it. */
static void weigh_sign(struct annot_tokens *t, struct annot_token *token, bool first)
{
	uint64_t value;
	const char *key = token->key;
	size_t len = token->key_len;
	token->meanings |= meanings_of(annot_bytes(key, len), ~0U, &value);
	if (!first && token[-1].kind == ANNOT_TOKEN_SIGN && token->glued)
		token->meanings |= meanings_of(
			annot_bytes(t->folded.text + token[-1].folded,
				    token->folded + token->folded_len - token[-1].folded),
			~0U, &value);
}

static bool weigh_word(struct annot_arena *arena, struct annot_token *token, unsigned languages)
{
	uint64_t value = 0;
	token->meanings |= meanings_of(annot_bytes(token->key, token->key_len), languages, &value);
	if (token->meanings & ANNOT_MEANS_PERCENT)
		annot_token_rename(token, ANNOT_TOKEN_SYMBOL, "%", 1);
	if (!(token->meanings & ANNOT_MEANS_ORDINAL) || token->edited)
		return true;
	char *key = annot_arena_printf(arena, "%" PRIu64 ".", value);
	if (key)
		annot_token_rename(token, ANNOT_TOKEN_NUMBER, key, strlen(key));
	return key;
}

enum annot_status annot_tokens_weigh(struct annot_arena *arena, struct annot_tokens *t,
				     unsigned languages, struct annot_error *err)
{
	size_t n = 0;
	bool no_memory = false;
	for (size_t i = 0; i < t->n && !no_memory;) {
		struct annot_token *to = &t->tokens[n];
		size_t taken = 0;
		if (is_percent(t, i)) {
			const struct annot_token *second = &t->tokens[i + 1];
			*to = t->tokens[i];
			to->folded_len = second->folded + second->folded_len - to->folded;
			to->end = second->end;
			to->meanings = ANNOT_MEANS_PERCENT;
			annot_token_rename(to, ANNOT_TOKEN_SYMBOL, "%", 1);
			taken = 2;
		} else {
			taken = take_number(arena, t, i, languages, to, &no_memory);
		}
		if (taken == 0) {
			*to = t->tokens[i];
			if (to->kind == ANNOT_TOKEN_WORD)
				no_memory = !weigh_word(arena, to, languages);
			else if (to->kind == ANNOT_TOKEN_SIGN)
				weigh_sign(t, to, n == 0);
			taken = 1;
		}
		n++;
		i += taken;
	}
	t->n = n;
	return no_memory
		       ? annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the words of a quote")
		       : ANNOT_OK;
}
