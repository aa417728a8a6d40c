/*
 * A disk that fails, fills up and loses its power, under the files of one corpus folder. What is
 * read is what was written; what is durable is kept apart, with every change since the last sync of
 * its file. When the power goes, each 512 bytes of these changes are kept or lost on their own, in
 * any combination, and one of them is torn within. Names are journalled in order, as ext4, xfs and
 * btrfs do it: what is made, renamed or deleted is so.
 *
 * vfs.c puts it under SQLite as the default VFS of the process, wrap.c under annotd's own calls
 * (link with the options of CMakeLists.txt). All in one process: the state is static.
 */
#ifndef TESTS_FAULTS_DISK_H
#define TESTS_FAULTS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DISK_NAME_MAX = 64, DISK_SECTOR = 512 };

/* Changes (writes, syncs and truncations of a file) are numbered from 1. */
struct disk_plan {
	uint64_t fail_at;  /* that one fails; 0: none */
	int error;         /* with this: EIO or ENOSPC */
	bool stays;        /* as do all after it, until disk_mend */
	uint64_t power_at; /* there the power goes: that one is not completed, and nothing after it
			    */
	uint32_t seed;     /* of what is kept */
};

/* From here on the disk holds that folder, all that is in it is durable, and changes count from 1.
 */
void disk_begin(const char *dir, const struct disk_plan *plan);
/* No more faults. */
void disk_mend(void);
void disk_end(void);

uint64_t disk_changes(void);
bool disk_failed(void); /* whether the fault of the plan took place */
bool disk_is_off(void);

/* Puts what the power failure left into another folder. */
void disk_salvage(const char *to_dir);

/* --- for vfs.c and wrap.c; each returns 0 or an errno ---
 * The name of a file of the folder, or NULL: then the disk does not know it. */
const char *disk_name(const char *path);
int disk_write(const char *name, const void *data, size_t len, uint64_t at);
int disk_truncate(const char *name, uint64_t size);
int disk_sync(const char *name);
/* It is about to be opened: what it holds is durable, unless the disk knows it. */
void disk_open(const char *name);
/* 0 while there is power. */
int disk_power(void);
/* It was deleted, or replaced by something durable. */
void disk_forget(const char *name);

/* Registers the VFS as the default. */
void vfs_register(void);
/* What annotd reads as the id of this boot of the machine; another number, another boot. */
void wrap_boot(unsigned number);

#endif
