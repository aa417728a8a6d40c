/*
 * Asking search.db. Within a shard each word is two streams of log indexes, of records and of
 * documents whose content has it; records that have all words are where the words' streams meet.
 */
#include "annotd/store/search_cursor.h"

enum { SHARDS = 64 /* that one call looks at */ };

/* The first record from `to` on that has the word; UINT64_MAX: none. */
static enum annot_status word_seek(struct search_run *run, struct word *word, uint64_t to,
				   uint64_t *ret, struct annot_error *err)
{
	*ret = UINT64_MAX;
	for (size_t i = 0; i < COUNT(word->streams); i++) {
		struct stream *s = &word->streams[i];

		if (!s->st)
			continue;
		TRY(stream_seek(run, s, to, err));
		if (!s->ended && s->at < *ret)
			*ret = s->at;
	}
	return ANNOT_OK;
}

/* The first record from `to` on that has all words. */
static enum annot_status all_seek(struct search_run *run, uint64_t to, uint64_t *ret,
				  struct annot_error *err)
{
	size_t agree = 0;

	for (size_t i = 0; agree < run->asked->n; i = (i + 1) % run->asked->n) {
		uint64_t at;

		TRY(word_seek(run, &run->words[i], to, &at, err));
		agree = at == to ? agree + 1 : 1;
		to = at;
		if (to == UINT64_MAX)
			break;
	}
	*ret = to;
	return ANNOT_OK;
}

/* --- candidates --- */

struct found {
	uint64_t *list;
	size_t n, max;
	uint64_t next, size; /* the first record that is not decided yet; there are so many */
};

static void every_to(struct found *f, uint64_t end)
{
	while (f->n < f->max && f->next < end)
		f->list[f->n++] = f->next++;
}

/* Of a shard's indexed part, up to end. Documents that wait for their content may have any word. */
static enum annot_status shard_find(struct search_run *run, const struct search_shard *shard,
				    uint64_t end, struct found *f, struct annot_error *err)
{
	TRY(streams_open(run, shard->id, true, err));
	while (f->n < f->max && f->next < end) {
		struct search_waiting waiting;
		bool waits = false;
		uint64_t at;

		TRY(all_seek(run, f->next, &at, err));
		if (run->asked->contents)
			TRY(search_waiting(run->db, f->next, end, &waits, &waiting, err));
		if (waits && waiting.seq < at)
			at = waiting.seq;
		if (at < end)
			f->list[f->n++] = at;
		f->next = at < end ? at + 1 : end;
	}
	return ANNOT_OK;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static enum annot_status find(struct search_run *run, struct found *f, struct annot_error *err)
{
	for (int i = 0; i < SHARDS && f->n < f->max && f->next < f->size; i++) {
		struct search_shard shard;
		bool row = false;

		TRY(search_shard(run->db, SEARCH_SHARD_AT, f->next, INT64_MAX, &row, &shard, err));
		if (row && shard.next > f->next)
			TRY(shard_find(run, &shard, least(shard.next, f->size), f, err));
		/* What it does not have yet. */
		if (!row || f->next >= least(shard.next, f->size))
			every_to(f, row ? least(shard.end, f->size) : f->size);
	}
	return ANNOT_OK;
}

enum annot_status search_candidates(struct search_cursor *c, uint64_t from, uint64_t *ret,
				    size_t max, size_t *ret_n, uint64_t *ret_next,
				    struct annot_error *err)
{
	struct found f = {.list = ret, .max = max, .next = from, .size = reader_size(c->reader)};
	struct annot_error why = {0};

	if (c->finder) {
		enum annot_status status = find(&c->candidates, &f, &why);

		if (status != ANNOT_OK) {
			TRY(cursor_failed(c, status, &why, err));
			f.n = 0;
			f.next = from;
		}
	}
	if (!c->finder)
		every_to(&f, f.size);
	*ret_n = f.n;
	*ret_next = f.next;
	return ANNOT_OK;
}

/* --- pieces --- */

static enum annot_status piece_get(struct db *db, uint64_t row, bool *ret_row, uint64_t *ret_byte,
				   uint64_t *ret_chars, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;

	TRY(db_statement(db, SEARCH_PIECE_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)row);
	TRY(db_step(db, st, ret_row, err));
	if (*ret_row) {
		*ret_byte = (uint64_t)sqlite3_column_int64(st, 0);
		*ret_chars = (uint64_t)sqlite3_column_int64(st, 1);
	}
	return ANNOT_OK;
}

static enum annot_status place_get(struct db *db, uint64_t row, uint64_t length,
				   struct search_place *ret, struct annot_error *err)
{
	uint64_t ignored;
	bool there = false, next = false;

	ret->end = length;
	TRY(piece_get(db, row, &there, &ret->start, &ret->chars, err));
	if (there)
		TRY(piece_get(db, row + 1, &next, &ret->end, &ignored, err));
	if (!there || ret->start > length || ret->end > length)
		return annot_fail(err, ANNOT_STORE, "search.db: a piece is not there");
	return ANNOT_OK;
}

/* Whether a content is indexed, and then the streams of its shard are open. */
static enum annot_status content_open(struct search_run *run, uint64_t seq, bool *ret,
				      struct annot_error *err)
{
	struct search_waiting waiting;
	struct search_shard shard;
	bool row = false, waits = true;

	TRY(search_shard(run->db, SEARCH_SHARD_AT, seq, INT64_MAX, &row, &shard, err));
	if (row && seq < shard.next)
		TRY(search_waiting(run->db, seq, seq + 1, &waits, &waiting, err));
	*ret = !waits;
	return waits ? ANNOT_OK : streams_open(run, shard.id, false, err);
}

static enum annot_status next_piece(struct search_cursor *c, uint64_t seq, size_t word,
				    uint64_t length, struct search_place *ret,
				    enum search_piece_is *ret_is, struct annot_error *err)
{
	struct search_run *run = &c->pieces;
	struct stream *s = &run->words[word].streams[1];
	bool known = false;

	TRY(content_open(run, seq, &known, err));
	*ret_is = SEARCH_PIECE_UNKNOWN;
	if (!known)
		return ANNOT_OK;
	TRY(stream_seek(run, s, seq, err));
	*ret_is = SEARCH_PIECE_NONE;
	if (s->ended || s->at != seq)
		return ANNOT_OK;
	*ret_is = SEARCH_PIECE_NEXT;
	TRY(place_get(run->db, (uint64_t)sqlite3_column_int64(s->st, 0), length, ret, err));
	return stream_step(run, s, err);
}

enum annot_status search_next_piece(struct search_cursor *c, uint64_t document_index, size_t word,
				    uint64_t length, struct search_place *ret,
				    enum search_piece_is *ret_is, struct annot_error *err)
{
	struct annot_error why = {0};

	*ret_is = SEARCH_PIECE_UNKNOWN;
	if (!c->finder)
		return ANNOT_OK;
	enum annot_status status = next_piece(c, document_index, word, length, ret, ret_is, &why);

	if (status == ANNOT_OK)
		return ANNOT_OK;
	*ret_is = SEARCH_PIECE_UNKNOWN;
	return cursor_failed(c, status, &why, err);
}
