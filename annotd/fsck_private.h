/* Shared by the files of fsck. */
#ifndef ANNOTD_FSCK_PRIVATE_H
#define ANNOTD_FSCK_PRIVATE_H

#include <pthread.h>
#include <stdio.h>

#include "annotd/fsck.h"
#include "annotd/progress.h"
#include "annotd/checkpoint_slot.h"
#include "annotd/replay.h"
#include "annotd/texts.h"
#include "base/encode.h"
#include "state/memory.h"

enum {
	FSCK_ARENA_MAX = 8 << 20,
	FSCK_FINDINGS_SHOWN = 1000,    /* the rest is only counted */
	FSCK_WITHHELD_MAX = 256 << 20, /* bytes of a list of withheld records: millions of them */
};

struct findings {
	FILE *to;
	pthread_mutex_t lock;
	uint64_t n;
	struct progress progress; /* with the lock held */
};

/* One finding on a record (or the whole, with FSCK_WHOLE); any thread. */
#define FSCK_WHOLE UINT64_MAX
void finding(struct findings *f, uint64_t index, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

struct fsck {
	const char *dir;
	bool defer; /* search.db and anchors are not looked at */
	struct reader *reader;
	uint64_t size;             /* of truth.db */
	struct annot_arena *arena; /* of one record */
	struct annot_memory *memory;
	struct annot_frontier frontier;
	uint64_t
		root_size; /* the first commit that was not before the frontier; UINT64_MAX: none */
	struct annot_hash root;
	uint8_t *effects; /* of each record, as judged */
	uint8_t *keyless; /* of each record: its author's key was not known when it was judged */
	struct texts *texts;
	struct fsck_signatures *signatures;
	struct annot_buf decisions, missing; /* of fsck_withheld.c */
	bool unsigned_copy;                  /* there is no checkpoint file, and none is missed */
	bool has_slot;
	struct checkpoint_slot slot;
	struct findings findings;
};

/* --- fsck_log.c --- */

/* Reads the checkpoint file: before the snapshot, since a running annotd commits to truth.db first.
 */
enum annot_status fsck_read_slot(struct fsck *f, struct annot_error *err);
void fsck_check_slot(struct fsck *f, const struct annot_hash *corpus);
/* The next record of the log with the nodes that are stored with it. */
enum annot_status fsck_log(struct fsck *f, const struct annot_fact *fact, struct annot_bytes nodes,
			   struct annot_error *err);

/* --- fsck_words.c, fsck_index.c --- */

/* A record that was just replayed. */
enum annot_status fsck_words(struct fsck *f, const struct annot_fact *fact,
			     struct annot_error *err);
/* All of the index, after the replay. */
enum annot_status fsck_index(struct fsck *f, struct annot_error *err);

/* --- fsck_segments.c --- */

/* The files of the index over texts, as far as there are any. */
enum annot_status fsck_segments(struct fsck *f, const struct annot_hash *corpus,
				struct annot_error *err);

/* --- fsck_derived.c --- */

/* search.db, as far as it is filled, and the anchors that are there: after the replay. */
enum annot_status fsck_search(struct fsck *f, struct annot_error *err);
enum annot_status fsck_anchors(struct fsck *f, struct annot_error *err);

/* --- fsck_withheld.c --- */

/* The next record of the log. */
enum annot_status fsck_withheld_note(struct fsck *f, const struct annot_fact *fact,
				     struct annot_error *err);
/* All of them, after the replay and in a snapshot of its own: the last thing that is asked of the
 * reader. */
enum annot_status fsck_withheld(struct fsck *f, struct annot_error *err);

/* --- fsck_signatures.c --- */

/*
 * Checks signatures on threads (1 to FSCK_THREADS_MAX) while the caller goes on; what does not
 * verify is a finding. findings must stay until fsck_signatures_end, which waits for all of them
 * and takes NULL. NO_MEMORY.
 */
struct fsck_signatures;
ANNOT_CHECKED enum annot_status fsck_signatures_begin(uint64_t size, unsigned threads,
						      struct findings *findings,
						      struct fsck_signatures **ret,
						      struct annot_error *err);
/* A record's own signature, by that key; copies what it needs, and waits for a thread where all
 * have enough to do. NO_MEMORY. */
ANNOT_CHECKED enum annot_status fsck_signatures_put(struct fsck_signatures *s, const uint8_t *key,
						    const struct store_record *stored,
						    struct annot_error *err);
void fsck_signatures_end(struct fsck_signatures *s);

#endif
