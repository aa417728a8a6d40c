/*
 * Does search.db hold what the log gives? Of each shard the pairs of run and row, which are all
 * that FTS5 keeps, are added up twice as hashes: as the file has them, and as they are made again
 * from records and texts. So order does not matter, and nothing is sorted or kept.
 */
#include "annotd/store/search_fill.h"

#include <stdlib.h>

#include "annotd/store/store_private.h"
#include "text/utf8.h"

enum { ATTEMPTS = 2 /* words may be withheld between one snapshot and the other */ };

struct sum {
	uint64_t pairs, hashes;
};

struct checking {
	struct db db;
	struct reader *reader;
	struct annot_arena *arena;
	struct grams grams;
	struct search_shard shard;
	struct sum kept, made;
	bool places; /* pieces are said to begin where they do */
};

/* FNV-1a over the run, then over the row: http://www.isthe.com/chongo/tech/comp/fnv/ */
static void add(struct sum *sum, const void *run, size_t n, uint64_t row)
{
	const uint64_t prime = 0x100000001B3u;
	const uint8_t *bytes = run;
	uint64_t hash = 0xCBF29CE484222325u;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ bytes[i]) * prime;
	for (unsigned shift = 0; shift < 64; shift += 8)
		hash = (hash ^ (row >> shift & 0xFF)) * prime;
	sum->pairs++;
	sum->hashes += hash;
}

/* --- as the file has them --- */

static enum annot_status count_rows(struct checking *c, struct annot_error *err)
{
	sqlite3_stmt *st = NULL;
	enum annot_status status = ANNOT_OK;
	bool row = true;

	if (sqlite3_prepare_v2(c->db.sq, "SELECT term, doc FROM temp.v", -1, &st, NULL) !=
	    SQLITE_OK)
		return db_fail(&c->db, "its words", err);
	while (status == ANNOT_OK && row) {
		status = db_step(&c->db, st, &row, err);
		const void *run = row ? sqlite3_column_text(st, 0) : NULL;

		if (run)
			add(&c->kept, run, (size_t)sqlite3_column_bytes(st, 0),
			    (uint64_t)sqlite3_column_int64(st, 1));
		else if (status == ANNOT_OK && row)
			status = annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a word");
	}
	sqlite3_finalize(st);
	return status;
}

static enum annot_status count_kept(struct checking *c, struct annot_error *err)
{
	for (int contents = 0; contents < 2; contents++) {
		char table[SEARCH_TABLE_MAX], sql[256];

		search_table(table, contents, c->shard.id);
		snprintf(sql, sizeof sql,
			 "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, %s, instance)", table);
		TRY(db_exec(&c->db, sql, err));
		TRY(count_rows(c, err));
		TRY(db_exec(&c->db, "DROP TABLE temp.v", err));
	}
	return ANNOT_OK;
}

/* --- as they are made --- */

static void count_made(struct checking *c, uint64_t row)
{
	struct annot_bytes run;

	for (size_t at = 0; grams_next(&c->grams, &at, &run);)
		add(&c->made, run.data, run.len, row);
}

static enum annot_status check_place(struct checking *c, const struct search_waiting *at,
				     uint64_t row, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool found = false;

	TRY(db_statement(&c->db, SEARCH_PIECE_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)row);
	TRY(db_step(&c->db, st, &found, err));
	if (!found || (uint64_t)sqlite3_column_int64(st, 0) != at->byte ||
	    (uint64_t)sqlite3_column_int64(st, 1) != at->chars)
		c->places = false;
	return ANNOT_OK;
}

static enum annot_status count_step(struct checking *c, struct search_waiting *at, uint64_t pieces,
				    bool *ret_done, struct annot_error *err)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(SEARCH_STEP + SEARCH_OVERLAP);
	bool there = false, whole = false;
	size_t len;

	TRY(search_content_read(c->reader, at, &text, &there, &whole, err));
	struct annot_bytes left = annot_buf_bytes(&text);

	while (there && at->pieces < pieces && search_content_piece(left, whole, &len)) {
		uint64_t row = at->seq << PIECE_BITS | at->pieces++;

		TRY(search_piece_grams(left, len, &c->grams, err));
		count_made(c, row);
		TRY(check_place(c, at, row, err));
		at->chars += annot_utf8_chars((const char *)left.data, len);
		at->byte += len;
		left = annot_bytes(left.data + len, left.len - len);
	}
	*ret_done = !there || whole || at->pieces == pieces;
	return ANNOT_OK;
}

/* As far as it says that a content is indexed. */
static enum annot_status count_content(struct checking *c, uint64_t seq, struct annot_error *err)
{
	struct search_waiting at = {.seq = seq}, waiting = {.pieces = UINT64_MAX};
	bool waits = false, done = false;

	TRY(search_waiting(&c->db, seq, seq + 1, &waits, &waiting, err));
	while (!done)
		TRY(count_step(c, &at, waiting.pieces, &done, err));
	return ANNOT_OK;
}

static enum annot_status count_record(struct checking *c, uint64_t seq, struct annot_error *err)
{
	bool gone = false, document = false;
	struct store_log_row row;
	uint64_t bytes;

	TRY(search_is_gone(&c->db, seq, &gone, err));
	if (gone)
		return ANNOT_OK;
	TRY(reader_log(c->reader, seq, &row, err));
	if (!row.stored.record.data)
		return ANNOT_OK;
	TRY(search_record_grams(&row.stored, c->arena, &c->grams, &bytes, &document, err));
	count_made(c, seq);
	return document ? count_content(c, seq, err) : ANNOT_OK;
}

/* --- shards --- */

static enum annot_status compare(struct checking *c, const char **ret, struct annot_error *err)
{
	uint64_t size = reader_truth_size(c->reader);

	*ret = NULL;
	c->kept = c->made = (struct sum){0};
	c->places = true;
	if (c->shard.next > size) {
		*ret = "are beyond the log";
		return ANNOT_OK;
	}
	if (c->shard.next == c->shard.first)
		return ANNOT_OK;
	TRY(count_kept(c, err));
	for (uint64_t seq = c->shard.first; seq < c->shard.next; seq++)
		TRY(count_record(c, seq, err));
	if (c->kept.pairs < c->made.pairs)
		*ret = "lack some";
	else if (c->kept.pairs != c->made.pairs || c->kept.hashes != c->made.hashes)
		*ret = "are not those of the log";
	else if (!c->places)
		*ret = "have other places";
	return ANNOT_OK;
}

/* The next shard from a log index on, in one snapshot of each file, the older one first. */
static enum annot_status check_shard(struct checking *c, uint64_t from, bool *ret_found,
				     const char **ret, struct annot_error *err)
{
	TRY(db_do(&c->db, SEARCH_BEGIN, err));
	enum annot_status status =
		search_shard(&c->db, SEARCH_SHARD_AT, from, INT64_MAX, ret_found, &c->shard, err);

	if (status == ANNOT_OK)
		status = reader_begin(c->reader, err);
	if (status == ANNOT_OK && *ret_found)
		status = compare(c, ret, err);
	reader_end(c->reader);
	enum annot_status ended = db_do(&c->db, SEARCH_END, status == ANNOT_OK ? err : NULL);

	return status == ANNOT_OK ? ended : status;
}

static enum annot_status check_all(struct checking *c, search_finding finding, void *arg,
				   struct annot_error *err)
{
	bool found = true;

	for (uint64_t from = 0; found; from = c->shard.end) {
		const char *wrong = NULL;

		for (int n = 0; n < ATTEMPTS && (n == 0 || wrong); n++)
			TRY(check_shard(c, from, &found, &wrong, err));
		if (found && wrong)
			finding(arg, c->shard.first, c->shard.next, wrong);
		if (c->shard.end == UINT64_MAX)
			break;
	}
	return ANNOT_OK;
}

enum annot_status search_check(const char *dir, search_finding finding, void *arg,
			       struct annot_error *err)
{
	struct checking c = {.grams = GRAMS_INIT};
	struct annot_error why = {0};
	enum annot_status status = search_db_open(&c.db, dir, DB_READ, &why);

	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK)
		return ANNOT_OK;
	c.arena = annot_arena_new(SEARCH_ARENA_MAX);
	status = c.arena ? reader_open_log(dir, &c.reader, err)
			 : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = check_all(&c, finding, arg, err);
	reader_close(c.reader);
	annot_arena_free(c.arena);
	grams_free(&c.grams);
	db_close(&c.db);
	return status;
}
