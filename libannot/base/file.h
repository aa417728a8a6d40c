/* Files. The only I/O below client/ and annotd/: nothing else in base, text, record, log, state or
 * proof may include it. */
#ifndef ANNOT_BASE_FILE_H
#define ANNOT_BASE_FILE_H

#include <stdio.h>

#include "base/sink.h"

/* "path: cannot be read: …", with a verb and what an errno means. NO_SPACE where disk, quota or
 * limit are full, else UNREADABLE. */
ANNOT_API enum annot_status annot_file_cannot(const char *path, const char *verb, int error,
					      struct annot_error *err);

/*
 * Reads a whole regular file (or pipe) of at most max bytes; "-" is standard input. Statuses:
 * UNREADABLE (does not exist, is a directory, no permission), TOO_LARGE, NO_MEMORY. ret is an
 * initialised buffer that the caller frees.
 */
ANNOT_API enum annot_status annot_file_read(const char *path, size_t max, struct annot_buf *ret,
					    struct annot_error *err);

/* An open file that is read as it comes. */
struct annot_fd {
	int fd;
	const char *shown; /* its name in errors */
};
/* Reads on from a struct annot_fd, as annot_items_read (format/items.h) does: *ret_n is 0 at its
 * end. UNREADABLE. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_fd_read(void *file, void *ret, size_t max,
							size_t *ret_n, struct annot_error *err);

/* Maps a regular file read-only; unmap with annot_file_unmap. Statuses as above. */
ANNOT_API enum annot_status annot_file_map(const char *path, struct annot_bytes *ret,
					   struct annot_error *err);
ANNOT_API void annot_file_unmap(struct annot_bytes *bytes);

/*
 * Replaces a file durably: a file without a name, fdatasync, its name, fsync of the folder. Either
 * the old content or the new one is there afterwards, and whatever stops the program meanwhile
 * leaves nothing else. A device or pipe is not replaced but written to. mode: exactly these
 * permissions, or ANNOT_FILE_MODE_NEW for what people name: 0666 less their umask.
 * Statuses: UNREADABLE; NO_SPACE: disk, quota or limit are full; NO_MEMORY.
 */
enum { ANNOT_FILE_MODE_NEW = 0 };
ANNOT_API enum annot_status annot_file_replace(const char *path, struct annot_bytes content,
					       unsigned mode, struct annot_error *err);

/*
 * The same in steps: begin; write to the sink, or to the stream (NULL: out of memory), not to both;
 * then finish, which puts it in the place of path, or abandon, which leaves nothing and returns
 * status. Both free; abandon takes NULL. What failed on the stream is told by finish.
 */
struct annot_file;
ANNOT_API enum annot_status annot_file_begin(const char *path, unsigned mode,
					     struct annot_file **ret, struct annot_error *err);
ANNOT_API struct annot_sink annot_file_sink(struct annot_file *f);
ANNOT_API FILE *annot_file_stream(struct annot_file *f);
ANNOT_API enum annot_status annot_file_finish(struct annot_file *f, struct annot_error *err);
ANNOT_API enum annot_status annot_file_abandon(struct annot_file *f, enum annot_status status);

/* The same of content that is made piece by piece: fill writes it to the sink; what it returns
 * other than OK leaves the old file as it was. */
typedef enum annot_status (*annot_file_fill)(void *arg, struct annot_sink to,
					     struct annot_error *err);
ANNOT_API enum annot_status annot_file_replace_by(const char *path, unsigned mode,
						  annot_file_fill fill, void *arg,
						  struct annot_error *err);

/*
 * For many files at once: as annot_file_replace, but durable only after annot_file_system_sync of
 * the folder, which makes all of them durable in one go.
 */
ANNOT_API enum annot_status annot_file_replace_unsynced(const char *path,
							struct annot_bytes content, unsigned mode,
							struct annot_error *err);
ANNOT_API enum annot_status annot_file_system_sync(const char *folder, struct annot_error *err);

/* As annot_file_replace, but refuses (REFUSED) when path exists. */
ANNOT_API enum annot_status annot_file_create(const char *path, struct annot_bytes content,
					      unsigned mode, struct annot_error *err);

/*
 * For the start of a program: where standard input, output or error are closed, /dev/null takes their place, in the
 * direction in which it fails. Otherwise the next file that is opened would be what output or messages are written to.
 */
ANNOT_API void annot_stdio_guard(void);

/* Makes a folder and its parents with mode 0700 where missing. */
ANNOT_API enum annot_status annot_dir_make(const char *path, struct annot_error *err);

#endif
