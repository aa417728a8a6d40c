#include "annotd/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "annotd/log.h"
#include "base/auto.h"

/* Without commits, before the write-ahead logs are emptied; and after that failed. */
enum { WAL_QUIET_S = 1 };

struct listener {
	writer_hears hears;
	void *arg;
};

struct writer {
	struct corpus *corpus;
	pthread_t thread, wal_thread;
	bool has_thread, has_wal_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed, written;
	struct write_job *first, **last;
	struct listener committed[WRITER_LISTENERS_MAX], stored[WRITER_LISTENERS_MAX];
	size_t n_committed, n_stored;
	size_t n_jobs, n_records;
	size_t n_coming; /* announced, and neither put nor withdrawn */
	bool in_vain;    /* one was withdrawn while the first job waited */
	bool writing;    /* a thread has taken a batch, or is about to */
	bool stopping;
	uint64_t n_written; /* batches */
	bool dirty, grown;  /* write-ahead logs: not empty; one is long */
};

/* --- taking from the queue --- */

/*
 * With the lock held: whether it is time for a batch. Once something was waited for in vain it is:
 * else a flood of submissions that are refused when checked would hold good ones up for ever.
 */
static bool is_due(const struct writer *w)
{
	return w->first && (w->n_jobs >= w->n_coming || w->n_records >= CORPUS_BATCH_MAX ||
			    w->first->n_items == 0 || w->in_vain || w->stopping);
}

/* With the lock held: a run of submissions of at most CORPUS_BATCH_MAX records, or one content. */
static struct write_job *take(struct writer *w, size_t *ret_records)
{
	struct write_job *first = w->first, **end = &w->first;
	size_t records = 0;
	do {
		records += (*end)->n_items;
		w->n_jobs--;
		end = &(*end)->next;
	} while (first->n_items > 0 && *end && (*end)->n_items > 0 &&
		 records + (*end)->n_items <= CORPUS_BATCH_MAX);
	w->first = *end;
	if (!w->first)
		w->last = &w->first;
	*end = NULL;
	w->n_records -= records;
	w->in_vain = false;
	*ret_records = records;
	return first;
}

static void tell(const struct listener *list, size_t n, uint64_t what)
{
	for (size_t i = 0; i < n; i++)
		list[i].hears(list[i].arg, what);
}

struct answer {
	struct write_job *jobs; /* NULL once they are answered */
	enum annot_status status;
	const char *message;
};

static void answer_all(void *arg, struct annot_bytes note)
{
	struct answer *a = arg;
	while (a->jobs) {
		struct write_job *job = a->jobs;
		a->jobs = job->next;
		job->done(job, a->status, a->message, note);
	}
}

static void admit_jobs(struct writer *w, struct write_job *jobs, size_t n)
{
	struct corpus_item *items[CORPUS_BATCH_MAX];
	struct annot_error err = {0};
	struct answer answer = {.jobs = jobs, .message = err.text};
	size_t at = 0;
	for (struct write_job *job = jobs; job; job = job->next) {
		memcpy(items + at, job->items, job->n_items * sizeof items[0]);
		at += job->n_items;
	}
	answer.status = corpus_admit_all(w->corpus, items, n, answer_all, &answer, &err);
	if (answer.status != ANNOT_OK)
		log_error("%zu records were not committed: %s", n, err.text);
	answer_all(&answer, annot_bytes(NULL, 0)); /* if they were not committed */
	tell(w->committed, w->n_committed, corpus_size(w->corpus));
}

static void store_content_of(struct writer *w, struct write_job *job)
{
	struct annot_error err = {0};
	enum annot_status status =
		job->original ? corpus_original(w->corpus, job->document_index, job->content, &err)
			      : corpus_content(w->corpus, job->document_index, job->content, &err);
	if (status != ANNOT_OK)
		log_error("a document's content was not stored: %s", err.text);
	/* Before the answer: who has it can locate words in the text. */
	if (status == ANNOT_OK && !job->original)
		tell(w->stored, w->n_stored, job->document_index);
	job->done(job, status, err.text, annot_bytes(NULL, 0));
}

static void apply(struct writer *w, struct write_job *job)
{
	struct annot_error err = {0};
	enum annot_status status = job->apply(w->corpus, job->apply_arg, &err);
	job->done(job, status, err.text, annot_bytes(NULL, 0));
}

/* With the lock held, which is released meanwhile: one batch, if there is one. */
static void write_batch(struct writer *w)
{
	if (w->first) {
		size_t records;
		struct write_job *jobs = take(w, &records);
		pthread_mutex_unlock(&w->lock);
		if (records > 0)
			admit_jobs(w, jobs, records);
		else if (jobs->apply)
			apply(w, jobs);
		else
			store_content_of(w, jobs);
		pthread_mutex_lock(&w->lock);
		w->n_written++;
		bool grown = !w->grown && corpus_wal_has_grown(w->corpus);
		/* The thread of the logs is woken by the first commit after it emptied them. */
		if (!w->dirty || grown)
			pthread_cond_signal(&w->written);
		w->dirty = true;
		w->grown = w->grown || grown;
	}
	w->writing = false;
}

static void *write_loop(void *arg)
{
	struct writer *w = arg;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->writing || (!is_due(w) && !w->stopping))
			pthread_cond_wait(&w->changed, &w->lock);
		if (!w->first)
			break;
		w->writing = true;
		write_batch(w);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* With the lock held: waits for a second, or until a log is long and that is to be seen to. */
static void rest(struct writer *w, bool unless_grown)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WAL_QUIET_S;
	while (!w->stopping && !(unless_grown && w->grown) &&
	       pthread_cond_timedwait(&w->written, &w->lock, &until) == 0)
		;
}

/* With the lock held, which is released meanwhile. */
static void tend(struct writer *w)
{
	struct annot_error err = {0};
	bool all = !w->grown;
	w->grown = false;
	w->dirty = w->dirty && !all;
	pthread_mutex_unlock(&w->lock);
	enum annot_status status = corpus_wal_tend(w->corpus, all, &err);
	if (status != ANNOT_OK)
		log_warning("the write-ahead log stays long for now: %s", err.text);
	pthread_mutex_lock(&w->lock);
	if (status != ANNOT_OK)
		rest(w, false);
}

/*
 * Empties the write-ahead logs when they are long, and once nothing was written for a second: what
 * is in the databases is read faster. An idle daemon does nothing.
 */
static void *wal_loop(void *arg)
{
	struct writer *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		uint64_t before = w->n_written;
		if (!w->dirty && !w->grown) {
			pthread_cond_wait(&w->written, &w->lock);
			continue;
		}
		if (!w->grown)
			rest(w, true);
		if (w->grown || (w->n_written == before && !w->stopping))
			tend(w);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* --- outside
 * ---------------------------------------------------------------------------------------------------------
 */

enum annot_status writer_start(struct corpus *corpus, struct writer **ret, struct annot_error *err)
{
	struct writer *w = calloc(1, sizeof *w);
	if (!w)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	w->corpus = corpus;
	w->last = &w->first;
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	pthread_cond_init(&w->written, &attr);
	pthread_condattr_destroy(&attr);
	w->has_thread = pthread_create(&w->thread, NULL, write_loop, w) == 0;
	w->has_wal_thread = w->has_thread && pthread_create(&w->wal_thread, NULL, wal_loop, w) == 0;
	if (!w->has_wal_thread) {
		writer_stop(w);
		return annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
	}
	*ret = w;
	return ANNOT_OK;
}

static void listen(struct listener *list, size_t *n, writer_hears hears, void *arg)
{
	if (*n < WRITER_LISTENERS_MAX)
		list[(*n)++] = (struct listener){hears, arg};
}

void writer_on_commit(struct writer *w, writer_hears committed, void *arg)
{
	listen(w->committed, &w->n_committed, committed, arg);
}

void writer_on_content(struct writer *w, writer_hears stored, void *arg)
{
	listen(w->stored, &w->n_stored, stored, arg);
}

void writer_announce(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->n_coming++;
	pthread_mutex_unlock(&w->lock);
}

/* Releases the lock, and only then wakes the writer, which would have to wait for it. */
static void unlock_and_wake(struct writer *w)
{
	bool due = !w->writing && (is_due(w) || w->stopping);
	pthread_mutex_unlock(&w->lock);
	if (due)
		pthread_cond_signal(&w->changed);
}

void writer_withdraw(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->n_coming--;
	w->in_vain = w->first;
	unlock_and_wake(w);
}

/* With the lock held: whether one job waits, and nothing else is under way. */
static bool is_alone(const struct writer *w)
{
	return !w->writing && !w->stopping && w->n_jobs == 1 && w->n_coming == 0;
}

enum annot_status writer_put(struct writer *w, struct write_job *job, bool *ret_yours,
			     struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	job->next = NULL;
	if (ret_yours)
		*ret_yours = false;
	pthread_mutex_lock(&w->lock);
	if (job->announced)
		w->n_coming--;
	if (w->stopping) {
		status = annot_fail(err, ANNOT_READ_ONLY,
				    "the daemon is stopping: try again when it serves");
	} else if (w->n_jobs >= WRITER_JOBS_MAX ||
		   w->n_records + job->n_items > WRITER_RECORDS_MAX) {
		status = annot_fail(err, ANNOT_BUSY, "%zu records wait already: try again",
				    w->n_records);
	} else {
		*w->last = job;
		w->last = &job->next;
		w->n_jobs++;
		w->n_records += job->n_items;
		if (ret_yours && is_alone(w))
			*ret_yours = w->writing = true;
	}
	unlock_and_wake(w);
	return status;
}

void writer_run(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	do {
		w->writing = true;
		write_batch(w);
		/* The one client may have been quicker than the end of that. */
	} while (is_alone(w));
	unlock_and_wake(w);
}

struct writer *writer_stop(struct writer *w)
{
	if (!w)
		return NULL;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->changed);
	pthread_cond_broadcast(&w->written);
	pthread_mutex_unlock(&w->lock);
	if (w->has_thread)
		pthread_join(w->thread, NULL);
	if (w->has_wal_thread)
		pthread_join(w->wal_thread, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_cond_destroy(&w->written);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}
