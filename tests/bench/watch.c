/* Watchers, from one thread, while records go in, one request in flight on each connection. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"

#include "bench.h"

enum { WATCHERS_MAX = 512, SUBMITTERS = 16, EVENTS = 64, TAIL = 64, PER = 16 };

struct watch_load {
	const char *socket;
	size_t watchers;
	const struct requests *submits; /* what they see */
	double rate;                    /* records a second that go in; 0: all at once */
	uint64_t from;                  /* size of the log before */
};

struct watch_figures {
	double rate;      /* records a second to all watchers together; all at once: from the first
			     that came to the last */
	double committed; /* records a second */
	double behind_ms; /* from the last commit until the last watcher had it */
};

struct submitter {
	const struct watch_load *w;
	pthread_t thread;
	size_t first; /* of its requests: every SUBMITTERS-th from here */
	double start_s, end_s;
};

struct watcher {
	struct connection c;
	uint64_t cursor;
};

/* --- records in --- */

static void sleep_until(double at_s)
{
	double left = at_s - now_s();
	if (left <= 0)
		return;
	struct timespec t = {.tv_sec = (time_t)left};
	t.tv_nsec = (long)((left - (double)t.tv_sec) * 1e9);
	nanosleep(&t, NULL);
}

static void *submit(void *arg)
{
	struct submitter *s = arg;
	const struct watch_load *w = s->w;
	struct connection c = {.fd = connection_open(w->socket)};
	if (c.fd < 0)
		die("%s: nobody listens", w->socket);
	for (size_t i = s->first; i < w->submits->n; i += SUBMITTERS) {
		struct annot_bytes reply = {0};
		if (w->rate > 0)
			sleep_until(s->start_s + (double)i * w->submits->units / w->rate);
		connection_send(&c, requests_at(w->submits, i));
		while (!reply.data)
			reply = connection_take(&c);
		reply_check(reply);
		connection_done(&c);
	}
	s->end_s = now_s();
	connection_close(&c);
	return NULL;
}

/* --- events out --- */

static void ask(const struct watcher *a)
{
	struct annot_events_request request = {.from = a->cursor, .wait = true};
	struct requests one = requests_new(1);
	requests_add(&one, ANNOT_CALL_events, &request);
	connection_send(&a->c, requests_at(&one, 0));
	requests_free(&one);
}

/* {"v": 1, "status": 0, "body": {"rows": [ … as annot_reply_encode writes it: how many there are.
 */
static uint64_t rows_of(struct annot_bytes reply)
{
	static const char head[] = "\x83\xa1v\x01\xa6status\x00\xa4"
				   "body\x83\xa4rows";
	const uint8_t *at = reply.data + sizeof head - 1;
	if (reply.len < sizeof head + 2 || memcmp(reply.data, head, sizeof head - 1) != 0)
		die("not a reply with events");
	return *at == 0xdc ? (uint64_t)at[1] << 8 | at[2] : *at & 0x0f;
}

/* "next" stands near the end, before "size". */
static uint64_t next_of(struct annot_bytes reply)
{
	static const char key[] = "\xa4next";
	size_t tail = reply.len < TAIL ? reply.len : TAIL;
	const uint8_t *at = memmem(reply.data + reply.len - tail, tail, key, sizeof key - 1);
	uint64_t ret = 0;
	if (!at)
		die("a reply without next");
	at += sizeof key - 1;
	if (*at < 0x80)
		return *at;
	for (unsigned i = 0, bytes = 1u << (*at - 0xcc); i < bytes; i++)
		ret = ret << 8 | at[1 + i];
	return ret;
}

/* Whether something came. */
static bool receive(struct watcher *a, uint64_t end)
{
	struct annot_bytes reply = connection_take(&a->c);
	if (!reply.data)
		return false;
	reply_check(reply);
	uint64_t rows = rows_of(reply), next = next_of(reply);
	if (next - a->cursor != rows)
		die("%llu events from #%llu to #%llu", (unsigned long long)rows,
		    (unsigned long long)a->cursor, (unsigned long long)next);
	a->cursor = next;
	connection_done(&a->c);
	if (a->cursor < end)
		ask(a);
	return rows > 0;
}

static int open_watchers(const struct watch_load *w, struct watcher *all)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < w->watchers; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
		all[i].cursor = w->from;
		all[i].c.fd = connection_open(w->socket);
		if (all[i].c.fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].c.fd, &event) != 0)
			die("%s: nobody listens", w->socket);
		ask(&all[i]);
	}
	return epoll;
}

/* Until all have everything; when the first event came. */
static double read_all(const struct watch_load *w, struct watcher *all, int epoll, uint64_t end)
{
	struct epoll_event events[EVENTS];
	double first = 0;
	for (size_t done = 0; done < w->watchers;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);
		if (n < 0 && errno != EINTR)
			die("epoll failed");
		for (int i = 0; i < n; i++) {
			struct watcher *a = events[i].data.ptr;
			if (receive(a, end) && first == 0)
				first = now_s();
			done += a->cursor >= end;
		}
	}
	for (size_t i = 0; i < w->watchers; i++)
		connection_close(&all[i].c);
	close(epoll);
	return first;
}

/* Each watcher gets each record once, or it dies. */
static struct watch_figures drive(const struct watch_load *w)
{
	struct submitter submitters[SUBMITTERS];
	AUTO_FREE struct watcher *all = calloc(WATCHERS_MAX, sizeof *all);
	double records = (double)w->submits->n * w->submits->units, committed = 0;
	if (!all || w->watchers < 1 || w->watchers > WATCHERS_MAX)
		die("%zu watchers: at most %d", w->watchers, WATCHERS_MAX);
	int epoll = open_watchers(w, all);
	double start = now_s();
	for (size_t i = 0; i < SUBMITTERS; i++) {
		submitters[i] = (struct submitter){.w = w, .first = i, .start_s = start};
		if (pthread_create(&submitters[i].thread, NULL, submit, &submitters[i]) != 0)
			die("no thread");
	}
	double first = read_all(w, all, epoll, w->from + (uint64_t)records), end = now_s();
	for (size_t i = 0; i < SUBMITTERS; i++) {
		pthread_join(submitters[i].thread, NULL);
		if (submitters[i].end_s > committed)
			committed = submitters[i].end_s;
	}
	double begin = w->rate > 0 ? start : first;
	return (struct watch_figures){
		.rate = records * (double)w->watchers / (end - begin),
		.committed = records / (committed - start),
		.behind_ms = end > committed ? (end - committed) * 1e3 : 0,
	};
}

void phase_watch(struct load *l, const double *n)
{
	struct requests requests = desk_submits(l->desk, (size_t)n[2], PER);
	struct watch_load watch = {
		.socket = l->socket,
		.watchers = (size_t)n[0],
		.submits = &requests,
		.rate = n[1] * l->submit_rate,
		.from = log_size(l),
	};
	struct watch_figures f = drive(&watch);
	printf("watch rate %.1f committed %.1f behind %.1f\n", f.rate, f.committed, f.behind_ms);
	l->records = log_size(l);
	requests_free(&requests);
}
