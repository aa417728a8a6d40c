/*
 * Files in the making. They have no name until they are whole (O_TMPFILE, then linkat), so that
 * nothing is left of one whose maker was stopped, by whatever signal. Where a name stands already,
 * the new file gets one beside it and is renamed, and signals wait for that moment. A file system
 * without files that have no name (or a system without /proc) gets a copy at the end, signals
 * waiting again: one that would end the program ends the copy first, and takes it away.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file_private.h"
#include "base/signals.h"

enum { PIECE = 64 * 1024, NAMES_TRIED = 16 };

struct annot_file {
	char path[PATH_MAX];
	int fd;
	unsigned mode;
	bool must_be_new, sync;
	bool straight; /* a device or pipe: written to as it comes */
	bool unlinked; /* had a name for a moment, and cannot get one again */
	int error;     /* of the first write that failed */
	FILE *stream;
};

/* --- signals that end a program wait --- */

/* Whether one waits that would not without us. */
static bool signal_waits(const sigset_t *before)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t pending;
	if (sigpending(&pending) != 0)
		return false;
	for (size_t i = 0; i < COUNT(ending); i++)
		if (sigismember(&pending, ending[i]) == 1 && sigismember(before, ending[i]) == 0)
			return true;
	return false;
}

/* --- names --- */

/* "PATH.1a2b3c4d"; -1 and errno. */
static int name_beside(const char *path, char ret[PATH_MAX])
{
	uint32_t chance;
	if (getrandom(&chance, sizeof chance, 0) != (ssize_t)sizeof chance)
		return -1;
	int len = snprintf(ret, PATH_MAX, "%s.%08x", path, (unsigned)chance);
	if (len > 0 && len < PATH_MAX)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

/* A file of a new name beside path; -1 and errno. */
static int open_beside(const char *path, unsigned mode, char ret_name[PATH_MAX])
{
	for (int i = 0; i < NAMES_TRIED; i++) {
		if (name_beside(path, ret_name) != 0)
			return -1;
		int fd = open(ret_name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* As rename, but fails with EEXIST where to exists. */
static int rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* A file system without RENAME_NOREPLACE: a link is refused in the same way. */
	return link(from, to) == 0 ? unlink(from) : -1;
}

static int put_in_place(const struct annot_file *f, const char *name)
{
	int done = f->must_be_new ? rename_new(name, f->path) : rename(name, f->path);
	if (done == 0)
		return 0;
	int error = errno;
	unlink(name);
	errno = error;
	return -1;
}

/* Gives the file the name; -1 and errno. */
static int link_as(const struct annot_file *f, const char *name)
{
	char self[64];
	snprintf(self, sizeof self, "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

static int link_over(const struct annot_file *f)
{
	char name[PATH_MAX];
	for (int i = 0; i < NAMES_TRIED; i++) {
		if (name_beside(f->path, name) != 0)
			return -1;
		if (link_as(f, name) == 0)
			return put_in_place(f, name);
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

/* --- copies, where there is no other way --- */

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len < PIECE ? len : PIECE);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int copy_all(int from, int to, const sigset_t *before)
{
	char piece[PIECE];
	ssize_t n;
	for (off_t at = 0; (n = pread(from, piece, sizeof piece, at)) > 0; at += n) {
		if (write_all(to, piece, (size_t)n) != 0)
			return -1;
		if (signal_waits(before)) {
			errno = EINTR;
			return -1;
		}
	}
	return n < 0 ? -1 : 0;
}

static int copy_into_place(const struct annot_file *f, const sigset_t *before)
{
	char name[PATH_MAX];
	struct stat st;
	AUTO_CLOSE int fd = -1;
	if (fstat(f->fd, &st) != 0 || (fd = open_beside(f->path, 0600, name)) < 0)
		return -1;
	if (copy_all(f->fd, fd, before) == 0 && fchmod(fd, st.st_mode & 0777) == 0 &&
	    (!f->sync || fdatasync(fd) == 0))
		return put_in_place(f, name);
	int error = errno;
	unlink(name);
	errno = error;
	return -1;
}

/* --- beginning --- */

/* A device, a pipe or a socket cannot be replaced: what they are for is to be written to. */
static bool is_written_to(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int open_nameless(struct annot_file *f)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(f->path, '/');
	unsigned mode = f->mode == ANNOT_FILE_MODE_NEW ? 0666 : f->mode;
	sigset_t before;
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - f->path) + 1 : 1,
		 slash ? f->path : ".");
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, (mode_t)mode);
	if (fd >= 0)
		return fd;
	annot_signals_hold(&before);
	fd = open_beside(f->path, mode, folder);
	if (fd >= 0)
		unlink(folder);
	annot_signals_let(&before);
	f->unlinked = true;
	return fd;
}

static enum annot_status cannot_write(const struct annot_file *f, int error,
				      struct annot_error *err)
{
	return annot_file_cannot(f->path, "written", error, err);
}

static enum annot_status begin(const struct annot_file *how, const char *path,
			       struct annot_file **ret, struct annot_error *err)
{
	struct annot_file *f = malloc(sizeof *f);
	if (!f)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %s", path);
	*f = *how;
	int len = snprintf(f->path, sizeof f->path, "%s", path);
	f->straight = !f->must_be_new && is_written_to(path);
	if (len >= (int)sizeof f->path) {
		f->fd = -1;
		errno = ENAMETOOLONG;
	} else if (f->straight) {
		f->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} else {
		f->fd = open_nameless(f);
	}
	if (f->fd >= 0 && (f->straight || f->mode == ANNOT_FILE_MODE_NEW ||
			   fchmod(f->fd, (mode_t)f->mode) == 0)) {
		*ret = f;
		return ANNOT_OK;
	}
	enum annot_status status = annot_file_cannot(path, "written", errno, err);
	if (f->fd >= 0)
		close(f->fd);
	free(f);
	return status;
}

enum annot_status annot_file_begin(const char *path, unsigned mode, struct annot_file **ret,
				   struct annot_error *err)
{
	const struct annot_file how = {.mode = mode, .sync = true};
	return begin(&how, path, ret, err);
}

/* --- writing --- */

static enum annot_status put_piece(void *arg, struct annot_bytes piece, struct annot_error *err)
{
	struct annot_file *f = arg;
	if (write_all(f->fd, (const char *)piece.data, piece.len) == 0)
		return ANNOT_OK;
	f->error = f->error ? f->error : errno;
	return cannot_write(f, f->error, err);
}

struct annot_sink annot_file_sink(struct annot_file *f)
{
	return (struct annot_sink){put_piece, f};
}

/* stdio forgets why a write failed; the file does not. */
static ssize_t put_stream(void *arg, const char *data, size_t len)
{
	struct annot_file *f = arg;
	if (!f->error && write_all(f->fd, data, len) != 0)
		f->error = errno;
	errno = f->error;
	return f->error ? 0 : (ssize_t)len;
}

FILE *annot_file_stream(struct annot_file *f)
{
	if (f->stream)
		return f->stream;
	f->stream = fopencookie(f, "w", (cookie_io_functions_t){.write = put_stream});
	if (f->stream)
		setvbuf(f->stream, NULL, _IOFBF, PIECE);
	return f->stream;
}

/* --- ending --- */

static int close_stream(struct annot_file *f)
{
	FILE *stream = f->stream;
	f->stream = NULL;
	if (stream && fclose(stream) != 0 && !f->error)
		f->error = EIO;
	errno = f->error;
	return f->error ? -1 : 0;
}

/* No /proc; a file system, or a rule of the system, that gives no second name. */
static bool is_unlinkable(int error)
{
	return error == ENOENT || error == EPERM || error == EXDEV;
}

static int give_name(const struct annot_file *f)
{
	sigset_t before;
	int done = -1;
	annot_signals_hold(&before);
	if (!f->unlinked) {
		done = link_as(f, f->path);
		if (done != 0 && errno == EEXIST && !f->must_be_new)
			done = link_over(f);
	}
	if (f->unlinked || (done != 0 && is_unlinkable(errno)))
		done = copy_into_place(f, &before);
	annot_signals_let(&before);
	return done;
}

enum annot_status annot_file_abandon(struct annot_file *f, enum annot_status status)
{
	if (!f)
		return status;
	(void)close_stream(f);
	close(f->fd);
	free(f);
	return status;
}

enum annot_status annot_file_finish(struct annot_file *f, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	if (close_stream(f) != 0)
		status = cannot_write(f, errno, err);
	else if (f->straight)
		status = ANNOT_OK;
	else if ((f->sync && fdatasync(f->fd) != 0) || give_name(f) != 0)
		status = f->must_be_new && errno == EEXIST
				 ? annot_fail(err, ANNOT_REFUSED,
					      "%s: exists already and is kept; choose another name",
					      f->path)
				 : cannot_write(f, errno, err);
	else if (f->sync && annot_file_sync_folder(f->path) != 0)
		status = annot_file_cannot(f->path, "made durable", errno, err);
	return annot_file_abandon(f, status);
}

/* --- all at once --- */

static enum annot_status put_by(const struct annot_file *how, const char *path,
				annot_file_fill fill, void *arg, struct annot_error *err)
{
	struct annot_file *f;
	TRY(begin(how, path, &f, err));
	enum annot_status status = fill(arg, annot_file_sink(f), err);
	return status == ANNOT_OK ? annot_file_finish(f, err) : annot_file_abandon(f, status);
}

static enum annot_status fill_all(void *arg, struct annot_sink to, struct annot_error *err)
{
	const struct annot_bytes *content = arg;
	return to.put(to.arg, *content, err);
}

enum annot_status annot_file_replace_by(const char *path, unsigned mode, annot_file_fill fill,
					void *arg, struct annot_error *err)
{
	const struct annot_file how = {.mode = mode, .sync = true};
	return put_by(&how, path, fill, arg, err);
}

enum annot_status annot_file_replace_unsynced(const char *path, struct annot_bytes content,
					      unsigned mode, struct annot_error *err)
{
	const struct annot_file how = {.mode = mode};
	return put_by(&how, path, fill_all, &content, err);
}

enum annot_status annot_file_replace(const char *path, struct annot_bytes content, unsigned mode,
				     struct annot_error *err)
{
	return annot_file_replace_by(path, mode, fill_all, &content, err);
}

enum annot_status annot_file_create(const char *path, struct annot_bytes content, unsigned mode,
				    struct annot_error *err)
{
	const struct annot_file how = {.mode = mode, .must_be_new = true, .sync = true};
	return put_by(&how, path, fill_all, &content, err);
}
