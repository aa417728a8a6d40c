#include "annotd/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "annotd/dispatch.h"
#include "annotd/log.h"
#include "annotd/watch_table.h"
#include "base/auto.h"

struct watch {
	struct corpus *corpus;
	int wait_ms;
	struct watch_look *look; /* the thread's */
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	_Atomic uint64_t size; /* written under the lock */
	bool stopping;
	int64_t round_ms;    /* when the next round may begin */
	uint64_t round_size; /* of the log when the last one had ended */
	bool pacing;         /* the thread waits for the next */
	struct watch_table table;
};

static int64_t now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- replies --- */

static void say(const struct server_request *request, enum annot_status status, const char *error)
{
	long long uid = (long long)server_peer_uid(request);
	if (status == ANNOT_OK)
		log_debug("events uid=%lld OK", uid);
	else
		log_info("events uid=%lld %s: %s", uid, annot_status_name(status), error);
}

/* Takes over payload. */
static void send(struct server_request *request, struct annot_buf *payload)
{
	if (payload->len > 0)
		server_reply(request, payload);
	else
		server_drop(request);
	annot_buf_free(payload);
}

/* Nothing came: the cursor is where it was. */
static void send_nothing(struct watch *w, struct server_request *request, uint64_t from)
{
	struct annot_events_reply reply = {.next = from, .size = atomic_load(&w->size)};
	struct annot_buf out = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_error err = {0};
	const char *error = NULL;
	enum annot_status status = dispatch_encode(annot_call_def(ANNOT_CALL_events), ANNOT_OK,
						   &error, &reply, &out, &err);
	say(request, status, error);
	send(request, &out);
}

/* --- the thread: what there is to do --- */

/* The peer of a parked request has gone away; on one of nng's threads. */
static void on_gone(void *arg, struct server_request *request)
{
	struct watch *w = arg;
	pthread_mutex_lock(&w->lock);
	if (watch_table_gone(&w->table, request))
		server_drop(request);
	pthread_mutex_unlock(&w->lock);
}

/* A key that was revoked meanwhile reads nothing more: its next request is told why. */
static void answer(struct watch *w, struct server_request *request,
		   const struct watch_answer *answer)
{
	if (!session_stands(w->corpus, &server_account(request)->session)) {
		say(request, ANNOT_DENIED, "the key does not count any more");
		server_drop(request);
		return;
	}
	say(request, answer->status, answer->error);
	if (answer->reply)
		server_reply_shared(request, answer->reply);
	else
		server_drop(request);
}

static void answer_all(struct watch *w, const struct watch_answer *ret)
{
	struct server_request *requests[WATCHERS_MAX];
	pthread_mutex_lock(&w->lock);
	size_t n = watch_table_take(&w->table, requests, NULL);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < n; i++)
		answer(w, requests[i], ret);
}

/* The following with the lock held, which they release meanwhile. */

/* Looks for one of them, and all who want the same. */
static void serve(struct watch *w, const struct watcher *first)
{
	struct watch_key key = first->key;
	struct watch_answer answer;
	uint64_t size = atomic_load(&w->size);
	watch_table_grasp(&w->table, &key, size);
	pthread_mutex_unlock(&w->lock);
	watch_look_up(w->look, &key, now_ms(), &answer);
	if (answer.status != ANNOT_OK || answer.reply)
		answer_all(w, &answer);
	pthread_mutex_lock(&w->lock);
	watch_table_release(&w->table, answer.next, answer.complete ? size : 0);
}

/* Answers those whose time is over; false: there are none. */
static bool send_late(struct watch *w, int64_t now)
{
	struct server_request *requests[WATCHERS_MAX];
	uint64_t from[WATCHERS_MAX];
	watch_table_grasp_late(&w->table, now);
	size_t n = watch_table_take(&w->table, requests, from);
	if (n == 0)
		return false;
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < n; i++)
		send_nothing(w, requests[i], from[i]);
	pthread_mutex_lock(&w->lock);
	return true;
}

/* Has the server look after the peers of those that have to wait; false: there are none. */
static bool park_new(struct watch *w)
{
	struct server_request *requests[WATCHERS_MAX];
	size_t n = watch_table_grasp_new(&w->table, requests);
	if (n == 0)
		return false;
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < n; i++)
		server_park(requests[i], on_gone, w);
	pthread_mutex_lock(&w->lock);
	watch_table_let_go(&w->table);
	return true;
}

/* Until something happens; while pacing at most until the next round. */
static void wait_for_more(struct watch *w, int64_t now)
{
	int64_t until = watch_table_until(&w->table);
	w->pacing = now < w->round_ms;
	if (w->pacing && until > w->round_ms)
		until = w->round_ms;
	struct timespec ts = {.tv_sec = until / 1000, .tv_nsec = (until % 1000) * 1000000};
	if (until == INT64_MAX)
		pthread_cond_wait(&w->changed, &w->lock);
	else
		pthread_cond_timedwait(&w->changed, &w->lock, &ts);
	w->pacing = false;
}

/* No snapshot is kept while there is nothing to do. */
static void rest(struct watch *w)
{
	pthread_mutex_unlock(&w->lock);
	watch_look_rest(w->look);
	pthread_mutex_lock(&w->lock);
}

static void *work(void *arg)
{
	struct watch *w = arg;
	bool rested = true;
	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		int64_t now = now_ms();
		bool round = now >= w->round_ms;
		if (round)
			watch_table_join(&w->table);
		if (send_late(w, now) || park_new(w))
			continue;
		uint64_t size = atomic_load(&w->size);
		const struct watcher *due =
			watch_table_due(&w->table, size, round ? 0 : WATCH_MUCH);
		if (due) {
			rested = false;
			serve(w, due);
		} else if (rested) {
			wait_for_more(w, now);
		} else {
			if (round)
				w->round_ms = now + WATCH_PACE_MS;
			w->round_size = size;
			rest(w);
			rested = true;
		}
	}
	send_late(w, INT64_MAX);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* --- outside --- */

static enum annot_status start(struct watch *w, struct corpus *corpus, struct annot_error *err)
{
	TRY(watch_look_open(corpus, &w->look, err));
	if (pthread_create(&w->thread, NULL, work, w) != 0)
		return annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
	w->has_thread = true;
	return ANNOT_OK;
}

enum annot_status watch_start(struct corpus *corpus, int wait_ms, struct watch **ret,
			      struct annot_error *err)
{
	struct watch *w = calloc(1, sizeof *w);
	if (!w)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	w->wait_ms = wait_ms ? wait_ms : WATCH_WAIT_MS;
	w->corpus = corpus;
	atomic_store(&w->size, corpus_size(corpus));
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, &attr);
	pthread_condattr_destroy(&attr);
	enum annot_status status = start(w, corpus, err);
	if (status != ANNOT_OK) {
		watch_free(w);
		return status;
	}
	*ret = w;
	return ANNOT_OK;
}

/* Whether so little is in the log from there on that it waits for the next round. */
static bool is_little(const struct watch *w, uint64_t from)
{
	uint64_t size = atomic_load(&w->size);
	return from <= size && size - from < WATCH_MUCH;
}

bool watch_wants(struct watch *w, uint64_t from)
{
	uint64_t size = atomic_load(&w->size);
	return size < WATCH_NEAR || from >= size - WATCH_NEAR;
}

enum annot_status watch_put(struct watch *w, struct server_request *request,
			    const struct annot_events_request *in, struct annot_error *err)
{
	struct watcher new = {
		.request = request,
		.query = strdup(in->query ? in->query : ""),
		.until_ms = now_ms() + w->wait_ms,
	};
	if (!new.query)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	new.key = (struct watch_key){.query = new.query, .from = in->from, .limit = in->limit};
	pthread_mutex_lock(&w->lock);
	bool stopping = w->stopping;
	bool taken = !stopping && watch_table_add(&w->table, &new);
	if (taken && !(w->pacing && is_little(w, in->from)))
		pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	if (taken)
		return ANNOT_OK;
	free(new.query);
	if (!stopping)
		return annot_fail(err, ANNOT_BUSY, "%d watch already: try again", WATCHERS_MAX);
	send_nothing(w, request, in->from);
	return ANNOT_OK;
}

void watch_tell(void *watch, uint64_t size)
{
	struct watch *w = watch;
	pthread_mutex_lock(&w->lock);
	if (size > atomic_load(&w->size)) {
		atomic_store(&w->size, size);
		if (w->table.n > 0 && !(w->pacing && is_little(w, w->round_size)))
			pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
}

size_t watch_count(struct watch *w)
{
	pthread_mutex_lock(&w->lock);
	size_t n = w->table.n;
	pthread_mutex_unlock(&w->lock);
	return n;
}

void watch_stop(struct watch *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	if (w->has_thread)
		pthread_join(w->thread, NULL);
	w->has_thread = false;
}

struct watch *watch_free(struct watch *w)
{
	if (!w)
		return NULL;
	watch_stop(w);
	watch_table_clear(&w->table);
	watch_look_close(w->look);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}
