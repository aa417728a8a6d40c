#include "base/file_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

enum { PIECE = 64 * 1024 };

enum annot_status annot_file_cannot(const char *path, const char *verb, int error,
				    struct annot_error *err)
{
	bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
	return annot_fail(err, full ? ANNOT_NO_SPACE : ANNOT_UNREADABLE, "%s: cannot be %s: %s",
			  path, verb, strerror(error));
}

/* Opens for reading what is not a folder. */
static enum annot_status open_file(const char *path, int *ret_fd, struct stat *st,
				   struct annot_error *err)
{
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? "standard input" : path;
	AUTO_CLOSE int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
				     : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, st) != 0)
		return annot_file_cannot(name, "read", errno, err);
	if (S_ISDIR(st->st_mode))
		return annot_file_cannot(name, "read", EISDIR, err);
	*ret_fd = fd;
	fd = -1;
	return ANNOT_OK;
}

static ssize_t read_some(int fd, char *piece, size_t len)
{
	ssize_t n;
	do
		n = read(fd, piece, len);
	while (n < 0 && errno == EINTR);
	return n;
}

enum annot_status annot_fd_read(void *file, void *ret, size_t max, size_t *ret_n,
				struct annot_error *err)
{
	const struct annot_fd *f = file;
	ssize_t n = read_some(f->fd, ret, max);
	if (n < 0)
		return annot_file_cannot(f->shown, "read", errno, err);
	*ret_n = (size_t)n;
	return ANNOT_OK;
}

enum annot_status annot_file_read(const char *path, size_t max, struct annot_buf *ret,
				  struct annot_error *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat st;
	TRY(open_file(path, &fd, &st, err));
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max)
		return annot_fail(err, ANNOT_TOO_LARGE, "%s: %lld bytes, at most %zu are taken",
				  path, (long long)st.st_size, max);
	const size_t before = ret->len;
	AUTO_FREE char *piece = malloc(PIECE);
	if (!piece)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %s", path);
	annot_buf_add(ret, "", 0);
	enum annot_status status = ANNOT_OK;
	ssize_t n = 0;
	while (status == ANNOT_OK && (n = read_some(fd, piece, PIECE)) > 0) {
		if ((size_t)n > max - (ret->len - before)) {
			status = annot_fail(err, ANNOT_TOO_LARGE, "%s: more than %zu bytes", path,
					    max);
			break;
		}
		annot_buf_add(ret, piece, (size_t)n);
		status = annot_buf_check(ret, path, err);
	}
	if (n < 0)
		status = annot_file_cannot(strcmp(path, "-") == 0 ? "standard input" : path, "read",
					   errno, err);
	if (status != ANNOT_OK)
		annot_buf_truncate(ret, before);
	return status;
}

enum annot_status annot_file_map(const char *path, struct annot_bytes *ret, struct annot_error *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat st;
	TRY(open_file(path, &fd, &st, err));
	if (!S_ISREG(st.st_mode))
		return annot_fail(err, ANNOT_UNREADABLE, "%s: cannot be read: not a regular file",
				  path);
	if ((uint64_t)st.st_size > SIZE_MAX / 2)
		return annot_fail(err, ANNOT_TOO_LARGE, "%s: too large to map", path);
	size_t len = (size_t)st.st_size;
	if (len == 0) {
		*ret = annot_bytes("", 0); /* an empty mapping is not allowed */
		return ANNOT_OK;
	}
	void *data = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED && errno == ENOMEM)
		return annot_fail(err, ANNOT_NO_MEMORY, "%s: out of memory", path);
	if (data == MAP_FAILED)
		return annot_file_cannot(path, "read", errno, err);
	*ret = annot_bytes(data, len);
	return ANNOT_OK;
}

void annot_file_unmap(struct annot_bytes *bytes)
{
	if (bytes->len > 0)
		munmap((void *)(uintptr_t)bytes->data, bytes->len);
	*bytes = annot_bytes(NULL, 0);
}

int annot_file_sync_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	snprintf(folder, sizeof(folder), "%.*s", len ? (int)len : 1, len ? path : ".");
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	return fsync(fd) == 0 || errno == EINVAL ? 0 : -1; /* EINVAL: a file system without it */
}

enum annot_status annot_file_system_sync(const char *folder, struct annot_error *err)
{
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || syncfs(fd) != 0)
		return annot_file_cannot(folder, "made durable", errno, err);
	return ANNOT_OK;
}

void annot_stdio_guard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(annot_exit_code(ANNOT_INTERNAL)); /* nothing is safe to be opened */
}

/* Makes one folder, durably, unless it is there; 0, or -1 and errno. */
static int make_one(const char *path)
{
	struct stat st;
	if (mkdir(path, 0700) == 0)
		return annot_file_sync_folder(path);
	int error = errno;
	if (stat(path, &st) != 0) {
		errno = error;
		return -1;
	}
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode) ? 0 : -1;
}

enum annot_status annot_dir_make(const char *path, struct annot_error *err)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	if (len == 0 || len >= sizeof(part))
		return annot_file_cannot(path, "made", len ? ENAMETOOLONG : ENOENT, err);
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (make_one(part) != 0)
			return annot_file_cannot(part, "made", errno, err);
		part[i] = path[i];
	}
	return ANNOT_OK;
}
