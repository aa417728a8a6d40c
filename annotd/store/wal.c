/*
 * The write-ahead logs: how long they get, and how the index does without syncs.
 *
 * SQLite appends to a log until all of it was moved into the database, and then writes it from its
 * start again. Writing over what is there is what makes a commit cheap: an fdatasync after an append has
 * to make the file's new length durable too, which takes twice as long. So truth.db's log is kept short;
 * its records are only ever appended, so that moving them writes each page about once. index.db's is
 * not synced, and its pages are scattered: the longer it is, the fewer of them are written twice.
 *
 * index.db is not synced between a clean close and the next one. What a crash of the machine leaves
 * of it may be anything, so it counts only with the mark CLEAN, or if the machine still runs.
 * Therefore the mark is gone from the file itself, and not only in its log, before the first page
 * is written without sync; and it comes back only after all pages are on the disk.
 * https://sqlite.org/wal.html
 */
#include "annotd/store/store_private.h"

#include <fcntl.h>
#include <unistd.h>

enum {
	FRAME_HEAD = 24, /* of each page in a log */
	PASSES = 8,      /* beside the writer, each for what came during the one before */
	FEW_PAGES = 64,  /* are left to move while the writer waits */
	READERS_MS = 200 /* the writer waits at most so long for them, where a log is very long */
};

/* --- how long they get --- */

static int count_pages(void *arg, sqlite3 *sq, const char *name, int pages)
{
	struct wal *wal = arg;

	(void)sq, (void)name;
	if (pages < atomic_exchange(&wal->pages, pages))
		atomic_store(&wal->max, wal->grown); /* it began anew */
	return SQLITE_OK;
}

enum annot_status store_wal_watch(struct store *s, struct db *db, struct annot_error *err)
{
	char sql[64];
	bool index = db == &s->core.index;
	struct wal *wal = index ? &s->index_wal : &s->truth_wal;

	wal->file = index ? &store_index_file : &store_truth_file;
	wal->grown = index ? STORE_WAL_GROWN : STORE_WAL_TRUTH_GROWN;
	atomic_store(&wal->pages, 0);
	atomic_store(&wal->max, wal->grown);
	sqlite3_wal_hook(db->sq, count_pages, wal);
	/* The file too: one that had to grow further gives the rest back. */
	snprintf(sql, sizeof sql, "PRAGMA journal_size_limit=%d", (int)STORE_WAL_GROWN);
	return db_exec(db, sql, err);
}

static size_t wal_bytes(const struct wal *wal)
{
	return (size_t)atomic_load(&wal->pages) * (size_t)(wal->file->page_size + FRAME_HEAD);
}

bool store_wal_has_grown(const struct store *s)
{
	return wal_bytes(&s->truth_wal) >= atomic_load(&s->truth_wal.max) ||
	       wal_bytes(&s->index_wal) >= atomic_load(&s->index_wal.max);
}

/*
 * Moves all pages into the database, most of them beside the writer, which waits on its lock for the
 * last ones. With its next commit it starts over, unless a reader is at the log just then; readers are
 * waited for only where it has become long over that.
 */
static int begin_anew(struct db *db, const struct wal *wal, pthread_mutex_t *writer)
{
	int moved = 0, code = SQLITE_OK;

	for (int i = 0; code == SQLITE_OK && i < PASSES; i++) {
		code = sqlite3_wal_checkpoint_v2(db->sq, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
						 &moved);
		if (atomic_load(&wal->pages) - moved < FEW_PAGES)
			break;
	}
	if (code != SQLITE_OK)
		return code;
	sqlite3_busy_timeout(db->sq, READERS_MS);
	pthread_mutex_lock(writer);
	code = sqlite3_wal_checkpoint_v2(db->sq, NULL,
					 wal_bytes(wal) < STORE_WAL_GROWN
						 ? SQLITE_CHECKPOINT_PASSIVE
						 : SQLITE_CHECKPOINT_RESTART,
					 NULL, NULL);
	pthread_mutex_unlock(writer);
	return code;
}

static enum annot_status tend(const struct store *s, struct wal *wal, size_t max,
			      pthread_mutex_t *writer, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	struct db db;

	if (wal_bytes(wal) < max)
		return ANNOT_OK;
	TRY(db_open(&db, s->dir, wal->file, DB_WRITE, err));
	if (wal->file->derived)
		status = db_exec(&db, "PRAGMA synchronous=OFF", err);
	int code = status == ANNOT_OK ? begin_anew(&db, wal, writer) : SQLITE_OK;

	/* Where a reader kept it from beginning anew, that is not tried at each commit. */
	if (code == SQLITE_OK || code == SQLITE_BUSY)
		atomic_store(&wal->max, wal_bytes(wal) + wal->grown);
	else
		status = db_fail(&db, "checkpoint", err);
	db_close(&db);
	return status;
}

enum annot_status store_wal_tend(struct store *s, bool all, pthread_mutex_t *writer,
				 struct annot_error *err)
{
	TRY(tend(s, &s->truth_wal, all ? 0 : atomic_load(&s->truth_wal.max), writer, err));
	return tend(s, &s->index_wal, all ? 0 : atomic_load(&s->index_wal.max), writer, err);
}

/* --- truncated --- */

enum annot_status store_wal_empty(struct db *db, struct annot_error *err)
{
	if (sqlite3_wal_checkpoint_v2(db->sq, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
	    SQLITE_OK)
		return db_fail(db, "checkpoint", err);
	return ANNOT_OK;
}

enum annot_status store_wal_truncate(const char *dir, struct annot_error *err)
{
	const struct db_file *const files[] = {&store_truth_file, &store_index_file};

	for (size_t i = 0; i < COUNT(files); i++) {
		struct db db;

		TRY(db_open(&db, dir, files[i], DB_WRITE, err));
		enum annot_status status = store_wal_empty(&db, err);

		db_close(&db);
		TRY(status);
	}
	return ANNOT_OK;
}

/* --- the mark --- */

/* Values of META_CLEAN; none: a new index. */
enum { MARK_OPEN = 0, MARK_CLEAN = 1, MARK_OPENING = 2 };
enum { BOOT_ID_MAX = 64 };

/* "" where the system has none: then only the clean mark counts. */
static void boot_id(char ret[BOOT_ID_MAX])
{
	AUTO_CLOSE int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, ret, BOOT_ID_MAX - 1);

	ret[n > 0 ? n : 0] = '\0';
}

static enum annot_status put_mark(struct db *index, int64_t value, struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(index, INDEX_META_PUT, &st, err));
	sqlite3_bind_int(st, 1, META_CLEAN);
	sqlite3_bind_int64(st, 2, value);
	return db_run(index, st, err);
}

static enum annot_status put_boot(struct db *index, struct annot_error *err)
{
	char boot[BOOT_ID_MAX];
	sqlite3_stmt *st;

	boot_id(boot);
	TRY(db_statement(index, INDEX_META_PUT, &st, err));
	sqlite3_bind_int(st, 1, META_BOOT);
	sqlite3_bind_text(st, 2, boot, -1, SQLITE_STATIC);
	return db_run(index, st, err);
}

static enum annot_status mark(struct db *index, bool *ret_row, int64_t *ret,
			      struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(index, INDEX_META_GET, &st, err));
	sqlite3_bind_int(st, 1, META_CLEAN);
	return db_number(index, st, ret_row, ret, err);
}

enum annot_status store_index_trusted(struct db *index, bool *ret, struct annot_error *err)
{
	char boot[BOOT_ID_MAX];
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;
	int64_t value = MARK_OPEN;

	TRY(mark(index, &row, &value, err));
	*ret = row && value == MARK_CLEAN;
	if (*ret)
		return ANNOT_OK;
	boot_id(boot);
	TRY(db_statement(index, INDEX_META_GET, &st, err));
	sqlite3_bind_int(st, 1, META_BOOT);
	TRY(db_step(index, st, &row, err));
	const char *then = row ? (const char *)sqlite3_column_text(st, 0) : NULL;

	*ret = then && boot[0] && strcmp(then, boot) == 0;
	return ANNOT_OK;
}

enum annot_status store_index_mark_new(struct db *index, struct annot_error *err)
{
	TRY(put_mark(index, MARK_OPEN, err));
	return put_boot(index, err);
}

enum annot_status store_index_mark_open(struct db *index, struct annot_error *err)
{
	bool row = false;
	int64_t value = MARK_OPENING;

	TRY(mark(index, &row, &value, err));
	if (!row || value != MARK_OPEN) {
		/* MARK_OPEN says that this was done: after a kill, which may leave a long log, it
		 * need not be done again. */
		TRY(db_exec(index, "PRAGMA synchronous=FULL", err));
		TRY(put_mark(index, MARK_OPENING, err));
		TRY(store_wal_empty(index, err));
	}
	TRY(db_exec(index, "PRAGMA synchronous=OFF; BEGIN", err));
	TRY(store_index_mark_new(index, err));
	return db_exec(index, "COMMIT", err);
}

/* Pages that were written without sync as well. */
static enum annot_status sync_file(struct db *db, struct annot_error *err)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(db->sq, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&file) !=
		    SQLITE_OK ||
	    !file || !file->pMethods ||
	    file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) != SQLITE_OK)
		return annot_fail(err, ANNOT_STORE, "%s: cannot be synced", db->name);
	return ANNOT_OK;
}

enum annot_status store_index_mark_clean(struct db *index, struct annot_error *err)
{
	TRY(db_exec(index, "PRAGMA synchronous=FULL", err));
	TRY(store_wal_empty(index, err));
	TRY(sync_file(index, err));
	TRY(put_mark(index, MARK_CLEAN, err));
	return store_wal_empty(index, err);
}
