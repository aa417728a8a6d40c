/*
 * Segments of the index over texts (locate/segment.h) as files of a corpus folder, and in memory:
 * kept by count of who uses them. A file is written beside its name, made durable and renamed; it
 * never changes.
 */
#ifndef ANNOTD_SEGMENT_FILE_H
#define ANNOTD_SEGMENT_FILE_H

#include <stdatomic.h>

#include "locate/segment.h"

#define SEGMENTS_FOLDER "locate"
#define SEGMENT_SUFFIX  ".segment"
enum { SEGMENT_PATH_MAX = 4096, SEGMENT_MEMORY_MAX = 8 << 20 };

struct segment_file {
	struct annot_segment segment;
	struct annot_bytes mapped; /* of a file; data NULL: in memory */
	struct annot_buf memory;
	char *path;      /* of a file */
	uint64_t number; /* of a file, of which the newer has the higher one */
	atomic_uint users;
	/* Once nobody uses it: the file is removed; what it says is written over first. */
	atomic_bool gone, wipe;
};

/* Opens a file of the folder. INVALID: not a good segment of that corpus; UNREADABLE. */
ANNOT_CHECKED enum annot_status segment_file_open(const char *folder, uint64_t number,
						  const struct annot_hash *corpus,
						  struct segment_file **ret,
						  struct annot_error *err);
/* Takes over a segment in memory, unless it fails. */
ANNOT_CHECKED enum annot_status segment_file_take(struct annot_buf *memory,
						  const struct annot_hash *corpus,
						  struct segment_file **ret,
						  struct annot_error *err);
struct segment_file *segment_file_use(struct segment_file *f);
/* Takes NULL, returns NULL. */
struct segment_file *segment_file_release(struct segment_file *f);

/* A file that is being written. */
struct segment_output {
	int fd;
	char path[SEGMENT_PATH_MAX];
	struct annot_segment_sink sink;
};
/* Makes the folder if it is not there. UNREADABLE, NO_SPACE. */
ANNOT_CHECKED enum annot_status segment_output_begin(struct segment_output *o, const char *folder,
						     struct annot_error *err);
/* Durable under its name when it returns OK; else nothing is left. */
ANNOT_CHECKED enum annot_status segment_output_end(struct segment_output *o, const char *folder,
						   uint64_t number, struct annot_error *err);
void segment_output_abandon(struct segment_output *o);

/* Calls back with the number of each file of the folder, which need not be there. Removes what a
 * write that was cut short left behind, if clean. */
typedef enum annot_status (*segment_each)(void *arg, uint64_t number, struct annot_error *err);
ANNOT_CHECKED enum annot_status segment_files(const char *folder, bool clean, segment_each each,
					      void *arg, struct annot_error *err);
/* Removes the file, after its content was written over. */
void segment_file_remove(const char *folder, uint64_t number);

#endif
