#include "annotd/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "annotd/log.h"
#include "base/auto.h"

enum { WAL_RETRY_S = 1 };

struct writer {
	struct corpus *corpus;
	pthread_t thread, wal_thread;
	bool has_thread, has_wal_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed, written, ended;
	struct write_job *first, **last;
	size_t n_jobs, n_records;
	size_t n_coming;      /* announced, and neither put nor withdrawn */
	bool in_vain;         /* one was withdrawn while the first job waited */
	bool stopping, grown; /* grown: a write-ahead log is long */
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

static void admit_jobs(struct writer *w, struct write_job *jobs, size_t n)
{
	struct corpus_item *items[CORPUS_BATCH_MAX];
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_error err = {0};
	size_t at = 0;
	for (struct write_job *job = jobs; job; job = job->next) {
		memcpy(items + at, job->items, job->n_items * sizeof items[0]);
		at += job->n_items;
	}
	enum annot_status status = corpus_admit(w->corpus, items, n, &note, &err);
	if (status != ANNOT_OK)
		log_error("%zu records were not committed: %s", n, err.text);
	while (jobs) {
		struct write_job *next = jobs->next;
		jobs->done(jobs, status, err.text, annot_buf_bytes(&note));
		jobs = next;
	}
}

static void store_content_of(struct writer *w, struct write_job *job)
{
	struct annot_error err = {0};
	enum annot_status status =
		corpus_content(w->corpus, job->document_index, job->content, &err);
	if (status != ANNOT_OK)
		log_error("a document's content was not stored: %s", err.text);
	job->done(job, status, err.text, annot_bytes(NULL, 0));
}

static void *write_loop(void *arg)
{
	struct writer *w = arg;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!is_due(w) && !w->stopping)
			pthread_cond_wait(&w->changed, &w->lock);
		if (!w->first)
			break;
		size_t records;
		struct write_job *jobs = take(w, &records);
		pthread_mutex_unlock(&w->lock);
		if (records > 0)
			admit_jobs(w, jobs, records);
		else
			store_content_of(w, jobs);
		pthread_mutex_lock(&w->lock);
		w->grown = corpus_wal_has_grown(w->corpus);
		if (w->grown)
			pthread_cond_signal(&w->written);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* With the lock held. */
static void rest(struct writer *w)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WAL_RETRY_S;
	while (!w->stopping && pthread_cond_timedwait(&w->ended, &w->lock, &until) == 0)
		;
}

/* Does nothing until a commit has made a log long. */
static void *wal_loop(void *arg)
{
	struct writer *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		if (!w->grown) {
			pthread_cond_wait(&w->written, &w->lock);
			continue;
		}
		w->grown = false;
		pthread_mutex_unlock(&w->lock);
		struct annot_error err = {0};
		enum annot_status status = corpus_wal_tend(w->corpus, &err);
		if (status != ANNOT_OK)
			log_warning("the write-ahead log stays long for now: %s", err.text);
		pthread_mutex_lock(&w->lock);
		if (status != ANNOT_OK)
			rest(w);
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
	pthread_cond_init(&w->written, NULL);
	pthread_cond_init(&w->ended, &attr);
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

void writer_announce(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->n_coming++;
	pthread_mutex_unlock(&w->lock);
}

/* Releases the lock, and only then wakes the writer, which would have to wait for it. */
static void unlock_and_wake(struct writer *w)
{
	bool due = is_due(w);
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

enum annot_status writer_put(struct writer *w, struct write_job *job, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	job->next = NULL;
	pthread_mutex_lock(&w->lock);
	if (job->announced)
		w->n_coming--;
	if (w->stopping) {
		status = annot_fail(err, ANNOT_READ_ONLY, "the daemon is stopping");
	} else if (w->n_jobs >= WRITER_JOBS_MAX ||
		   w->n_records + job->n_items > WRITER_RECORDS_MAX) {
		status = annot_fail(err, ANNOT_BUSY, "%zu records wait already: try again",
				    w->n_records);
	} else {
		*w->last = job;
		w->last = &job->next;
		w->n_jobs++;
		w->n_records += job->n_items;
	}
	unlock_and_wake(w);
	return status;
}

struct writer *writer_stop(struct writer *w)
{
	if (!w)
		return NULL;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->changed);
	pthread_cond_broadcast(&w->written);
	pthread_cond_broadcast(&w->ended);
	pthread_mutex_unlock(&w->lock);
	if (w->has_thread)
		pthread_join(w->thread, NULL);
	if (w->has_wal_thread)
		pthread_join(w->wal_thread, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_cond_destroy(&w->written);
	pthread_cond_destroy(&w->ended);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}
