/* annotd backup. */
#include "annotd/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "annotd/corpus_start.h"
#include "annotd/cosigned.h"
#include "base/auto.h"
#include "base/file.h"

enum { BACKUP_FILE_MAX = 128 << 10 };

/* What else belongs to a backup; a corpus that was served once can do without. */
static const char *const small_files[] = {"genesis", "genesis.sig"};

static enum annot_status copy_small(const char *dir, const char *to, const char *name,
				    struct annot_error *err)
{
	AUTO_BUF struct annot_buf content = ANNOT_BUF_INIT(BACKUP_FILE_MAX);
	char from_path[CORPUS_PATH_MAX], to_path[CORPUS_PATH_MAX];

	if (!corpus_has(dir, name))
		return ANNOT_OK;
	TRY(corpus_path(dir, name, from_path, err));
	TRY(corpus_path(to, name, to_path, err));
	TRY(annot_file_read(from_path, BACKUP_FILE_MAX, &content, err));
	return annot_file_create(to_path, annot_buf_bytes(&content), 0600, err);
}

static enum annot_status sync_parent(const char *to, struct annot_error *err)
{
	char parent[CORPUS_PATH_MAX];
	TRY(corpus_path(to, "..", parent, err));
	AUTO_CLOSE int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* EINVAL: a file system without it */
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
		return annot_fail(err, ANNOT_STORE, "%s: cannot be made durable: %s", parent,
				  strerror(errno));
	return ANNOT_OK;
}

/* truth.db comes last: a folder without it is not taken for a corpus. */
static enum annot_status fill(const char *dir, const char *to, uint64_t *ret_records,
			      struct annot_error *err)
{
	for (size_t i = 0; i < COUNT(small_files); i++)
		TRY(copy_small(dir, to, small_files[i], err));
	TRY(cosigned_copy(dir, to, err));
	TRY(sync_parent(to, err));
	return store_backup(dir, to, ret_records, err);
}

static void clear(const char *to)
{
	char path[CORPUS_PATH_MAX];
	for (size_t i = 0; i < COUNT(small_files); i++) {
		if (corpus_path(to, small_files[i], path, NULL) == ANNOT_OK)
			(void)unlink(path);
	}
	cosigned_remove(to);
	(void)rmdir(to);
}

enum annot_status corpus_backup(const char *dir, const char *to, uint64_t *ret_records,
				struct annot_error *err)
{
	if (!corpus_has(dir, "truth.db"))
		return annot_fail(err, ANNOT_INVALID,
				  "%s is not a corpus folder: it has no truth.db", dir);
	if (mkdir(to, 0700) != 0) {
		if (errno == EEXIST)
			return annot_fail(err, ANNOT_REFUSED,
					  "%s is there already and is kept: name a folder that is "
					  "not",
					  to);
		return annot_fail(err, errno == ENOSPC ? ANNOT_NO_SPACE : ANNOT_UNREADABLE,
				  "%s: cannot be made: %s", to, strerror(errno));
	}
	enum annot_status status = fill(dir, to, ret_records, err);
	if (status != ANNOT_OK)
		clear(to);
	return status;
}
