#include "text/find.h"

#include <limits.h>
#include <stdlib.h>

#include <edlib.h>

#include "base/auto.h"
#include "text/fold.h"
#include "text/utf8.h"

enum { WORDS_MAX = 64 * 1024, SCORE_FULL = 1000, SCORE_LEAST = 500 };

/* Fewer code points than this are like something in every text. */
enum { NEAREST_WORDS_LEAST = 4 };

/* Code points as letters of edlib's alphabet of bytes: 0 is in no words, the last one is shared. */
enum { LETTER_OTHER = 0, LETTER_LAST = 255, UNICODE_SIZE = 0x110000 };

/* The first place of words at from or later, in *at. */
static bool find_bytes(struct annot_bytes text, struct annot_bytes words, size_t from, size_t *at)
{
	const uint8_t *p = memmem(text.data + from, text.len - from, words.data, words.len);
	if (p)
		*at = (size_t)(p - text.data);
	return p;
}

/* Places may overlap: "ana" stands twice in "banana". */
static size_t find_exact(struct annot_bytes text, struct annot_bytes words, struct annot_found *ret,
			 size_t max)
{
	size_t n = 0;
	for (size_t at = 0; n < max && find_bytes(text, words, at, &at); at++)
		ret[n++] = (struct annot_found){at, at + words.len, ANNOT_FIND_EXACT, SCORE_FULL};
	return n;
}

static size_t find_folded(const struct annot_folded *text, struct annot_bytes words,
			  struct annot_found *ret, size_t max)
{
	size_t n = 0;
	struct annot_bytes bytes = annot_bytes(text->text, text->len);
	for (size_t at = 0; n < max && find_bytes(bytes, words, at, &at); at++) {
		struct annot_found found = {.how = ANNOT_FIND_FOLDED, .score = SCORE_FULL};
		annot_folded_source(text, at, at + words.len, &found.start, &found.end);
		/* Both letters of a ligature are the same place. */
		if (n > 0 && ret[n - 1].start == found.start && ret[n - 1].end == found.end)
			continue;
		ret[n++] = found;
	}
	return n;
}

/* A text as letters for edlib, one byte a code point. */
struct letters {
	char *letters;
	int n;
};

/* Gives each code point of the words a letter of its own, as long as there are any. */
static uint8_t *make_alphabet(struct annot_bytes words)
{
	uint8_t *alphabet = calloc(UNICODE_SIZE, 1);
	unsigned last = LETTER_OTHER;
	for (size_t at = 0; alphabet && at < words.len;) {
		uint32_t cp = annot_utf8_next((const char *)words.data, words.len, &at);
		if (alphabet[cp] == LETTER_OTHER)
			alphabet[cp] = (uint8_t)(last < LETTER_LAST ? ++last : LETTER_LAST);
	}
	return alphabet;
}

static enum annot_status spell(struct annot_bytes text, const uint8_t *alphabet,
			       struct letters *ret, struct annot_error *err)
{
	size_t n = annot_utf8_chars((const char *)text.data, text.len);
	if (n > INT_MAX / 2)
		return annot_fail(err, ANNOT_TOO_LARGE, "text of %zu code points; at most %d", n,
				  INT_MAX / 2);
	char *letters = malloc(n + 1);
	if (!letters)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu code points", n);
	for (size_t at = 0, i = 0; at < text.len; i++)
		letters[i] =
			(char)alphabet[annot_utf8_next((const char *)text.data, text.len, &at)];
	*ret = (struct letters){.letters = letters, .n = (int)n};
	return ANNOT_OK;
}

static void reverse(char *s, int n)
{
	for (int i = 0; i < n - 1 - i; i++) {
		char c = s[i];
		s[i] = s[n - 1 - i];
		s[n - 1 - i] = c;
	}
}

static enum annot_status align(const struct letters *words, const char *text, int n, int k,
			       EdlibAlignMode mode, EdlibAlignTask task, EdlibAlignResult *ret,
			       struct annot_error *err)
{
	*ret = edlibAlign(words->letters, words->n, text, n,
			  edlibNewAlignConfig(k, mode, task, NULL, 0));
	if (ret->status != EDLIB_STATUS_OK)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for aligning %d code points",
				  words->n);
	return ANNOT_OK;
}

/*
 * The first place where the words end with the fewest edits, at most k: *distance and *end (behind
 * it), *distance -1 if there is none. Of ends that follow one another the last counts, up to as
 * many as there are edits: the others would cut a changed end off. Only ends are asked for: edlib
 * would look for the start of each, of which a text of repeats has as many as letters.
 */
static enum annot_status find_end(const struct letters *words, const struct letters *text, int k,
				  int *distance, int *end, struct annot_error *err)
{
	EdlibAlignResult found;
	TRY(align(words, text->letters, text->n, k, EDLIB_MODE_HW, EDLIB_TASK_DISTANCE, &found,
		  err));
	*distance = found.numLocations > 0 ? found.editDistance : -1;
	int last = 0;
	while (last + 1 < found.numLocations && last < found.editDistance &&
	       found.endLocations[last + 1] == found.endLocations[last] + 1)
		last++;
	if (*distance >= 0)
		*end = found.endLocations[last] + 1;
	edlibFreeAlignResult(found);
	return ANNOT_OK;
}

/* The start that belongs to an end: of equally near ones the one with a length most like the
 * words'. */
static enum annot_status find_start(struct letters *words, struct letters *text, int distance,
				    int end, int *start, struct annot_error *err)
{
	int window = words->n + distance < end ? words->n + distance : end;
	EdlibAlignResult found;
	reverse(words->letters, words->n);
	reverse(text->letters + end - window, window);
	enum annot_status status = align(words, text->letters + end - window, window, distance,
					 EDLIB_MODE_SHW, EDLIB_TASK_DISTANCE, &found, err);
	reverse(words->letters, words->n);
	reverse(text->letters + end - window, window);
	TRY(status);
	int best = -1;
	for (int i = 0; i < found.numLocations; i++) {
		int len = found.endLocations[i] + 1;
		if (best < 0 || abs(len - words->n) < abs(best - words->n))
			best = len;
	}
	edlibFreeAlignResult(found);
	if (best < 0)
		return annot_fail(err, ANNOT_INTERNAL, "an alignment was not found backwards");
	*start = end - best;
	return ANNOT_OK;
}

/* Edits between words and place, both folded, by code point: letters may stand for several. */
static enum annot_status count_edits(struct annot_bytes words, struct annot_bytes place,
				     const struct letters *word_letters, const char *place_letters,
				     int place_n, int *ret, struct annot_error *err)
{
	EdlibAlignResult path;
	TRY(align(word_letters, place_letters, place_n, -1, EDLIB_MODE_NW, EDLIB_TASK_PATH, &path,
		  err));
	int edits = 0;
	size_t w = 0, p = 0;
	for (int i = 0; i < path.alignmentLength; i++) {
		unsigned char op = path.alignment[i];
		uint32_t a = 0, b = 0;
		if (op != EDLIB_EDOP_DELETE && w < words.len)
			a = annot_utf8_next((const char *)words.data, words.len, &w);
		if (op != EDLIB_EDOP_INSERT && p < place.len)
			b = annot_utf8_next((const char *)place.data, place.len, &p);
		edits += op != EDLIB_EDOP_MATCH || a != b;
	}
	edlibFreeAlignResult(path);
	*ret = edits;
	return ANNOT_OK;
}

/* Where in the folded text the words stand with edits: [*from, *to) and the score, 0 if nowhere. */
static enum annot_status locate(const struct annot_folded *text, struct annot_bytes words,
				struct letters *w, struct letters *t, size_t *from, size_t *to,
				unsigned *score, struct annot_error *err)
{
	int distance = -1, start = 0, end = 0, edits = 0;
	/* Few edits first: that is quick, and what most words need. */
	TRY(find_end(w, t, w->n / 8, &distance, &end, err));
	if (distance < 0)
		TRY(find_end(w, t, w->n / 2, &distance, &end, err));
	if (distance < 0)
		return ANNOT_OK;
	TRY(find_start(w, t, distance, end, &start, err));
	*from = annot_utf8_from_chars(text->text, text->len, (size_t)start);
	*to = annot_utf8_forward(text->text, text->len, *from, (size_t)(end - start));
	/* A space at an end is never part of words. */
	for (; start < end && text->text[*from] == ' '; start++)
		++*from;
	for (; start < end && text->text[*to - 1] == ' '; end--)
		--*to;
	if (start == end)
		return ANNOT_OK;
	TRY(count_edits(words, annot_bytes(text->text + *from, *to - *from), w, t->letters + start,
			end - start, &edits, err));
	int longer = end - start > w->n ? end - start : w->n;
	*score = edits < longer ? (unsigned)((int64_t)SCORE_FULL * (longer - edits) / longer) : 0;
	return ANNOT_OK;
}

static enum annot_status find_nearest(const struct annot_folded *text, struct annot_bytes words,
				      struct annot_found *ret, size_t *ret_n,
				      struct annot_error *err)
{
	*ret_n = 0;
	AUTO_FREE uint8_t *alphabet = make_alphabet(words);
	if (!alphabet)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for an alphabet");
	struct letters w = {0}, t = {0};
	size_t from = 0, to = 0;
	unsigned score = 0;
	enum annot_status status = spell(words, alphabet, &w, err);
	if (status == ANNOT_OK && w.n >= NEAREST_WORDS_LEAST)
		status = spell(annot_bytes(text->text, text->len), alphabet, &t, err);
	if (status == ANNOT_OK && t.n > 0)
		status = locate(text, words, &w, &t, &from, &to, &score, err);
	if (status == ANNOT_OK && score >= SCORE_LEAST) {
		*ret = (struct annot_found){.how = ANNOT_FIND_NEAREST, .score = score};
		annot_folded_source(text, from, to, &ret->start, &ret->end);
		*ret_n = 1;
	}
	free(w.letters);
	free(t.letters);
	return status;
}

/* The folded words without white space at their ends. */
static struct annot_bytes trimmed(const struct annot_folded *words)
{
	struct annot_bytes b = annot_bytes(words->text, words->len);
	if (b.len > 0 && b.data[0] == ' ')
		b = annot_bytes(b.data + 1, b.len - 1);
	if (b.len > 0 && b.data[b.len - 1] == ' ')
		b.len--;
	return b;
}

static enum annot_status find_in_folds(const char *text, size_t len, const char *words,
				       size_t words_len, struct annot_found *ret, size_t max,
				       size_t *ret_n, struct annot_error *err)
{
	struct annot_folded folded_text = {0}, folded_words = {0};
	enum annot_status status = annot_fold(words, words_len, &folded_words, err);
	struct annot_bytes wanted = trimmed(&folded_words);
	size_t n = 0;
	if (status == ANNOT_OK && wanted.len > 0)
		status = annot_fold(text, len, &folded_text, err);
	if (status == ANNOT_OK && folded_text.len > 0) {
		n = find_folded(&folded_text, wanted, ret, max);
		if (n == 0)
			status = find_nearest(&folded_text, wanted, ret, &n, err);
	}
	if (status == ANNOT_OK)
		*ret_n = n;
	annot_folded_free(&folded_text);
	annot_folded_free(&folded_words);
	return status;
}

static enum annot_status check_utf8(const char *what, const char *text, size_t len,
				    struct annot_error *err)
{
	size_t valid = annot_utf8_valid(text, len);
	if (valid == len)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_INVALID, "%s: not UTF-8 at byte %zu", what, valid);
}

enum annot_status annot_find(const char *text, size_t len, const char *words, size_t words_len,
			     struct annot_found *ret, size_t max, size_t *ret_n,
			     struct annot_error *err)
{
	if (words_len == 0 || words_len > WORDS_MAX)
		return annot_fail(err, ANNOT_INVALID, "words to find: %zu bytes; 1 to %d are taken",
				  words_len, WORDS_MAX);
	TRY(check_utf8("words to find", words, words_len, err));
	TRY(check_utf8("text", text, len, err));
	if (max > ANNOT_FIND_MAX)
		max = ANNOT_FIND_MAX;
	size_t n = 0;
	if (len > 0 && max > 0)
		n = find_exact(annot_bytes(text, len), annot_bytes(words, words_len), ret, max);
	if (n == 0 && len > 0 && max > 0)
		return find_in_folds(text, len, words, words_len, ret, max, ret_n, err);
	*ret_n = n;
	return ANNOT_OK;
}
