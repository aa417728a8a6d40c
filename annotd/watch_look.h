/* What watch.c answers with: events of the newest snapshot, encoded once for all who want the same.
 */
#ifndef ANNOTD_WATCH_LOOK_H
#define ANNOTD_WATCH_LOOK_H

#include "annotd/corpus.h"
#include "annotd/payload.h"

enum {
	WATCH_KEPT = 32, /* replies that are kept for those who are a little behind, … */
	WATCH_KEPT_MS = 1000,
};

/* What is asked for. query is never NULL. */
struct watch_key {
	const char *query;
	uint64_t from, limit;
};
bool watch_key_equal(const struct watch_key *a, const struct watch_key *b);

struct watch_answer {
	enum annot_status status;
	const char *error;     /* unless status is OK */
	struct payload *reply; /* a whole frame; NULL: nothing matches, or there is no memory */
	uint64_t next;         /* then: the cursor to go on from … */
	bool complete;         /* … and whether that is the end of the log */
};

struct watch_look;

ANNOT_CHECKED enum annot_status watch_look_open(struct corpus *corpus, struct watch_look **ret,
						struct annot_error *err);
/* Takes NULL, returns NULL. */
struct watch_look *watch_look_close(struct watch_look *l);

/* The answer is good until the next call. now_ms: of the monotonic clock. */
void watch_look_up(struct watch_look *l, const struct watch_key *key, int64_t now_ms,
		   struct watch_answer *ret);

/* Gives the snapshot back: to be called before waiting. */
void watch_look_rest(struct watch_look *l);

#endif
