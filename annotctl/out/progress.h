/* How far long work is, on a terminal. */
#ifndef ANNOTCTL_PROGRESS_H
#define ANNOTCTL_PROGRESS_H

#include "../ctl.h"

/*
 * Work that shows itself: {.ctl = ctl, .what = "audited"}. One line on stderr, rewritten a few
 * times a second, if that is a terminal that no pager has, and neither --quiet nor a JSON format
 * was asked for; none before it has gone on for a second.
 */
struct progress {
	const struct ctl *ctl;
	const char *what;
	bool bytes;         /* done and of are bytes */
	int64_t started_ms; /* 0: not yet */
	int64_t shown_ms;   /* when a line was written last */
	bool open;          /* the line on the terminal is not ended */
};

/* Counts from now, and not from the first progress_show; calls that tell of their steps keep silent
 * until progress_end. */
void progress_begin(struct progress *p);
/* An annot_progress; always true. */
bool progress_show(void *arg, uint64_t done, uint64_t of);
/* Takes the line away, for other output; the work goes on. */
void progress_pause(struct progress *p);
/* Takes it away for good. */
void progress_end(struct progress *p);

/* Shows the steps of calls on ctl's connection. */
void progress_follow(struct ctl *ctl);

#endif
