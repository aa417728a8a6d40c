/*
 * Bytes that come piece by piece and are kept: in memory, or where they are many in a file without
 * a name, read where it is mapped, so that what is held never takes more memory than it was given.
 * The file lies in $TMPDIR, or /var/tmp: /tmp is memory on some machines.
 */
#ifndef ANNOT_CLIENT_HELD_H
#define ANNOT_CLIENT_HELD_H

#include "base/sink.h"

struct annot_held {
	struct annot_buf memory; /* its max: bytes that may stay in memory */
	int fd;                  /* -1: they do */
	uint64_t len;
	struct annot_bytes mapped;
};

#define ANNOT_HELD_INIT(in_memory)                                                                 \
	((struct annot_held){.memory = ANNOT_BUF_INIT(in_memory), .fd = -1})

/* Adds a piece. NO_MEMORY; NO_SPACE, UNREADABLE: of the file's folder, which is named; TOO_LARGE:
 * more than 64 GiB. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_held_put(struct annot_held *h, struct annot_bytes piece, struct annot_error *err);
ANNOT_API struct annot_sink annot_held_sink(struct annot_held *h);
/* All of it, until the next put or free. NO_MEMORY, UNREADABLE. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_held_bytes(struct annot_held *h, struct annot_bytes *ret, struct annot_error *err);
ANNOT_API void annot_held_free(struct annot_held *h);

#endif
