#include "annotd/hits.h"

#include <stdlib.h>

#include "base/auto.h"
#include "text/plain.h"
#include "text/utf8.h"

enum {
	SCRATCH_MAX = 4 << 20,
	WORD_BYTES =
		4, /* source bytes that a byte of a long word may take, beside SEARCH_OVERLAP */
	PIECE_MAX = SEARCH_PIECE + SEARCH_OVERLAP + WORD_BYTES * QUERY_TEXT_MAX,
};

/* A record while it is looked at. */
struct look {
	struct hits *h;
	const struct annot_record *record;
	uint64_t index;
	size_t row, first; /* its first match in h->list */
	bool found[QUERY_VALUES_MAX];
	size_t n_found;
};

/* A text in hand: a card's value, or a piece of a content. */
struct in_hand {
	const char *text;
	size_t len;
	uint64_t start, chars;         /* where it starts in all of it */
	const struct annot_card *card; /* NULL: a content */
	size_t nth;
};

enum annot_status hits_begin(struct hits *h, struct call *c, struct search_cursor *cursor)
{
	*h = (struct hits){.call = c,
			   .cursor = cursor,
			   .words = search_asked(cursor),
			   .scratch = annot_arena_new(SCRATCH_MAX),
			   .piece = ANNOT_BUF_INIT(PIECE_MAX),
			   .list = annot_arena_array(c->arena, HITS_ALL_MAX, sizeof *h->list)};
	if (!h->scratch || !h->list)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for matches");
	return ANNOT_OK;
}

void hits_end(struct hits *h)
{
	h->scratch = annot_arena_free(h->scratch);
	annot_buf_free(&h->piece);
}

void hits_drop(struct hits *h, size_t n)
{
	h->n -= n;
}

size_t hits_size(const struct hits *h, size_t n)
{
	enum { FIXED = 256, MARK = 16 };
	size_t size = 0;

	for (size_t i = h->n - n; i < h->n; i++)
		size += FIXED + h->list[i].snippet.len + h->list[i].n_marks * MARK;
	return size;
}

/* --- snippets --- */

static int compare_marks(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return a[0] != b[0] ? (a[0] < b[0] ? -1 : 1) : (a[1] < b[1]) - (a[1] > b[1]);
}

/* All places of all words in a snippet, ascending, those that overlap as one. */
static enum annot_status marks_find(const struct search_words *words, const char *text, size_t len,
				    uint64_t ret[2 * HITS_MARKS], size_t *ret_n,
				    struct annot_error *err)
{
	struct annot_plain plain;
	size_t n = 0, kept = 0;

	TRY(annot_plain(text, len, &plain, err));
	for (size_t w = 0; w < words->n; w++) {
		size_t size = strlen(words->words[w]);
		const char *from = annot_plain_text(&plain), *end = from + plain.len, *at = from;

		while (n < HITS_MARKS &&
		       (at = memmem(at, (size_t)(end - at), words->words[w], size))) {
			size_t start, stop;

			annot_plain_source(&plain, (size_t)(at - from), (size_t)(at - from) + size,
					   &start, &stop);
			ret[2 * n] = start;
			ret[2 * n++ + 1] = stop;
			at += size;
		}
	}
	annot_plain_free(&plain);
	qsort(ret, n, 2 * sizeof *ret, compare_marks);
	for (size_t i = 0; i < n; i++) {
		uint64_t start = ret[2 * i], stop = ret[2 * i + 1];

		if (kept > 0 && start < ret[2 * kept - 1]) {
			if (stop > ret[2 * kept - 1])
				ret[2 * kept - 1] = stop;
			continue;
		}
		ret[2 * kept] = start;
		ret[2 * kept++ + 1] = stop;
	}
	*ret_n = 2 * kept;
	return ANNOT_OK;
}

/* Not before the first space, where a word would be cut; at stays where there is none near. */
static size_t to_word(const char *text, size_t at, size_t limit)
{
	if (at == 0)
		return at;
	for (size_t i = at; i < limit && i < at + HITS_AROUND / 4; i++)
		if (text[i - 1] == ' ' || text[i - 1] == '\n')
			return i;
	return at;
}

static enum annot_status match_add(struct look *l, const struct in_hand *t, size_t start,
				   size_t end)
{
	struct hits *h = l->h;
	struct annot_arena *arena = h->call->arena;
	size_t from = to_word(t->text, annot_utf8_back(t->text, t->len, start, HITS_AROUND), start);
	size_t shown = annot_utf8_forward(t->text, t->len, start, HITS_WORD);
	size_t to = annot_utf8_forward(t->text, t->len, shown < end ? shown : end, HITS_AROUND);
	uint64_t marks[2 * HITS_MARKS];
	size_t n_marks;

	TRY(marks_find(h->words, t->text + from, to - from, marks, &n_marks, &h->call->err));
	uint64_t *kept = annot_arena_array(arena, n_marks + 1, sizeof *kept);
	char *snippet = annot_arena_copy(arena, t->text + from, to - from);

	if (!kept || !snippet)
		return annot_fail(&h->call->err, ANNOT_NO_MEMORY, "no memory for a match");
	memcpy(kept, marks, n_marks * sizeof *kept);
	h->list[h->n++] = (struct annot_search_match){
		.row = l->row,
		.card = t->card ? t->card->def->name : NULL,
		.nth = t->nth,
		.start = t->start + start,
		.end = t->start + end,
		.chars_start = t->chars + annot_utf8_chars(t->text, start),
		.chars_end = t->chars + annot_utf8_chars(t->text, end),
		.snippet = annot_bytes(snippet, to - from),
		.snippet_start = t->start + from,
		.marks = kept,
		.n_marks = n_marks,
	};
	return ANNOT_OK;
}

/* Whether a match of this record shows that place. */
static bool is_shown(const struct look *l, const struct in_hand *t, size_t start)
{
	const char *name = t->card ? t->card->def->name : NULL;

	for (size_t i = l->first; i < l->h->n; i++) {
		const struct annot_search_match *m = &l->h->list[i];
		uint64_t at = t->start + start;

		if (m->card == name && m->nth == t->nth && at >= m->snippet_start &&
		    at < m->snippet_start + m->snippet.len)
			return true;
	}
	return false;
}

/* Looks for word number w in a text in hand; *ret_at: where it begins. */
static enum annot_status text_look(struct look *l, const struct in_hand *t,
				   const struct annot_plain *plain, size_t w, bool *ret)
{
	const char *text = annot_plain_text(plain), *word = l->h->words->words[w];
	const char *at = memmem(text, plain->len, word, strlen(word));
	size_t start, end;

	*ret = at;
	if (!at)
		return ANNOT_OK;
	annot_plain_source(plain, (size_t)(at - text), (size_t)(at - text) + strlen(word), &start,
			   &end);
	if (l->h->n - l->first < HITS_MAX && !is_shown(l, t, start))
		TRY(match_add(l, t, start, end));
	l->n_found += !l->found[w];
	l->found[w] = true;
	return ANNOT_OK;
}

static enum annot_status card_look(struct look *l, const struct annot_card *card, size_t nth)
{
	struct in_hand t = {.text = card->text, .len = card->len, .card = card, .nth = nth};
	enum annot_status status = ANNOT_OK;
	struct annot_plain plain;
	bool found;

	l->h->read += card->len;
	TRY(annot_plain(card->text, card->len, &plain, &l->h->call->err));
	for (size_t w = 0; status == ANNOT_OK && w < l->h->words->n; w++)
		if (!l->found[w])
			status = text_look(l, &t, &plain, w, &found);
	annot_plain_free(&plain);
	return status;
}

static enum annot_status cards_look(struct look *l)
{
	size_t nth = 0;

	for (size_t i = 0; i < l->record->n_cards; i++) {
		const struct annot_card *card = &l->record->cards[i];

		nth = i > 0 && card->def == card[-1].def ? nth + 1 : 0;
		if (search_reads(card))
			TRY(card_look(l, card, nth));
	}
	return ANNOT_OK;
}

/* --- contents --- */

/* Reads from a place on as much as a word that begins in its piece may need. */
static enum annot_status piece_read(struct look *l, const struct search_place *place, size_t len,
				    struct in_hand *ret)
{
	struct annot_buf *piece = &l->h->piece;
	struct call *c = l->h->call;

	annot_buf_truncate(piece, 0);
	TRY(reader_content(c->reader, l->index, place->start, len, piece, &c->err));
	annot_buf_truncate(piece, annot_utf8_valid(piece->data, piece->len));
	l->h->read += piece->len;
	*ret = (struct in_hand){.text = piece->data,
				.len = piece->len,
				.start = place->start,
				.chars = place->chars};
	return ANNOT_OK;
}

static size_t reach(const char *word)
{
	return SEARCH_OVERLAP + WORD_BYTES * strlen(word);
}

static enum annot_status piece_look(struct look *l, const struct in_hand *t, size_t w, bool *ret)
{
	struct annot_plain plain;

	TRY(annot_plain(t->text, t->len, &plain, &l->h->call->err));
	enum annot_status status = text_look(l, t, &plain, w, ret);

	annot_plain_free(&plain);
	return status;
}

/* Where the index has the content: *ret_known. */
static enum annot_status indexed_look(struct look *l, size_t w, uint64_t length, bool *ret_known,
				      bool *ret)
{
	struct hits *h = l->h;
	size_t more = reach(h->words->words[w]);
	enum search_piece_is is;

	for (*ret = false; !*ret;) {
		struct search_place place;
		struct in_hand t;

		TRY(search_next_piece(h->cursor, l->index, w, length, &place, &is, &h->call->err));
		*ret_known = is != SEARCH_PIECE_UNKNOWN;
		if (is != SEARCH_PIECE_NEXT)
			break;
		TRY(piece_read(l, &place, (size_t)(place.end - place.start) + more, &t));
		TRY(piece_look(l, &t, w, ret));
	}
	return ANNOT_OK;
}

/* All of it, in pieces as the index would have them. */
static enum annot_status whole_look(struct look *l, size_t w, uint64_t length, bool *ret)
{
	struct search_place place = {0};

	while (place.start < length) {
		struct in_hand t;
		size_t step;

		TRY(piece_read(l, &place, SEARCH_PIECE + reach(l->h->words->words[w]), &t));
		step = search_piece(t.text, t.len);
		if (step == 0)
			return annot_fail(&l->h->call->err, ANNOT_STORE,
					  "truth.db: a content is not UTF-8; run annotd fsck");
		TRY(piece_look(l, &t, w, ret));
		if (*ret)
			return ANNOT_OK;
		place.chars += annot_utf8_chars(t.text, step);
		place.start += step;
	}
	return ANNOT_OK;
}

/* A word that was found in a card is looked for too: the text is what a reader wants to see. */
static enum annot_status content_look(struct look *l)
{
	struct call *c = l->h->call;
	uint64_t length;
	enum annot_status status = reader_content_length(c->reader, l->index, &length, &c->err);

	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(status);
	for (size_t w = 0; w < l->h->words->n; w++) {
		bool known = false, found = false;

		TRY(indexed_look(l, w, length, &known, &found));
		if (!known)
			TRY(whole_look(l, w, length, &found));
		if (!found && !l->found[w])
			return ANNOT_OK;
	}
	return ANNOT_OK;
}

enum annot_status hits_look(struct hits *h, uint64_t index, size_t row, bool *ret, size_t *ret_n)
{
	struct look l = {.h = h, .index = index, .row = row, .first = h->n};
	struct call *c = h->call;
	struct store_record stored;

	*ret = false;
	*ret_n = 0;
	annot_arena_reset(h->scratch);
	TRY(reader_record(c->reader, index, h->scratch, &stored, &c->err));
	if (!stored.record.data)
		return ANNOT_OK;
	TRY(annot_record_parse(h->scratch, stored.record, &l.record, &c->err));
	TRY(cards_look(&l));
	if (h->words->contents && l.record->kind->kind == ANNOT_KIND_document)
		TRY(content_look(&l));
	*ret = l.n_found == h->words->n;
	if (!*ret)
		hits_drop(h, h->n - l.first);
	*ret_n = h->n - l.first;
	return ANNOT_OK;
}
