/* How far rebuild and fsck are, on a terminal. */
#ifndef ANNOTD_PROGRESS_H
#define ANNOTD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Work that shows itself: {.what = "replayed"}; as one line on stderr that is rewritten, if that is
 * a terminal; none before it has gone on for a second. On one thread. */
struct progress {
	const char *what;
	int64_t started_ms, shown_ms; /* 0: not yet */
	unsigned every; /* calls for which the clock is looked at once; 0: each time */
	unsigned calls;
	bool open;
};

void progress_show(struct progress *p, uint64_t done, uint64_t of);
/* Takes the line away, for good or for other output. */
void progress_end(struct progress *p);

#endif
