/* Readers: one a thread, on read-only connections. */
#include "annotd/store/reader_private.h"

#include <stdlib.h>
#include <time.h>

/* A snapshot that is kept from request to request is renewed after this, whatever happens: its
 * pages may have moved from the write-ahead log, where it is slower to find them, into the file. */
enum { SNAPSHOT_MS = 50 };

static enum annot_status open_files(const char *dir, bool index, struct reader **ret,
				    struct annot_error *err)
{
	struct reader *r = calloc(1, sizeof *r);
	enum annot_status status;

	if (!r || !(r->dir = strdup(dir))) {
		free(r);
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a reader");
	}
	status = db_open(&r->core.truth, dir, &store_truth_file, DB_READ, err);
	if (status == ANNOT_OK && index)
		status = db_open(&r->core.index, dir, &store_index_file, DB_READ, err);
	if (status != ANNOT_OK) {
		reader_close(r);
		return status;
	}
	r->core.may_scan = true;
	*ret = r;
	return ANNOT_OK;
}

enum annot_status reader_open(const char *dir, struct reader **ret, struct annot_error *err)
{
	return open_files(dir, true, ret, err);
}

enum annot_status reader_open_log(const char *dir, struct reader **ret, struct annot_error *err)
{
	return open_files(dir, false, ret, err);
}

void reader_follow(struct reader *r, const _Atomic uint64_t *commits)
{
	reader_rest(r);
	r->commits = commits;
}

struct reader *reader_close(struct reader *r)
{
	if (!r)
		return NULL;
	reader_rest(r);
	for (size_t i = 0; i < LISTS_KEPT; i++)
		sqlite3_finalize(r->lists[i].st);
	db_close(&r->core.index);
	db_close(&r->core.truth);
	annot_buf_free(&r->page.chars);
	annot_buf_free(&r->one.chars);
	finder_close(r->finder);
	free(r->dir);
	free(r);
	return NULL;
}

static enum annot_status snapshot(struct reader *r, struct annot_error *err)
{
	/* The index first: truth.db is committed before it, so it has all that the index knows. */
	if (r->core.index.sq) {
		TRY(db_do(&r->core.index, INDEX_BEGIN, err));
		TRY(core_index_size(&r->core, &r->index_size, err));
	}
	TRY(db_do(&r->core.truth, TRUTH_BEGIN, err));
	return core_truth_size(&r->core, &r->truth_size, err);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Whether nothing was committed since the snapshot was taken, not long ago. */
static bool is_fresh(const struct reader *r)
{
	return r->open && r->commits && atomic_load(r->commits) == r->seen_commits &&
	       now_ms() - r->taken_ms < SNAPSHOT_MS;
}

enum annot_status reader_begin(struct reader *r, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;

	if (!is_fresh(r)) {
		reader_rest(r);
		r->seen_commits = r->commits ? atomic_load(r->commits) : 0;
		r->taken_ms = r->commits ? now_ms() : 0;
		r->open = true;
		r->snapshots++;
		status = snapshot(r, err);
		if (status != ANNOT_OK)
			reader_rest(r);
	}
	r->size = r->index_size;
	return status;
}

static void end(struct db *db, unsigned statement)
{
	if (db->sq && !sqlite3_get_autocommit(db->sq))
		(void)db_do(db, statement, NULL);
}

void reader_rest(struct reader *r)
{
	core_rest(&r->core);
	page_forget(&r->page);
	page_forget(&r->one);
	end(&r->core.index, INDEX_END);
	end(&r->core.truth, TRUTH_END);
	r->open = false;
}

void reader_end(struct reader *r)
{
	if (!r->commits)
		reader_rest(r);
}

uint64_t reader_snapshot(const struct reader *r)
{
	return r->snapshots;
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
		return annot_fail(
			err, ANNOT_INVALID,
			"query: as-of:#%llu lies in the future: the log has %llu record%s",
			(unsigned long long)size, (unsigned long long)r->index_size,
			annot_plural(r->index_size));
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

enum annot_status reader_log(struct reader *r, uint64_t index, struct store_log_row *ret,
			     struct annot_error *err)
{
	return core_log(&r->core, index, ret, err);
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

enum annot_status reader_withheld_content(struct reader *r, const struct annot_hash *sha256,
					  uint64_t *ret_index, struct annot_error *err)
{
	return core_withheld_content(&r->core, sha256, ret_index, err);
}

enum annot_status reader_content_length(struct reader *r, uint64_t document_index, uint64_t *ret,
					struct annot_error *err)
{
	return core_content_length(&r->core, STORE_TEXT, document_index, ret, err);
}

enum annot_status reader_content(struct reader *r, uint64_t document_index, uint64_t offset,
				 size_t len, struct annot_buf *ret, struct annot_error *err)
{
	return core_content(&r->core, STORE_TEXT, document_index, offset, len, ret, err);
}

enum annot_status reader_original_length(struct reader *r, uint64_t document_index, uint64_t *ret,
					 struct annot_error *err)
{
	return core_content_length(&r->core, STORE_ORIGINAL, document_index, ret, err);
}

enum annot_status reader_original(struct reader *r, uint64_t document_index, uint64_t offset,
				  size_t len, struct annot_buf *ret, struct annot_error *err)
{
	return core_content(&r->core, STORE_ORIGINAL, document_index, offset, len, ret, err);
}

enum annot_status reader_contents(struct reader *r, uint64_t from, reader_each each, void *arg,
				  struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(&r->core.truth, TRUTH_CONTENTS, &st, err));
	return core_each(&r->core.truth, st, from, NULL, 0, each, arg, err);
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

enum annot_status reader_next_root(struct reader *r, uint64_t size, uint64_t *ret_size,
				   struct annot_hash *ret, struct annot_error *err)
{
	return core_next_root(&r->core, size, ret_size, ret, err);
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
	struct page_row *row;
	sqlite3_stmt *st;
	bool discussed;

	TRY(page_row(r, index, &row, err));
	TRY(page_discussed(r, row, &discussed, err));
	if (!discussed)
		return ANNOT_OK;
	TRY(db_statement(&r->core.index, INDEX_ABOUT, &st, err));
	return core_each(&r->core.index, st, 0,
			 (int64_t[]){(int64_t)index, (int64_t)kind, (int64_t)r->size}, 3, each, arg,
			 err);
}

enum annot_status reader_rated(struct reader *r, uint64_t index, reader_each each, void *arg,
			       struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(&r->core.index, INDEX_RATED, &st, err));
	return core_each(&r->core.index, st, 0,
			 (int64_t[]){(int64_t)index, ANNOT_KIND_verdict, (int64_t)r->size}, 3, each,
			 arg, err);
}
