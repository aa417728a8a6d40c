/* Listeners, and the end of connections. */
#include "annotd/server_private.h"

#include <stdlib.h>
#include <sys/resource.h>

enum {
	SWEEP_MS = 200,
	SPARE_DESCRIPTORS = 64, /* databases, nng's own, uploads */
};

static void deadline_in(struct timespec *ts, int ms)
{
	clock_gettime(CLOCK_MONOTONIC, ts);
	ts->tv_sec += ms / 1000;
	ts->tv_nsec += (long)(ms % 1000) * 1000000;
	if (ts->tv_nsec >= 1000000000) {
		ts->tv_sec++;
		ts->tv_nsec -= 1000000000;
	}
}

/* --- connections --- */

struct connection *connection_free(struct connection *c)
{
	if (!c)
		return NULL;
	if (c->stream) {
		nng_stream_close(c->stream);
		nng_stream_free(c->stream);
	}
	nng_aio_free(c->aio);
	wire_free(c->wire);
	pthread_mutex_destroy(&c->lock);
	atomic_fetch_sub(&c->server->n_buffered, c->held);
	annot_buf_free(&c->own);
	payload_drop(c->shared);
	free(c->in);
	free(c);
	return NULL;
}

void connection_dead(struct connection *c)
{
	struct server *s = c->server;
	pthread_mutex_lock(&s->lock);
	*c->back = c->next;
	if (c->next)
		c->next->back = c->back;
	c->next_dead = s->dead;
	s->dead = c;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void server_answered(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	atomic_fetch_sub(&s->n_requests, 1);
	/* Only server_drain waits for that: the sweeper is not to be woken for each reply. */
	if (atomic_load(&s->stopping))
		pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

/* --- the sweeper: frees the dead, closes what is past its deadline --- */

static void free_dead(struct server *s)
{
	struct connection *dead = s->dead;
	s->dead = NULL;
	pthread_mutex_unlock(&s->lock);
	size_t n = 0;
	while (dead) {
		struct connection *next = dead->next_dead;
		/* Whoever ended it may be still about to unlock. */
		pthread_mutex_lock(&dead->lock);
		pthread_mutex_unlock(&dead->lock);
		connection_free(dead);
		dead = next;
		n++;
	}
	pthread_mutex_lock(&s->lock);
	s->n_connections -= n;
	if (n)
		pthread_cond_broadcast(&s->changed);
}

static void close_late(struct server *s)
{
	nng_time now = nng_clock();
	for (struct connection *c = s->connections; c; c = c->next) {
		pthread_mutex_lock(&c->lock);
		if (s->closing || (c->deadline && now > c->deadline))
			connection_close(c);
		pthread_mutex_unlock(&c->lock);
	}
}

static void *sweep(void *arg)
{
	struct server *s = arg;
	nng_time swept = 0;
	pthread_mutex_lock(&s->lock);
	for (;;) {
		if (s->dead) {
			free_dead(s);
			continue;
		}
		if (s->closing && s->n_connections == 0)
			break;
		if (server_pressed(s))
			evict_buffers(s);
		if (s->closing || nng_clock() - swept >= SWEEP_MS) {
			close_late(s);
			swept = nng_clock();
		}
		if (s->n_connections == 0) {
			pthread_cond_wait(&s->changed, &s->lock);
		} else if (!s->dead) {
			struct timespec until;
			deadline_in(&until, SWEEP_MS);
			pthread_cond_timedwait(&s->changed, &s->lock, &until);
		}
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* --- starting
 * ------------------------------------------------------------------------------------------------
 */

static enum annot_status listen_failed(const char *url, int rv, struct annot_error *err)
{
	switch (rv) {
	case NNG_EADDRINUSE:
		return annot_fail(err, ANNOT_REFUSED, "another program listens on %s already", url);
	case NNG_EADDRINVAL:
	case NNG_EINVAL:
		return annot_fail(err, ANNOT_USAGE, "%s is not an address to listen on", url);
	case NNG_ENOTSUP: /* the kernel has no such sockets, or not for this process */
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s: no socket of that kind can be opened here; the unit of systemd allows "
			"it with the drop-in network.conf (annotd(8))",
			url);
	case NNG_EPERM:
		return annot_fail(err, ANNOT_REFUSED, "no permission to listen on %s", url);
	default:
		return annot_fail(err, ANNOT_INTERNAL, "cannot listen on %s: %s", url,
				  nng_strerror(rv));
	}
}

/* Whether a port stands behind the host: nng takes one that is left out for any free one. */
static bool has_port(const char *url)
{
	const char *colon = strrchr(strstr(url, "://") + 3, ':');
	return colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1);
}

static enum annot_status check_url(const struct server_options *o, const char *url,
				   struct listener *l, struct annot_error *err)
{
	l->ipc = strncmp(url, "ipc://", 6) == 0;
	l->tls = strncmp(url, "tls+tcp://", 10) == 0;
	if (l->ipc)
		return ANNOT_OK;
	if ((!l->tls && strncmp(url, "tcp://", 6) != 0) || !has_port(url))
		return annot_fail(err, ANNOT_USAGE,
				  "%s is not an address to listen on: ipc://PATH, "
				  "tls+tcp://HOST:PORT or tcp://HOST:PORT",
				  url);
	if (l->tls)
		return o->tls ? ANNOT_OK
			      : annot_fail(err, ANNOT_USAGE, "%s needs a certificate", url);
	if (!o->insecure_tcp)
		return annot_fail(
			err, ANNOT_USAGE,
			"%s is neither encrypted nor authenticated: listen on tls+tcp:// instead, "
			"or forward the ipc socket by ssh; --insecure-tcp if that is meant",
			url);
	return ANNOT_OK;
}

static enum annot_status listener_open(struct server *s, struct listener *l, const char *url,
				       struct annot_error *err)
{
	TRY(check_url(&s->options, url, l, err));
	const char *path = url + 6, *group = s->options.socket_group;
	if (l->ipc)
		TRY(socket_path_prepare(path, group, err));
	l->server = s;
	/* nng sees tcp: TLS is server_wire.c's. */
	int rv = nng_stream_listener_alloc(&l->stream, l->tls ? url + strlen("tls+") : url);
	if (rv == 0)
		rv = nng_aio_alloc(&l->aio, listener_callback, l);
	if (rv == 0)
		rv = l->ipc ? nng_stream_listener_set_int(l->stream, NNG_OPT_IPC_PERMISSIONS, 0600)
			    : nng_stream_listener_set_bool(l->stream, NNG_OPT_TCP_NODELAY, true);
	if (rv == 0)
		rv = nng_stream_listener_listen(l->stream);
	if (rv != 0)
		return listen_failed(url, rv, err);
	if (!l->ipc)
		nng_stream_listener_get_int(l->stream, NNG_OPT_TCP_BOUND_PORT, &l->port);
	return l->ipc && group ? socket_path_share(path, group, err) : ANNOT_OK;
}

static void set_defaults(struct server_options *o)
{
	if (o->connections_max == 0)
		o->connections_max = SERVER_CONNECTIONS_MAX;
	struct rlimit files;
	size_t wanted = o->connections_max + SPARE_DESCRIPTORS;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < wanted &&
	    files.rlim_max > files.rlim_cur) {
		files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
		setrlimit(RLIMIT_NOFILE, &files); /* what is in force is looked at below */
	}
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY) {
		size_t room = files.rlim_cur > 2 * SPARE_DESCRIPTORS
				      ? files.rlim_cur - SPARE_DESCRIPTORS
				      : files.rlim_cur / 2;
		if (o->connections_max > room)
			o->connections_max = room;
	}
	if (o->frame_timeout_ms == 0)
		o->frame_timeout_ms = SERVER_FRAME_TIMEOUT_MS;
	if (o->send_timeout_ms == 0)
		o->send_timeout_ms = SERVER_SEND_TIMEOUT_MS;
	if (o->shake_timeout_ms == 0)
		o->shake_timeout_ms = SERVER_SHAKE_TIMEOUT_MS;
	if (o->prove_timeout_ms == 0)
		o->prove_timeout_ms = SERVER_PROVE_TIMEOUT_MS;
}

enum annot_status server_start(const struct server_options *options, struct server **ret,
			       struct annot_error *err)
{
	if (options->n_urls > SERVER_URLS_MAX)
		return annot_fail(err, ANNOT_USAGE, "at most %d addresses to listen on",
				  SERVER_URLS_MAX);
	struct server *s = calloc(1, sizeof *s);
	if (!s)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	s->options = *options;
	set_defaults(&s->options);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&s->lock, NULL);
	enum annot_status status = ANNOT_OK;
	while (status == ANNOT_OK && s->n_listeners < options->n_urls) {
		size_t n = s->n_listeners++;
		status = listener_open(s, &s->listeners[n], options->urls[n], err);
	}
	if (status == ANNOT_OK && pthread_create(&s->sweeper, NULL, sweep, s) != 0)
		status = annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
	if (status != ANNOT_OK) {
		server_free(s);
		return status;
	}
	s->has_sweeper = true;
	for (size_t i = 0; i < s->n_listeners; i++)
		nng_stream_listener_accept(s->listeners[i].stream, s->listeners[i].aio);
	*ret = s;
	return ANNOT_OK;
}

/* --- stopping
 * ------------------------------------------------------------------------------------------------
 */

void server_stop(struct server *s)
{
	atomic_store(&s->stopping, true);
	for (size_t i = 0; i < s->n_listeners; i++) {
		if (s->listeners[i].stream)
			nng_stream_listener_close(s->listeners[i].stream);
		if (s->listeners[i].aio)
			nng_aio_stop(s->listeners[i].aio);
	}
	pthread_mutex_lock(&s->lock);
	for (struct connection *c = s->connections; c; c = c->next) {
		pthread_mutex_lock(&c->lock);
		if (c->state != HANDLING && c->state != PARKED && c->state != SENDING)
			connection_close(c);
		pthread_mutex_unlock(&c->lock);
	}
	pthread_mutex_unlock(&s->lock);
}

bool server_drain(struct server *s, int timeout_ms)
{
	struct timespec until;
	deadline_in(&until, timeout_ms);
	pthread_mutex_lock(&s->lock);
	while (atomic_load(&s->n_requests) > 0) {
		if (pthread_cond_timedwait(&s->changed, &s->lock, &until) != 0)
			break;
	}
	bool drained = atomic_load(&s->n_requests) == 0;
	pthread_mutex_unlock(&s->lock);
	return drained;
}

struct server *server_free(struct server *s)
{
	if (!s)
		return NULL;
	server_stop(s);
	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (s->has_sweeper)
		pthread_join(s->sweeper, NULL);
	for (size_t i = 0; i < s->n_listeners; i++) {
		if (s->listeners[i].stream)
			nng_stream_listener_free(s->listeners[i].stream);
		nng_aio_free(s->listeners[i].aio);
	}
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
	return NULL;
}

size_t server_connections(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	size_t n = s->n_connections;
	pthread_mutex_unlock(&s->lock);
	return n;
}

int server_port(const struct server *s, size_t n)
{
	return n < s->n_listeners ? s->listeners[n].port : 0;
}
