/* SQLite's files on the disk of disk.h. Locks, shared memory and reading are those of the real VFS.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

struct vfs_file {
	sqlite3_file base;
	char name[DISK_NAME_MAX]; /* "": not of the folder */
	sqlite3_file *real;
};

static struct {
	sqlite3_vfs vfs, *real;
} here;

static sqlite3_file *real(sqlite3_file *f)
{
	return ((struct vfs_file *)f)->real;
}

static const char *name(sqlite3_file *f)
{
	const struct vfs_file *file = (struct vfs_file *)f;
	return file->name[0] ? file->name : NULL;
}

static int close_file(sqlite3_file *f)
{
	int code = real(f)->pMethods->xClose(real(f));
	free(real(f));
	return code;
}

static int read_file(sqlite3_file *f, void *ret, int len, sqlite3_int64 at)
{
	return real(f)->pMethods->xRead(real(f), ret, len, at);
}

static int write_file(sqlite3_file *f, const void *data, int len, sqlite3_int64 at)
{
	int error = name(f) ? disk_write(name(f), data, (size_t)len, (uint64_t)at) : 0;
	errno = error;
	if (error)
		return error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	return real(f)->pMethods->xWrite(real(f), data, len, at);
}

static int truncate_file(sqlite3_file *f, sqlite3_int64 size)
{
	int error = name(f) ? disk_truncate(name(f), (uint64_t)size) : 0;
	errno = error;
	return error ? SQLITE_IOERR_TRUNCATE : real(f)->pMethods->xTruncate(real(f), size);
}

static int sync_file(sqlite3_file *f, int flags)
{
	(void)flags;
	int error = name(f) ? disk_sync(name(f)) : 0;
	errno = error;
	return error ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return real(f)->pMethods->xFileSize(real(f), ret);
}

static int lock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xLock(real(f), level);
}

static int unlock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xUnlock(real(f), level);
}

static int check_lock(sqlite3_file *f, int *ret)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}

static int control(sqlite3_file *f, int op, void *arg)
{
	/* No mapped memory: it would pass the disk by. */
	if (op == SQLITE_FCNTL_MMAP_SIZE || op == SQLITE_FCNTL_SIZE_HINT ||
	    op == SQLITE_FCNTL_CHUNK_SIZE)
		return SQLITE_NOTFOUND;
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int sector_size(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int device(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, ret);
}

static int shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}

static void shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int shm_unmap(sqlite3_file *f, int delete)
{
	return real(f)->pMethods->xShmUnmap(real(f), delete);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = close_file,
	.xRead = read_file,
	.xWrite = write_file,
	.xTruncate = truncate_file,
	.xSync = sync_file,
	.xFileSize = file_size,
	.xLock = lock,
	.xUnlock = unlock,
	.xCheckReservedLock = check_lock,
	.xFileControl = control,
	.xSectorSize = sector_size,
	.xDeviceCharacteristics = device,
	.xShmMap = shm_map,
	.xShmLock = shm_lock,
	.xShmBarrier = shm_barrier,
	.xShmUnmap = shm_unmap,
};

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *ret_flags)
{
	(void)vfs;
	struct vfs_file *file = (struct vfs_file *)f;
	const char *known = disk_name(path);
	*file = (struct vfs_file){.real = calloc(1, (size_t)here.real->szOsFile)};
	if (!file->real)
		return SQLITE_NOMEM;
	if (known && disk_power()) {
		free(file->real);
		errno = EIO;
		return SQLITE_CANTOPEN;
	}
	if (known) {
		snprintf(file->name, sizeof file->name, "%s", known);
		disk_open(known);
	}
	int code = here.real->xOpen(here.real, path, file->real, flags, ret_flags);
	if (code == SQLITE_OK)
		file->base.pMethods = &methods;
	else
		free(file->real);
	return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	const char *known = disk_name(path);
	if (known && disk_power())
		return SQLITE_IOERR_DELETE;
	if (known)
		disk_forget(known);
	return here.real->xDelete(here.real, path, sync);
}

void vfs_register(void)
{
	here.real = sqlite3_vfs_find(NULL);
	here.vfs = *here.real;
	here.vfs.szOsFile = sizeof(struct vfs_file);
	here.vfs.pNext = NULL;
	here.vfs.zName = "faults";
	here.vfs.xOpen = open_file;
	here.vfs.xDelete = delete_file;
	if (sqlite3_vfs_register(&here.vfs, 1) != SQLITE_OK)
		abort();
}
