/* Shared by fsck.c and fsck_signatures.c. */
#ifndef ANNOTD_FSCK_PRIVATE_H
#define ANNOTD_FSCK_PRIVATE_H

#include <pthread.h>
#include <stdio.h>

#include "annotd/store/store.h"

enum {
	FSCK_ARENA_MAX = 8 << 20,
	FSCK_FINDINGS_SHOWN = 1000, /* the rest is only counted */
};

struct findings {
	FILE *to;
	pthread_mutex_t lock;
	uint64_t n;
};

/* One finding on a record (or the whole, with FSCK_WHOLE); any thread. */
#define FSCK_WHOLE UINT64_MAX
void finding(struct findings *f, uint64_t index, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Checks signatures on that many threads, each with a reader of its own, while the caller replays
 * the log: those of records up to fsck_signatures_replayed, which says what they were judged
 * (records by unknown keys are findings unless they are void). authority may change between
 * fsck_signatures_lock and fsck_signatures_unlock only. findings must stay until
 * fsck_signatures_end, which waits for all of them and says whether all could be read; it takes
 * NULL.
 */
struct fsck_signatures;
ANNOT_CHECKED enum annot_status
fsck_signatures_begin(const char *dir, uint64_t size, unsigned threads,
		      const struct annot_authority *authority, const uint8_t *effects,
		      struct findings *findings, struct fsck_signatures **ret,
		      struct annot_error *err);
void fsck_signatures_lock(struct fsck_signatures *s);
void fsck_signatures_unlock(struct fsck_signatures *s);
/* The first n records are judged: their effects stand; last: no more will be. */
void fsck_signatures_replayed(struct fsck_signatures *s, uint64_t n, bool last);
ANNOT_CHECKED enum annot_status fsck_signatures_end(struct fsck_signatures *s,
						    struct annot_error *err);

#endif
