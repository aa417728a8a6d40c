/*
 * The bytes of a connection: ipc, tcp, or tls+tcp (TLS 1.3 on nng's tcp: tls/session.h). For
 * connection.c alone.
 */
#ifndef ANNOT_CLIENT_CONNECTION_STREAM_H
#define ANNOT_CLIENT_CONNECTION_STREAM_H

#include "client/connection.h"

struct annot_stream;

/* Connects; with tls+tcp shakes hands. Statuses of annot_connection_open. */
enum annot_status annot_stream_open(const char *url, int64_t deadline_ms, struct annot_stream **ret,
				    struct annot_error *err);
struct annot_stream *annot_stream_close(struct annot_stream *s); /* takes NULL, returns NULL */

/* All of n parts; all of len bytes. UNREACHABLE: the other side went away (BUSY before
 * annot_stream_greeted, with tls+tcp); TIMEOUT. */
enum annot_status annot_stream_send(struct annot_stream *s, const struct annot_bytes *parts,
				    size_t n, int64_t deadline_ms, struct annot_error *err);
enum annot_status annot_stream_recv(struct annot_stream *s, void *ret, size_t len,
				    int64_t deadline_ms, struct annot_error *err);

/* The other side speaks: it is not too busy to take this connection. */
void annot_stream_greeted(struct annot_stream *s);
const char *annot_stream_url(const struct annot_stream *s);
bool annot_stream_is_ipc(const struct annot_stream *s);
/* NULL: not TLS. */
const struct annot_connection_tls *annot_stream_tls(const struct annot_stream *s);

#endif
