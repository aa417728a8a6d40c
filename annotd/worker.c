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
	/* Idle threads, the one that was busy last on top: what it works with is still in its
	 * processor's caches. Of the thread for light requests: swamped. */
	size_t idle[WORKERS_MAX], n_idle;
	pthread_cond_t wake[WORKERS_MAX], swamped;
	struct waiting queue[WORK_QUEUE_MAX]; /* a heap: the first is next */
	size_t n;
	uint64_t now_us, n_put; /* share of work up to which requests were taken */
	uint64_t n_taken, n_taken_before; /* now, and when workers_move found that some waited; else UINT64_MAX */
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
	w->n_taken++;
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

/* With the lock held: rests until there is a request, or the end. */
static void rest(struct workers *w, size_t self)
{
	w->idle[w->n_idle++] = self;
	pthread_cond_wait(&w->wake[self], &w->lock);
	for (size_t i = 0; i < w->n_idle; i++) {
		if (w->idle[i] != self)
			continue;
		/* Woken by nobody, or by the end. */
		w->n_idle--;
		memmove(&w->idle[i], &w->idle[i + 1], (w->n_idle - i) * sizeof w->idle[0]);
	}
}

/* With the lock held. */
static void wake_one(struct workers *w)
{
	if (w->n_idle > 0)
		pthread_cond_signal(&w->wake[w->idle[--w->n_idle]]);
}

/* request NULL: the end. */
static struct waiting take(struct workers *w, struct reader *reader, size_t self)
{
	bool light = self == WORKERS_MAX;
	struct waiting next = {0};
	pthread_mutex_lock(&w->lock);
	/* No snapshot is kept while there is nothing to do. */
	if (light || w->n == 0) {
		pthread_mutex_unlock(&w->lock);
		reader_rest(reader);
		pthread_mutex_lock(&w->lock);
	}
	while (!w->stopping && light && !is_swamped(w))
		pthread_cond_wait(&w->swamped, &w->lock);
	while (!w->stopping && !light && w->n == 0)
		rest(w, self);
	if (w->n > 0)
		next = queue_take(w);
	if (next.heavy)
		w->n_heavy++;
	if (is_swamped(w))
		pthread_cond_signal(&w->swamped);
	pthread_mutex_unlock(&w->lock);
	return next;
}

static void heavy_begin(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->n_heavy++;
	if (is_swamped(w))
		pthread_cond_signal(&w->swamped);
	pthread_mutex_unlock(&w->lock);
}

static void heavy_done(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->n_heavy--;
	pthread_mutex_unlock(&w->lock);
}

/* Commits what this thread has checked; a commit takes as long as a heavy request does. */
static void write_own(struct workers *w, struct reader *reader)
{
	reader_rest(reader); /* its snapshot would keep the logs from being emptied */
	heavy_begin(w);
	writer_run(w->shared.writer);
	heavy_done(w);
}

static void *work(void *arg)
{
	struct start start = *(struct start *)arg;
	struct workers *w = start.workers;
	size_t self = (size_t)(start.own - w->own);
	free(arg);
	for (struct waiting next; (next = take(w, start.own->reader, self)).request;) {
		bool write = dispatch_request(start.own, next.request, next.announced);
		if (next.heavy)
			heavy_done(w);
		if (write)
			write_own(w, start.own->reader);
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
	w->n_taken_before = UINT64_MAX;
	pthread_mutex_init(&w->lock, NULL);
	for (size_t i = 0; i < WORKERS_MAX; i++)
		pthread_cond_init(&w->wake[i], NULL);
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
			 (call && (call->id == ANNOT_CALL_locate ||
				   call->id == ANNOT_CALL_copies)) ||
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
		wake_one(w);
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

bool workers_move(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	bool moved = w->n == 0 || w->n_taken != w->n_taken_before;
	w->n_taken_before = w->n > 0 ? w->n_taken : UINT64_MAX;
	pthread_mutex_unlock(&w->lock);
	return moved;
}

struct workers *workers_stop(struct workers *w)
{
	if (!w)
		return NULL;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	for (size_t i = 0; i < WORKERS_MAX; i++)
		pthread_cond_broadcast(&w->wake[i]);
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
	for (size_t i = 0; i < WORKERS_MAX; i++)
		pthread_cond_destroy(&w->wake[i]);
	pthread_cond_destroy(&w->swamped);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}
