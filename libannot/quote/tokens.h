/*
 * A text divided into what is compared: words, numbers, signs of scripts without spaces between
 * words, marks, ellipses, square brackets; each with its bytes in the source and a key that is
 * equal for what counts as the same word (folded, contractions written out, numbers by value).
 */
#ifndef ANNOT_QUOTE_TOKENS_H
#define ANNOT_QUOTE_TOKENS_H

#include "base/arena.h"
#include "quote/lexicon.h"
#include "text/fold.h"

enum annot_token_kind {
	ANNOT_TOKEN_WORD,
	ANNOT_TOKEN_SIGN,
	ANNOT_TOKEN_NUMBER,
	ANNOT_TOKEN_SYMBOL,
	ANNOT_TOKEN_PUNCTUATION,
	ANNOT_TOKEN_ELLIPSIS, /* "…", "...", "[…]", "(...)" */
	ANNOT_TOKEN_OPEN,     /* "[" and "]" */
	ANNOT_TOKEN_CLOSE,
};

struct annot_token {
	const char *key;
	uint32_t key_len, hash;      /* hash of key and kind */
	uint32_t folded, folded_len; /* in the folded text */
	uint32_t start, end;         /* bytes of the source */
	uint16_t meanings;           /* of enum annot_meaning */
	uint8_t kind;
	bool glued : 1;   /* nothing stands between this and the one before */
	bool breaks : 1;  /* a line break does */
	bool editor : 1;  /* between square brackets, or one */
	bool stem : 1;    /* what a contraction leaves of a word: "ca" of "can't" */
	bool edited : 1;  /* a word of which letters are between square brackets */
	bool capital : 1; /* begins with one */
	bool name : 1;    /* a capitalised word that does not begin a sentence */
};

struct annot_tokens {
	struct annot_bytes text; /* the source, of the caller */
	struct annot_folded folded;
	struct annot_token *tokens;
	size_t n;
	size_t languages[ANNOT_LANGUAGES]; /* words of the lexicon that each has */
};

/*
 * Divides valid UTF-8; text must stay where it is. NO_MEMORY, TOO_LARGE (ANNOT_FOLD_TEXT_MAX, or
 * over the arena's maximum). Keys that are not folded text live in the arena; free the rest with
 * annot_tokens_free.
 */
ANNOT_CHECKED enum annot_status annot_tokens_read(struct annot_arena *arena,
						  struct annot_bytes text, struct annot_tokens *ret,
						  struct annot_error *err);
void annot_tokens_free(struct annot_tokens *t);

/* Sets editor, capital, name and breaks of all tokens, and counts languages: part of reading. */
void annot_tokens_mark(struct annot_tokens *t);

/* A set (1 << language) of those that two texts are most likely in: all if nothing tells. */
unsigned annot_tokens_languages(const struct annot_tokens *a, const struct annot_tokens *b);

/* Gives words their meanings in these languages, and writes the parts of a number as one token.
 * NO_MEMORY. */
ANNOT_CHECKED enum annot_status annot_tokens_weigh(struct annot_arena *arena,
						   struct annot_tokens *t, unsigned languages,
						   struct annot_error *err);

static inline bool annot_token_same(const struct annot_token *a, const struct annot_token *b)
{
	return a->hash == b->hash && a->key_len == b->key_len &&
	       memcmp(a->key, b->key, a->key_len) == 0;
}

/* Whether a key is this word. */
bool annot_token_is(const struct annot_token *t, const char *word);

/* Gives a token another key (which stays the caller's) and kind. */
void annot_token_rename(struct annot_token *t, enum annot_token_kind kind, const char *key,
			size_t len);

#endif
