/*
 * SQLite, as far as the store needs it: one connection with its kept statements, statuses from
 * result codes, schema versions. Nothing outside annotd/store/ sees SQL.
 */
#ifndef ANNOTD_STORE_DATABASE_H
#define ANNOTD_STORE_DATABASE_H

#include <sqlite3.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/error.h"

enum { DB_STATEMENTS_MAX = 64 };

struct db {
	sqlite3 *sq;
	const char *name;       /* "truth.db" or "index.db", for messages */
	const char *const *sql; /* texts of the statements, by number */
	sqlite3_stmt *kept[DB_STATEMENTS_MAX];
};

/* One step of a migration: statements that turn schema `from` into schema from + 1. */
struct db_step {
	int from;
	const char *sql;
};

struct db_file {
	const char *name;
	const char *schema;     /* statements that make it, … */
	const char *indexes;    /* … and its indexes, where they can wait until it is filled */
	const char *const *sql; /* statements that are kept, by number */
	int application_id, version;
	int page_size, cache_kib; /* the cache of who writes */
	bool derived;             /* it can be made again: another schema is no reason to stop */
	const struct db_step
		*steps; /* from every older schema on that can be migrated, ascending */
	size_t n_steps;
};

/*
 * COPY: as READ, but an older schema is taken as it is. FILL: as CREATE, for a derived file that is
 * filled at once: see db_filled.
 */
enum db_mode { DB_CREATE, DB_WRITE, DB_READ, DB_COPY, DB_FILL };

/*
 * Files are mapped as far as SQLite ever does (SQLITE_MAX_MMAP_SIZE): pages of a large one are the
 * kernel's to keep, once for all connections, and not in a cache of each. Readers, of which there
 * are as many as workers, need little beside that.
 */
enum {
	DB_BUSY_TIMEOUT_MS = 5000,
	DB_MMAP_MAX = 0x7fff0000,
	DB_READER_CACHE_KIB = 2048,
	DB_FILL_CACHE_KIB = 16384
};

/*
 * Opens DIR/NAME. CREATE makes it and its schema (REFUSED if it is there). WRITE and READ:
 * NOT_FOUND if it is not there, REFUSED if it is another program's or has a newer schema, STORE if
 * it cannot be read. An older schema: WRITE runs the file's steps from there in one transaction, so
 * that all of them or none took place; READ, and a schema that no step begins at: MISMATCH, as is
 * any other schema of a derived file.
 */
enum annot_status db_open(struct db *db, const char *dir, const struct db_file *file,
			  enum db_mode mode, struct annot_error *err);
void db_close(struct db *db);

/*
 * A file opened with FILL is this connection's alone, in one transaction without a journal, without
 * its indexes, and does not say yet whose it is: opening what a crash left of it is a MISMATCH. This
 * ends the transaction, makes the indexes and turns it into a file as CREATE makes it; then it is
 * closed. Nothing was synced: what a crash of the machine leaves, others must recognise.
 */
enum annot_status db_filled(struct db *db, const struct db_file *file, struct annot_error *err);

/* The status of SQLite's last failure on this connection: NO_SPACE, NO_MEMORY, BUSY or STORE; what
 * was tried. */
enum annot_status db_fail(struct db *db, const char *what, struct annot_error *err);

enum annot_status db_exec(struct db *db, const char *sql, struct annot_error *err);

/* A kept statement, prepared when first asked for, reset, with its bindings cleared. */
enum annot_status db_statement(struct db *db, unsigned number, sqlite3_stmt **ret,
			       struct annot_error *err);

/* Steps: true in *ret_row if there is a row. */
enum annot_status db_step(struct db *db, sqlite3_stmt *st, bool *ret_row, struct annot_error *err);

/* Steps a statement that gives no rows, and resets it. */
enum annot_status db_run(struct db *db, sqlite3_stmt *st, struct annot_error *err);

/* The same for a kept statement that nothing is bound to. */
enum annot_status db_do(struct db *db, unsigned number, struct annot_error *err);

/* A statement's first column as a number; *ret is untouched and *ret_row false when there is no
 * row. */
enum annot_status db_number(struct db *db, sqlite3_stmt *st, bool *ret_row, int64_t *ret,
			    struct annot_error *err);

static inline void db_auto_reset(sqlite3_stmt **st)
{
	if (*st)
		sqlite3_reset(*st);
}

/* A kept statement in use: reset at the end of the scope, so that no read transaction lingers. */
#define AUTO_RESET __attribute__((cleanup(db_auto_reset)))

#endif
