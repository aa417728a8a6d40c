#include "annotd/store/database.h"

#include <errno.h>
#include <fcntl.h>

enum { PATH_SIZE = 4096 };

/*
 * What the system said. SQLite passes it on, but not where a COMMIT fails; then the write-ahead
 * log, which a commit is written to, still knows.
 */
static int system_error(struct db *db)
{
	sqlite3_file *wal = NULL;
	int os = db->sq ? sqlite3_system_errno(db->sq) : 0;

	if (!os && db->sq &&
	    sqlite3_file_control(db->sq, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&wal) ==
		    SQLITE_OK &&
	    wal && wal->pMethods)
		wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &os);
	return os;
}

enum annot_status db_fail(struct db *db, const char *what, struct annot_error *err)
{
	int code = db->sq ? sqlite3_errcode(db->sq) : SQLITE_NOMEM;
	const char *text = db->sq ? sqlite3_errmsg(db->sq) : "out of memory";
	int os = (code & 0xff) == SQLITE_IOERR ? system_error(db) : 0;

	switch (code & 0xff) {
	case SQLITE_FULL:
		return annot_fail(err, ANNOT_NO_SPACE, "%s: %s: no space left on the disk",
				  db->name, what);
	case SQLITE_NOMEM:
		return annot_fail(err, ANNOT_NO_MEMORY, "%s: %s: out of memory", db->name, what);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return annot_fail(err, ANNOT_BUSY, "%s: %s: locked by another connection", db->name,
				  what);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return annot_fail(err, ANNOT_STORE, "%s: %s: %s; run annotd fsck", db->name, what,
				  text);
	case SQLITE_IOERR:
		if (os == ENOSPC || os == EDQUOT || os == EFBIG)
			return annot_fail(err, ANNOT_NO_SPACE, "%s: %s: no space left on the disk",
					  db->name, what);
		return annot_fail(err, ANNOT_STORE, "%s: %s: %s (%d%s%s)", db->name, what, text,
				  code, os ? ": " : "", os ? strerror(os) : "");
	default:
		return annot_fail(err, ANNOT_STORE, "%s: %s: %s", db->name, what, text);
	}
}

enum annot_status db_exec(struct db *db, const char *sql, struct annot_error *err)
{
	if (sqlite3_exec(db->sq, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(db, sql, err);
	return ANNOT_OK;
}

enum annot_status db_statement(struct db *db, unsigned number, sqlite3_stmt **ret,
			       struct annot_error *err)
{
	if (!db->kept[number] &&
	    sqlite3_prepare_v3(db->sq, db->sql[number], -1, SQLITE_PREPARE_PERSISTENT,
			       &db->kept[number], NULL) != SQLITE_OK)
		return db_fail(db, db->sql[number], err);
	*ret = db->kept[number];
	sqlite3_reset(*ret);
	sqlite3_clear_bindings(*ret);
	return ANNOT_OK;
}

enum annot_status db_step(struct db *db, sqlite3_stmt *st, bool *ret_row, struct annot_error *err)
{
	switch (sqlite3_step(st)) {
	case SQLITE_ROW:
		*ret_row = true;
		return ANNOT_OK;
	case SQLITE_DONE:
		*ret_row = false;
		return ANNOT_OK;
	default:
		return db_fail(db, sqlite3_sql(st), err);
	}
}

enum annot_status db_run(struct db *db, sqlite3_stmt *st, struct annot_error *err)
{
	bool row = false;
	enum annot_status status = db_step(db, st, &row, err);

	sqlite3_reset(st);
	return status;
}

enum annot_status db_do(struct db *db, unsigned number, struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(db, number, &st, err));
	return db_run(db, st, err);
}

enum annot_status db_number(struct db *db, sqlite3_stmt *st, bool *ret_row, int64_t *ret,
			    struct annot_error *err)
{
	bool row = false;
	enum annot_status status = db_step(db, st, &row, err);

	if (status == ANNOT_OK) {
		*ret_row = row && sqlite3_column_type(st, 0) != SQLITE_NULL;
		if (*ret_row)
			*ret = sqlite3_column_int64(st, 0);
	}
	sqlite3_reset(st);
	return status;
}

static enum annot_status pragma_number(struct db *db, const char *sql, int *ret,
				       struct annot_error *err)
{
	sqlite3_stmt *st = NULL;
	enum annot_status status = ANNOT_OK;

	if (sqlite3_prepare_v2(db->sq, sql, -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW)
		status = db_fail(db, sql, err);
	else
		*ret = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return status;
}

/* Runs statements that sqlite3_mprintf made, and frees them. */
static enum annot_status exec_made(struct db *db, char *sql, struct annot_error *err)
{
	enum annot_status status =
		sql ? db_exec(db, sql, err) : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");

	sqlite3_free(sql);
	return status;
}

/* A file that a crash left before its schema was committed may be used again. */
static enum annot_status schema_create(struct db *db, const char *path, const struct db_file *file,
				       enum db_mode mode, struct annot_error *err)
{
	int changes = 0;

	TRY(pragma_number(db, "PRAGMA schema_version", &changes, err));
	if (changes != 0)
		return annot_fail(err, ANNOT_REFUSED, "%s is there already", path);
	if (mode == DB_FILL)
		return exec_made(db,
				 sqlite3_mprintf("PRAGMA page_size=%d; PRAGMA journal_mode=OFF;"
						 "PRAGMA locking_mode=EXCLUSIVE; BEGIN; %s",
						 file->page_size, file->schema),
				 err);
	return exec_made(
		db,
		sqlite3_mprintf("PRAGMA page_size=%d; PRAGMA journal_mode=WAL; BEGIN; %s %s"
				"PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT;",
				file->page_size, file->schema, file->indexes ? file->indexes : "",
				file->application_id, file->version),
		err);
}

/* Its name comes last, in a transaction of one page: a kill leaves all of it or none. */
enum annot_status db_filled(struct db *db, const struct db_file *file, struct annot_error *err)
{
	return exec_made(db,
			 sqlite3_mprintf("%s COMMIT; PRAGMA locking_mode=NORMAL;"
					 "PRAGMA journal_mode=WAL; BEGIN; PRAGMA application_id=%d;"
					 "PRAGMA user_version=%d; COMMIT;",
					 file->indexes ? file->indexes : "", file->application_id,
					 file->version),
			 err);
}

static enum annot_status schema_version(struct db *db, const char *path, const struct db_file *file,
					int *ret, struct annot_error *err)
{
	int id = 0, version = 0;

	TRY(pragma_number(db, "PRAGMA application_id", &id, err));
	TRY(pragma_number(db, "PRAGMA user_version", &version, err));
	if (file->derived && id == 0 && version == 0)
		return annot_fail(err, ANNOT_MISMATCH, "%s was not finished", path);
	if (id != file->application_id)
		return annot_fail(err, ANNOT_REFUSED,
				  "%s is not annotd's: its application id is %#x, expected %#x",
				  path, (unsigned)id, (unsigned)file->application_id);
	if (version > file->version && !file->derived)
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s has schema %d, this annotd knows up to %d; use a newer annotd", path,
			version, file->version);
	*ret = version;
	return ANNOT_OK;
}

/* Within a transaction: from what the schema is by now to the file's. */
static enum annot_status run_steps(struct db *db, const char *path, const struct db_file *file,
				   struct annot_error *err)
{
	char sql[64];
	int version = 0;

	/* Again: another connection may have been faster. */
	TRY(schema_version(db, path, file, &version, err));
	for (size_t i = 0; i < file->n_steps; i++) {
		if (file->steps[i].from != version)
			continue;
		TRY(db_exec(db, file->steps[i].sql, err));
		version++;
	}
	if (version != file->version)
		return annot_fail(err, ANNOT_MISMATCH,
				  "%s has schema %d, which this annotd cannot bring to %d; use one "
				  "of the versions between",
				  path, version, file->version);
	snprintf(sql, sizeof sql, "PRAGMA user_version=%d", version);
	return db_exec(db, sql, err);
}

static enum annot_status migrate(struct db *db, const char *path, const struct db_file *file,
				 struct annot_error *err)
{
	TRY(db_exec(db, "BEGIN IMMEDIATE", err));
	enum annot_status status = run_steps(db, path, file, err);

	if (status == ANNOT_OK)
		status = db_exec(db, "COMMIT", err);
	if (status != ANNOT_OK && !sqlite3_get_autocommit(db->sq))
		(void)db_exec(db, "ROLLBACK", NULL);
	return status;
}

static enum annot_status schema_check(struct db *db, const char *path, const struct db_file *file,
				      enum db_mode mode, struct annot_error *err)
{
	int version = 0;

	TRY(schema_version(db, path, file, &version, err));
	if (version == file->version || mode == DB_COPY)
		return ANNOT_OK;
	if (file->derived)
		return annot_fail(err, ANNOT_MISMATCH, "%s has schema %d, expected %d", path,
				  version, file->version);
	if (mode == DB_READ)
		return annot_fail(err, ANNOT_MISMATCH,
				  "%s has schema %d, older than %d: start annotd on it once, which "
				  "brings it up to date",
				  path, version, file->version);
	return migrate(db, path, file, err);
}

static bool reads(enum db_mode mode)
{
	return mode == DB_READ || mode == DB_COPY;
}

static bool creates(enum db_mode mode)
{
	return mode == DB_CREATE || mode == DB_FILL;
}

static enum annot_status db_setup(struct db *db, const struct db_file *file, enum db_mode mode,
				  struct annot_error *err)
{
	char sql[512];

	sqlite3_extended_result_codes(db->sq, 1);
	sqlite3_busy_timeout(db->sq, DB_BUSY_TIMEOUT_MS);
	/* Or there would always be a journal. */
	sqlite3_db_config(db->sq, SQLITE_DBCONFIG_DEFENSIVE, mode != DB_FILL, (int *)NULL);
	/* Checkpoints belong to wal.c, also when the last connection closes. */
	sqlite3_db_config(db->sq, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
	snprintf(sql, sizeof sql,
		 "PRAGMA cache_size=-%d; PRAGMA mmap_size=%d; PRAGMA temp_store=MEMORY;"
		 "PRAGMA trusted_schema=OFF; PRAGMA wal_autocheckpoint=0;%s",
		 reads(mode)       ? DB_READER_CACHE_KIB
		 : mode == DB_FILL ? DB_FILL_CACHE_KIB
				   : file->cache_kib,
		 (int)DB_MMAP_MAX,
		 reads(mode)       ? ""
		 : mode == DB_FILL ? "PRAGMA synchronous=OFF; PRAGMA secure_delete=OFF;"
				   : "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;");
	return db_exec(db, sql, err);
}

enum annot_status db_open(struct db *db, const char *dir, const struct db_file *file,
			  enum db_mode mode, struct annot_error *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (reads(mode) ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	char path[PATH_SIZE];
	enum annot_status status;

	*db = (struct db){.name = file->name, .sql = file->sql};
	if (snprintf(path, sizeof path, "%s/%s", dir, file->name) >= (int)sizeof path)
		return annot_fail(err, ANNOT_INVALID, "the path of %s is too long", file->name);
	if (creates(mode)) {
		/* The file is made here, so that no other mode than 0600 ever shows. */
		AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

		if (fd < 0)
			return annot_fail(err, errno == ENOSPC ? ANNOT_NO_SPACE : ANNOT_STORE,
					  "%s: %m", path);
	} else if (access(path, F_OK) != 0) {
		return annot_fail(err, ANNOT_NOT_FOUND, "%s: %m", path);
	}
	if (sqlite3_open_v2(path, &db->sq, flags, NULL) != SQLITE_OK)
		status = db_fail(db, "open", err);
	else
		status = db_setup(db, file, mode, err);
	if (status == ANNOT_OK && creates(mode))
		status = schema_create(db, path, file, mode, err);
	else if (status == ANNOT_OK)
		status = schema_check(db, path, file, mode, err);
	if (status != ANNOT_OK)
		db_close(db);
	return status;
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < COUNT(db->kept); i++) {
		sqlite3_finalize(db->kept[i]);
		db->kept[i] = NULL;
	}
	if (db->sq)
		sqlite3_close(db->sq);
	db->sq = NULL;
}
