/* How far long work is, on a terminal. */
#ifndef ANNOTCTL_PROGRESS_H
#define ANNOTCTL_PROGRESS_H

#include "../ctl.h"

struct progress {
	const struct ctl *ctl;
	const char *what; /* "audited" */
	int64_t shown_ms; /* when a line was written last */
	bool open;        /* the line on the terminal is not ended */
};

/* An annot_progress: rewrites one line on stderr a few times a second, if that is a terminal and
 * --quiet was not said. Always true. */
bool progress_show(void *arg, uint64_t done, uint64_t of);
/* Takes the line away again. */
void progress_end(struct progress *p);

#endif
