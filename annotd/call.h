/*
 * What a handler gets. Handlers hold the rules of one call: no wire, no sockets, no SQL, no
 * globals, so that they can be tested with a store in a temporary folder.
 */
#ifndef ANNOTD_CALL_H
#define ANNOTD_CALL_H

#include "proto/proto.h"
#include "annotd/store/store.h"

struct view_cache;  /* view.h */
struct corpus;      /* corpus.h: the state that the writer changes and readers look at */
struct segments;    /* segments.h: the index over texts */
struct session;     /* session.h: who the connection belongs to */
struct server_peer; /* server.h */
struct limits;      /* limits.h */

struct call {
	struct annot_arena *arena; /* of this request; the reply lives in it */
	struct reader *reader;     /* in a snapshot */
	struct corpus *corpus;
	struct segments *segments; /* NULL: there is none */
	struct view_cache *cache;  /* of the thread; may be NULL */
	int64_t peer_uid;          /* -1 if unknown */
	uint64_t connection;       /* that it came on; 0 if unknown */
	/* Of that connection, if its peer has to prove a key; else both NULL. */
	struct session *session;
	const struct server_peer *peer;
	struct limits *limits;
	const struct annot_hash *certificate; /* that annotd shows at tls+tcp://; NULL: none */
	size_t reply_bytes; /* what the reply will take, about; 0: little, or unknown */
	struct annot_error err;
};

/*
 * Sees to it that the snapshot holds the first `size` records of the log: takes a new one where a
 * checkpoint is newer than this request's. NOT_FOUND, in c->err: there are not so many.
 */
enum annot_status call_snapshot(struct call *c, uint64_t size);

/* One handler for each READ call: fills *ret (zeroed), returns OK or a status with c->err set. */
#define ANNOTD_HANDLER_READ(name, request, reply)                                                  \
	enum annot_status on_##name(struct call *c, const struct annot_##request *in,              \
				    struct annot_##reply *ret);
#define ANNOTD_HANDLER_OPEN ANNOTD_HANDLER_READ
#define ANNOTD_HANDLER_WRITE(name, request, reply)
#define CALL(name, request, reply, access, doc) ANNOTD_HANDLER_##access(name, request, reply)
#include "proto/calls.def"

#endif
