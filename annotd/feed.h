/*
 * The log as facts, for whoever replays all of it: one thread reads, hashes and parses ahead, in
 * bounded batches, while another one judges.
 */
#ifndef ANNOTD_FEED_H
#define ANNOTD_FEED_H

#include "annotd/store/store.h"

enum {
	FEED_FACTS = 64,          /* a batch, … */
	FEED_BYTES = 256 << 10,   /* … which ends after records of so many bytes */
	FEED_BATCHES = 8,         /* that are ready or being made */
	FEED_ARENA_MAX = 8 << 20, /* memory of a batch, at most */
};

struct feed;

/* Starts the thread, on the first n records of a folder's truth.db. NO_MEMORY. */
ANNOT_CHECKED enum annot_status feed_start(const char *dir, uint64_t n, struct feed **ret,
					   struct annot_error *err);

/* The next fact, in the order of the log; good until the next call. At most n calls. STORE and
 * others: that record cannot be read; INVALID: it is not well formed. */
ANNOT_CHECKED enum annot_status feed_next(struct feed *feed, const struct annot_fact **ret,
					  struct annot_error *err);

/* Ends the thread, wherever it is; takes NULL. */
void feed_stop(struct feed *feed);

#endif
