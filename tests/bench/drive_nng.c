/* Plain nng REQ sockets, one and a thread for each client. */
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

enum { LATENCIES_EACH = 200000 };

struct shared {
	const struct drive *d;
	atomic_size_t next;
	pthread_barrier_t ready;
	double end_s;
};

struct client {
	struct shared *shared;
	pthread_t thread;
	nng_socket socket;
	uint64_t *latencies;
	size_t n;
};

static void check(int rv, const char *what)
{
	if (rv != 0)
		die("%s: %s", what, nng_strerror(rv));
}

static void exchange(struct client *c, struct annot_bytes frame)
{
	nng_msg *message;
	double sent = now_s();
	check(nng_msg_alloc(&message, 0), "message");
	check(nng_msg_append(message, frame.data + BENCH_FRAME_HEAD, frame.len - BENCH_FRAME_HEAD),
	      "message");
	check(nng_sendmsg(c->socket, message, 0), "send");
	check(nng_recvmsg(c->socket, &message, 0), "receive");
	if (c->n < LATENCIES_EACH)
		c->latencies[c->n] = (uint64_t)((now_s() - sent) * 1e9);
	c->n++;
	reply_check(annot_bytes(nng_msg_body(message), nng_msg_len(message)));
	nng_msg_free(message);
}

static void *run(void *arg)
{
	struct client *c = arg;
	struct shared *s = c->shared;
	const struct drive *d = s->d;
	pthread_barrier_wait(&s->ready);
	pthread_barrier_wait(&s->ready); /* the clock runs */
	for (;;) {
		size_t i = atomic_fetch_add(&s->next, 1);
		if ((d->count && i >= d->count) || (!d->count && now_s() >= s->end_s))
			return NULL;
		exchange(c, requests_at(d->requests, i % d->requests->n));
	}
}

static void start(struct client *c, struct shared *s)
{
	char url[BENCH_PATH_MAX];
	*c = (struct client){.shared = s};
	c->latencies = malloc(LATENCIES_EACH * sizeof *c->latencies);
	if (!c->latencies)
		die("out of memory");
	snprintf(url, sizeof url, "ipc://%s", s->d->socket);
	check(nng_req0_open(&c->socket), "socket");
	check(nng_dial(c->socket, url, NULL, 0), url);
	if (pthread_create(&c->thread, NULL, run, c) != 0)
		die("no thread");
}

struct figures drive_nng(const struct drive *d)
{
	struct shared s = {.d = d};
	struct client *clients = calloc(d->connections, sizeof *clients);
	uint64_t *all = malloc(d->connections * LATENCIES_EACH * sizeof *all);
	size_t n = 0, kept = 0;
	if (!clients || !all)
		die("out of memory");
	pthread_barrier_init(&s.ready, NULL, (unsigned)d->connections + 1);
	for (size_t i = 0; i < d->connections; i++)
		start(&clients[i], &s);
	pthread_barrier_wait(&s.ready);
	double begin = now_s();
	s.end_s = begin + d->seconds;
	pthread_barrier_wait(&s.ready);
	for (size_t i = 0; i < d->connections; i++)
		pthread_join(clients[i].thread, NULL);
	double seconds = now_s() - begin;
	for (size_t i = 0; i < d->connections; i++) {
		struct client *c = &clients[i];
		size_t some = c->n < LATENCIES_EACH ? c->n : LATENCIES_EACH;
		memcpy(all + kept, c->latencies, some * sizeof *all);
		kept += some;
		n += c->n;
		nng_close(c->socket);
		free(c->latencies);
	}
	struct figures ret = figures_of(all, kept, seconds);
	ret.rate = (double)n / seconds;
	free(all);
	free(clients);
	return ret;
}
