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
 * Checks the signatures of the first size records on that many threads, each with a reader of its
 * own, while the caller goes on. effects: as judged; records by unknown keys are findings unless
 * they are void. authority, effects and findings must stay, and authority must not change, until
 * fsck_signatures_end, which says whether all could be read.
 */
struct fsck_signatures;
ANNOT_CHECKED enum annot_status
fsck_signatures_begin(const char *dir, uint64_t size, unsigned threads,
		      const struct annot_authority *authority, const uint8_t *effects,
		      struct findings *findings, struct fsck_signatures **ret,
		      struct annot_error *err);
ANNOT_CHECKED enum annot_status fsck_signatures_end(struct fsck_signatures *s,
						    struct annot_error *err);

#endif
