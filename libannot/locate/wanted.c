#include "locate/wanted.h"

#include <stdlib.h>

#include "anchor/lanes.h"
#include "base/auto.h"
#include "text/utf8.h"

enum {
	FULL = 1000,
	/* Of the bytes that the words take: what may hide between letters, and that besides. */
	REACH_TIMES = 2,
	REACH_LEAST = 256,
	SLACK_LEAST = 32,
	SLACK_PART = 3,
	/* Where words end, they may have grown by so much: one part in … */
	SLACK = 2,
};

struct annot_wanted {
	struct annot_bytes words; /* a copy */
	struct annot_alphabet alphabet;
	struct annot_letters read;
	const annot_letter *letters; /* of read, without spaces at the ends */
	size_t n, edits;
	size_t lead;               /* bytes of the words before the first letter */
	struct annot_bytes folded; /* the bytes of those letters */
	struct annot_pattern head,
		back;              /* the first piece, forwards and backwards; n 0: no edits */
	struct annot_letters text; /* that is searched; its memory serves the next one */
	uint16_t *distances;       /* of the first piece to what ends with each of its letters */
	size_t distances_cap;
};

/* --- the words --- */

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

static size_t first_piece(const struct annot_wanted *w)
{
	return w->n < ANNOT_LOCATE_PIECE ? w->n : ANNOT_LOCATE_PIECE;
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
	TRY(trim(w, err));
	if (w->n < ANNOT_LOCATE_EDITS_LEAST)
		return ANNOT_OK;
	w->edits = w->n * max_edits / FULL;
	if (w->edits == 0)
		return ANNOT_OK;
	size_t n = first_piece(w);
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

/* --- a text --- */

struct finding {
	const struct annot_wanted *w;
	const struct annot_letters *text;
	size_t *work;
	bool cut, full;
	annot_wanted_take take;
	void *data;
	/* The valley of distances that is being passed; distance SIZE_MAX: none. */
	size_t first_end, end, distance, apart, limit;
	size_t taken_to; /* letters before it belong to a place that was taken */
	enum annot_status status;
	struct annot_error *err;
};

static bool spend(struct finding *f, size_t steps)
{
	if (steps > *f->work) {
		*f->work = 0;
		f->cut = f->full = true;
		return false;
	}
	*f->work -= steps;
	return true;
}

/* If the very bytes are at the place, with spaces and marks at their ends that letters say nothing
 * of, takes exactly those. */
static void take_bytes(const struct finding *f, struct annot_found *place)
{
	struct annot_bytes words = f->w->words;
	size_t from = place->end > words.len ? place->end - words.len : 0;
	size_t to =
		f->text->len - place->start > words.len ? place->start + words.len : f->text->len;
	if (from > place->start)
		from = place->start;
	if (to < place->end)
		to = place->end;
	const char *found = memmem(f->text->text + from, to - from, words.data, words.len);
	if (!found)
		return;
	place->start = (size_t)(found - f->text->text);
	place->end = place->start + words.len;
	place->how = ANNOT_FIND_EXACT;
}

static void take_place(struct finding *f, size_t from, size_t to, size_t edits)
{
	size_t longer = to - from > f->w->n ? to - from : f->w->n;
	struct annot_found place = {.how = edits ? ANNOT_FIND_NEAREST : ANNOT_FIND_FOLDED,
				    .score = (unsigned)((longer - edits) * FULL / longer)};
	annot_letters_source(f->text, from, to, &place.start, &place.end);
	if (edits == 0)
		take_bytes(f, &place);
	f->taken_to = to;
	if (!f->take(f->data, &place))
		f->full = true;
}

/* Places of the folded words, one behind the other. */
static void find_folded(struct finding *f)
{
	const struct annot_folded *folded = &f->text->folded;
	struct annot_bytes words = f->w->folded;
	for (size_t at = 0; !f->full && at + words.len <= folded->len; at += words.len) {
		const char *p = memmem(folded->text + at, folded->len - at, words.data, words.len);
		if (!p)
			return;
		at = (size_t)(p - folded->text);
		size_t letter = annot_letters_at(f->text, at);
		if (spend(f, words.len))
			take_place(f, letter, letter + f->w->n, 0);
	}
}

/* The rest of words that are longer than a piece: each piece from where the one before it ends.
 * *edits goes on from those of the first; above what is allowed it stops. */
static enum annot_status compare_rest(struct finding *f, size_t *to, size_t *edits)
{
	const struct annot_wanted *w = f->w;
	uint16_t distances[ANNOT_LOCATE_PIECE + ANNOT_LOCATE_PIECE / SLACK + 1];
	for (size_t done = first_piece(w); done < w->n && *edits <= w->edits;) {
		struct annot_pattern piece;
		size_t n = w->n - done < ANNOT_LOCATE_PIECE ? w->n - done : ANNOT_LOCATE_PIECE;
		size_t room = f->text->n - *to, reach = n + n / SLACK;
		if (reach > room)
			reach = room;
		TRY(annot_pattern_new(&w->alphabet, w->letters + done, n, false, &piece, f->err));
		if (spend(f, (reach + n) * piece.blocks)) {
			annot_pattern_distances(&piece, f->text->letters + *to, reach, distances);
			size_t at = annot_pattern_nearest(distances, reach, n);
			*edits += distances[at];
			*to += at;
		} else {
			*edits = w->edits + 1;
		}
		annot_pattern_free(&piece);
		done += n;
	}
	return ANNOT_OK;
}

/* A space at an end is never part of the words. */
static void trim_place(const struct finding *f, size_t *from, size_t *to)
{
	annot_letter space = f->w->alphabet.of[' '];
	while (*from < *to && f->text->letters[*from] == space)
		++*from;
	while (*from < *to && f->text->letters[*to - 1] == space)
		--*to;
}

/* The end of a valley: the first piece of the words ends there. */
static void leave_valley(struct finding *f)
{
	const struct annot_wanted *w = f->w;
	size_t n = w->back.n + f->distance, to = f->end, edits = f->distance;
	if (f->distance == SIZE_MAX || f->full || f->status != ANNOT_OK)
		return;
	f->distance = SIZE_MAX;
	if (n > to)
		n = to;
	if (!spend(f, n * w->back.blocks))
		return;
	size_t from = to - annot_pattern_start(&w->back, f->text->letters + to, to, edits);
	if (w->n > w->back.n)
		f->status = compare_rest(f, &to, &edits);
	if (f->status != ANNOT_OK || edits > w->edits)
		return;
	trim_place(f, &from, &to);
	if (from < to && from + (to - from) / 2 >= f->taken_to)
		take_place(f, from, to, edits);
}

/*
 * Ends of the first piece in the text: the best of each valley of distances. Of equally good ones
 * that follow one another the last counts, up to as many as there are edits: the others would cut a
 * changed end off.
 */
static void note_end(struct finding *f, size_t end, size_t distance)
{
	if (f->distance != SIZE_MAX && end - f->end >= f->apart)
		leave_valley(f);
	if (f->full || f->status != ANNOT_OK)
		return;
	if (f->distance == SIZE_MAX || distance < f->distance)
		f->first_end = f->end = end;
	else if (distance == f->distance && end == f->end + 1 && end - f->first_end <= distance)
		f->end = end;
	if (f->distance == SIZE_MAX || distance < f->distance)
		f->distance = distance;
}

static void find_near(struct finding *f)
{
	const struct annot_wanted *w = f->w;
	size_t most = *f->work / w->head.blocks, n = f->text->n;
	/* Of a long quote the first piece may have all the edits, but not be all edits. */
	f->limit = w->edits < w->head.n / 2 ? w->edits : w->head.n / 2;
	if (n > most) {
		n = most;
		f->cut = true;
	}
	if (!spend(f, n * w->head.blocks))
		return;
	if (!annot_lanes_scan(&w->head, f->text->letters, n, f->limit, ANNOT_LANES_BEST,
			      w->distances))
		return;
	for (size_t i = 0; i < n && !f->full && f->status == ANNOT_OK; i++)
		if (w->distances[i] != ANNOT_LANES_NONE)
			note_end(f, i + 1, w->distances[i]);
	leave_valley(f);
}

static enum annot_status read_text(struct annot_wanted *w, struct annot_bytes text,
				   struct annot_error *err)
{
	TRY(annot_letters_again(&w->alphabet, (const char *)text.data, text.len, &w->text, err));
	if (w->edits == 0 || w->text.n <= w->distances_cap)
		return ANNOT_OK;
	free(w->distances);
	w->distances_cap = w->text.n;
	w->distances = calloc(w->distances_cap, sizeof *w->distances);
	if (w->distances)
		return ANNOT_OK;
	w->distances_cap = 0;
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a text of %zu bytes", text.len);
}

enum annot_status annot_wanted_find(struct annot_wanted *w, struct annot_bytes text, size_t *work,
				    bool *ret_cut, annot_wanted_take take, void *data,
				    struct annot_error *err)
{
	struct finding f = {.w = w,
			    .text = &w->text,
			    .work = work,
			    .take = take,
			    .data = data,
			    .distance = SIZE_MAX,
			    .apart = (first_piece(w) + 1) / 2,
			    .err = err};
	TRY(read_text(w, text, err));
	f.text = &w->text;
	if (w->edits == 0)
		find_folded(&f);
	else
		find_near(&f);
	if (f.status == ANNOT_OK)
		*ret_cut = f.cut;
	return f.status;
}
