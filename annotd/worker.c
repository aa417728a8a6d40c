#include "annotd/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"

struct waiting {
	struct server_request *request;
	uint64_t start_us, number; /* the order in which they are taken */
	bool announced;            /* to the writer, as a submission */
	bool heavy;
};

struct workers {
	struct dispatch shared;
	pthread_mutex_t lock;
	pthread_cond_t changed, swamped;      /* swamped: of the thread for light requests */
	struct waiting queue[WORK_QUEUE_MAX]; /* a heap: the first is next */
	size_t n;
	uint64_t now_us, n_put; /* share of work up to which requests were taken */
	size_t n_heavy;         /* heavy requests under way */
	bool stopping;
	size_t n_threads; /* without the one for light requests, which is the last */
	bool has_light_thread;
	pthread_t threads[WORKERS_MAX + 1];
	struct dispatch_worker own[WORKERS_MAX + 1];
};

struct start {
	struct workers *workers;
	struct dispatch_worker *own;
};

/* --- the queue, with the lock held --- */

static bool is_before(const struct waiting *a, const struct waiting *b)
{
	return a->start_us != b->start_us ? a->start_us < b->start_us : a->number < b->number;
}

static void swap(struct waiting *a, struct waiting *b)
{
	struct waiting c = *a;
	*a = *b;
	*b = c;
}

static void queue_put(struct workers *w, struct waiting new)
{
	struct server_account *account = server_account(new.request);
	if (account->used_us < w->now_us)
		account->used_us = w->now_us; /* what was not used is gone */
	new.start_us = account->used_us;
	new.number = w->n_put++;
	size_t at = w->n++;
	w->queue[at] = new;
	for (; at > 0 && is_before(&w->queue[at], &w->queue[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&w->queue[at], &w->queue[(at - 1) / 2]);
}

static struct waiting queue_take(struct workers *w)
{
	struct waiting first = w->queue[0];
	w->queue[0] = w->queue[--w->n];
	for (size_t at = 0, child; (child = 2 * at + 1) < w->n; at = child) {
		if (child + 1 < w->n && is_before(&w->queue[child + 1], &w->queue[child]))
			child++;
		if (!is_before(&w->queue[child], &w->queue[at]))
			break;
		swap(&w->queue[child], &w->queue[at]);
	}
	if (first.start_us > w->now_us)
		w->now_us = first.start_us;
	return first;
}

/* Whether all threads are with heavy requests and a light one is next. */
static bool is_swamped(const struct workers *w)
{
	return w->n > 0 && !w->queue[0].heavy && w->n_heavy >= w->n_threads;
}

/* --- the threads --- */

/* request NULL: the end. */
static struct waiting take(struct workers *w, struct reader *reader, bool light)
{
	struct waiting next = {0};
	pthread_mutex_lock(&w->lock);
	/* No snapshot is kept while there is nothing to do. */
	if (light || w->n == 0) {
		pthread_mutex_unlock(&w->lock);
		reader_rest(reader);
		pthread_mutex_lock(&w->lock);
	}
	while (!w->stopping && (light ? !is_swamped(w) : w->n == 0))
		pthread_cond_wait(light ? &w->swamped : &w->changed, &w->lock);
	if (w->n > 0)
		next = queue_take(w);
	if (next.heavy)
		w->n_heavy++;
	if (is_swamped(w))
		pthread_cond_signal(&w->swamped);
	pthread_mutex_unlock(&w->lock);
	return next;
}

static void heavy_done(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->n_heavy--;
	pthread_mutex_unlock(&w->lock);
}

static void *work(void *arg)
{
	struct start start = *(struct start *)arg;
	struct workers *w = start.workers;
	bool light = start.own == &w->own[WORKERS_MAX];
	free(arg);
	for (struct waiting next; (next = take(w, start.own->reader, light)).request;) {
		dispatch_request(start.own, next.request, next.announced);
		if (next.heavy)
			heavy_done(w);
	}
	return NULL;
}

static enum annot_status start_one(struct workers *w, size_t i, struct annot_error *err)
{
	struct start *start = malloc(sizeof *start);
	if (!start)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	*start = (struct start){.workers = w, .own = &w->own[i]};
	w->own[i].shared = &w->shared;
	enum annot_status status =
		reader_open(corpus_dir(w->shared.corpus), &w->own[i].reader, err);
	if (status == ANNOT_OK)
		reader_follow(w->own[i].reader, corpus_commits(w->shared.corpus));
	if (status == ANNOT_OK && pthread_create(&w->threads[i], NULL, work, start) != 0) {
		w->own[i].reader = reader_close(w->own[i].reader);
		status = annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
	}
	if (status != ANNOT_OK)
		free(start);
	return status;
}

static size_t default_count(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores < 1 ? 1 : cores > WORKERS_MAX ? WORKERS_MAX : (size_t)cores;
}

enum annot_status workers_start(const struct dispatch *shared, size_t n, struct workers **ret,
				struct annot_error *err)
{
	struct workers *w = calloc(1, sizeof *w);
	enum annot_status status = ANNOT_OK;
	if (!w)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	w->shared = *shared;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	pthread_cond_init(&w->swamped, NULL);
	if (n == 0)
		n = default_count();
	if (n > WORKERS_MAX)
		n = WORKERS_MAX;
	while (status == ANNOT_OK && w->n_threads < n) {
		status = start_one(w, w->n_threads, err);
		if (status == ANNOT_OK)
			w->n_threads++;
	}
	if (status == ANNOT_OK) {
		status = start_one(w, WORKERS_MAX, err);
		w->has_light_thread = status == ANNOT_OK;
	}
	if (status != ANNOT_OK) {
		workers_stop(w);
		return status;
	}
	*ret = w;
	return ANNOT_OK;
}

void workers_put(void *workers, struct server_request *request)
{
	struct workers *w = workers;
	struct annot_bytes payload = server_payload(request);
	const struct annot_call_def *call = annot_request_peek(payload);
	struct waiting new = {
		.request = request,
		.heavy = payload.len > WORK_HEAVY_BYTES ||
			 server_account(request)->last_us > WORK_HEAVY_US,
	};
	/* A heavy one is a batch of its own: others need not wait for it. */
	new.announced = !new.heavy &&call && call->id == ANNOT_CALL_submit;
	if (new.announced)
		writer_announce(w->shared.writer);
	pthread_mutex_lock(&w->lock);
	bool room = w->n < WORK_QUEUE_MAX && !w->stopping;
	if (room) {
		queue_put(w, new);
		pthread_cond_signal(&w->changed);
		if (is_swamped(w))
			pthread_cond_signal(&w->swamped);
	}
	pthread_mutex_unlock(&w->lock);
	if (room)
		return;
	if (new.announced)
		writer_withdraw(w->shared.writer);
	dispatch_busy(request);
}

struct workers *workers_stop(struct workers *w)
{
	if (!w)
		return NULL;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->changed);
	pthread_cond_broadcast(&w->swamped);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->n_threads; i++)
		pthread_join(w->threads[i], NULL);
	if (w->has_light_thread)
		pthread_join(w->threads[WORKERS_MAX], NULL);
	for (size_t i = 0; i < COUNT(w->own); i++) { /* those that never started have nothing */
		reader_close(w->own[i].reader);
		annot_arena_free(w->own[i].arena);
		texts_free(w->own[i].submits.texts);
	}
	pthread_cond_destroy(&w->changed);
	pthread_cond_destroy(&w->swamped);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}
