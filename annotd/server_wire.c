/*
 * The bytes below the frames of one connection. Without TLS an operation is one of the stream's.
 * With TLS it is as many as it takes: hands are shaken first, what is sent goes out encrypted a
 * piece at a time, what comes in is read once a whole TLS record is there. The one aio of the
 * connection serves all of them; each ends in connection_callback, which asks wire_ended.
 *
 * Not nng's own tls+tcp streams: Debian's are mbedTLS 2.28, which has no TLS 1.3, nng 1.5.2 gives
 * neither the peer's certificate nor a channel binding out, and a receive there cannot be
 * cancelled.
 */
#include "annotd/server_private.h"

#include <stdlib.h>

struct wire *wire_new(const struct annot_tls_server *tls)
{
	struct wire *w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->tls = annot_tls_accept(tls);
	return w->tls ? w : wire_free(w);
}

struct wire *wire_free(struct wire *w)
{
	if (!w)
		return NULL;
	annot_tls_free(w->tls);
	free(w);
	return NULL;
}

/* --- TLS --- */

static bool ended(struct connection *c, int rv, size_t count)
{
	c->rv = rv;
	c->count = count;
	return true;
}

/* Both return false: the operation goes on. */
static bool stream_send(struct connection *c)
{
	struct annot_bytes out = annot_tls_out(c->wire->tls);
	nng_iov iov = {.iov_buf = (void *)(uintptr_t)out.data, .iov_len = out.len};
	c->wire->doing = WIRE_SENDS;
	nng_aio_set_iov(c->aio, 1, &iov);
	nng_stream_send(c->stream, c->aio);
	return false;
}

static bool stream_recv(struct connection *c)
{
	nng_iov iov = {.iov_buf = c->wire->in, .iov_len = sizeof c->wire->in};
	c->wire->doing = WIRE_RECEIVES;
	nng_aio_set_iov(c->aio, 1, &iov);
	nng_stream_recv(c->stream, c->aio);
	return false;
}

/* Encrypts the first piece of what is to be sent; its length, 0 if that failed. */
static size_t encrypt(struct wire *w)
{
	char piece[ANNOT_TLS_PIECE];
	size_t len = 0;
	for (unsigned i = 0; i < w->n_to_send && len < sizeof piece; i++) {
		size_t n = w->to_send[i].iov_len;
		if (n > sizeof piece - len)
			n = sizeof piece - len;
		memcpy(piece + len, w->to_send[i].iov_buf, n);
		len += n;
	}
	return annot_tls_write(w->tls, piece, len) == ANNOT_TLS_OK ? len : 0;
}

/* What comes next once the hands are shaken and nothing waits to go out; true: the operation has
 * ended. */
static bool move(struct connection *c)
{
	struct wire *w = c->wire;
	if (w->done > 0)
		return ended(c, 0, w->done);
	if (w->goal == WIRE_SENDS) {
		w->done = encrypt(w);
		return w->done > 0 ? stream_send(c) : ended(c, NNG_ECRYPTO, 0);
	}
	enum annot_tls_state state = annot_tls_read(w->tls, w->to.iov_buf, w->to.iov_len, &w->done);
	if (state != ANNOT_TLS_OK)
		w->done = 0;
	if (state != ANNOT_TLS_OK && state != ANNOT_TLS_WANTS)
		return ended(c, NNG_ECLOSED, 0);
	if (annot_tls_out(w->tls).len > 0) /* TLS answers by itself, to a change of keys */
		return stream_send(c);
	return state == ANNOT_TLS_WANTS ? stream_recv(c) : ended(c, 0, w->done);
}

/* Goes on as far as it goes without waiting. True: the operation has ended. */
static bool step(struct connection *c)
{
	struct wire *w = c->wire;
	if (!w->shaken) {
		enum annot_tls_state state = annot_tls_shake(w->tls);
		if (state != ANNOT_TLS_OK && state != ANNOT_TLS_WANTS)
			return ended(c, NNG_ECRYPTO, 0);
		w->shaken = state == ANNOT_TLS_OK;
		if (w->shaken && !annot_tls_binding(w->tls, c->peer.binding))
			return ended(c, NNG_ECRYPTO, 0);
		if (!w->shaken && annot_tls_out(w->tls).len == 0)
			return stream_recv(c);
	}
	return annot_tls_out(w->tls).len > 0 ? stream_send(c) : move(c);
}

/* Begins; what ends at once does so in the callback too. */
static void begin(struct connection *c)
{
	c->wire->done = 0;
	c->wire->early = step(c);
	if (c->wire->early && nng_aio_begin(c->aio))
		nng_aio_finish(c->aio, 0);
}

/* An operation of the stream has ended: goes on with the rest. */
static bool tls_ended(struct connection *c)
{
	struct wire *w = c->wire;
	if (w->early) {
		w->early = false;
		return true;
	}
	int rv = nng_aio_result(c->aio);
	size_t count = nng_aio_count(c->aio);
	if (rv == NNG_ECANCELED && w->goal == WIRE_RECEIVES && w->done > 0)
		return ended(c, 0, w->done); /* the reply comes first, then what TLS has to say */
	if (rv != 0 || count == 0)
		return ended(c, rv ? rv : NNG_ECONNSHUT, 0);
	if (w->doing == WIRE_SENDS)
		annot_tls_sent(w->tls, count);
	else if (!annot_tls_put(w->tls, w->in, count))
		return ended(c, NNG_ENOMEM, 0);
	/* A reply that waits for this receive need not wait for the rest of a TLS record. */
	if (c->replying && w->done == 0)
		return ended(c, NNG_ECANCELED, 0);
	return step(c);
}

/* --- either --- */

void wire_send(struct connection *c, const nng_iov *iov, unsigned n)
{
	if (c->wire) {
		memcpy(c->wire->to_send, iov, n * sizeof *iov);
		c->wire->n_to_send = n;
		c->wire->goal = WIRE_SENDS;
		begin(c);
		return;
	}
	/* Cannot fail: at most eight pieces are allowed. */
	nng_aio_set_iov(c->aio, n, iov);
	nng_stream_send(c->stream, c->aio);
}

void wire_recv(struct connection *c, void *to, size_t len)
{
	nng_iov iov = {.iov_buf = to, .iov_len = len};
	if (c->wire) {
		c->wire->to = iov;
		c->wire->goal = WIRE_RECEIVES;
		begin(c);
		return;
	}
	nng_aio_set_iov(c->aio, 1, &iov);
	nng_stream_recv(c->stream, c->aio);
}

bool wire_ended(struct connection *c)
{
	if (c->dying)
		return ended(c, NNG_ECLOSED, 0);
	return c->wire ? tls_ended(c) : ended(c, nng_aio_result(c->aio), nng_aio_count(c->aio));
}
