/* Every place of words in one text. */
#include <stdlib.h>

#include "anchor/lanes.h"
#include "locate/wanted_private.h"

enum {
	/* Where words end, they may have grown by so much: one part in … */
	SLACK = 2,
	/* Bytes of a text from which on it is spelled alone at first: most of such have no place.
	 */
	SPELLED_LEAST = 2048,
};

struct finding {
	struct annot_wanted *w;
	struct annot_bytes source;
	const annot_letter *letters; /* n of the source, and how they are mapped to it */
	size_t n;
	const struct annot_letters *text; /* NULL: not yet */
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
	struct annot_found place = {
		.how = edits ? ANNOT_FIND_NEAREST : ANNOT_FIND_FOLDED,
		.score = (unsigned)((longer - edits) * ANNOT_LOCATE_FULL / longer)};
	annot_letters_source(f->text, from, to, &place.start, &place.end);
	if (edits == 0)
		take_bytes(f, &place);
	f->taken_to = to;
	if (!f->take(f->data, &place))
		f->full = true;
}

static enum annot_status map_text(struct finding *f)
{
	struct annot_letters *text = &f->w->text;
	TRY(annot_letters_again(&f->w->alphabet, (const char *)f->source.data, f->source.len, text,
				f->err));
	if (f->letters && f->n != text->n)
		return annot_fail(f->err, ANNOT_INTERNAL, "%zu letters are %zu with their map",
				  f->n, text->n);
	f->text = text;
	f->letters = text->letters;
	f->n = text->n;
	return ANNOT_OK;
}

/* Places of the folded words, one behind the other. */
static enum annot_status find_folded(struct finding *f)
{
	const struct annot_wanted *w = f->w;
	struct annot_bytes words = w->folded;
	const size_t letter_size = sizeof(*f->letters);
	if (!f->text && !memmem(f->letters, f->n * letter_size, w->letters, w->n * letter_size))
		return ANNOT_OK;
	if (!f->text)
		TRY(map_text(f));
	const struct annot_folded *folded = &f->text->folded;
	for (size_t at = 0; !f->full && at + words.len <= folded->len; at += words.len) {
		const char *p = memmem(folded->text + at, folded->len - at, words.data, words.len);
		if (!p)
			return ANNOT_OK;
		at = (size_t)(p - folded->text);
		size_t letter = annot_letters_at(f->text, at);
		if (spend(f, words.len))
			take_place(f, letter, letter + w->n, 0);
	}
	return ANNOT_OK;
}

/* The rest of words that are longer than a piece: each piece from where the one before it ends.
 * *edits goes on from those of the first; above what is allowed it stops. */
static enum annot_status compare_rest(struct finding *f, size_t *to, size_t *edits)
{
	const struct annot_wanted *w = f->w;
	uint16_t distances[ANNOT_LOCATE_PIECE + ANNOT_LOCATE_PIECE / SLACK + 1];
	for (size_t done = annot_wanted_head(w); done < w->n && *edits <= w->edits;) {
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

static enum annot_status make_distances(struct finding *f)
{
	struct annot_wanted *w = f->w;
	if (f->n <= w->distances_cap)
		return ANNOT_OK;
	free(w->distances);
	w->distances_cap = f->n;
	w->distances = calloc(w->distances_cap, sizeof *w->distances);
	if (w->distances)
		return ANNOT_OK;
	w->distances_cap = 0;
	return annot_fail(f->err, ANNOT_NO_MEMORY, "out of memory for a text of %zu bytes",
			  f->source.len);
}

static enum annot_status find_near(struct finding *f)
{
	const struct annot_wanted *w = f->w;
	size_t most = *f->work / w->head.blocks, n = f->n;
	/* Of a long quote the first piece may have all the edits, but not be all edits. */
	f->limit = w->edits < w->head.n / 2 ? w->edits : w->head.n / 2;
	if (n > most) {
		n = most;
		f->cut = true;
	}
	if (!spend(f, n * w->head.blocks))
		return ANNOT_OK;
	TRY(make_distances(f));
	if (!annot_lanes_scan(&w->head, f->letters, n, f->limit, ANNOT_LANES_BEST, w->distances))
		return ANNOT_OK;
	if (!f->text)
		TRY(map_text(f));
	for (size_t i = 0; i < n && !f->full && f->status == ANNOT_OK; i++)
		if (w->distances[i] != ANNOT_LANES_NONE)
			note_end(f, i + 1, w->distances[i]);
	leave_valley(f);
	return ANNOT_OK;
}

/* Letters are spelled without a map, unless there is so little of the text. */
static enum annot_status read_text(struct finding *f)
{
	struct annot_wanted *w = f->w;
	if (f->source.len < SPELLED_LEAST)
		return map_text(f);
	TRY(annot_speller_read(&w->speller, (const char *)f->source.data, f->source.len,
			       ANNOT_SPELLER_BEST, f->err));
	f->letters = w->speller.letters;
	f->n = w->speller.n;
	return ANNOT_OK;
}

enum annot_status annot_wanted_find(struct annot_wanted *w, struct annot_bytes text, size_t *work,
				    bool *ret_cut, annot_wanted_take take, void *data,
				    struct annot_error *err)
{
	struct finding f = {.w = w,
			    .source = text,
			    .work = work,
			    .take = take,
			    .data = data,
			    .distance = SIZE_MAX,
			    .apart = (annot_wanted_head(w) + 1) / 2,
			    .err = err};
	TRY(read_text(&f));
	TRY(w->edits == 0 ? find_folded(&f) : find_near(&f));
	if (f.status == ANNOT_OK)
		*ret_cut = f.cut;
	return f.status;
}
