/* search.db: its layout, and what those who fill it and those who ask it share. */
#include "annotd/store/search_private.h"

#include <errno.h>

#include "annotd/store/store_private.h"
#include "text/plain.h"
#include "text/utf8.h"

static const char schema[] =
	"CREATE TABLE meta(key INTEGER PRIMARY KEY, value ANY) STRICT;"
	"CREATE TABLE shard(id INTEGER PRIMARY KEY, first INTEGER NOT NULL, next INTEGER NOT NULL,"
	" \"end\" INTEGER, bytes INTEGER NOT NULL) STRICT;"
	/* Documents whose content is not indexed, or in parts: up to which byte, code point, piece.
	 */
	"CREATE TABLE waiting(seq INTEGER PRIMARY KEY, byte INTEGER NOT NULL, chars INTEGER NOT "
	"NULL,"
	" pieces INTEGER NOT NULL) STRICT;"
	/* Records that were purged: not to be indexed again, though their bytes may still be there.
	 */
	"CREATE TABLE gone(seq INTEGER PRIMARY KEY) STRICT;"
	"CREATE TABLE piece(row INTEGER PRIMARY KEY, byte INTEGER NOT NULL, chars INTEGER NOT NULL)"
	" STRICT;";

#define SHARD "SELECT id, first, next, \"end\", bytes FROM shard "

static const char *const statements[SEARCH_STATEMENTS] = {
	[SEARCH_META_GET] = "SELECT value FROM meta WHERE key=?1",
	[SEARCH_META_PUT] = "INSERT OR REPLACE INTO meta VALUES(?1,?2)",
	/* The first shard that has records from ?1 on. */
	[SEARCH_SHARD_AT] = SHARD "WHERE coalesce(\"end\",?2)>?1 ORDER BY id LIMIT 1",
	/* The first one of which something is left to be indexed. */
	[SEARCH_SHARD_DUE] = SHARD "WHERE next<coalesce(\"end\",?2) ORDER BY id LIMIT 1",
	[SEARCH_SHARD_NEW] =
		"INSERT INTO shard(first, next, bytes) SELECT s, s, 0"
		" FROM (SELECT coalesce(max(coalesce(\"end\",next)),0) AS s FROM shard)",
	[SEARCH_SHARD_SET] = "UPDATE shard SET next=?2, \"end\"=?3, bytes=?4 WHERE id=?1",
	[SEARCH_WAITING] = "SELECT seq, byte, chars, pieces FROM waiting WHERE seq>=?1 AND seq<?2"
			   " ORDER BY seq LIMIT 1",
	[SEARCH_WAITING_PUT] = "INSERT OR REPLACE INTO waiting VALUES(?1,?2,?3,?4)",
	[SEARCH_WAITING_DROP] = "DELETE FROM waiting WHERE seq>=?1 AND seq<?2",
	[SEARCH_PIECE_PUT] = "INSERT OR REPLACE INTO piece VALUES(?1,?2,?3)",
	[SEARCH_PIECE_GET] = "SELECT byte, chars FROM piece WHERE row=?1",
	[SEARCH_PIECE_DROP] = "DELETE FROM piece WHERE row>=?1 AND row<?2",
	[SEARCH_GONE_PUT] = "INSERT OR IGNORE INTO gone VALUES(?1)",
	[SEARCH_GONE] = "SELECT 1 FROM gone WHERE seq=?1",
	[SEARCH_BEGIN] = "BEGIN",
	[SEARCH_WRITE] = "BEGIN IMMEDIATE",
	[SEARCH_END] = "COMMIT",
};

const struct db_file store_search_file = {
	.name = "search.db",
	.schema = schema,
	.sql = statements,
	.application_id = 0x414e4e53, /* "ANNS" */
	.version = 1,
	.page_size = 4096,
	.cache_kib = 8192,
	.derived = true,
};

enum annot_status search_db_open(struct db *db, const char *dir, enum db_mode mode,
				 struct annot_error *err)
{
	TRY(db_open(db, dir, &store_search_file, mode, err));
	enum annot_status status = grams_register(db, err);

	if (status != ANNOT_OK)
		db_close(db);
	return status;
}

enum annot_status search_shard(struct db *db, enum search_statement which, uint64_t from,
			       uint64_t size, bool *ret_row, struct search_shard *ret,
			       struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;

	TRY(db_statement(db, which, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)from);
	sqlite3_bind_int64(st, 2, (int64_t)size);
	TRY(db_step(db, st, ret_row, err));
	if (!*ret_row)
		return ANNOT_OK;
	*ret = (struct search_shard){
		.id = sqlite3_column_int64(st, 0),
		.first = (uint64_t)sqlite3_column_int64(st, 1),
		.next = (uint64_t)sqlite3_column_int64(st, 2),
		.end = sqlite3_column_type(st, 3) == SQLITE_NULL
			       ? UINT64_MAX
			       : (uint64_t)sqlite3_column_int64(st, 3),
		.bytes = (uint64_t)sqlite3_column_int64(st, 4),
	};
	return ANNOT_OK;
}

enum annot_status search_waiting(struct db *db, uint64_t from, uint64_t end, bool *ret_row,
				 struct search_waiting *ret, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;

	TRY(db_statement(db, SEARCH_WAITING, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)from);
	sqlite3_bind_int64(st, 2, (int64_t)(end < INT64_MAX ? end : INT64_MAX));
	TRY(db_step(db, st, ret_row, err));
	if (*ret_row)
		*ret = (struct search_waiting){
			.seq = (uint64_t)sqlite3_column_int64(st, 0),
			.byte = (uint64_t)sqlite3_column_int64(st, 1),
			.chars = (uint64_t)sqlite3_column_int64(st, 2),
			.pieces = (uint64_t)sqlite3_column_int64(st, 3),
		};
	return ANNOT_OK;
}

void search_table(char ret[SEARCH_TABLE_MAX], bool contents, int64_t shard)
{
	snprintf(ret, SEARCH_TABLE_MAX, "%s_%lld", contents ? "content" : "said", (long long)shard);
}

enum annot_status search_number(struct db *db, enum search_statement which, const uint64_t *numbers,
				size_t n, struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(db, which, &st, err));
	for (size_t i = 0; i < n; i++)
		sqlite3_bind_int64(st, (int)i + 1, (int64_t)numbers[i]);
	return db_run(db, st, err);
}

bool search_reads(const struct annot_card *card)
{
	if (card->def->in_group && strcmp(card->def->name, "exact") != 0)
		return false;
	return card->len > 0 &&
	       (card->def->type == ANNOT_CARD_TEXT || card->def->type == ANNOT_CARD_NAME);
}

/* Ends behind white space if there is some near the end, since there a text folds by itself. */
size_t search_piece(const char *text, size_t len)
{
	enum { NEAR = 256 };
	size_t end = SEARCH_PIECE;

	if (len <= SEARCH_PIECE)
		return len;
	for (size_t back = 0; back < NEAR; back++) {
		char before = text[end - back - 1], behind = text[end - back];

		if ((before == ' ' || before == '\n') && behind != ' ' && behind != '\n')
			return end - back;
	}
	while (!annot_utf8_boundary(text, len, end))
		end--;
	return end;
}

enum annot_status search_drop(const char *dir, struct annot_error *err)
{
	return store_file_delete(dir, store_search_file.name, err);
}

/* --- purging --- */

static enum annot_status drop_tables(struct db *db, int64_t shard, struct annot_error *err)
{
	for (int contents = 0; contents < 2; contents++) {
		char table[SEARCH_TABLE_MAX], sql[64];

		search_table(table, contents, shard);
		snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS %s", table);
		TRY(db_exec(db, sql, err));
	}
	return ANNOT_OK;
}

/* The shard that has it is empty again: whoever fills search.db goes on there. */
static enum annot_status purge(struct db *db, uint64_t index, struct annot_error *err)
{
	struct search_shard shard;
	bool row = false;

	TRY(search_number(db, SEARCH_GONE_PUT, &index, 1, err));
	TRY(search_shard(db, SEARCH_SHARD_AT, index, INT64_MAX, &row, &shard, err));
	if (!row || index >= shard.next)
		return ANNOT_OK;
	uint64_t range[] = {shard.first, shard.next},
		 rows[] = {shard.first << PIECE_BITS, shard.next << PIECE_BITS};

	TRY(drop_tables(db, shard.id, err));
	TRY(search_number(db, SEARCH_WAITING_DROP, range, COUNT(range), err));
	TRY(search_number(db, SEARCH_PIECE_DROP, rows, COUNT(rows), err));
	shard.next = shard.first;
	shard.bytes = 0;
	return search_shard_set(db, &shard, err);
}

enum annot_status search_purge(const char *dir, uint64_t index, struct annot_error *err)
{
	struct annot_error why = {0};
	struct db db;
	enum annot_status status = search_db_open(&db, dir, DB_WRITE, &why);

	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	/* What cannot be purged is not kept. */
	if (status == ANNOT_MISMATCH || status == ANNOT_STORE || status == ANNOT_REFUSED)
		return search_drop(dir, err);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	status = db_do(&db, SEARCH_WRITE, err);
	if (status == ANNOT_OK)
		status = purge(&db, index, err);
	if (status == ANNOT_OK)
		status = db_do(&db, SEARCH_END, err);
	if (status != ANNOT_OK && !sqlite3_get_autocommit(db.sq))
		(void)db_exec(&db, "ROLLBACK", NULL);
	if (status == ANNOT_OK)
		status = store_wal_empty(&db, err);
	db_close(&db);
	return status;
}

enum annot_status search_shard_set(struct db *db, const struct search_shard *shard,
				   struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(db, SEARCH_SHARD_SET, &st, err));
	sqlite3_bind_int64(st, 1, shard->id);
	sqlite3_bind_int64(st, 2, (int64_t)shard->next);
	if (shard->end != UINT64_MAX)
		sqlite3_bind_int64(st, 3, (int64_t)shard->end);
	sqlite3_bind_int64(st, 4, (int64_t)shard->bytes);
	return db_run(db, st, err);
}
