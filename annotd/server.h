/*
 * The daemon's front: listeners on nng byte streams (ipc, tcp) that speak the SP request/reply
 * framing, so that any plain nng REQ socket works. Knows frames, peers, deadlines and bounds; no
 * messages. tls+tcp:// is the same over TLS 1.3 (tls/session.h): who comes that way is a stranger
 * until the handler says otherwise (server_trust), and has little room and time until then.
 *
 * SP over ipc: each side first sends 00 'S' 'P' 00, its protocol number (REQ 0x0030, REP 0x0031)
 * big-endian, 00 00; then frames 0x01, length (64 bits, big-endian), body. Over tcp the same
 * without the 0x01. The body of a request begins with 32-bit words up to and with the first that
 * has its high bit set (hops and request id), which the reply echoes; the rest is the payload. (RFC
 * drafts "SP over TCP", "SP over IPC" and "Request/Reply" of nanomsg.)
 */
#ifndef ANNOTD_SERVER_H
#define ANNOTD_SERVER_H

#include "annotd/session.h"
#include "base/buf.h"
#include "tls/session.h"

enum {
	SERVER_URLS_MAX = 8,
	SERVER_CONNECTIONS_MAX = 1024,    /* the one that idles longest goes when another comes */
	SERVER_HOPS_MAX = 16,             /* words before the payload, the request id among them */
	SERVER_FRAME_TIMEOUT_MS = 30000,  /* first byte to last byte of a request; also hello */
	SERVER_SEND_TIMEOUT_MS = 30000,   /* first byte to last byte of a reply */
	SERVER_SHAKE_TIMEOUT_MS = 10000,  /* tls+tcp: from the start to hello */
	SERVER_PROVE_TIMEOUT_MS = 120000, /* … to proving a key: a person may have to confirm it */
	SERVER_STRANGERS_MAX = 64, /* … connections that have not; of the address that has most,
				      the one that is waited for longest goes */
	SERVER_STRANGER_FRAME_MAX = 4096, /* … what they may say at once */
	SERVER_REMOTE_SHARE = 2, /* … one in so many of all connections, strangers or not */
	/* Of requests and replies, complete or not, on all connections together. From the first on,
	 * connections are closed that keep theirs longest; beyond the second, who needs more. */
	SERVER_BUFFERS_HIGH = 48 << 20,
	SERVER_BUFFERS_MAX = 80 << 20,
};

enum { SERVER_ADDRESS_SIZE = 9, SERVER_ADDRESS_TEXT = 64 };

struct server;
struct payload;

/* A request whose reply is owed. Exactly one of server_reply and server_drop ends it. */
struct server_request;

/*
 * Called on nng's threads with a complete request: must not block. The payload is valid until the
 * request is ended.
 */
typedef void (*server_handler)(void *arg, struct server_request *request);

/* Who is at the other end of a connection. */
struct server_peer {
	bool remote;                             /* came by tls+tcp */
	uint8_t address[SERVER_ADDRESS_SIZE];    /* of IPv6 the first 64 bits: the rest is its own
						    choice */
	char text[SERVER_ADDRESS_TEXT];          /* for people; "" if not remote */
	uint8_t binding[ANNOT_TLS_BINDING_SIZE]; /* of this connection alone (tls/session.h) */
};

/* Called on nng's threads, must not block: whether a connection from there is taken now. */
typedef bool (*server_admit)(void *arg, const struct server_peer *from);

struct server_options {
	const char *urls[SERVER_URLS_MAX]; /* ipc://PATH, tcp://HOST:PORT, tls+tcp://HOST:PORT */
	size_t n_urls;
	const char
		*socket_group; /* NULL: folder 0700, socket 0600; else 0750, 0660 and that group */
	bool insecure_tcp;     /* tcp:// is refused without it */
	const struct annot_tls_server *tls; /* of tls+tcp://; outlives the server */
	server_admit admit;                 /* for tls+tcp://; NULL: all are taken */
	void *admit_arg;
	size_t connections_max; /* 0: SERVER_CONNECTIONS_MAX; lowered to what RLIMIT_NOFILE leaves,
				   whose soft limit is raised if need be */
	size_t payload_max;     /* larger requests are dropped with their connection */
	int frame_timeout_ms, send_timeout_ms, shake_timeout_ms, prove_timeout_ms; /* 0: as above */
	server_handler handler;
	void *arg;
};

/*
 * Starts listening. USAGE: a bad URL (too long a path, another scheme, tcp without leave, no such
 * group); REFUSED: the path is taken by another daemon or by something that is not a socket, or its
 * folder is not safe.
 */
ANNOT_CHECKED enum annot_status server_start(const struct server_options *options,
					     struct server **ret, struct annot_error *err);

/* Stops accepting connections and requests; requests under way go on. */
void server_stop(struct server *s);

/* Waits until no request is under way and every reply was sent or its connection is gone; false:
 * not in time. */
bool server_drain(struct server *s, int timeout_ms);

/* Closes everything and waits for it; no request may be under way. Takes NULL, returns NULL. */
struct server *server_free(struct server *s);

/* Connections that are open now. */
size_t server_connections(struct server *s);

/* The port that the n-th URL listens on; 0 for ipc. (For tcp://127.0.0.1:0.) */
int server_port(const struct server *s, size_t n);

/*
 * What the handler keeps about a connection from one request to the next: zero at first, untouched
 * by the server. Good until the request is ended.
 */
struct server_account {
	uint64_t used_us; /* up to where its share of the work is used up */
	uint64_t last_us; /* what its last request took */
	struct session session;
};
struct server_account *server_account(struct server_request *request);

struct annot_bytes server_payload(const struct server_request *request);
/* Of the peer; -1 if unknown (tcp). */
int64_t server_peer_uid(const struct server_request *request);
const struct server_peer *server_peer(const struct server_request *request);
/* Its peer is no stranger any more. */
void server_trust(struct server_request *request);
/* A number of its own for each connection since the start; never 0. */
uint64_t server_connection(const struct server_request *request);

/* Sends the reply; takes over payload's memory and leaves it empty. May be called on any thread. */
void server_reply(struct server_request *request, struct annot_buf *payload);
/* The same with one that others are sent too: takes a reference of its own. */
void server_reply_shared(struct server_request *request, struct payload *payload);
/*
 * For a request that is answered when something happens: from here on the server looks after its
 * peer. When that goes away, or the connection is closed, gone is called, once, on one of nng's
 * threads (it must not block); the request is still to be ended, there or later. Its payload moves:
 * ask for it again. No other thread may end the request during the call. A peer that sends on
 * without waiting for the reply is looked after no more.
 */
typedef void (*server_gone)(void *arg, struct server_request *request);
void server_park(struct server_request *request, server_gone gone, void *arg);
/* Closes the connection without a reply. */
void server_drop(struct server_request *request);

#endif
