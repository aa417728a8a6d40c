#include "locate/wanted_private.h"

#include <stdlib.h>

#include "text/utf8.h"

enum {
	/* Of the bytes that the words take: what may hide between letters, and that besides. */
	REACH_TIMES = 2,
	REACH_LEAST = 256,
	SLACK_LEAST = 32,
	SLACK_PART = 3,
};

static enum annot_status check_words(struct annot_bytes words, struct annot_error *err)
{
	if (words.len == 0 || words.len > ANNOT_LOCATE_WORDS_MAX)
		return annot_fail(err, ANNOT_INVALID,
				  "words to locate: %zu bytes; 1 to %d are taken", words.len,
				  ANNOT_LOCATE_WORDS_MAX);
	size_t valid = annot_utf8_valid(words.data, words.len);
	if (valid < words.len)
		return annot_fail(err, ANNOT_INVALID, "words to locate: not UTF-8 at byte %zu",
				  valid);
	return ANNOT_OK;
}

/* The letters between spaces at the ends. */
static enum annot_status trim(struct annot_wanted *w, struct annot_error *err)
{
	annot_letter space = w->alphabet.of[' '];
	size_t from = 0, to = w->read.n;
	while (from < to && w->read.letters[from] == space)
		from++;
	while (to > from && w->read.letters[to - 1] == space)
		to--;
	if (from == to)
		return annot_fail(err, ANNOT_INVALID,
				  "words to locate: nothing but spaces and invisible characters");
	w->letters = w->read.letters + from;
	w->n = to - from;
	size_t end;
	annot_letters_source(&w->read, from, to, &w->lead, &end);
	size_t first = annot_letters_folded(&w->read, from);
	w->folded = annot_bytes(w->read.folded.text + first,
				annot_letters_folded(&w->read, to) - first);
	return ANNOT_OK;
}

static enum annot_status prepare(struct annot_wanted *w, struct annot_bytes words,
				 unsigned max_edits, struct annot_error *err)
{
	char *copy = malloc(words.len);
	if (!copy)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu bytes of words",
				  words.len);
	memcpy(copy, words.data, words.len);
	w->words = annot_bytes(copy, words.len);
	TRY(annot_alphabet_new(&w->alphabet, err));
	TRY(annot_letters_read(&w->alphabet, copy, words.len, &w->read, err));
	w->alphabet.closed = true; /* other letters need not be told apart */
	w->speller.alphabet = &w->alphabet;
	TRY(trim(w, err));
	if (w->n < ANNOT_LOCATE_EDITS_LEAST)
		return ANNOT_OK;
	w->edits = w->n * max_edits / ANNOT_LOCATE_FULL;
	if (w->edits == 0)
		return ANNOT_OK;
	size_t n = annot_wanted_head(w);
	TRY(annot_pattern_new(&w->alphabet, w->letters, n, false, &w->head, err));
	return annot_pattern_new(&w->alphabet, w->letters, n, true, &w->back, err);
}

enum annot_status annot_wanted_new(struct annot_bytes words, unsigned max_edits,
				   struct annot_wanted **ret, struct annot_error *err)
{
	TRY(check_words(words, err));
	if (max_edits > ANNOT_LOCATE_EDITS_MAX)
		return annot_fail(err, ANNOT_INVALID,
				  "edits: %u per mille of the letters; at most %d are allowed",
				  max_edits, ANNOT_LOCATE_EDITS_MAX);
	struct annot_wanted *w = calloc(1, sizeof(*w));
	if (!w)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for words");
	enum annot_status status = prepare(w, words, max_edits, err);
	if (status != ANNOT_OK)
		annot_wanted_free(w);
	else
		*ret = w;
	return status;
}

struct annot_wanted *annot_wanted_free(struct annot_wanted *w)
{
	if (!w)
		return NULL;
	annot_pattern_free(&w->head);
	annot_pattern_free(&w->back);
	annot_letters_free(&w->read);
	annot_letters_free(&w->text);
	annot_speller_free(&w->speller);
	annot_alphabet_free(&w->alphabet);
	free(w->distances);
	free((void *)w->words.data);
	free(w);
	return NULL;
}

size_t annot_wanted_letters(const struct annot_wanted *w)
{
	return w->n;
}

size_t annot_wanted_edits(const struct annot_wanted *w)
{
	return w->edits;
}

/* Bytes of so many letters, as the words' take. */
static size_t bytes_of(const struct annot_wanted *w, size_t letters)
{
	return letters * w->words.len / w->n;
}

size_t annot_wanted_reach(const struct annot_wanted *w)
{
	return REACH_LEAST + REACH_TIMES * bytes_of(w, w->n + w->edits);
}

size_t annot_wanted_slack(const struct annot_wanted *w)
{
	return SLACK_LEAST + w->lead + bytes_of(w, w->edits) / SLACK_PART;
}

size_t annot_wanted_usual(const struct annot_wanted *w)
{
	return SLACK_LEAST + bytes_of(w, w->n + w->n / 4 + w->edits);
}

size_t annot_wanted_cost(const struct annot_wanted *w, size_t len)
{
	return len * (w->head.blocks + 1);
}

/* Letters beside which a short quote's edits weigh most, and what long ones may have. */
enum { EDITS_HALF = 20, EDITS_LONG = 500, EDITS_DEFAULT_MAX = 450 };

enum annot_status annot_locate_edits(struct annot_bytes words, unsigned *ret,
				     struct annot_error *err)
{
	TRY(check_words(words, err));
	size_t n = annot_utf8_chars((const char *)words.data, words.len);
	size_t edits = EDITS_LONG * n / (n + EDITS_HALF);
	*ret = edits < EDITS_DEFAULT_MAX ? (unsigned)edits : EDITS_DEFAULT_MAX;
	return ANNOT_OK;
}
