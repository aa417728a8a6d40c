/* How far long work is, as a line for people. What asks for it has the clock and the terminal. */
#ifndef ANNOT_BASE_PROGRESS_H
#define ANNOT_BASE_PROGRESS_H

#include "base/buf.h"

/* Called from time to time with how much is done; false: stop (CONFLICT is returned). */
typedef bool (*annot_progress)(void *arg, uint64_t done, uint64_t of);

enum {
	ANNOT_PROGRESS_AFTER_MS = 1000, /* work that takes less shows nothing */
	ANNOT_PROGRESS_EVERY_MS = 200,
};

struct annot_progress_line {
	const char *what; /* "audited" */
	bool bytes;       /* done and of are bytes, else some things */
	uint64_t done;
	uint64_t of; /* 0: not known */
	uint64_t elapsed_ms;
};
/* Appends "audited 1200 of 10000 (12 %), 400/s, 22 s left", or "searched 12.5 MiB, 50.0 MiB/s". The
 * rate is that since the start; the time left is left out where it or the end is not known. */
ANNOT_API void annot_progress_text(const struct annot_progress_line *line, struct annot_buf *ret);

#endif
