/*
 * Where requests for events wait. Whoever asks from near the end of the log waits here, without a
 * worker and without a snapshot, until something that matches was committed, or WATCH_WAIT_MS have
 * passed: then the reply is empty. One thread looks at the log for all of them, in rounds: one
 * begins with a commit or a request, but not within WATCH_PACE_MS of the last, so that much that is
 * committed makes few replies and not many; whoever is WATCH_MUCH records behind is served between
 * rounds. Who asks for the same from the same cursor gets the same reply, made once. Requests from
 * further back are answered by the workers, like those of any READ call.
 */
#ifndef ANNOTD_WATCH_H
#define ANNOTD_WATCH_H

#include "annotd/watch_table.h"
#include "proto/proto.h"

enum {
	WATCH_WAIT_MS = 25000,
	WATCH_PACE_MS = 10,
	WATCH_MUCH = 64,
	WATCH_NEAR = 32768, /* records from the end of the log that count as near */
};

struct watch;

/* Starts the thread. wait_ms 0: WATCH_WAIT_MS. The corpus must outlive it. */
ANNOT_CHECKED enum annot_status watch_start(struct corpus *corpus, int wait_ms, struct watch **ret,
					    struct annot_error *err);

/* Whether a request from that cursor is to wait here. */
bool watch_wants(struct watch *w, uint64_t from);

/*
 * Takes a request over: it is answered later, or dropped when its peer goes away. BUSY:
 * WATCHERS_MAX wait already; NO_MEMORY: then it is still the caller's.
 */
ANNOT_CHECKED enum annot_status watch_put(struct watch *w, struct server_request *request,
					  const struct annot_events_request *in,
					  struct annot_error *err);

/* The log has so many records now. Does not wait for anything; by the writer after each commit. */
void watch_tell(void *watch, uint64_t size);

/* How many wait. */
size_t watch_count(struct watch *w);

/* Answers all at once, with what they have, and ends the thread; later requests are answered at
 * once. Takes NULL. */
void watch_stop(struct watch *w);
/* Stops it and frees it; nobody may put or tell any more. Takes NULL, returns NULL. */
struct watch *watch_free(struct watch *w);

#endif
