#include "annotd/segment_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotd/log.h"
#include "base/auto.h"
#include "base/file.h"

#define TEMPORARY "new" SEGMENT_SUFFIX
enum { DIGITS = 16, ZEROS = 1 << 16 };

static enum annot_status path_of(const char *folder, uint64_t number, char ret[SEGMENT_PATH_MAX],
				 struct annot_error *err)
{
	if (snprintf(ret, SEGMENT_PATH_MAX, "%s/%0*" PRIx64 SEGMENT_SUFFIX, folder, DIGITS,
		     number) >= SEGMENT_PATH_MAX)
		return annot_fail(err, ANNOT_USAGE, "the path of %s is too long", folder);
	return ANNOT_OK;
}

static enum annot_status failed(const char *path, struct annot_error *err)
{
	bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
	return annot_fail(err, full ? ANNOT_NO_SPACE : ANNOT_UNREADABLE, "%s: %s", path,
			  strerror(errno));
}

/* --- in use --- */

static enum annot_status new_file(struct annot_bytes bytes, const struct annot_hash *corpus,
				  struct segment_file **ret, struct annot_error *err)
{
	struct segment_file *f = calloc(1, sizeof *f);
	if (!f)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the index");
	enum annot_status status = annot_segment_open(bytes, corpus, &f->segment, err);
	if (status != ANNOT_OK) {
		free(f);
		return status;
	}
	atomic_init(&f->users, 1);
	*ret = f;
	return ANNOT_OK;
}

enum annot_status segment_file_open(const char *folder, uint64_t number,
				    const struct annot_hash *corpus, struct segment_file **ret,
				    struct annot_error *err)
{
	char path[SEGMENT_PATH_MAX];
	struct annot_bytes bytes;
	struct segment_file *f = NULL;
	TRY(path_of(folder, number, path, err));
	TRY(annot_file_map(path, &bytes, err));
	enum annot_status status = new_file(bytes, corpus, &f, err);
	char *copy = strdup(path);
	if (status == ANNOT_OK && !copy)
		status = annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the index");
	if (status != ANNOT_OK) {
		annot_file_unmap(&bytes);
		free(copy);
		free(f);
		return status;
	}
	f->mapped = bytes;
	f->path = copy;
	f->number = number;
	*ret = f;
	return ANNOT_OK;
}

enum annot_status segment_file_take(struct annot_buf *memory, const struct annot_hash *corpus,
				    struct segment_file **ret, struct annot_error *err)
{
	struct segment_file *f;
	TRY(new_file(annot_buf_bytes(memory), corpus, &f, err));
	f->memory = *memory;
	*memory = ANNOT_BUF_INIT(memory->max);
	*ret = f;
	return ANNOT_OK;
}

struct segment_file *segment_file_use(struct segment_file *f)
{
	atomic_fetch_add(&f->users, 1);
	return f;
}

/* Not for ever where the disk keeps old blocks, but as far as a program can do it. */
static void wipe(const char *path)
{
	static const uint8_t zeros[ZEROS];
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0)
		return;
	for (off_t at = 0; at < st.st_size; at += ZEROS) {
		size_t len = st.st_size - at < ZEROS ? (size_t)(st.st_size - at) : ZEROS;
		if (pwrite(fd, zeros, len, at) != (ssize_t)len)
			break;
	}
	if (fdatasync(fd) != 0)
		log_warning("%s: cannot be written over: %s", path, strerror(errno));
}

struct segment_file *segment_file_release(struct segment_file *f)
{
	if (!f || atomic_fetch_sub(&f->users, 1) > 1)
		return NULL;
	annot_file_unmap(&f->mapped);
	annot_buf_free(&f->memory);
	if (f->path && atomic_load(&f->gone)) {
		if (atomic_load(&f->wipe))
			wipe(f->path);
		unlink(f->path);
	}
	free(f->path);
	free(f);
	return NULL;
}

void segment_file_remove(const char *folder, uint64_t number)
{
	char path[SEGMENT_PATH_MAX];
	if (path_of(folder, number, path, NULL) != ANNOT_OK)
		return;
	wipe(path);
	unlink(path);
}

/* --- writing --- */

static enum annot_status write_out(void *arg, uint64_t offset, const void *data, size_t len,
				   struct annot_error *err)
{
	struct segment_output *o = arg;
	for (size_t done = 0; done < len;) {
		ssize_t n = pwrite(o->fd, (const char *)data + done, len - done,
				   (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return failed(o->path, err);
		done += (size_t)n;
	}
	return ANNOT_OK;
}

enum annot_status segment_output_begin(struct segment_output *o, const char *folder,
				       struct annot_error *err)
{
	o->sink = (struct annot_segment_sink){.arg = o, .write = write_out};
	if (snprintf(o->path, sizeof o->path, "%s/" TEMPORARY, folder) >= (int)sizeof o->path)
		return annot_fail(err, ANNOT_USAGE, "the path of %s is too long", folder);
	TRY(annot_dir_make(folder, err));
	o->fd = open(o->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return o->fd < 0 ? failed(o->path, err) : ANNOT_OK;
}

static enum annot_status settle(struct segment_output *o, const char *folder, uint64_t number,
				struct annot_error *err)
{
	char path[SEGMENT_PATH_MAX];
	TRY(path_of(folder, number, path, err));
	if (fdatasync(o->fd) != 0 || rename(o->path, path) != 0)
		return failed(o->path, err);
	AUTO_CLOSE int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || (fsync(dir) != 0 && errno != EINVAL))
		return failed(folder, err);
	return ANNOT_OK;
}

enum annot_status segment_output_end(struct segment_output *o, const char *folder, uint64_t number,
				     struct annot_error *err)
{
	enum annot_status status = settle(o, folder, number, err);
	if (status != ANNOT_OK)
		unlink(o->path);
	close(o->fd);
	return status;
}

void segment_output_abandon(struct segment_output *o)
{
	unlink(o->path);
	close(o->fd);
}

/* --- the folder --- */

/* "0000000000000001.segment" */
static bool number_of(const char *name, uint64_t *ret)
{
	char *end = NULL;
	if (strlen(name) != DIGITS + strlen(SEGMENT_SUFFIX) ||
	    strspn(name, "0123456789abcdef") != DIGITS ||
	    strcmp(name + DIGITS, SEGMENT_SUFFIX) != 0)
		return false;
	*ret = strtoull(name, &end, 16);
	return true;
}

enum annot_status segment_files(const char *folder, bool clean, segment_each each, void *arg,
				struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	DIR *dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? ANNOT_OK : failed(folder, err);
	for (struct dirent *e; status == ANNOT_OK && (e = readdir(dir));) {
		uint64_t number;
		if (number_of(e->d_name, &number))
			status = each(arg, number, err);
		else if (clean && strcmp(e->d_name, TEMPORARY) == 0)
			unlinkat(dirfd(dir), e->d_name, 0);
	}
	closedir(dir);
	return status;
}
