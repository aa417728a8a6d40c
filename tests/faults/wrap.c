/*
 * annotd's own calls on the disk of disk.h, by the linker's --wrap: the checkpoint file is written
 * in place, other files are made beside and renamed. SQLite's calls are not concerned.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "disk.h"

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __real_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);

static unsigned boot = 1;

void wrap_boot(unsigned number)
{
	boot = number;
}

static int open_boot_id(void)
{
	char id[32];
	int fd = memfd_create("boot_id", MFD_CLOEXEC);
	snprintf(id, sizeof id, "boot-%u\n", boot);
	if (fd < 0 || write(fd, id, strlen(id)) < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return -1;
	return fd;
}

static int fails(int error)
{
	errno = error;
	return error ? -1 : 0;
}

static int no_power(const char *path)
{
	return disk_name(path) ? fails(disk_power()) : 0;
}

/* The file's name on the disk, into ret; NULL: not of the folder. */
static const char *name_of(int fd, char ret[1024])
{
	char link[64];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, ret, 1023);
	ret[n > 0 ? n : 0] = '\0';
	return disk_name(ret);
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? (mode_t)va_arg(args, int) : 0;
	va_end(args);
	if (strcmp(path, "/proc/sys/kernel/random/boot_id") == 0)
		return open_boot_id();
	if ((flags & O_CREAT) && no_power(path))
		return -1;
	return __real_open(path, flags, mode);
}

int __wrap_unlink(const char *path)
{
	const char *name = disk_name(path);
	if (no_power(path))
		return -1;
	if (name)
		disk_forget(name);
	return __real_unlink(path);
}

int __wrap_unlinkat(int dir, const char *name, int flags)
{
	return fails(disk_power()) ? -1 : __real_unlinkat(dir, name, flags);
}

int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	if (no_power(to))
		return -1;
	int failed = __real_renameat2(from_dir, from, to_dir, to, flags);
	if (!failed && disk_name(to))
		disk_forget(disk_name(to));
	return failed;
}

int __wrap_rename(const char *from, const char *to)
{
	return __wrap_renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int __wrap_fdatasync(int fd)
{
	char path[1024];
	const char *name = name_of(fd, path);
	/* Files on their way to another name have one with a dot and six letters. */
	if (!name || strchr(name, '.'))
		return fails(disk_power());
	return fails(disk_sync(name));
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at)
{
	char path[1024];
	const char *name = name_of(fd, path);
	if (name && fails(disk_write(name, data, len, (uint64_t)at)))
		return -1;
	return __real_pwrite(fd, data, len, at);
}
