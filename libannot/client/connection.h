/*
 * One connection to annotd: a request out, its reply in. The only part of libannot that knows nng
 * (connection_stream.c); everything above sees bytes.
 */
#ifndef ANNOT_CLIENT_CONNECTION_H
#define ANNOT_CLIENT_CONNECTION_H

#include "base/buf.h"
#include "tls/session.h"

struct annot_connection;

/* Milliseconds of the monotonic clock, for deadlines. */
int64_t annot_now_ms(void);

/* Whom a connection over TLS leads to: that is for the caller to judge. */
struct annot_connection_tls {
	struct annot_hash certificate; /* SHA-256 of what it showed */
	uint8_t binding[ANNOT_TLS_BINDING_SIZE];
};

/*
 * Connects and shakes hands. UNREACHABLE: nobody listens there or nobody may connect (the text says
 * how to start a daemon), or what listens is not an annotd; TIMEOUT; INVALID: not a socket URL;
 * BUSY: with tls+tcp, it was closed at once.
 */
enum annot_status annot_connection_open(const char *url, int64_t deadline_ms,
					struct annot_connection **ret, struct annot_error *err);
/* NULL: not by TLS. */
const struct annot_connection_tls *annot_connection_tls(const struct annot_connection *c);
/* Takes NULL, returns NULL. Does not wait for the other side. */
struct annot_connection *annot_connection_close(struct annot_connection *c);

/*
 * Sends a request and appends its reply to reply, whose max bounds it. UNREACHABLE: the other side
 * went away; TIMEOUT; PROTOCOL: not a reply to this request; TOO_LARGE. After any of these the
 * connection is of no more use: close it.
 */
enum annot_status annot_connection_exchange(struct annot_connection *c, struct annot_bytes request,
					    int64_t deadline_ms, struct annot_buf *reply,
					    struct annot_error *err);

#endif
