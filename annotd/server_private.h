/* Shared by server.c (listeners, life and death of connections), server_frame.c (bytes of one
 * connection), server_park.c (requests that wait) and server_limits.c (who has to go when there are
 * too many). */
#ifndef ANNOTD_SERVER_PRIVATE_H
#define ANNOTD_SERVER_PRIVATE_H

#include "annotd/server.h"

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
	size_t frame_len; /* whole frame with its head; 0 while unknown */
	size_t payload_at;

	uint8_t head[FRAME_HEAD_MAX + 4 * SERVER_HOPS_MAX]; /* hello, then of the reply */
	size_t head_len;
	struct annot_buf out;
	size_t sent; /* of head and out */
};

struct listener {
	struct server *server;
	nng_stream_listener *stream;
	nng_aio *aio;
	bool ipc, resting; /* resting: pausing after a failed accept, or after many */
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

/* server.c: takes the server's lock; to be called without the connection's lock */
void connection_dead(struct connection *c);
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

/* server_path.c: the folder and the path of an ipc socket, before and after listening */
enum annot_status socket_path_prepare(const char *path, const char *group, struct annot_error *err);
enum annot_status socket_path_share(const char *path, const char *group, struct annot_error *err);

#endif
