/* Many connections from one thread, one request in flight on each. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench.h"

enum { LATENCIES_MAX = 4000000, EVENTS = 64, COUNTED_MAX = 20000000 };

struct line {
	struct connection c;
	uint64_t sent_ns;
};

struct driver {
	const struct drive *d;
	struct line lines[BENCH_CONNECTIONS_MAX];
	int epoll;
	uint64_t end_ns; /* when to stop; UINT64_MAX with a count */
	size_t sent, done;
	uint64_t *latencies;
};

static uint64_t now_ns(void)
{
	return (uint64_t)(now_s() * 1e9);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

struct figures figures_of(uint64_t *latencies_ns, size_t n, double seconds)
{
	size_t kept = n < LATENCIES_MAX ? n : LATENCIES_MAX;
	if (n == 0)
		die("no reply in %.1f s", seconds);
	qsort(latencies_ns, kept, sizeof *latencies_ns, compare);
	return (struct figures){
		.rate = (double)n / seconds,
		.p50 = (double)latencies_ns[kept / 2] / 1e3,
		.p99 = (double)latencies_ns[kept * 99 / 100] / 1e3,
	};
}

/* False: nothing is left to send. */
static bool send_next(struct driver *v, struct line *l)
{
	const struct drive *d = v->d;
	uint64_t now = now_ns();
	if (v->sent >= (d->count ? d->count : COUNTED_MAX) || now >= v->end_ns)
		return false;
	l->sent_ns = now;
	connection_send(&l->c, requests_at(d->requests, v->sent++ % d->requests->n));
	return true;
}

static void receive(struct driver *v, struct line *l)
{
	struct annot_bytes reply = connection_take(&l->c);
	if (!reply.data)
		return;
	if (v->done < LATENCIES_MAX)
		v->latencies[v->done] = now_ns() - l->sent_ns;
	v->done++;
	reply_check(reply);
	connection_done(&l->c);
	send_next(v, l);
}

static void open_lines(struct driver *v)
{
	v->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < v->d->connections; i++) {
		struct line *l = &v->lines[i];
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = l};
		l->c.fd = connection_open(v->d->socket);
		if (l->c.fd < 0)
			die("%s: nobody listens", v->d->socket);
		if (epoll_ctl(v->epoll, EPOLL_CTL_ADD, l->c.fd, &event) != 0)
			die("epoll failed");
	}
}

static void close_lines(struct driver *v)
{
	for (size_t i = 0; i < v->d->connections; i++)
		connection_close(&v->lines[i].c);
	close(v->epoll);
}

static void wait_for_replies(struct driver *v)
{
	struct epoll_event events[EVENTS];
	/* A single line needs no epoll: its read waits. */
	if (v->d->connections == 1) {
		receive(v, &v->lines[0]);
		return;
	}
	int n = epoll_wait(v->epoll, events, EVENTS, -1);
	if (n < 0 && errno != EINTR)
		die("epoll failed");
	for (int i = 0; i < n; i++)
		receive(v, events[i].data.ptr);
}

struct figures drive_raw(const struct drive *d)
{
	struct driver *v = calloc(1, sizeof *v);
	if (!v || !(v->latencies = malloc(LATENCIES_MAX * sizeof *v->latencies)))
		die("out of memory");
	v->d = d;
	if (d->connections < 1 || d->connections > BENCH_CONNECTIONS_MAX)
		die("%zu connections: at most %d", d->connections, BENCH_CONNECTIONS_MAX);
	open_lines(v);
	uint64_t start = now_ns();
	v->end_ns = d->count ? UINT64_MAX : start + (uint64_t)(d->seconds * 1e9);
	for (size_t i = 0; i < d->connections; i++)
		send_next(v, &v->lines[i]);
	while (v->done < v->sent)
		wait_for_replies(v);
	double seconds = (double)(now_ns() - start) / 1e9;
	close_lines(v);
	struct figures ret = figures_of(v->latencies, v->done, seconds);
	free(v->latencies);
	free(v);
	return ret;
}
