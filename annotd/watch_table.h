/*
 * Requests for events that wait, and who of them is to be looked for next. One thread works on
 * them: what it grasps stays where it is until that thread takes it out or lets go, though the lock
 * around the table is released meanwhile. All else here is to be called under that lock.
 */
#ifndef ANNOTD_WATCH_TABLE_H
#define ANNOTD_WATCH_TABLE_H

#include "annotd/server.h"
#include "annotd/watch_look.h"

enum { WATCHERS_MAX = 256 };

struct watcher {
	struct server_request *request;
	char *query;          /* owned */
	struct watch_key key; /* its query is that one */
	int64_t until_ms;     /* when it has waited long enough */
	uint64_t looked;      /* size of the log when it was looked through for this one */
	bool checked;         /* that was done: the query is one, its names are known */
	bool parked;          /* the server looks after its peer */
	bool grasped;
	bool gone; /* its peer went away while it was grasped */
};

struct watch_table {
	struct watcher watchers[WATCHERS_MAX];
	size_t n, turn; /* turn: where to look first, so that everybody is served */
};

/* False: it is full, and new is still the caller's. */
bool watch_table_add(struct watch_table *t, const struct watcher *new);

/* Whoever has just come has nothing to be looked for if another waits for the same. */
void watch_table_join(struct watch_table *t);

/* One for whom the log, of that size, is to be looked through, and who is so many records or more
 * behind; in turn. NULL: none. */
const struct watcher *watch_table_due(struct watch_table *t, uint64_t size, uint64_t behind);

/* When the first of them has waited long enough; INT64_MAX: nobody waits. */
int64_t watch_table_until(const struct watch_table *t);

/* Grasps all with that key for whom the log is to be looked through, … */
void watch_table_grasp(struct watch_table *t, const struct watch_key *key, uint64_t size);
/* … all that have waited until now, … */
void watch_table_grasp_late(struct watch_table *t, int64_t now_ms);
/* … those that have to wait and are not parked yet, which they are then: how many, and their
 * requests. */
size_t watch_table_grasp_new(struct watch_table *t, struct server_request *ret[WATCHERS_MAX]);

/* Takes what is grasped out, to be answered: how many, their requests and (unless NULL) cursors.
 * Those that are gone are dropped. */
size_t watch_table_take(struct watch_table *t, struct server_request *ret[WATCHERS_MAX],
			uint64_t ret_from[WATCHERS_MAX]);
/* Lets go of what is grasped, but for those that are gone: these are dropped. */
void watch_table_let_go(struct watch_table *t);
/* The same; nothing matched from their cursors up to `next`, in a log of the size `looked`. */
void watch_table_release(struct watch_table *t, uint64_t next, uint64_t looked);

/* A peer went away: true: it is not in the table any more, and to be dropped. */
bool watch_table_gone(struct watch_table *t, const struct server_request *request);

/* Forgets all, without a reply. */
void watch_table_clear(struct watch_table *t);

#endif
