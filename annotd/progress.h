/* How far rebuild, fsck and import are, on a terminal. */
#ifndef ANNOTD_PROGRESS_H
#define ANNOTD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Work that shows itself: {.what = "replayed"}; as one line on stderr that is rewritten, if that is
 * a terminal; none before it has gone on for a second. On one thread. */
struct progress {
	const char *what;
	bool bytes;                   /* done and of are bytes */
	int64_t started_ms, shown_ms; /* 0: not yet */
	unsigned every; /* calls for which the clock is looked at once; 0: each time */
	unsigned calls;
	bool open;
};

void progress_show(struct progress *p, uint64_t done, uint64_t of);
/* Takes the line away, for good or for other output. */
void progress_end(struct progress *p);
/* A rebuild_progress whose arg is a struct progress: each step counts from its own beginning. */
void progress_tell(void *arg, const char *what, uint64_t done, uint64_t of);

#endif
