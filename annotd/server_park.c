/*
 * Requests that wait for something to happen. While one is PARKED, a receive on its stream says
 * when the peer goes away (`watched`); it is the one operation that a connection has under way, and
 * keeps the connection. So a reply (`replying`) cancels it and is sent when it has ended, and
 * whoever ends the request without a reply (`dropped`) leaves the rest to it.
 */
#include "annotd/server_private.h"

void server_park(struct server_request *request, server_gone gone, void *arg)
{
	struct connection *c = (struct connection *)request;
	pthread_mutex_lock(&c->lock);
	c->state = PARKED;
	c->since = nng_clock();
	c->gone = gone;
	c->gone_arg = arg;
	c->watched =
		!c->dying && (c->in_len < c->in_cap || connection_grow(c, c->in_cap + READ_SIZE));
	if (c->watched) {
		wire_recv(c, c->in + c->in_len, c->in_cap - c->in_len);
	}
	pthread_mutex_unlock(&c->lock);
}

bool parked_reply(struct connection *c)
{
	if (c->state != PARKED || !c->watched)
		return false;
	c->replying = true;
	nng_aio_cancel(c->aio);
	return true;
}

bool parked_drop(struct connection *c)
{
	c->dropped = c->state == PARKED && c->watched;
	return c->dropped;
}

/* Nothing came, and nothing will: the peer is gone, or the stream is closed. */
static bool is_lost(const struct connection *c)
{
	return c->dying || (c->rv == 0 ? c->count == 0 : c->rv != NNG_ECANCELED);
}

/* The peer sent on, or the receive was cancelled for the reply. */
static void go_on(struct connection *c)
{
	if (c->rv == 0)
		c->in_len += c->count;
	c->watched = false;
	if (!c->replying)
		return;
	c->replying = false;
	c->state = SENDING;
	connection_send(c);
}

void parked_callback(struct connection *c)
{
	struct server *s = c->server;
	if (!is_lost(c)) {
		go_on(c);
		pthread_mutex_unlock(&c->lock);
		return;
	}
	connection_close(c);
	bool ended = c->replying || c->dropped;
	pthread_mutex_unlock(&c->lock);
	if (!ended) {
		c->gone(c->gone_arg, (struct server_request *)c);
		pthread_mutex_lock(&c->lock);
		c->watched = false;
		ended = c->replying || c->dropped;
		pthread_mutex_unlock(&c->lock);
	}
	if (!ended)
		return; /* whoever has the request ends it */
	server_answered(s);
	connection_dead(c);
}
