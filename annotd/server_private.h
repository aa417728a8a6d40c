/* Shared by server.c (listeners, the end of connections), server_accept.c (their start),
 * server_frame.c (frames of one connection), server_wire.c (the bytes below them, in TLS or as they
 * are), server_park.c (requests that wait), server_limits.c (who has to go when there are too many)
 * and server_remote.c (who comes from elsewhere). */
#ifndef ANNOTD_SERVER_PRIVATE_H
#define ANNOTD_SERVER_PRIVATE_H

#include "annotd/payload.h"
#include "annotd/server.h"
#include "tls/session.h"

#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
	HELLO_SIZE = 8,
	FRAME_HEAD_MAX = 9,
	READ_SIZE = 4096,      /* first buffer, and what is kept of it between requests */
	KEEP_SIZE = 64 * 1024, /* larger buffers are given back between requests */
	EVICTING_MAX = 16,     /* connections over their number while others are being closed */
	WIRE_SIZE = 8192,      /* of TLS, taken in at once */
};

enum connection_state {
	SENDING_HELLO,
	READING_HELLO,
	READING,  /* a request, or idle when nothing of it has come */
	HANDLING, /* the handler has it: nothing is under way on the stream */
	PARKED,   /* the same, and while `watched` a receive that ends when the peer goes away */
	SENDING,  /* the reply */
};

struct server_request; /* a connection, as its handler sees it */

/* The TLS below one connection's frames, and the operation that is under way in it. */
struct wire {
	struct annot_tls *tls;
	bool shaken; /* hands: what is sent and received is the frames' from then on */
	enum { WIRE_SENDS, WIRE_RECEIVES } goal, doing;
	nng_iov to_send[2];
	unsigned n_to_send;
	nng_iov to;  /* where to receive */
	size_t done; /* bytes of to_send that went into TLS; that were read into `to` */
	bool early;  /* it ended without a byte on the stream */
	uint8_t in[WIRE_SIZE];
};

/*
 * One connection; half-duplex, so one aio serves it. Locking: `lock` is held while an operation is
 * begun and while the stream is closed, and operations are begun only when not dying: nng 1.5.2
 * never ends an operation that is begun on a closed ipc stream. The callback takes the lock first,
 * so that it cannot run ahead of the thread that began the operation. The sweeper frees what is
 * `dead` (no operation under way, no handler has it), never a callback.
 */
struct connection {
	struct server *server;
	struct connection *next, **back; /* of the server's list; its lock */
	struct connection *next_dead;
	nng_stream *stream;
	nng_aio *aio;
	pthread_mutex_t lock;
	enum connection_state state;
	bool dying;
	bool ipc;
	struct wire *wire; /* NULL: bytes go as they are */
	int rv;            /* of the operation that has ended, */
	size_t count;      /* and how many bytes it moved */
	bool stranger;     /* has to prove a key, by then: */
	nng_time prove_by;
	struct server_peer peer;
	int64_t peer_uid;
	uint64_t number;
	nng_time deadline;             /* 0: none */
	struct server_account account; /* the handler's */
	nng_time since;                /* what its peer is waited for since, if not HANDLING */
	size_t held; /* counted in the server's n_buffered: capacity of in, reply */

	bool watched, replying, dropped; /* while PARKED: see server_park.c */
	server_gone gone;
	void *gone_arg;

	uint8_t *in; /* what was received */
	size_t in_len, in_cap;
	bool in_frame;    /* some of one has come */
	size_t frame_len; /* whole frame with its head; 0 while unknown */
	size_t payload_at;

	uint8_t head[FRAME_HEAD_MAX + 4 * SERVER_HOPS_MAX]; /* hello, then of the reply */
	size_t head_len;
	struct annot_buf own;   /* the reply, where it is this connection's alone, */
	struct payload *shared; /* or others send it too */
	struct annot_bytes out; /* in either */
	size_t sent;            /* of head and out */
};

struct listener {
	struct server *server;
	nng_stream_listener *stream;
	nng_aio *aio;
	bool ipc, tls, resting; /* resting: pausing after a failed accept, or after many */
	int port;
	nng_time window; /* when the count began */
	unsigned n_window;
};

struct server {
	struct server_options options;
	struct listener listeners[SERVER_URLS_MAX];
	size_t n_listeners;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct connection *connections, *dead;
	size_t n_connections;
	uint64_t n_accepted; /* since the start */
	atomic_size_t
		n_requests; /* handled or being answered; counted up under a connection's lock */
	atomic_size_t n_buffered; /* what all connections hold */
	atomic_bool stopping;
	bool closing;
	pthread_t sweeper;
	bool has_sweeper;
};

/*
 * server_wire.c, with the lock held. An operation ends in connection_callback: it may have ended
 * (wire_ended; rv and count then say how) or go on by itself.
 */
struct wire *wire_new(const struct annot_tls_server *tls); /* NULL: no memory */
struct wire *wire_free(struct wire *w);
void wire_send(struct connection *c, const nng_iov *iov, unsigned n); /* at most 2 */
void wire_recv(struct connection *c, void *to, size_t len);
bool wire_ended(struct connection *c);

/* server_frame.c; all but connection_callback with the connection's lock held */
void connection_callback(void *arg);
void connection_send(struct connection *c); /* what head and out hold */
bool connection_grow(struct connection *c, size_t cap);
void connection_begin(struct connection *c);
void connection_close(struct connection *c);

/*
 * server_park.c. With the connection's lock held: its receive has ended, and the lock is released.
 */
void parked_callback(struct connection *c);
/* With the lock held: whether the reply, or the end without one, waits for that receive. */
bool parked_reply(struct connection *c);
bool parked_drop(struct connection *c);

/* server_accept.c */
void listener_callback(void *arg);

/* server.c: takes the server's lock; to be called without the connection's lock */
void connection_dead(struct connection *c);
/* For the sweeper, and for one that never came in. Returns NULL. */
struct connection *connection_free(struct connection *c);
void server_answered(struct server *s); /* one request less */

/*
 * server_limits.c. With the connection's lock held: it now holds that much; false, and nothing has
 * changed, if there is no room. */
bool connection_hold(struct connection *c, size_t bytes);
/* Whether buffers are to be given back soon; then, with no lock held, wake the sweeper. */
bool server_pressed(struct server *s);
void server_wake(struct server *s);
/* Counts an accepted connection; milliseconds to rest until the next one may come, mostly 0. */
nng_duration listener_pace(struct listener *l);
/* With the server's lock held: closes connections whose peers were waited for longest, until … */
void evict_one(struct server *s);     /* … one is closed, or none can be */
void evict_buffers(struct server *s); /* … the others hold little enough */
/* With the connection's lock held: whether it can be closed without losing what is being worked on.
 */
bool connection_can_go(const struct connection *c);
/* Without: closes it, if it still can go (NULL cannot); whether it did. */
bool connection_send_away(struct connection *c);

/*
 * server_remote.c. Who is at the other end of a stream; false: nobody knows.
 */
bool remote_peer(nng_stream *stream, struct server_peer *ret);
/* With the server's lock held, before another one is taken: makes room among those from elsewhere.
 * False: there is none. */
bool remote_room(struct server *s);

/* server_path.c: the folder and the path of an ipc socket, before and after listening */
enum annot_status socket_path_prepare(const char *path, const char *group, struct annot_error *err);
enum annot_status socket_path_share(const char *path, const char *group, struct annot_error *err);

#endif
