/*
 * The layout of truth.db and what reads it. nodes holds the tree nodes that leaf seq completes,
 * level 0 first: node (level, n) is in row ((n + 1) << level) - 1 at byte 32 * level. A withheld
 * record has bytes NULL and its leaf line instead.
 */
#include "annotd/store/core.h"

/* The files that documents' texts were made from; from schema 2 on. */
#define ORIGINAL                                                                                   \
	"CREATE TABLE original(seq INTEGER NOT NULL, piece INTEGER NOT NULL, data BLOB NOT NULL,"  \
	" PRIMARY KEY(seq, piece)) STRICT;"

static const char schema[] =
	"CREATE TABLE record(seq INTEGER PRIMARY KEY, bytes BLOB, sig BLOB NOT NULL,"
	" nodes BLOB NOT NULL, leaf TEXT) STRICT;"
	/* One row a commit: what a checkpoint may be signed for. */
	"CREATE TABLE root(size INTEGER PRIMARY KEY, root BLOB NOT NULL) STRICT;"
	"CREATE TABLE content(seq INTEGER NOT NULL, piece INTEGER NOT NULL, data BLOB NOT NULL,"
	" PRIMARY KEY(seq, piece)) STRICT;" ORIGINAL
	"CREATE TABLE note(hash BLOB PRIMARY KEY, note BLOB NOT NULL) STRICT;"
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT;";

static const char *const statements[TRUTH_STATEMENTS] = {
	[TRUTH_PUT] = "INSERT INTO record VALUES(?1,?2,?3,?4,?5)",
	[TRUTH_ROOT] = "INSERT INTO root VALUES(?1,?2)",
	[TRUTH_ROOT_GET] = "SELECT root FROM root WHERE size=?1",
	[TRUTH_ROOT_NEXT] = ("SELECT size, root FROM root WHERE size>=?1 AND length(root)=32"
			     " ORDER BY size LIMIT 1"),
	[TRUTH_RECORD] = "SELECT bytes, sig, leaf FROM record WHERE seq=?1",
	[TRUTH_SCAN] = "SELECT bytes, sig, leaf, seq FROM record WHERE seq>=?1 ORDER BY seq",
	[TRUTH_LOG] = "SELECT bytes, sig, leaf, seq, nodes FROM record WHERE seq>=?1 ORDER BY seq",
	[TRUTH_NODES] = "SELECT nodes FROM record WHERE seq=?1",
	[TRUTH_SIZE] = "SELECT max(seq)+1 FROM record",
	[TRUTH_NOTE_PUT] = "INSERT OR IGNORE INTO note VALUES(?1,?2)",
	[TRUTH_NOTE_GET] = "SELECT note FROM note WHERE hash=?1",
	[TRUTH_CONTENT_PUT] = "INSERT INTO content VALUES(?1,?2,?3)",
	[TRUTH_CONTENT_LENGTH] = "SELECT sum(length(data)) FROM content WHERE seq=?1",
	[TRUTH_CONTENT_ROW] = "SELECT rowid FROM content WHERE seq=?1 AND piece=?2",
	[TRUTH_CONTENTS] =
		"SELECT seq FROM content WHERE seq>=?1 AND piece=0 ORDER BY seq LIMIT ?2",
	[TRUTH_CONTENT_DROP] = "DELETE FROM content WHERE seq=?1",
	[TRUTH_ORIGINAL_PUT] = "INSERT INTO original VALUES(?1,?2,?3)",
	[TRUTH_ORIGINAL_LENGTH] = "SELECT sum(length(data)) FROM original WHERE seq=?1",
	[TRUTH_ORIGINAL_ROW] = "SELECT rowid FROM original WHERE seq=?1 AND piece=?2",
	[TRUTH_ORIGINAL_DROP] = "DELETE FROM original WHERE seq=?1",
	[TRUTH_BEGIN] = "BEGIN",
	[TRUTH_WRITE] = "BEGIN IMMEDIATE",
	[TRUTH_END] = "COMMIT",
	[TRUTH_WITHHOLD] = "UPDATE record SET bytes=NULL, leaf=?2 WHERE seq=?1",
	/* The hash of a content that was withheld, so that it is not taken in again. */
	[TRUTH_WITHHELD_PUT] = "INSERT OR IGNORE INTO meta VALUES('withheld '||hex(?1),?2)",
	[TRUTH_WITHHELD_GET] = "SELECT value FROM meta WHERE key='withheld '||hex(?1)",
	/* '!' is the character behind the space. */
	[TRUTH_WITHHELD_LIST] =
		("SELECT lower(substr(key,10)), value FROM meta"
		 " WHERE key>'withheld '||hex(?1) AND key<'withheld!' ORDER BY key"),
};

static const struct db_step steps[] = {{1, ORIGINAL}};

const struct db_file store_truth_file = {
	.name = "truth.db",
	.schema = schema,
	.sql = statements,
	.application_id = 0x414e4e54, /* "ANNT" */
	.version = 2,
	.steps = steps,
	.n_steps = sizeof steps / sizeof *steps,
	/* Records are some 700 bytes with their hashes: larger pages waste less at their ends. */
	.page_size = 8192,
	.cache_kib = 4096,
};

enum annot_status core_truth_size(struct core *c, uint64_t *ret, struct annot_error *err)
{
	sqlite3_stmt *st;
	bool row = false;
	int64_t n = 0;

	TRY(db_statement(&c->truth, TRUTH_SIZE, &st, err));
	TRY(db_number(&c->truth, st, &row, &n, err));
	*ret = (uint64_t)n;
	return ANNOT_OK;
}

/* data is NULL where the column is. */
static struct annot_bytes column(sqlite3_stmt *st, int number)
{
	const void *data = sqlite3_column_blob(st, number);
	size_t len = (size_t)sqlite3_column_bytes(st, number);

	if (!data && sqlite3_column_type(st, number) != SQLITE_NULL)
		data = "";
	return annot_bytes(data, len);
}

static bool copy(struct annot_arena *arena, struct annot_bytes *bytes)
{
	if (!bytes->data)
		return true;
	bytes->data = (const uint8_t *)annot_arena_copy(arena, bytes->data, bytes->len);
	return bytes->data;
}

/* Gaps up to this are stepped over. */
enum { SCAN_GAP = 4 };

static void scan_end(struct core *c)
{
	if (c->scan)
		sqlite3_reset(c->scan);
	c->scan = NULL;
}

static void point_end(struct core *c)
{
	if (c->point)
		sqlite3_reset(c->point);
	c->point = NULL;
}

void core_rest(struct core *c)
{
	scan_end(c);
	point_end(c);
}

static enum annot_status no_record(uint64_t seq, struct annot_error *err)
{
	return annot_fail(err, ANNOT_NOT_FOUND, "no record #%llu in the log",
			  (unsigned long long)seq);
}

enum annot_status core_point(struct core *c, uint64_t seq, sqlite3_stmt **ret,
			     struct annot_error *err)
{
	bool row = false;

	if (!c->point || c->point_at != seq) {
		point_end(c);
		TRY(db_statement(&c->truth, TRUTH_RECORD, ret, err));
		sqlite3_bind_int64(*ret, 1, (int64_t)seq);
		enum annot_status status = db_step(&c->truth, *ret, &row, err);

		if (status != ANNOT_OK || !row) {
			sqlite3_reset(*ret);
			return status != ANNOT_OK ? status : no_record(seq, err);
		}
		c->point = *ret;
		c->point_at = seq;
	}
	*ret = c->point;
	return ANNOT_OK;
}

void core_point_leave(struct core *c)
{
	if (!c->may_scan)
		point_end(c);
}

/* Moves the scan (TRUTH_SCAN or TRUTH_LOG) to seq, or begins it there; *ret_row false past the end.
 */
static enum annot_status scan_to(struct core *c, unsigned scan, uint64_t seq, bool *ret_row,
				 struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	bool row = true;

	if (c->scan && c->scans != scan)
		scan_end(c);
	c->scans = scan;
	if (!c->scan || seq < c->scan_at || seq - c->scan_at > SCAN_GAP) {
		TRY(db_statement(&c->truth, scan, &c->scan, err));
		sqlite3_bind_int64(c->scan, 1, (int64_t)seq);
		status = db_step(&c->truth, c->scan, &row, err);
	} else {
		while (status == ANNOT_OK && row && c->scan_at < seq) {
			status = db_step(&c->truth, c->scan, &row, err);
			c->scan_at++;
		}
	}
	c->scan_at = seq;
	*ret_row = row && status == ANNOT_OK && (uint64_t)sqlite3_column_int64(c->scan, 3) == seq;
	if (!*ret_row)
		scan_end(c);
	return status;
}

/* All of it until the statement goes on. */
static enum annot_status record_columns(sqlite3_stmt *st, uint64_t seq, struct store_record *ret,
					struct annot_error *err)
{
	struct store_record found = {.index = seq, .record = column(st, 0)};

	if (!found.record.data)
		found.leaf = column(st, 2);
	if (sqlite3_column_bytes(st, 1) != ANNOT_SIGNATURE_SIZE)
		return annot_fail(err, ANNOT_STORE,
				  "truth.db: record #%llu has no signature; run annotd fsck",
				  (unsigned long long)seq);
	memcpy(found.signature, sqlite3_column_blob(st, 1), ANNOT_SIGNATURE_SIZE);
	*ret = found;
	return ANNOT_OK;
}

static enum annot_status record_copy(sqlite3_stmt *st, uint64_t seq, struct annot_arena *arena,
				     struct store_record *ret, struct annot_error *err)
{
	struct store_record found;

	TRY(record_columns(st, seq, &found, err));
	if (!copy(arena, &found.record) || !copy(arena, &found.leaf))
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for record #%llu",
				  (unsigned long long)seq);
	*ret = found;
	return ANNOT_OK;
}

enum annot_status core_log(struct core *c, uint64_t seq, struct store_log_row *ret,
			   struct annot_error *err)
{
	bool row = false;

	c->read_last = seq;
	TRY(scan_to(c, TRUTH_LOG, seq, &row, err));
	if (!row)
		return no_record(seq, err);
	TRY(record_columns(c->scan, seq, &ret->stored, err));
	ret->nodes = column(c->scan, 4);
	return ANNOT_OK;
}

enum annot_status core_record(struct core *c, uint64_t seq, struct annot_arena *arena,
			      struct store_record *ret, struct annot_error *err)
{
	uint64_t last = c->read_last;
	sqlite3_stmt *st;
	bool stands = c->point && c->point_at == seq, row = false;

	c->read_last = seq;
	if (!stands && c->may_scan && seq >= last && seq - last <= SCAN_GAP) {
		TRY(scan_to(c, TRUTH_SCAN, seq, &row, err));
		return row ? record_copy(c->scan, seq, arena, ret, err) : no_record(seq, err);
	}
	TRY(core_point(c, seq, &st, err));
	enum annot_status status = record_copy(st, seq, arena, ret, err);

	core_point_leave(c);
	return status;
}

enum annot_status core_leaf(const struct store_record *record, struct annot_arena *arena,
			    struct annot_leaf *ret, struct annot_error *err)
{
	const struct annot_record *parsed;

	if (!record->record.data)
		return annot_leaf_parse(record->leaf, ret, err);
	TRY(annot_record_parse(arena, record->record, &parsed, err));
	annot_leaf_of(parsed, record->signature, ret);
	return ANNOT_OK;
}

enum annot_status core_node(struct core *c, unsigned level, uint64_t n, struct annot_hash *ret,
			    struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	TRY(db_statement(&c->truth, TRUTH_NODES, &st, err));
	if (level < ANNOT_LEVELS && n < (UINT64_C(1) << 62 >> level)) {
		sqlite3_bind_int64(st, 1, (int64_t)(((n + 1) << level) - 1));
		TRY(db_step(&c->truth, st, &row, err));
	}
	if (!row || sqlite3_column_bytes(st, 0) < (int)((level + 1) * ANNOT_HASH_SIZE))
		return annot_fail(
			err, ANNOT_STORE,
			"truth.db: tree node %llu of level %u is missing; run annotd fsck",
			(unsigned long long)n, level);
	memcpy(ret->b, (const uint8_t *)sqlite3_column_blob(st, 0) + level * ANNOT_HASH_SIZE,
	       ANNOT_HASH_SIZE);
	return ANNOT_OK;
}

enum annot_status core_root(struct core *c, uint64_t size, struct annot_hash *ret,
			    struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	TRY(db_statement(&c->truth, TRUTH_ROOT_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)size);
	TRY(db_step(&c->truth, st, &row, err));
	if (!row || sqlite3_column_bytes(st, 0) != ANNOT_HASH_SIZE)
		return annot_fail(err, ANNOT_NOT_FOUND, "no commit made a log of %llu record%s",
				  (unsigned long long)size, annot_plural(size));
	memcpy(ret->b, sqlite3_column_blob(st, 0), ANNOT_HASH_SIZE);
	return ANNOT_OK;
}

enum annot_status core_next_root(struct core *c, uint64_t size, uint64_t *ret_size,
				 struct annot_hash *ret, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	TRY(db_statement(&c->truth, TRUTH_ROOT_NEXT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)size);
	TRY(db_step(&c->truth, st, &row, err));
	*ret_size = row ? (uint64_t)sqlite3_column_int64(st, 0) : UINT64_MAX;
	if (row)
		memcpy(ret->b, sqlite3_column_blob(st, 1), ANNOT_HASH_SIZE);
	return ANNOT_OK;
}
