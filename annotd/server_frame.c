/* The bytes of one connection: hello, frames, hops. */
#include "annotd/server_private.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { IPC_MARK = 0x01, HOP_SIZE = 4, LENGTH_SIZE = 8 };

static const uint8_t hello_rep[HELLO_SIZE] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};
static const uint8_t hello_req[HELLO_SIZE] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};

static size_t frame_head(const struct connection *c)
{
	return LENGTH_SIZE + (c->ipc ? 1 : 0);
}

void connection_close(struct connection *c)
{
	if (c->dying)
		return;
	c->dying = true;
	nng_stream_close(c->stream);
}

void connection_send(struct connection *c)
{
	nng_iov iov[2];
	unsigned n = 0;
	if (c->sent < c->head_len) {
		iov[n].iov_buf = c->head + c->sent;
		iov[n++].iov_len = c->head_len - c->sent;
	}
	size_t out_at = c->sent < c->head_len ? 0 : c->sent - c->head_len;
	if (out_at < c->out.len) {
		iov[n].iov_buf = (void *)(uintptr_t)(c->out.data + out_at);
		iov[n++].iov_len = c->out.len - out_at;
	}
	wire_send(c, iov, n);
}

bool connection_grow(struct connection *c, size_t cap)
{
	if (!connection_hold(c, cap))
		return false;
	uint8_t *in = realloc(c->in, cap);
	if (!in)
		return false;
	c->in = in;
	c->in_cap = cap;
	return true;
}

/* Room for what comes next: grows with what was received, never by the length that a peer declares.
 */
static bool make_room(struct connection *c)
{
	if (c->in_len < c->in_cap)
		return true;
	size_t cap = c->in_cap ? c->in_cap * 2 : READ_SIZE;
	if (c->frame_len > READ_SIZE && cap > c->frame_len)
		cap = c->frame_len;
	return connection_grow(c, cap);
}

static bool begin_receive(struct connection *c)
{
	if (!make_room(c))
		return false;
	size_t room = c->state == READING_HELLO ? HELLO_SIZE - c->in_len : c->in_cap - c->in_len;
	wire_recv(c, c->in + c->in_len, room);
	return true;
}

void connection_begin(struct connection *c)
{
	memcpy(c->head, hello_rep, HELLO_SIZE);
	c->head_len = HELLO_SIZE;
	c->state = SENDING_HELLO;
	c->since = nng_clock();
	const struct server_options *o = &c->server->options;
	c->deadline = c->since + (nng_time)(c->wire ? o->shake_timeout_ms : o->frame_timeout_ms);
	c->prove_by = c->since + (nng_time)o->prove_timeout_ms;
	connection_send(c);
}

/* What one request may have; of a stranger little, since it has not proved to be anybody. */
static size_t payload_max(const struct connection *c)
{
	size_t max = c->server->options.payload_max;
	return c->stranger && max > SERVER_STRANGER_FRAME_MAX ? SERVER_STRANGER_FRAME_MAX : max;
}

enum progress { MORE, COMPLETE, BROKEN };

/* Looks at what has come of a frame; sets frame_len and payload_at as soon as they are known. */
static enum progress parse_frame(struct connection *c)
{
	size_t head = frame_head(c);
	if (c->in_len < head)
		return c->ipc && c->in_len > 0 && c->in[0] != IPC_MARK ? BROKEN : MORE;
	if (c->ipc && c->in[0] != IPC_MARK)
		return BROKEN;
	uint64_t length = annot_get_be(c->in + head - LENGTH_SIZE, LENGTH_SIZE);
	if (length > payload_max(c) + HOP_SIZE * (uint64_t)SERVER_HOPS_MAX)
		return BROKEN;
	c->frame_len = head + (size_t)length;
	if (c->in_len < c->frame_len)
		return MORE;
	for (size_t at = head, hops = 0; hops < SERVER_HOPS_MAX; hops++, at += HOP_SIZE) {
		if (c->frame_len - at < HOP_SIZE)
			return BROKEN;
		if (c->in[at] & 0x80) {
			c->payload_at = at + HOP_SIZE;
			return c->frame_len - c->payload_at <= payload_max(c) ? COMPLETE : BROKEN;
		}
	}
	return BROKEN;
}

/* Goes on reading, or finds the next request complete. False: the connection is to be closed. */
static bool read_on(struct connection *c, bool *ret_request)
{
	enum progress progress = parse_frame(c);
	if (progress == BROKEN || atomic_load(&c->server->stopping))
		return false;
	if (progress == COMPLETE) {
		c->state = HANDLING;
		c->deadline = 0;
		atomic_fetch_add(&c->server->n_requests, 1);
		*ret_request = true;
		return true;
	}
	if (c->in_len == 0) {
		c->deadline = c->stranger ? c->prove_by : 0; /* idle is allowed, but to strangers */
	} else if (!c->in_frame) {
		c->since = nng_clock();
		c->deadline = c->since + (nng_time)c->server->options.frame_timeout_ms;
		/* The beginning of a frame buys a stranger no time. */
		if (c->stranger && c->deadline > c->prove_by)
			c->deadline = c->prove_by;
	}
	c->in_frame = c->in_len > 0;
	return begin_receive(c);
}

/* Forgets the request that was answered; keeps what was read beyond it. */
static void next_frame(struct connection *c)
{
	size_t rest = c->in_len - c->frame_len;
	memmove(c->in, c->in + c->frame_len, rest);
	c->in_len = rest;
	c->frame_len = c->payload_at = 0;
	annot_buf_free(&c->own);
	c->shared = payload_drop(c->shared);
	c->out = annot_bytes(NULL, 0);
	if (rest == 0 && c->in_cap > KEEP_SIZE) {
		free(c->in);
		c->in = NULL;
		c->in_cap = 0;
	}
	connection_hold(c, c->in_cap); /* less than before */
	c->state = READING;
	c->since = nng_clock();
	c->deadline = 0;
	c->in_frame = false;
}

static bool sent_some(struct connection *c, size_t count, bool *ret_request, bool *ret_answered)
{
	c->sent += count;
	if (c->sent < c->head_len + c->out.len) {
		connection_send(c);
		return true;
	}
	c->sent = 0;
	if (c->state == SENDING_HELLO) {
		c->state = READING_HELLO;
		return begin_receive(c);
	}
	*ret_answered = true;
	next_frame(c);
	return read_on(c, ret_request);
}

static bool received_some(struct connection *c, size_t count, bool *ret_request)
{
	if (count == 0)
		return false;
	c->in_len += count;
	if (c->state == READING_HELLO) {
		if (memcmp(c->in, hello_req, c->in_len) != 0)
			return false;
		if (c->in_len < HELLO_SIZE)
			return begin_receive(c);
		c->in_len = 0;
		c->deadline = 0;
		c->state = READING;
	}
	return read_on(c, ret_request);
}

void connection_callback(void *arg)
{
	struct connection *c = arg;
	struct server *s = c->server;
	bool request = false, answered = false, alive = false;
	pthread_mutex_lock(&c->lock);
	if (!wire_ended(c)) {
		pthread_mutex_unlock(&c->lock);
		return;
	}
	if (c->state == PARKED) {
		parked_callback(c);
		return;
	}
	bool sending = c->state == SENDING_HELLO || c->state == SENDING;
	if (!c->dying && c->rv == 0) {
		alive = sending ? sent_some(c, c->count, &request, &answered)
				: received_some(c, c->count, &request);
	}
	if (!alive) {
		answered = c->state == SENDING || answered;
		connection_close(c);
	}
	pthread_mutex_unlock(&c->lock);
	/* While alive, what was begun above may by now have ended and c be gone, unless the request
	 * holds it. */
	if (answered)
		server_answered(s);
	if (server_pressed(s))
		server_wake(s);
	if (!alive)
		connection_dead(c);
	else if (request)
		s->options.handler(s->options.arg, (struct server_request *)c);
}

struct annot_bytes server_payload(const struct server_request *request)
{
	const struct connection *c = (const struct connection *)request;
	return annot_bytes(c->in + c->payload_at, c->frame_len - c->payload_at);
}

struct server_account *server_account(struct server_request *request)
{
	return &((struct connection *)request)->account;
}

int64_t server_peer_uid(const struct server_request *request)
{
	return ((const struct connection *)request)->peer_uid;
}

const struct server_peer *server_peer(const struct server_request *request)
{
	return &((const struct connection *)request)->peer;
}

void server_trust(struct server_request *request)
{
	struct connection *c = (struct connection *)request;
	pthread_mutex_lock(&c->lock);
	c->stranger = false;
	pthread_mutex_unlock(&c->lock);
}

uint64_t server_connection(const struct server_request *request)
{
	return ((const struct connection *)request)->number;
}

/* With the lock held: what is out is sent, at once or when the receive has ended that looks after
 * the peer. */
static void begin_reply(struct connection *c)
{
	size_t head = frame_head(c), hops = c->payload_at - head;
	c->head[0] = IPC_MARK;
	annot_put_be(c->head + head - LENGTH_SIZE, LENGTH_SIZE, hops + c->out.len);
	memcpy(c->head + head, c->in + head, hops);
	c->head_len = head + hops;
	c->sent = 0;
	c->since = nng_clock();
	c->deadline = c->since + (nng_time)c->server->options.send_timeout_ms;
	if (!parked_reply(c)) {
		c->state = SENDING;
		connection_send(c);
	}
}

/* Takes over own, or a reference to shared if that is not NULL; which counts whole for each
 * connection all the same: whoever does not read on may be the last to hold it. */
static void reply(struct server_request *request, struct annot_buf *own, struct payload *shared)
{
	struct connection *c = (struct connection *)request;
	struct server *s = c->server; /* c may be gone once the reply was begun */
	struct annot_bytes out = shared ? payload_bytes(shared) : annot_buf_bytes(own);
	pthread_mutex_lock(&c->lock);
	bool dying = c->dying || !connection_hold(c, c->in_cap + out.len);
	if (!dying) {
		c->out = out;
		c->shared = payload_ref(shared);
		if (!shared) {
			c->own = *own;
			*own = ANNOT_BUF_INIT(own->max);
		}
		begin_reply(c);
	}
	pthread_mutex_unlock(&c->lock);
	if (server_pressed(s))
		server_wake(s);
	if (dying)
		server_drop(request);
}

void server_reply(struct server_request *request, struct annot_buf *payload)
{
	reply(request, payload, NULL);
}

void server_reply_shared(struct server_request *request, struct payload *payload)
{
	reply(request, NULL, payload);
}

void server_drop(struct server_request *request)
{
	struct connection *c = (struct connection *)request;
	struct server *s = c->server;
	pthread_mutex_lock(&c->lock);
	connection_close(c);
	bool later = parked_drop(c);
	pthread_mutex_unlock(&c->lock);
	if (later)
		return;
	server_answered(s);
	connection_dead(c);
}
