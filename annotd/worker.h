/*
 * Threads that answer requests, and the bounded queue before them. The next request is that of the
 * connection which has used up least (fair queueing: a connection's share starts where the work now
 * is, and goes on by what its requests took). While all threads have heavy requests, one more
 * thread answers light ones, so that these never wait for the end of a heavy one.
 */
#ifndef ANNOTD_WORKER_H
#define ANNOTD_WORKER_H

#include "annotd/dispatch.h"

enum {
	WORKERS_MAX = 8,
	WORK_QUEUE_MAX = 512,
	WORK_HEAVY_BYTES = 32768, /* a request of more is heavy, … */
	WORK_HEAVY_US = 2000,     /* … as is one on a connection whose last one took longer, and locate and copies */
};

struct workers;

/* Starts n threads (0: one a core, at most WORKERS_MAX), each with a reader of its own. */
ANNOT_CHECKED enum annot_status workers_start(const struct dispatch *shared, size_t n,
					      struct workers **ret, struct annot_error *err);

/* A server_handler: queues the request, or answers BUSY when the queue is full. */
void workers_put(void *workers, struct server_request *request);

/* Whether requests are taken: false if some waited when this was asked last, some wait now, and none was taken in
 * between. Asked by one thread. */
bool workers_move(struct workers *w);

/* Answers what is queued and ends the threads; takes NULL, returns NULL. */
struct workers *workers_stop(struct workers *w);

#endif
