/* Readers: one a thread, on read-only connections. */
#include "annotd/store/reader_private.h"

#include <stdlib.h>

enum annot_status reader_open(const char *dir, struct reader **ret, struct annot_error *err)
{
	struct reader *r = calloc(1, sizeof *r);
	enum annot_status status;

	if (!r)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a reader");
	status = db_open(&r->core.truth, dir, &store_truth_file, DB_READ, err);
	if (status == ANNOT_OK)
		status = db_open(&r->core.index, dir, &store_index_file, DB_READ, err);
	if (status != ANNOT_OK) {
		reader_close(r);
		return status;
	}
	*ret = r;
	return ANNOT_OK;
}

struct reader *reader_close(struct reader *r)
{
	if (!r)
		return NULL;
	reader_end(r);
	db_close(&r->core.index);
	db_close(&r->core.truth);
	free(r);
	return NULL;
}

static enum annot_status snapshot(struct reader *r, struct annot_error *err)
{
	/* The index first: truth.db is committed before it, so it has all that the index knows. */
	TRY(db_exec(&r->core.index, "BEGIN", err));
	TRY(core_index_size(&r->core, &r->index_size, err));
	TRY(db_exec(&r->core.truth, "BEGIN", err));
	return core_truth_size(&r->core, &r->truth_size, err);
}

enum annot_status reader_begin(struct reader *r, struct annot_error *err)
{
	enum annot_status status;

	reader_end(r);
	status = snapshot(r, err);
	if (status != ANNOT_OK)
		reader_end(r);
	r->size = r->index_size;
	return status;
}

static void end(struct db *db)
{
	if (db->sq && !sqlite3_get_autocommit(db->sq))
		(void)db_exec(db, "COMMIT", NULL);
}

void reader_end(struct reader *r)
{
	end(&r->core.index);
	end(&r->core.truth);
}

uint64_t reader_size(const struct reader *r)
{
	return r->size;
}

uint64_t reader_truth_size(const struct reader *r)
{
	return r->truth_size;
}

enum annot_status reader_as_of(struct reader *r, uint64_t size, struct annot_error *err)
{
	if (size > r->index_size)
		return annot_fail(err, ANNOT_NOT_FOUND, "the log has %llu records, not %llu",
				  (unsigned long long)r->index_size, (unsigned long long)size);
	r->size = size;
	return ANNOT_OK;
}

bool reader_is_as_of(const struct reader *r)
{
	return r->size != r->index_size;
}

enum annot_status reader_record(struct reader *r, uint64_t index, struct annot_arena *arena,
				struct store_record *ret, struct annot_error *err)
{
	return core_record(&r->core, index, arena, ret, err);
}

enum annot_status reader_find(struct reader *r, const struct annot_hash *record, uint64_t *ret,
			      struct annot_error *err)
{
	uint64_t seq = 0;

	TRY(core_find(&r->core, record, &seq, err));
	if (seq >= r->size)
		return annot_fail(err, ANNOT_NOT_FOUND,
				  "record #%llu is not among the first %llu of the log",
				  (unsigned long long)seq, (unsigned long long)r->size);
	*ret = seq;
	return ANNOT_OK;
}

static enum annot_status row_reason(struct reader *r, uint64_t index,
				    char ret[ANNOT_ERROR_TEXT_MAX], struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	const char *reason;
	bool row = false;

	TRY(db_statement(&r->core.index, INDEX_VOID_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)index);
	TRY(db_step(&r->core.index, st, &row, err));
	reason = row ? (const char *)sqlite3_column_text(st, 0) : NULL;
	snprintf(ret, ANNOT_ERROR_TEXT_MAX, "%s", reason ? reason : "");
	return ANNOT_OK;
}

/* Versions and heads among the first r->size records. */
static enum annot_status ann_as_of(struct reader *r, uint64_t first, struct core_ann *ret,
				   struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	TRY(core_ann(&r->core, first, ret, err));
	if (!reader_is_as_of(r))
		return ANNOT_OK;
	if (ret->retracted >= (int64_t)r->size)
		ret->retracted = ANNOT_NEVER;
	TRY(db_statement(&r->core.index, INDEX_ANN_AS_OF, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)first);
	sqlite3_bind_int64(st, 2, (int64_t)r->size);
	TRY(db_step(&r->core.index, st, &row, err));
	ret->versions = row ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
	ret->heads = row ? (uint64_t)sqlite3_column_int64(st, 1) : 0;
	return ANNOT_OK;
}

/* The effect and what replaced it, as of r->size. */
static enum annot_status rec_as_of(struct reader *r, uint64_t index, struct core_rec *ret,
				   int64_t *ret_late, struct annot_error *err)
{
	TRY(core_rec(&r->core, index, ret, err));
	TRY(core_late(&r->core, index, ret_late, err));
	if (*ret_late >= (int64_t)r->size) {
		ret->effect = ANNOT_PENDING;
		*ret_late = ANNOT_NEVER;
	}
	if (ret->replaced >= (int64_t)r->size)
		ret->replaced = ANNOT_NEVER;
	return ANNOT_OK;
}

enum annot_status reader_row(struct reader *r, uint64_t index, struct store_row *ret,
			     struct annot_error *err)
{
	struct store_row row = {.index = index};
	struct core_rec rec;
	struct core_ann ann;
	int64_t late;

	if (index >= r->size)
		return annot_fail(err, ANNOT_NOT_FOUND, "no record #%llu among %llu",
				  (unsigned long long)index, (unsigned long long)r->size);
	TRY(rec_as_of(r, index, &rec, &late, err));
	TRY(ann_as_of(r, rec.ann, &ann, err));
	TRY(core_digest(&r->core, index, &row.record, &row.withheld, err));
	row.annotation = row.record;
	if (!rec.first)
		TRY(core_hash(&r->core, rec.ann, &row.annotation, err));
	TRY(core_author(&r->core, rec.author, &row.author, err));
	row.kind = rec.kind;
	row.effect = rec.effect;
	row.effect_at = late == ANNOT_NEVER ? index : (uint64_t)late;
	if (rec.effect == ANNOT_VOID)
		TRY(row_reason(r, index, row.reason, err));
	else
		row.version = rec.version;
	row.versions = ann.versions;
	row.heads = ann.heads;
	row.head = core_rec_is_head(&rec);
	row.retracted = ann.retracted;
	*ret = row;
	return ANNOT_OK;
}

static bool varint_next(const uint8_t *data, size_t len, size_t *at, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; *at < len && shift < 64; shift += 7) {
		uint8_t byte = data[(*at)++];

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

enum annot_status reader_chars(struct reader *r, uint64_t index, struct store_chars *ret,
			       size_t max, size_t *ret_n, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	size_t at = 0, n = 0, len;
	const uint8_t *data;
	bool row = false;

	TRY(db_statement(&r->core.index, INDEX_CHARS, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)index);
	TRY(db_step(&r->core.index, st, &row, err));
	if (!row)
		return annot_fail(err, ANNOT_NOT_FOUND, "no record #%llu in the index",
				  (unsigned long long)index);
	data = sqlite3_column_blob(st, 0);
	len = data ? (size_t)sqlite3_column_bytes(st, 0) : 0;
	while (n < max && at < len) {
		uint64_t start, length;

		if (!varint_next(data, len, &at, &start) || !varint_next(data, len, &at, &length))
			return annot_fail(
				err, ANNOT_STORE,
				"index.db: places of #%llu are broken; run annotd rebuild",
				(unsigned long long)index);
		ret[n++] = (struct store_chars){.start = start, .end = start + length};
	}
	*ret_n = n;
	return ANNOT_OK;
}

enum annot_status reader_content_length(struct reader *r, uint64_t document_index, uint64_t *ret,
					struct annot_error *err)
{
	return core_content_length(&r->core, document_index, ret, err);
}

enum annot_status reader_content(struct reader *r, uint64_t document_index, uint64_t offset,
				 size_t len, struct annot_buf *ret, struct annot_error *err)
{
	return core_content(&r->core, document_index, offset, len, ret, err);
}

enum annot_status reader_note(struct reader *r, const struct annot_hash *hash,
			      struct annot_buf *ret, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	TRY(db_statement(&r->core.truth, TRUTH_NOTE_GET, &st, err));
	sqlite3_bind_blob(st, 1, hash->b, sizeof hash->b, SQLITE_STATIC);
	TRY(db_step(&r->core.truth, st, &row, err));
	if (!row)
		return annot_fail(err, ANNOT_NOT_FOUND, "no note %.16s… was handed in",
				  annot_hash_hex(hash).text);
	annot_buf_add(ret, sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0));
	return annot_buf_check(ret, "note", err);
}

static enum annot_status tree_node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				   struct annot_error *err)
{
	struct reader *r = ctx;

	return core_node(&r->core, level, n, ret, err);
}

enum annot_status reader_root(struct reader *r, uint64_t size, struct annot_hash *ret,
			      struct annot_error *err)
{
	return core_root(&r->core, size, ret, err);
}

struct annot_tree_reader reader_tree(struct reader *r)
{
	return (struct annot_tree_reader){.ctx = r, .node = tree_node};
}

enum annot_status reader_authority(struct reader *r, uint64_t from, reader_each each, void *arg,
				   struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(&r->core.index, INDEX_AUTHORITY, &st, err));
	return core_each(&r->core.index, st, from, (int64_t[]){(int64_t)r->size}, 1, each, arg,
			 err);
}

enum annot_status reader_history(struct reader *r, const struct annot_hash *annotation,
				 uint64_t from, reader_each each, void *arg,
				 struct annot_error *err)
{
	sqlite3_stmt *st;
	uint64_t first = 0;

	TRY(reader_find(r, annotation, &first, err));
	TRY(db_statement(&r->core.index, INDEX_HISTORY, &st, err));
	return core_each(&r->core.index, st, from, (int64_t[]){(int64_t)first, (int64_t)r->size}, 2,
			 each, arg, err);
}

enum annot_status reader_about(struct reader *r, uint64_t index, enum annot_kind kind,
			       reader_each each, void *arg, struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(&r->core.index, INDEX_ABOUT, &st, err));
	return core_each(&r->core.index, st, 0,
			 (int64_t[]){(int64_t)index, (int64_t)kind, (int64_t)r->size}, 3, each, arg,
			 err);
}
