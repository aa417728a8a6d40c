/*
 * What all connections together may hold, and who has to go when there are too many: whoever keeps
 * annotd waiting longest. So a peer that connects without end, or holds large frames that it never
 * ends, displaces itself and not the client that has just come.
 */
#include "annotd/server_private.h"

enum {
	/* In that time so many are accepted, and no more: whoever connects without end waits, and
	   not those that are connected. */
	ACCEPT_WINDOW_MS = 20,
	ACCEPT_WINDOW_MAX = 40,
	/* TLS hands take a third of a millisecond to shake, on threads that all connections share.
	 */
	ACCEPT_WINDOW_TLS_MAX = 4,
};

nng_duration listener_pace(struct listener *l)
{
	nng_time now = nng_clock(), end = l->window + ACCEPT_WINDOW_MS;
	if (now >= end) {
		l->window = now;
		l->n_window = 0;
		return 0;
	}
	unsigned max = l->tls ? ACCEPT_WINDOW_TLS_MAX : ACCEPT_WINDOW_MAX;
	return ++l->n_window < max ? 0 : (nng_duration)(end - now);
}

bool connection_can_go(const struct connection *c)
{
	return !c->dying && c->state != HANDLING;
}

bool connection_hold(struct connection *c, size_t bytes)
{
	struct server *s = c->server;
	/* The first buffer is free, so that small requests are taken at any time. */
	size_t held = bytes > READ_SIZE ? bytes : 0;
	if (held <= c->held) {
		atomic_fetch_sub(&s->n_buffered, c->held - held);
	} else {
		size_t more = held - c->held;
		if (atomic_fetch_add(&s->n_buffered, more) + more > SERVER_BUFFERS_MAX) {
			atomic_fetch_sub(&s->n_buffered, more);
			return false;
		}
	}
	c->held = held;
	return true;
}

bool server_pressed(struct server *s)
{
	return atomic_load(&s->n_buffered) > SERVER_BUFFERS_HIGH;
}

void server_wake(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

/* The list has the newest connections first. The one waited for longest (that holds something, if
 * `holding`); *ret_held: what all that are not dying hold. */
static struct connection *find_oldest(struct server *s, bool holding, size_t *ret_held)
{
	struct connection *oldest = NULL;
	nng_time since = 0;
	*ret_held = 0;
	for (struct connection *c = s->connections; c; c = c->next) {
		pthread_mutex_lock(&c->lock);
		if (!c->dying)
			*ret_held += c->held;
		if (connection_can_go(c) && (c->held > 0 || !holding) &&
		    (!oldest || c->since <= since)) {
			oldest = c;
			since = c->since;
		}
		pthread_mutex_unlock(&c->lock);
	}
	return oldest;
}

/* It may have gone on meanwhile: then it is not closed now. Connections are freed by the sweeper
 * alone, under the server's lock, so that it is still there. */
bool connection_send_away(struct connection *c)
{
	if (!c)
		return false;
	pthread_mutex_lock(&c->lock);
	bool goes = connection_can_go(c);
	if (goes)
		connection_close(c);
	pthread_mutex_unlock(&c->lock);
	return goes;
}

void evict_one(struct server *s)
{
	size_t held;
	struct connection *oldest = find_oldest(s, false, &held);
	connection_send_away(oldest);
}

void evict_buffers(struct server *s)
{
	size_t held;
	for (;;) {
		struct connection *oldest = find_oldest(s, true, &held);
		if (!oldest || held <= SERVER_BUFFERS_HIGH)
			return;
		connection_send_away(oldest);
	}
}
