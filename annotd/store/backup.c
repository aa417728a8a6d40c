/* A consistent copy of truth.db, also while an annotd writes to it. */
#include <errno.h>
#include <fcntl.h>

#include "annotd/store/core.h"

enum { PATH_SIZE = 4096 };

/* A copy that was cut short has another name than a whole one. */
#define PART ".part"

/*
 * In one step, which is one snapshot: in several, each commit meanwhile would start it anew. No
 * journal, for what is cut short is thrown away.
 */
static enum annot_status copy_pages(struct db *from, struct db *to, struct annot_error *err)
{
	TRY(db_exec(to, "PRAGMA journal_mode=OFF", err));
	sqlite3_backup *backup = sqlite3_backup_init(to->sq, "main", from->sq, "main");

	if (!backup)
		return db_fail(to, "copy", err);
	/* What the step says is said again by finish, and is then the connection's error. */
	(void)sqlite3_backup_step(backup, -1);
	return sqlite3_backup_finish(backup) == SQLITE_OK ? ANNOT_OK : db_fail(to, "copy", err);
}

static enum annot_status copy_into(struct db *from, const char *part, struct annot_error *err)
{
	struct db to = {.name = part};
	enum annot_status status = ANNOT_OK;
	AUTO_CLOSE int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return annot_fail(err, errno == ENOSPC ? ANNOT_NO_SPACE : ANNOT_STORE, "%s: %m",
				  part);
	if (sqlite3_open_v2(part, &to.sq,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
			    NULL) != SQLITE_OK)
		status = db_fail(&to, "open", err);
	if (status == ANNOT_OK)
		status = copy_pages(from, &to, err);
	db_close(&to);
	if (status == ANNOT_OK && fsync(fd) != 0)
		status = annot_fail(err, ANNOT_STORE, "%s: cannot be made durable: %m", part);
	return status;
}

/* Its size and its pages as of one snapshot. */
static enum annot_status copy_snapshot(struct db *from, const char *part, uint64_t *ret_size,
				       struct annot_error *err)
{
	sqlite3_stmt *st;
	bool row = false;
	int64_t size = 0;

	TRY(db_exec(from, "BEGIN", err));
	TRY(db_statement(from, TRUTH_SIZE, &st, err));
	TRY(db_number(from, st, &row, &size, err));
	TRY(copy_into(from, part, err));
	*ret_size = (uint64_t)size;
	return ANNOT_OK;
}

static enum annot_status put_in_place(const char *part, const char *path, const char *to_dir,
				      struct annot_error *err)
{
	AUTO_CLOSE int dir = open(to_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0 || rename(part, path) != 0 || fsync(dir) != 0)
		return annot_fail(err, ANNOT_STORE, "%s: cannot be put in place: %m", path);
	return ANNOT_OK;
}

enum annot_status store_backup(const char *dir, const char *to_dir, uint64_t *ret_size,
			       struct annot_error *err)
{
	char path[PATH_SIZE], part[PATH_SIZE];
	uint64_t size = 0;
	struct db from;

	if (snprintf(path, sizeof path, "%s/%s", to_dir, store_truth_file.name) >=
		    (int)sizeof path ||
	    snprintf(part, sizeof part, "%s/%s" PART, to_dir, store_truth_file.name) >=
		    (int)sizeof part)
		return annot_fail(err, ANNOT_USAGE, "the path %s is too long", to_dir);
	TRY(db_open(&from, dir, &store_truth_file, DB_COPY, err));
	enum annot_status status = copy_snapshot(&from, part, &size, err);

	db_close(&from);
	if (status == ANNOT_OK)
		status = put_in_place(part, path, to_dir, err);
	if (status != ANNOT_OK) {
		(void)unlink(part);
		return status;
	}
	*ret_size = size;
	return ANNOT_OK;
}
