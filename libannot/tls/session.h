/*
 * One end of a TLS connection, without a socket: what comes from the other end is put in, what is
 * to go there is taken out. TLS 1.3 alone (RFC 8446), X25519, no resumption, no early data, no
 * certificates of clients. Bounds: what is taken in but not yet read is at most what was put in
 * last and one record; what is to go out at most ANNOT_TLS_PIECE and what the handshake takes.
 *
 * The name that both ends sign to say who they are (or rather what the client does: login.h) is
 * annot_tls_binding, tls-exporter of RFC 9266: 32 bytes that only the two ends of this one
 * connection have, so that what is said over one connection is worth nothing over another.
 */
#ifndef ANNOT_TLS_SESSION_H
#define ANNOT_TLS_SESSION_H

#include "base/bytes.h"
#include "base/error.h"

enum {
	ANNOT_TLS_PIECE = 16384, /* bytes of a TLS record: written at once */
	ANNOT_TLS_BINDING_SIZE = 32,
};

struct annot_tls_server; /* certificate and key, for all its connections; used by any thread */
struct annot_tls;        /* one connection; used by one thread at a time */

/* pem: as annot_certificate_make writes it. INVALID: there is no certificate, no key, or they do
 * not belong together. */
enum annot_status annot_tls_server_new(struct annot_bytes pem, struct annot_tls_server **ret,
				       struct annot_error *err);
/* Takes NULL, returns NULL. */
struct annot_tls_server *annot_tls_server_free(struct annot_tls_server *s);
/* SHA-256 of its certificate. */
const struct annot_hash *annot_tls_server_certificate(const struct annot_tls_server *s);

/* NULL: out of memory. */
struct annot_tls *annot_tls_accept(const struct annot_tls_server *s);
struct annot_tls *annot_tls_connect(void);
struct annot_tls *annot_tls_free(struct annot_tls *t);

/* What came from the other end; all of it is taken. False: out of memory. */
bool annot_tls_put(struct annot_tls *t, const void *data, size_t len);
/* What is to go there, good until the next call. annot_tls_sent: that many bytes of it have gone.
 */
struct annot_bytes annot_tls_out(const struct annot_tls *t);
void annot_tls_sent(struct annot_tls *t, size_t len);

/* Whatever a call returns: annot_tls_out may have something to send. */
enum annot_tls_state {
	ANNOT_TLS_OK,
	ANNOT_TLS_WANTS,  /* more from the other end */
	ANNOT_TLS_ENDED,  /* the other end has said that it says no more */
	ANNOT_TLS_BROKEN, /* not TLS, not ours, or changed on its way: of no more use */
};
/* Goes on shaking hands; OK once it is done. Nothing can be read or written before. */
enum annot_tls_state annot_tls_shake(struct annot_tls *t);
/* Reads what came, 1 to max bytes. */
enum annot_tls_state annot_tls_read(struct annot_tls *t, void *ret, size_t max, size_t *ret_len);
/* Writes at most ANNOT_TLS_PIECE bytes, all or (BROKEN) nothing. */
enum annot_tls_state annot_tls_write(struct annot_tls *t, const void *data, size_t len);

/* After the handshake, both: SHA-256 of the certificate that the server showed; of a client. */
bool annot_tls_peer(const struct annot_tls *t, struct annot_hash *ret);
bool annot_tls_binding(struct annot_tls *t, uint8_t ret[ANNOT_TLS_BINDING_SIZE]);
/* Why the last call was BROKEN, in libssl's words; forgets it. */
enum annot_status annot_tls_why(const char *who, struct annot_error *err);

#endif
