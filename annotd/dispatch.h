/* From a request to its reply: decode, access by the call table, handler or writer, encode, one
 * line of log. */
#ifndef ANNOTD_DISPATCH_H
#define ANNOTD_DISPATCH_H

#include "annotd/handlers/submit.h"
#include "annotd/server.h"
#include "annotd/upload.h"
#include "annotd/view.h"
#include "annotd/writer.h"

enum {
	/* Memory of one request: what it decodes to, what its records parse to, and its reply. */
	DISPATCH_ARENA_MAX = 128 << 20,
	/* What a request took counts so often on its connection's account if it took longer than
	   that, or was refused, wholly or in part. */
	DISPATCH_LONG_US = 500,
	DISPATCH_WEIGHT = 4,
};

/* What all workers share. */
struct dispatch {
	struct corpus *corpus;
	struct writer *writer;
	struct uploads *uploads;
};

/* What each worker has of its own. arena may be NULL: it is made when needed, and given away with a
 * job. */
struct dispatch_worker {
	const struct dispatch *shared;
	struct reader *reader;
	struct annot_arena *arena;
	struct submit_cache submits;
	struct view_cache views;
	bool write_due; /* of the request at hand: this thread is to commit it */
};

/*
 * Answers a request, now or once it is committed. announced: the writer was told that a submission
 * comes. True: the calling thread is to call writer_run at once.
 */
ANNOT_CHECKED bool dispatch_request(struct dispatch_worker *w, struct server_request *request, bool announced);

/* Answers that the daemon is busy; does not block. */
void dispatch_busy(struct server_request *request);

#endif
