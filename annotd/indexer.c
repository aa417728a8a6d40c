#include "annotd/indexer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "annotd/log.h"
#include "annotd/store/search.h"

enum { NICE = 19 };

struct indexer {
	struct reader *reader;
	struct search *search;
	pthread_t thread;
	bool has_thread;
	/* A commit must not cost a wake-up: the thread is woken by the first one after it had
	 * nothing to do. */
	_Atomic uint64_t told; /* commits and contents so far */
	atomic_bool idle;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t first, end; /* documents that may have a content to be indexed */
	bool stopping;
};

/* --- the thread --- */

/* With the lock held, which waiting releases. */
static void wait_ms(struct indexer *i, unsigned ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	while (!i->stopping && pthread_cond_timedwait(&i->changed, &i->lock, &until) == 0)
		;
}

/* With the lock held: until something was told, and then for a while nothing. */
static void wait_for_quiet(struct indexer *i, uint64_t *seen)
{
	while (!i->stopping && atomic_load(&i->told) == *seen) {
		atomic_store(&i->idle, true);
		if (atomic_load(&i->told) == *seen)
			pthread_cond_wait(&i->changed, &i->lock);
		atomic_store(&i->idle, false);
	}
	for (unsigned waited = 0; !i->stopping && waited < INDEXER_LATE_MS;
	     waited += INDEXER_QUIET_MS) {
		uint64_t before = atomic_load(&i->told);

		wait_ms(i, INDEXER_QUIET_MS);
		if (atomic_load(&i->told) == before)
			break;
	}
	*seen = atomic_load(&i->told);
}

static bool is_stopping(struct indexer *i)
{
	pthread_mutex_lock(&i->lock);
	bool stopping = i->stopping;
	pthread_mutex_unlock(&i->lock);
	return stopping;
}

static enum annot_status work(struct indexer *i, uint64_t first, uint64_t end,
			      struct annot_error *err)
{
	bool more = true;

	while (more && !is_stopping(i))
		TRY(search_records(i->search, &more, &first, &end, err));
	while (first < end && !is_stopping(i))
		TRY(search_contents(i->search, &first, end, err));
	return search_tidy(i->search, err);
}

static void *run(void *arg)
{
	struct indexer *i = arg;
	uint64_t seen = UINT64_MAX; /* at the start there is something to look for */

	/* Of this thread alone, as on Linux each has one. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
	pthread_mutex_lock(&i->lock);
	for (;;) {
		wait_for_quiet(i, &seen);
		if (i->stopping)
			break;
		struct annot_error err = {0};
		uint64_t first = i->first, end = i->end;

		i->first = UINT64_MAX;
		i->end = 0;
		pthread_mutex_unlock(&i->lock);
		enum annot_status status = work(i, first, end, &err);

		if (status != ANNOT_OK)
			log_warning("search.db is behind, searching takes longer: %s", err.text);
		pthread_mutex_lock(&i->lock);
		if (status == ANNOT_OK)
			continue;
		i->first = 0;
		i->end = INT64_MAX;
		wait_ms(i, INDEXER_AGAIN_MS);
		seen = UINT64_MAX;
	}
	pthread_mutex_unlock(&i->lock);
	return NULL;
}

/* --- outside --- */

static enum annot_status start(struct indexer *i, const char *dir, struct annot_error *err)
{
	TRY(reader_open_log(dir, &i->reader, err));
	TRY(search_open(dir, i->reader, SEARCH_SHARD, &i->search, err));
	i->has_thread = pthread_create(&i->thread, NULL, run, i) == 0;
	return i->has_thread ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
}

enum annot_status indexer_start(struct corpus *corpus, struct indexer **ret,
				struct annot_error *err)
{
	struct indexer *i = calloc(1, sizeof *i);
	struct annot_error why = {0};
	pthread_condattr_t attr;

	*ret = NULL;
	if (!i)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	i->end = INT64_MAX;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&i->lock, NULL);
	pthread_cond_init(&i->changed, &attr);
	pthread_condattr_destroy(&attr);
	enum annot_status status = start(i, corpus_dir(corpus), &why);

	if (status == ANNOT_OK) {
		*ret = i;
		return ANNOT_OK;
	}
	indexer_stop(i);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	log_warning("there is no search.db, searching takes longer: %s", why.text);
	return ANNOT_OK;
}

static void tell(struct indexer *i)
{
	atomic_fetch_add(&i->told, 1);
	if (!atomic_load(&i->idle))
		return;
	pthread_mutex_lock(&i->lock);
	pthread_cond_signal(&i->changed);
	pthread_mutex_unlock(&i->lock);
}

void indexer_committed(void *indexer, uint64_t size)
{
	(void)size;
	if (indexer)
		tell(indexer);
}

void indexer_stored(void *indexer, uint64_t document_index)
{
	struct indexer *i = indexer;

	if (!i)
		return;
	pthread_mutex_lock(&i->lock);
	if (document_index < i->first)
		i->first = document_index;
	if (document_index >= i->end)
		i->end = document_index + 1;
	pthread_mutex_unlock(&i->lock);
	tell(i);
}

struct indexer *indexer_stop(struct indexer *i)
{
	if (!i)
		return NULL;
	pthread_mutex_lock(&i->lock);
	i->stopping = true;
	pthread_cond_signal(&i->changed);
	pthread_mutex_unlock(&i->lock);
	if (i->has_thread)
		pthread_join(i->thread, NULL);
	search_close(i->search);
	reader_close(i->reader);
	pthread_cond_destroy(&i->changed);
	pthread_mutex_destroy(&i->lock);
	free(i);
	return NULL;
}

/* --- all at once --- */

static enum annot_status fill(struct search *search, uint64_t size, const struct rebuild *how,
			      struct annot_error *err)
{
	uint64_t first = UINT64_MAX, end = 0, records = 0;
	bool more = true;

	while (more) {
		TRY(search_records(search, &more, &first, &end, err));
		records += SEARCH_STEP_RECORDS; /* or fewer, of long ones */
		if (how->progress)
			how->progress(how->arg, "search.db, records",
				      records < size ? records : size, size);
	}
	while (first < end) {
		TRY(search_contents(search, &first, end, err));
		if (how->progress)
			how->progress(how->arg, "search.db, texts up to record", first, end);
	}
	return search_tidy(search, err);
}

enum annot_status indexer_remake(const char *dir, const struct rebuild *how,
				 struct annot_error *err)
{
	struct reader *reader = NULL;
	struct search *search = NULL;
	enum annot_status status = reader_open_log(dir, &reader, err);

	if (status == ANNOT_OK)
		status = search_open(dir, reader, SEARCH_SHARD, &search, err);
	if (status == ANNOT_OK)
		status = reader_begin(reader, err);
	uint64_t size = status == ANNOT_OK ? reader_truth_size(reader) : 0;

	if (status == ANNOT_OK) {
		reader_end(reader);
		status = fill(search, size, how, err);
	}
	search_close(search);
	reader_close(reader);
	return status;
}
