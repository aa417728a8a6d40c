/* Files. The only I/O below client/ and annotd/: nothing else in base, text, record, log, state or
 * proof may include it. */
#ifndef ANNOT_BASE_FILE_H
#define ANNOT_BASE_FILE_H

#include "base/sink.h"

/*
 * Reads a whole regular file (or pipe) of at most max bytes; "-" is standard input. Statuses:
 * UNREADABLE (does not exist, is a directory, no permission), TOO_LARGE, NO_MEMORY. ret is an
 * initialised buffer that the caller frees.
 */
ANNOT_API enum annot_status annot_file_read(const char *path, size_t max, struct annot_buf *ret,
					    struct annot_error *err);

/* Maps a regular file read-only; unmap with annot_file_unmap. Statuses as above. */
ANNOT_API enum annot_status annot_file_map(const char *path, struct annot_bytes *ret,
					   struct annot_error *err);
ANNOT_API void annot_file_unmap(struct annot_bytes *bytes);

/*
 * Replaces a file durably: temporary file beside it with that mode, fdatasync, rename, fsync of the
 * folder. Either the old content or the new one is there afterwards. A device or pipe is not
 * replaced but written to. Statuses: UNREADABLE, NO_SPACE.
 */
ANNOT_API enum annot_status annot_file_replace(const char *path, struct annot_bytes content,
					       unsigned mode, struct annot_error *err);

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
