/* From a request to its reply: decode, access by the call table, handler or writer, encode, one
 * line of log. */
#ifndef ANNOTD_DISPATCH_H
#define ANNOTD_DISPATCH_H

#include "annotd/handlers/submit.h"
#include "annotd/segments.h"
#include "annotd/server.h"
#include "annotd/upload.h"
#include "annotd/view.h"
#include "annotd/watch.h"
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
	struct watch *watch; /* NULL: nobody waits for events */
	struct segments *segments; /* NULL: no index over texts */
	struct limits *limits;     /* of requests from elsewhere */
	const struct annot_hash *certificate; /* NULL: nothing listens at tls+tcp:// */
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

/*
 * Encodes a reply, with the error text if the status is not OK. The status that is sent: where the
 * reply does not hold its limits another than given, with its text in err, and *error set to that.
 * Nothing in `out`: there is no memory for either.
 */
enum annot_status dispatch_encode(const struct annot_call_def *call, enum annot_status status,
				  const char **error, const void *reply, struct annot_buf *out,
				  struct annot_error *err);

/* Answers that the daemon is busy; does not block. */
void dispatch_busy(struct server_request *request);

#endif
