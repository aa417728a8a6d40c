/* Who comes in at a listener. */
#include "annotd/server_private.h"

#include <stdlib.h>

enum { REST_MS = 100 /* after accept failed, mostly for want of descriptors */ };

static int64_t peer_uid(nng_stream *stream)
{
	uint64_t uid;
	return nng_stream_get_uint64(stream, NNG_OPT_IPC_PEER_UID, &uid) == 0 ? (int64_t)uid : -1;
}

/* Takes the stream over; NULL: it may not come in, or there is no memory. */
static struct connection *connection_new(struct listener *l, nng_stream *stream)
{
	struct server *s = l->server;
	struct server_peer peer = {0};
	struct wire *wire = NULL;
	struct connection *c = NULL;
	bool welcome =
		!l->tls || (remote_peer(stream, &peer) &&
			    (!s->options.admit || s->options.admit(s->options.admit_arg, &peer)) &&
			    (wire = wire_new(s->options.tls)));
	if (welcome)
		c = calloc(1, sizeof *c);
	if (c && nng_aio_alloc(&c->aio, connection_callback, c) != 0) {
		free(c);
		c = NULL;
	}
	if (!c) {
		wire_free(wire);
		nng_stream_close(stream);
		nng_stream_free(stream);
		return NULL;
	}
	pthread_mutex_init(&c->lock, NULL);
	c->server = s;
	c->stream = stream;
	c->ipc = l->ipc;
	c->wire = wire;
	c->peer = peer;
	c->stranger = l->tls;
	c->peer_uid = l->ipc ? peer_uid(stream) : -1;
	return c;
}

static void accept_stream(struct listener *l, nng_stream *stream)
{
	struct server *s = l->server;
	struct connection *c = connection_new(l, stream);
	if (!c)
		return;
	pthread_mutex_lock(&s->lock);
	if (s->n_connections >= s->options.connections_max)
		evict_one(s);
	bool room = s->n_connections < s->options.connections_max + EVICTING_MAX &&
		    (!l->tls || remote_room(s)) && !atomic_load(&s->stopping);
	if (room) {
		s->n_connections++;
		c->number = ++s->n_accepted;
		c->next = s->connections;
		c->back = &s->connections;
		if (c->next)
			c->next->back = &c->next;
		s->connections = c;
		pthread_cond_broadcast(&s->changed);
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&s->lock);
	if (!room) {
		connection_free(c);
		return;
	}
	connection_begin(c);
	pthread_mutex_unlock(&c->lock);
}

void listener_callback(void *arg)
{
	struct listener *l = arg;
	int rv = nng_aio_result(l->aio);
	nng_duration rest_ms = 0;
	if (l->resting) {
		l->resting = false;
	} else if (rv == 0) {
		accept_stream(l, nng_aio_get_output(l->aio, 0));
		rest_ms = listener_pace(l);
	} else if (rv != NNG_ECLOSED && rv != NNG_ECANCELED) {
		rest_ms = REST_MS;
	}
	if (rv == NNG_ECLOSED || rv == NNG_ECANCELED || atomic_load(&l->server->stopping))
		return;
	l->resting = rest_ms > 0;
	if (l->resting)
		nng_sleep_aio(rest_ms, l->aio);
	else
		nng_stream_listener_accept(l->stream, l->aio);
}
