#include "anchor/scan.h"

#include <stdlib.h>

#include "anchor/blocks.h"
#include "base/auto.h"
#include "text/utf8.h"

struct annot_scanner {
	struct annot_alphabet alphabet;
	struct annot_letters words;
	size_t words_from; /* of the letters, the first that is no white space */
	struct annot_pattern pattern, back;
	enum annot_lanes_path path;

	size_t limit, max;
	uint64_t steps;
	struct annot_blocks blocks; /* done: nothing that comes can be among the best */
	uint16_t *distances;        /* of a block */
	size_t distances_cap;

	/* The last end so far of a place for which a better one may come. */
	bool pending, placed;
	uint64_t pending_end; /* its last letter */
	struct annot_scan_place place;

	struct annot_scan_place *places;
	size_t n_places;
};

/* --- words --- */

static enum annot_status read_words(struct annot_scanner *s, struct annot_bytes words,
				    struct annot_error *err)
{
	size_t valid = annot_utf8_valid(words.data, words.len), from = 0, to;
	if (valid < words.len)
		return annot_fail(err, ANNOT_INVALID, "words: not UTF-8 at byte %zu", valid);
	TRY(annot_letters_read(&s->alphabet, (const char *)words.data, words.len, &s->words, err));
	s->alphabet.closed = true;
	for (to = s->words.n; to > 0 && s->words.letters[to - 1] == ' '; to--)
		;
	while (from < to && s->words.letters[from] == ' ')
		from++;
	if (from == to)
		return annot_fail(err, ANNOT_INVALID, "words: nothing to look for");
	if (to - from > ANNOT_SCAN_LETTERS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "words of %zu letters; at most %d are taken", to - from,
				  (int)ANNOT_SCAN_LETTERS_MAX);
	s->words_from = from;
	TRY(annot_pattern_new(&s->alphabet, s->words.letters + from, to - from, false, &s->pattern,
			      err));
	return annot_pattern_new(&s->alphabet, s->words.letters + from, to - from, true, &s->back,
				 err);
}

static enum annot_status make(struct annot_scanner *s, struct annot_bytes words,
			      struct annot_error *err)
{
	TRY(annot_alphabet_new(&s->alphabet, err));
	TRY(read_words(s, words, err));
	TRY(annot_blocks_new(&s->alphabet, s->pattern.n + s->pattern.n / 2, &s->blocks, err));
	s->places = calloc(ANNOT_SCAN_PLACES_MAX, sizeof(*s->places));
	if (!s->places)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a scan");
	return ANNOT_OK;
}

enum annot_status annot_scanner_new(struct annot_bytes words, struct annot_scanner **ret,
				    struct annot_error *err)
{
	struct annot_scanner *s = calloc(1, sizeof(*s));
	if (!s)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a scan");
	enum annot_status status = make(s, words, err);
	if (status != ANNOT_OK) {
		annot_scanner_free(s);
		return status;
	}
	annot_scan_begin(s, 0, 1);
	*ret = s;
	return ANNOT_OK;
}

void annot_scanner_free(struct annot_scanner *s)
{
	if (!s)
		return;
	annot_pattern_free(&s->pattern);
	annot_pattern_free(&s->back);
	annot_letters_free(&s->words);
	annot_alphabet_free(&s->alphabet);
	annot_blocks_free(&s->blocks);
	free(s->distances);
	free(s->places);
	free(s);
}

size_t annot_scanner_letters(const struct annot_scanner *s)
{
	return s->pattern.n;
}

void annot_scanner_portable(struct annot_scanner *s)
{
	s->path = ANNOT_LANES_PORTABLE;
}

void annot_scan_begin(struct annot_scanner *s, size_t max_edits, size_t max)
{
	s->limit = max_edits < s->pattern.n / 2 ? max_edits : s->pattern.n / 2;
	s->max = max < ANNOT_SCAN_PLACES_MAX ? max : ANNOT_SCAN_PLACES_MAX;
	s->steps = s->n_places = 0;
	s->pending = false;
	annot_blocks_begin(&s->blocks);
	s->blocks.done = s->max == 0;
}

/* --- places --- */

/* Among the best, after those that are as good; what would come after all of them is not looked for
 * any more. */
static void keep(struct annot_scanner *s)
{
	size_t at = s->n_places;
	while (at > 0 && s->places[at - 1].edits > s->place.edits)
		at--;
	if (at == s->max)
		return;
	size_t n = s->n_places < s->max ? s->n_places++ : s->max - 1;
	memmove(s->places + at + 1, s->places + at, (n - at) * sizeof(*s->places));
	s->places[at] = s->place;
	if (s->n_places < s->max)
		return;
	unsigned worst = s->places[s->max - 1].edits;
	s->blocks.done = worst == 0;
	if (worst > 0 && worst - 1 < s->limit)
		s->limit = worst - 1;
}

/* Where the pending place begins and ends, which stands in these letters. */
static void settle(struct annot_scanner *s, const struct annot_letters *l)
{
	size_t start, end, to = (size_t)(s->pending_end - s->blocks.first) + 1;
	if (!s->pending || s->placed)
		return;
	size_t n = annot_pattern_start(&s->back, l->letters + to, to, s->place.edits);
	annot_letters_source(l, to - n, to, &start, &end);
	s->place.start = s->blocks.offset + start;
	s->place.end = s->blocks.offset + end;
	s->placed = true;
}

/* A letter with which a stretch within the limit ends. */
static void visit(struct annot_scanner *s, const struct annot_letters *l, size_t letter,
		  unsigned edits)
{
	uint64_t end = s->blocks.first + letter;
	if (s->pending && end - s->pending_end >= (s->pattern.n + 1) / 2) {
		settle(s, l);
		keep(s);
		s->pending = false;
	}
	if (s->blocks.done || (s->pending && s->place.edits <= edits))
		return;
	s->pending = true;
	s->placed = false;
	s->pending_end = end;
	s->place.edits = edits;
}

/* The unchanged words among the first n letters, from one on. */
static void visit_exact(struct annot_scanner *s, const struct annot_letters *l, size_t letter,
			size_t n)
{
	size_t m = s->pattern.n, from = annot_letters_folded(&s->words, s->words_from);
	size_t len = annot_letters_folded(&s->words, s->words_from + m) - from;
	while (letter + m <= n) {
		size_t at = annot_letters_folded(l, letter);
		const char *found = memmem(l->folded.text + at, l->folded.len - at,
					   s->words.folded.text + from, len);
		if (!found)
			return;
		letter = annot_letters_at(l, (size_t)(found - l->folded.text));
		if (letter + m > n)
			return;
		visit(s, l, letter + m - 1, 0);
		if (s->blocks.done)
			return;
		/* The next end that may be another place. */
		letter = (size_t)(s->pending_end - s->blocks.first + (m + 1) / 2 + 1 - m);
	}
}

/* --- blocks --- */

static enum annot_status look(void *data, const struct annot_letters *l, size_t from, size_t n,
			      struct annot_error *err)
{
	struct annot_scanner *s = data;
	size_t m = s->pattern.n;
	if (n > s->distances_cap) {
		uint16_t *distances = reallocarray(s->distances, n, sizeof(*distances));
		if (!distances)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a scan");
		s->distances = distances;
		s->distances_cap = n;
	}
	s->steps += (n - from) * s->pattern.blocks;
	if (s->limit == 0) {
		visit_exact(s, l, from + 1 > m ? from + 1 - m : 0, n);
	} else if (annot_lanes_scan(&s->pattern, l->letters, n, s->limit, s->path, s->distances)) {
		for (size_t i = from; i < n; i++)
			if (s->distances[i] != ANNOT_LANES_NONE)
				visit(s, l, i, s->distances[i]);
	}
	settle(s, l);
	return ANNOT_OK;
}

enum annot_status annot_scan_feed(struct annot_scanner *s, struct annot_bytes piece,
				  struct annot_error *err)
{
	return annot_blocks_feed(&s->blocks, piece, look, s, err);
}

enum annot_status annot_scan_end(struct annot_scanner *s, struct annot_error *err)
{
	TRY(annot_blocks_end(&s->blocks, look, s, err));
	if (s->pending && !s->blocks.done)
		keep(s);
	s->pending = false;
	return ANNOT_OK;
}

const struct annot_scan_place *annot_scan_places(const struct annot_scanner *s, size_t *ret_n)
{
	*ret_n = s->n_places;
	return s->places;
}

uint64_t annot_scan_steps(const struct annot_scanner *s)
{
	return s->steps;
}
