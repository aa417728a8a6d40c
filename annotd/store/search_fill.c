/* Filling search.db. All state is in the file, so that what a purge or a crash undid is done again.
 */
#include "annotd/store/search_fill.h"

#include <stdlib.h>

#include "annotd/store/store_private.h"

enum {
	/* FTS5 writes its terms out when they take so much memory. */
	HASH_BYTES = 4 << 20,
	RAW_MAX = SEARCH_STEP + (256 << 10),
};

/* --- opening --- */

static enum annot_status last_of(struct search *s, uint64_t *ret_seq, struct annot_buf *ret,
				 struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	int64_t seq = -1;
	bool row = false;

	TRY(db_statement(&s->db, SEARCH_META_GET, &st, err));
	sqlite3_bind_int(st, 1, SEARCH_META_LAST);
	TRY(db_number(&s->db, st, &row, &seq, err));
	*ret_seq = row ? (uint64_t)seq : UINT64_MAX;
	TRY(db_statement(&s->db, SEARCH_META_GET, &st, err));
	sqlite3_bind_int(st, 1, SEARCH_META_SIGNATURE);
	TRY(db_step(&s->db, st, &row, err));
	if (row)
		annot_buf_add(ret, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	return annot_buf_check(ret, "signature", err);
}

/* Whether the last record that was indexed is in this log, by its signature, which is never
 * withheld. */
static enum annot_status fits(struct search *s, bool *ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf last = ANNOT_BUF_INIT(ANNOT_SIGNATURE_SIZE);
	struct store_log_row row;
	uint64_t seq;

	TRY(last_of(s, &seq, &last, err));
	*ret = seq == UINT64_MAX;
	if (*ret)
		return ANNOT_OK;
	TRY(reader_begin(s->reader, err));
	enum annot_status status = seq < reader_truth_size(s->reader)
					   ? reader_log(s->reader, seq, &row, err)
					   : ANNOT_NOT_FOUND;

	*ret = status == ANNOT_OK && last.len == ANNOT_SIGNATURE_SIZE &&
	       memcmp(row.stored.signature, last.data, ANNOT_SIGNATURE_SIZE) == 0;
	reader_end(s->reader);
	return status == ANNOT_NOT_FOUND ? ANNOT_OK : status;
}

static enum annot_status open_file(struct search *s, struct annot_error *err)
{
	struct annot_error why = {0};
	bool good = false;
	enum annot_status status = search_db_open(&s->db, s->dir, DB_WRITE, &why);

	if (status == ANNOT_OK)
		status = fits(s, &good, &why);
	if (status == ANNOT_NO_MEMORY || status == ANNOT_NO_SPACE || status == ANNOT_BUSY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK || !good) {
		db_close(&s->db);
		TRY(search_drop(s->dir, err));
		TRY(search_db_open(&s->db, s->dir, DB_CREATE, err));
	}
	/* A crash may take back the last commits, and nothing else: https://sqlite.org/wal.html */
	return db_exec(&s->db, "PRAGMA synchronous=NORMAL", err);
}

enum annot_status search_open(const char *dir, struct reader *reader, uint64_t shard_bytes,
			      struct search **ret, struct annot_error *err)
{
	struct search *s = calloc(1, sizeof *s);
	enum annot_status status = ANNOT_NO_MEMORY;

	if (s) {
		*s = (struct search){.reader = reader,
				     .shard_bytes = shard_bytes,
				     .grams = GRAMS_INIT,
				     .dir = strdup(dir),
				     .raw = annot_arena_new(RAW_MAX),
				     .arena = annot_arena_new(SEARCH_ARENA_MAX)};
	}
	if (s && s->dir && s->raw && s->arena)
		status = open_file(s, err);
	else
		annot_fail(err, status, "no memory for search.db");
	if (status != ANNOT_OK) {
		search_close(s);
		return status;
	}
	*ret = s;
	return ANNOT_OK;
}

static void forget_put(struct search *s)
{
	for (size_t i = 0; i < COUNT(s->put); i++) {
		sqlite3_finalize(s->put[i]);
		s->put[i] = NULL;
	}
}

struct search *search_close(struct search *s)
{
	if (!s)
		return NULL;
	forget_put(s);
	db_close(&s->db);
	grams_free(&s->grams);
	annot_arena_free(s->raw);
	annot_arena_free(s->arena);
	free(s->dir);
	free(s);
	return NULL;
}

/* --- rows --- */

static enum annot_status prepare(struct search *s, bool contents, int64_t shard,
				 struct annot_error *err)
{
	char table[SEARCH_TABLE_MAX], sql[256];

	if (s->shard != shard)
		forget_put(s);
	s->shard = shard;
	if (s->put[contents])
		return ANNOT_OK;
	search_table(table, contents, shard);
	/* Neither texts nor their places are kept: which rows have a term is all that is asked. */
	snprintf(sql, sizeof sql,
		 "CREATE VIRTUAL TABLE IF NOT EXISTS %s USING fts5(t, content='', columnsize=0,"
		 " detail=none, tokenize='runs');"
		 "INSERT INTO %s(%s, rank) VALUES('hashsize', %d)",
		 table, table, table, (int)HASH_BYTES);
	TRY(db_exec(&s->db, sql, err));
	snprintf(sql, sizeof sql, "INSERT INTO %s(rowid, t) VALUES(?1,?2)", table);
	if (sqlite3_prepare_v3(s->db.sq, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->put[contents],
			       NULL) != SQLITE_OK)
		return db_fail(&s->db, sql, err);
	return ANNOT_OK;
}

/* Of a shard that is empty. Where it was purged, the statements are of tables that are gone. */
static enum annot_status tables_make(struct search *s, int64_t shard, struct annot_error *err)
{
	forget_put(s);
	TRY(prepare(s, false, shard, err));
	return prepare(s, true, shard, err);
}

enum annot_status search_put(struct search *s, bool contents, int64_t shard, uint64_t row,
			     struct annot_error *err)
{
	if (s->grams.text.len == 0)
		return ANNOT_OK;
	TRY(prepare(s, contents, shard, err));
	sqlite3_bind_int64(s->put[contents], 1, (int64_t)row);
	sqlite3_bind_text(s->put[contents], 2, s->grams.text.data, (int)s->grams.text.len,
			  SQLITE_STATIC);
	return db_run(&s->db, s->put[contents], err);
}

/* Ends a transaction that was begun, one way or the other. */
enum annot_status search_done(struct search *s, enum annot_status status, struct annot_error *err)
{
	if (status == ANNOT_OK)
		status = db_do(&s->db, SEARCH_END, err);
	if (status != ANNOT_OK && !sqlite3_get_autocommit(s->db.sq)) {
		forget_put(s); /* their table may be gone */
		(void)db_exec(&s->db, "ROLLBACK", NULL);
	}
	return status;
}

/* --- records --- */

enum annot_status search_is_gone(struct db *db, uint64_t seq, bool *ret, struct annot_error *err)
{
	sqlite3_stmt *st;
	int64_t one;

	*ret = false;
	TRY(db_statement(db, SEARCH_GONE, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	return db_number(db, st, ret, &one, err);
}

enum annot_status search_record_grams(const struct store_record *stored, struct annot_arena *arena,
				      struct grams *grams, uint64_t *ret_bytes, bool *ret_document,
				      struct annot_error *err)
{
	const struct annot_record *record;

	annot_arena_reset(arena);
	TRY(annot_record_parse(arena, stored->record, &record, err));
	grams_clear(grams);
	*ret_bytes = 0;
	for (size_t i = 0; i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];

		if (!search_reads(card))
			continue;
		TRY(grams_add(grams, card->text, card->len, err));
		*ret_bytes += card->len;
	}
	*ret_document = record->kind->kind == ANNOT_KIND_document;
	return ANNOT_OK;
}

static enum annot_status record_put(struct search *s, struct search_shard *shard,
				    const struct store_record *stored, bool *ret_document,
				    struct annot_error *err)
{
	uint64_t bytes;
	bool gone;

	*ret_document = false;
	TRY(search_is_gone(&s->db, stored->index, &gone, err));
	if (gone || !stored->record.data)
		return ANNOT_OK;
	TRY(search_record_grams(stored, s->arena, &s->grams, &bytes, ret_document, err));
	shard->bytes += bytes;
	if (*ret_document)
		TRY(search_number(&s->db, SEARCH_WAITING_PUT, (uint64_t[]){stored->index, 0, 0, 0},
				  4, err));
	return search_put(s, false, shard->id, stored->index, err);
}

static enum annot_status last_put(struct search *s, const struct store_record *last,
				  struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(search_number(&s->db, SEARCH_META_PUT, (uint64_t[]){SEARCH_META_LAST, last->index}, 2,
			  err));
	TRY(db_statement(&s->db, SEARCH_META_PUT, &st, err));
	sqlite3_bind_int(st, 1, SEARCH_META_SIGNATURE);
	sqlite3_bind_blob(st, 2, last->signature, sizeof last->signature, SQLITE_STATIC);
	return db_run(&s->db, st, err);
}

/* The shard that is not done; a new one where all are. */
static enum annot_status shard_due(struct search *s, uint64_t size, bool *ret_row,
				   struct search_shard *ret, struct annot_error *err)
{
	bool open = false;

	TRY(search_shard(&s->db, SEARCH_SHARD_DUE, 0, size, ret_row, ret, err));
	if (*ret_row)
		return ANNOT_OK;
	TRY(search_shard(&s->db, SEARCH_SHARD_AT, size, INT64_MAX, &open, ret, err));
	if (open)
		return ANNOT_OK; /* with all that there is */
	TRY(db_do(&s->db, SEARCH_SHARD_NEW, err));
	return search_shard(&s->db, SEARCH_SHARD_DUE, 0, size, ret_row, ret, err);
}

/* Records of the log, copied out of it, so that no snapshot is held while they are indexed. */
struct batch {
	struct store_record records[SEARCH_STEP_RECORDS];
	size_t n;
};

static enum annot_status batch_read(struct search *s, uint64_t from, uint64_t end,
				    struct batch *ret, struct annot_error *err)
{
	size_t bytes = 0;

	annot_arena_reset(s->raw);
	for (ret->n = 0; ret->n < SEARCH_STEP_RECORDS && from < end && bytes < SEARCH_STEP;
	     from++) {
		struct store_record *to = &ret->records[ret->n++];
		struct store_log_row row;

		TRY(reader_log(s->reader, from, &row, err));
		*to = row.stored;
		if (!to->record.data)
			continue;
		to->record.data = (const uint8_t *)annot_arena_copy(s->raw, row.stored.record.data,
								    row.stored.record.len);
		if (!to->record.data)
			return annot_fail(err, ANNOT_NO_MEMORY, "no memory for records to index");
		bytes += to->record.len;
	}
	return ANNOT_OK;
}

static enum annot_status next_batch(struct search *s, struct search_shard *shard, bool *ret_due,
				    struct batch *ret, struct annot_error *err)
{
	TRY(reader_begin(s->reader, err));
	uint64_t size = reader_truth_size(s->reader);
	enum annot_status status = shard_due(s, size, ret_due, shard, err);

	if (status == ANNOT_OK && *ret_due)
		status =
			batch_read(s, shard->next, shard->end < size ? shard->end : size, ret, err);
	reader_end(s->reader);
	return status;
}

static enum annot_status records(struct search *s, struct batch *batch, bool *ret_more,
				 uint64_t *first, uint64_t *end, struct annot_error *err)
{
	struct search_shard shard;
	bool document;

	TRY(next_batch(s, &shard, ret_more, batch, err));
	if (!*ret_more)
		return ANNOT_OK;
	if (shard.next == shard.first)
		TRY(tables_make(s, shard.id, err));
	for (size_t i = 0; i < batch->n; i++, shard.next++) {
		TRY(record_put(s, &shard, &batch->records[i], &document, err));
		if (document && shard.next < *first)
			*first = shard.next;
		if (document && shard.next >= *end)
			*end = shard.next + 1;
	}
	if (shard.end == UINT64_MAX && batch->n > 0) {
		TRY(last_put(s, &batch->records[batch->n - 1], err));
		if (shard.bytes >= s->shard_bytes)
			shard.end = shard.next;
	}
	return search_shard_set(&s->db, &shard, err);
}

enum annot_status search_records(struct search *s, bool *ret_more, uint64_t *ret_first,
				 uint64_t *ret_end, struct annot_error *err)
{
	AUTO_FREE struct batch *batch = malloc(sizeof *batch);

	if (!batch)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for records to index");
	TRY(db_do(&s->db, SEARCH_WRITE, err));
	return search_done(s, records(s, batch, ret_more, ret_first, ret_end, err), err);
}

enum annot_status search_tidy(struct search *s, struct annot_error *err)
{
	return store_wal_empty(&s->db, err);
}
