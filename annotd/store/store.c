/* Opening and closing both databases, and transactions over them. */
#include "annotd/store/store_private.h"

#include <errno.h>
#include <stdlib.h>

enum { PATH_SIZE = 4096 };

void store_tune(void)
{
	/* MISUSE when SQLite is in use already: then it stays as it is. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum annot_status store_create(const char *dir, struct annot_error *err)
{
	struct db db;

	TRY(db_open(&db, dir, &store_truth_file, DB_CREATE, err));
	db_close(&db);
	return ANNOT_OK;
}

enum annot_status store_meta_put(struct db *db, int key, int64_t value, struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(db, INDEX_META_PUT, &st, err));
	sqlite3_bind_int(st, 1, key);
	sqlite3_bind_int64(st, 2, value);
	return db_run(db, st, err);
}

enum annot_status store_file_delete(const char *dir, const char *name, struct annot_error *err)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
	char path[PATH_SIZE];

	for (size_t i = 0; i < COUNT(suffixes); i++) {
		snprintf(path, sizeof path, "%s/%s%s", dir, name, suffixes[i]);
		if (unlink(path) != 0 && errno != ENOENT)
			return annot_fail(err, ANNOT_STORE, "%s: cannot be deleted: %m", path);
	}
	return ANNOT_OK;
}

enum annot_status store_index_remake(struct store *s, enum db_mode mode, struct annot_error *err)
{
	db_close(&s->core.index);
	core_forget(&s->core);
	TRY(store_file_delete(s->dir, store_index_file.name, err));
	s->index_size = s->next_index_size = 0;
	s->index_is_new = true;
	return db_open(&s->core.index, s->dir, &store_index_file, mode, err);
}

/* Whether the index is about this truth.db: not longer, and its last record has that hash. */
static enum annot_status index_fits(struct store *s, bool *ret, struct annot_error *err)
{
	sqlite3_stmt *st;
	struct annot_hash hash;
	bool row = false;
	int64_t seq = -1;

	*ret = s->index_size <= s->size;
	if (!*ret || s->index_size == 0)
		return ANNOT_OK;
	TRY(core_hash(&s->core, s->index_size - 1, &hash, err));
	TRY(db_statement(&s->core.index, INDEX_FIND, &st, err));
	sqlite3_bind_int64(st, 1, core_id8(hash.b));
	do {
		TRY(db_step(&s->core.index, st, &row, err));
		if (row)
			seq = sqlite3_column_int64(st, 0);
	} while (row && seq != (int64_t)s->index_size - 1);
	sqlite3_reset(st);
	*ret = row;
	return ANNOT_OK;
}

/* Opens the index; makes an empty one where it is missing, old, broken, or may have lost pages. */
static enum annot_status index_open(struct store *s, struct annot_error *err)
{
	enum annot_status status;
	bool good = false;

	status = db_open(&s->core.index, s->dir, &store_index_file, DB_WRITE, err);
	if (status == ANNOT_OK)
		status = store_index_trusted(&s->core.index, &good, err);
	if (status == ANNOT_OK && good)
		status = core_index_size(&s->core, &s->index_size, err);
	if (status == ANNOT_OK && good)
		status = index_fits(s, &good, err);
	if (status != ANNOT_OK && status != ANNOT_NOT_FOUND && status != ANNOT_MISMATCH &&
	    status != ANNOT_STORE)
		return status;
	if (status != ANNOT_OK || !good)
		TRY(store_index_remake(s, DB_CREATE, err));
	s->next_index_size = s->index_size;
	return ANNOT_OK;
}

/* From here on the index is not clean; then it needs no more syncs until it is closed. */
static enum annot_status index_ready(struct store *s, struct annot_error *err)
{
	TRY(store_index_mark_open(&s->core.index, err));
	return store_wal_watch(s, &s->core.index, err);
}

enum annot_status store_open(const char *dir, struct store **ret, bool *ret_rebuild,
			     struct annot_error *err)
{
	struct store *s = calloc(1, sizeof *s);
	enum annot_status status = ANNOT_OK;

	if (!s || !(s->dir = strdup(dir))) {
		free(s);
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for the store");
	}
	status = db_open(&s->core.truth, dir, &store_truth_file, DB_WRITE, err);
	if (status == ANNOT_OK)
		status = core_truth_size(&s->core, &s->size, err);
	if (status == ANNOT_OK)
		status = index_open(s, err);
	if (status == ANNOT_OK)
		status = index_ready(s, err);
	if (status == ANNOT_OK)
		status = store_anchors_check(s, err);
	if (status == ANNOT_OK)
		status = store_wal_watch(s, &s->core.truth, err);
	if (status != ANNOT_OK) {
		db_close(&s->core.index);
		db_close(&s->core.truth);
		free(s->dir);
		free(s);
		return status;
	}
	s->next_size = s->size;
	s->core.cache = &s->cache;
	store_view_init(s);
	*ret_rebuild = s->index_size == 0;
	*ret = s;
	return ANNOT_OK;
}

struct store *store_close(struct store *s)
{
	if (!s)
		return NULL;
	store_fill_abandon(s);
	store_rollback(s);
	if (s->core.index.sq)
		(void)store_index_mark_clean(&s->core.index, NULL);
	if (s->core.truth.sq)
		(void)store_wal_empty(&s->core.truth, NULL);
	db_close(&s->core.index);
	db_close(&s->core.truth);
	free(s->dir);
	free(s);
	return NULL;
}

uint64_t store_size(const struct store *s)
{
	return s->size;
}

uint64_t store_index_size(const struct store *s)
{
	return s->index_size;
}

/* --- transactions --- */

/* A rollback that found no memory is made good before anything else is read or written. */
static enum annot_status leave(struct db *db, struct annot_error *err)
{
	return sqlite3_get_autocommit(db->sq) ? ANNOT_OK : db_exec(db, "ROLLBACK", err);
}

enum annot_status store_begin(struct store *s, struct annot_error *err)
{
	if (s->in_truth || s->in_index)
		return annot_fail(err, ANNOT_INTERNAL, "store_begin within a transaction");
	TRY(leave(&s->core.truth, err));
	return leave(&s->core.index, err);
}

enum annot_status store_in_truth(struct store *s, struct annot_error *err)
{
	if (!s->in_truth) {
		TRY(leave(&s->core.truth, err));
		TRY(db_do(&s->core.truth, TRUTH_WRITE, err));
	}
	s->in_truth = true;
	return ANNOT_OK;
}

enum annot_status store_in_index(struct store *s, struct annot_error *err)
{
	if (!s->in_index) {
		TRY(leave(&s->core.index, err));
		TRY(db_do(&s->core.index, INDEX_WRITE, err));
	}
	s->in_index = true;
	return ANNOT_OK;
}

static enum annot_status root_put(struct store *s, const struct annot_hash *root,
				  struct annot_error *err)
{
	sqlite3_stmt *st;

	if (s->next_size == s->size)
		return ANNOT_OK;
	if (!root)
		return annot_fail(err, ANNOT_INTERNAL, "records were put, but no root given");
	TRY(db_statement(&s->core.truth, TRUTH_ROOT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)s->next_size);
	sqlite3_bind_blob(st, 2, root->b, sizeof root->b, SQLITE_STATIC);
	return db_run(&s->core.truth, st, err);
}

static void truth_rollback(struct store *s)
{
	if (s->in_truth && !sqlite3_get_autocommit(s->core.truth.sq))
		(void)db_exec(&s->core.truth, "ROLLBACK", NULL);
	s->in_truth = false;
	s->next_size = s->size;
	core_forget(&s->core);
}

enum annot_status store_commit_truth(struct store *s, const struct annot_hash *root,
				     struct annot_error *err)
{
	enum annot_status status;

	if (!s->in_truth)
		return ANNOT_OK;
	status = root_put(s, root, err);
	if (status == ANNOT_OK)
		status = db_do(&s->core.truth, TRUTH_END, err);
	if (status != ANNOT_OK) {
		truth_rollback(s);
		return status;
	}
	s->in_truth = false;
	s->size = s->next_size;
	atomic_fetch_add(&s->commits, 1);
	return ANNOT_OK;
}

enum annot_status store_commit_index(struct store *s, struct annot_error *err)
{
	if (!s->in_index)
		return ANNOT_OK;
	TRY(store_meta_put(&s->core.index, META_APPLIED, (int64_t)s->next_index_size, err));
	TRY(db_do(&s->core.index, INDEX_END, err));
	s->in_index = false;
	s->due = s->due || s->next_due;
	s->next_due = false;
	s->index_size = s->next_index_size;
	s->index_is_new = false;
	atomic_fetch_add(&s->commits, 1);
	return ANNOT_OK;
}

const _Atomic uint64_t *store_commits(const struct store *s)
{
	return &s->commits;
}

void store_rollback(struct store *s)
{
	if (s->in_index && !sqlite3_get_autocommit(s->core.index.sq))
		(void)db_exec(&s->core.index, "ROLLBACK", NULL);
	s->in_index = s->next_due = false;
	s->next_index_size = s->index_size;
	truth_rollback(s);
}

enum annot_status store_record(struct store *s, uint64_t index, struct annot_arena *arena,
			       struct store_record *ret, struct annot_error *err)
{
	return core_record(&s->core, index, arena, ret, err);
}

enum annot_status store_root(struct store *s, uint64_t size, struct annot_hash *ret,
			     struct annot_error *err)
{
	return core_root(&s->core, size, ret, err);
}
