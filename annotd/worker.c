#include "annotd/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct waiting {
	struct server_request *request;
	bool announced; /* to the writer, as a submission */
};

struct workers {
	struct dispatch shared;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct waiting queue[WORK_QUEUE_MAX]; /* a ring */
	size_t first, n;
	bool stopping;
	size_t n_threads;
	pthread_t threads[WORKERS_MAX];
	struct dispatch_worker own[WORKERS_MAX];
};

struct start {
	struct workers *workers;
	struct dispatch_worker *own;
};

/* request NULL: the end. */
static struct waiting take(struct workers *w)
{
	struct waiting next = {0};
	pthread_mutex_lock(&w->lock);
	while (w->n == 0 && !w->stopping)
		pthread_cond_wait(&w->changed, &w->lock);
	if (w->n > 0) {
		next = w->queue[w->first];
		w->first = (w->first + 1) % WORK_QUEUE_MAX;
		w->n--;
	}
	pthread_mutex_unlock(&w->lock);
	return next;
}

static void *work(void *arg)
{
	struct start start = *(struct start *)arg;
	free(arg);
	for (struct waiting next; (next = take(start.workers)).request;)
		dispatch_request(start.own, next.request, next.announced);
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
	if (n == 0)
		n = default_count();
	if (n > WORKERS_MAX)
		n = WORKERS_MAX;
	while (status == ANNOT_OK && w->n_threads < n) {
		status = start_one(w, w->n_threads, err);
		if (status == ANNOT_OK)
			w->n_threads++;
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
	const struct annot_call_def *call = annot_request_peek(server_payload(request));
	bool submits = call && call->id == ANNOT_CALL_submit;
	if (submits)
		writer_announce(w->shared.writer);
	pthread_mutex_lock(&w->lock);
	bool room = w->n < WORK_QUEUE_MAX && !w->stopping;
	if (room) {
		w->queue[(w->first + w->n++) % WORK_QUEUE_MAX] =
			(struct waiting){.request = request, .announced = submits};
		pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	if (room)
		return;
	if (submits)
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
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->n_threads; i++)
		pthread_join(w->threads[i], NULL);
	for (size_t i = 0; i < w->n_threads; i++) {
		reader_close(w->own[i].reader);
		annot_arena_free(w->own[i].arena);
		texts_free(w->own[i].submits.texts);
	}
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}
