#include "annotd/anchors.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "annotd/anchor_pair.h"
#include "annotd/log.h"
#include "base/auto.h"

enum { RETRY_MS = 20 }; /* the writer's queue is full */

/* What one snapshot gives to do of a document. */
struct batch {
	struct store_due due;
	bool waits; /* its newest text is not there */
	bool done;  /* nothing is left */
	uint64_t newest;
	struct store_todo todo[ANCHORS_BATCH];
	struct store_anchor found[ANCHORS_BATCH];
	size_t n;
};

/* How far a turn is. */
struct cursor {
	uint64_t newest;
	int64_t version; /* that is at hand, or was; -1: none */
	bool inside;     /* `after` is of it */
	struct store_todo after;
};

struct anchors {
	struct write_job job; /* its first member: job_done gets that */
	struct corpus *corpus;
	struct writer *writer; /* NULL: all is done on the caller's thread */
	struct reader *reader;
	struct anchor_pair *pair;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool wanted;  /* something may be due */
	bool written; /* the job at hand is done, with status and why */
	enum annot_status status;
	char why[ANNOT_ERROR_TEXT_MAX];
	atomic_bool stopping;
	struct batch batch;
	const struct rebuild *how; /* whom progress is told; NULL */
	uint64_t n_found;
};

/* --- what is to be done --- */

/* The next targets, of the version at hand or the next one whose text is there. */
static enum annot_status next_targets(struct anchors *a, struct cursor *at, struct annot_error *err)
{
	struct batch *b = &a->batch;

	for (;;) {
		uint64_t version = (uint64_t)at->version;
		bool found = true;
		if (!at->inside)
			TRY(reader_old_version(a->reader, b->due.document, at->version, &version,
					       &found, err));
		b->done = !found;
		if (!found)
			return ANNOT_OK;
		TRY(reader_todo(a->reader, version, b->newest, at->inside ? &at->after : NULL,
				b->todo, ANCHORS_BATCH, &b->n, err));
		at->version = (int64_t)version;
		at->inside = b->n > 0;
		if (b->n == 0)
			continue;
		struct annot_error why = {0};
		enum annot_status status =
			anchor_pair_read(a->pair, a->reader, version, b->newest, &why);
		if (status == ANNOT_OK) {
			at->after = b->todo[b->n - 1];
			return ANNOT_OK;
		}
		if (status != ANNOT_NOT_FOUND)
			return annot_fail(err, status, "%s", why.text);
		at->inside = false; /* withheld */
		b->n = 0;
	}
}

static enum annot_status plan(struct anchors *a, struct cursor *at, struct annot_error *err)
{
	struct batch *b = &a->batch;
	struct annot_error why = {0};
	struct store_row row;
	uint64_t length;

	b->n = 0;
	b->waits = b->done = false;
	TRY(reader_newest(a->reader, b->due.document, &b->newest, err));
	if (at->newest != b->newest)
		*at = (struct cursor){.newest = b->newest, .version = -1};
	enum annot_status status = reader_content_length(a->reader, b->newest, &length, &why);
	if (status == ANNOT_OK)
		return next_targets(a, at, err);
	if (status != ANNOT_NOT_FOUND)
		return annot_fail(err, status, "%s", why.text);
	TRY(reader_row(a->reader, b->newest, &row, err));
	b->done = row.withheld;
	b->waits = !row.withheld;
	return ANNOT_OK;
}

static enum annot_status look(struct anchors *a, struct annot_error *err)
{
	struct batch *b = &a->batch;

	for (size_t i = 0; i < b->n; i++) {
		if (atomic_load(&a->stopping))
			b->n = i;
		else
			TRY(anchor_pair_find(a->pair, &b->todo[i], &b->found[i], err));
	}
	return ANNOT_OK;
}

/* --- handing it to the writer --- */

static enum annot_status apply(struct corpus *corpus, void *arg, struct annot_error *err)
{
	const struct batch *b = arg;

	return corpus_put_anchors(corpus, b->todo, b->found, b->n, b->done ? &b->due : NULL, err);
}

static void job_done(struct write_job *job, enum annot_status status, const char *message,
		     struct annot_bytes note)
{
	struct anchors *a = (struct anchors *)job;

	(void)note;
	pthread_mutex_lock(&a->lock);
	a->status = status;
	snprintf(a->why, sizeof a->why, "%s", message ? message : "");
	a->written = true;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

/* With the lock held. */
static void rest(struct anchors *a)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += RETRY_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	while (!atomic_load(&a->stopping) &&
	       pthread_cond_timedwait(&a->changed, &a->lock, &until) == 0)
		;
}

/* Waits until it is in the index. */
static enum annot_status hand_over(struct anchors *a, struct annot_error *err)
{
	enum annot_status status;

	if (!a->writer)
		return apply(a->corpus, &a->batch, err);
	a->job = (struct write_job){.apply = apply, .apply_arg = &a->batch, .done = job_done};
	a->written = false;
	while ((status = writer_put(a->writer, &a->job, NULL, err)) == ANNOT_BUSY &&
	       !atomic_load(&a->stopping)) {
		pthread_mutex_lock(&a->lock);
		rest(a);
		pthread_mutex_unlock(&a->lock);
	}
	TRY(status);
	pthread_mutex_lock(&a->lock);
	while (!a->written)
		pthread_cond_wait(&a->changed, &a->lock);
	pthread_mutex_unlock(&a->lock);
	return a->status == ANNOT_OK ? ANNOT_OK : annot_fail(err, a->status, "%s", a->why);
}

/* --- turns --- */

static void tell_progress(struct anchors *a)
{
	a->n_found += a->batch.n;
	if (a->how && a->how->progress)
		a->how->progress(a->how->arg, "anchors", a->n_found, 0);
}

static enum annot_status take_turn(struct anchors *a, const struct store_due *due, bool *ret_more,
				   struct annot_error *err)
{
	struct batch *b = &a->batch;
	struct cursor at = {.version = -1};
	size_t n = 0;

	b->due = *due;
	do {
		TRY(reader_begin(a->reader, err));
		enum annot_status status = plan(a, &at, err);

		reader_rest(a->reader);
		TRY(status);
		TRY(look(a, err));
		if (b->n > 0 || b->done)
			TRY(hand_over(a, err));
		n += b->n;
		tell_progress(a);
	} while (!b->done && !b->waits && n < ANCHORS_TURN && !atomic_load(&a->stopping));
	*ret_more = !b->done && !b->waits;
	return ANNOT_OK;
}

static enum annot_status next_due(struct anchors *a, uint64_t from, struct store_due *ret,
				  bool *ret_found, struct annot_error *err)
{
	TRY(reader_begin(a->reader, err));
	enum annot_status status = reader_due(a->reader, from, ret, ret_found, err);

	reader_rest(a->reader);
	return status;
}

/* One turn for each document that is due; *ret_more: some need more of them. One that fails, the
 * first of which is told, does not keep the others from theirs. */
static enum annot_status go_round(struct anchors *a, bool *ret_more, struct annot_error *err)
{
	enum annot_status first = ANNOT_OK;
	struct store_due due = {0};
	bool found = true;

	*ret_more = false;
	for (uint64_t from = 0; !atomic_load(&a->stopping); from = due.document + 1) {
		bool more = false;

		TRY(next_due(a, from, &due, &found, err));
		if (!found)
			break;
		struct annot_error why = {0};
		enum annot_status status = take_turn(a, &due, &more, &why);

		if (status != ANNOT_OK && first == ANNOT_OK)
			first = annot_fail(err, status, "document #%llu: %s",
					   (unsigned long long)due.document, why.text);
		*ret_more = *ret_more || more;
	}
	return first;
}

static void *loop(void *arg)
{
	struct anchors *a = arg;

	/* Of this thread alone; where it may not be, it is a thread like others. */
	if (nice(ANCHORS_NICE) == -1)
		log_debug("anchors are made with the priority of everything else");
	pthread_mutex_lock(&a->lock);
	while (!atomic_load(&a->stopping)) {
		struct annot_error err = {0};
		bool more = false;

		if (!a->wanted) {
			pthread_cond_wait(&a->changed, &a->lock);
			continue;
		}
		a->wanted = false;
		pthread_mutex_unlock(&a->lock);
		enum annot_status status = corpus_catch_up(a->corpus, &err);

		if (status == ANNOT_OK)
			status = go_round(a, &more, &err);
		if (!more)
			anchor_pair_forget(a->pair);
		if (status != ANNOT_OK && !atomic_load(&a->stopping))
			log_warning(
				"anchors are not all made, with the next record that needs some "
				"it is tried again: %s",
				err.text);
		pthread_mutex_lock(&a->lock);
		a->wanted = a->wanted || more;
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* --- outside --- */

/* On the thread that writes. */
static void tell(void *arg)
{
	struct anchors *a = arg;

	pthread_mutex_lock(&a->lock);
	a->wanted = true;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
}

static enum annot_status prepare(struct anchors *a, struct annot_error *err)
{
	a->pair = anchor_pair_new();
	if (!a->pair)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	return reader_open(corpus_dir(a->corpus), &a->reader, err);
}

static enum annot_status start(struct anchors *a, struct annot_error *err)
{
	TRY(prepare(a, err));
	corpus_on_due(a->corpus, tell, a);
	a->has_thread = pthread_create(&a->thread, NULL, loop, a) == 0;
	return a->has_thread ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
}

static struct anchors *new_anchors(struct corpus *corpus, struct writer *writer)
{
	struct anchors *a = calloc(1, sizeof *a);
	pthread_condattr_t attr;

	if (!a)
		return NULL;
	a->corpus = corpus;
	a->writer = writer;
	a->wanted = true;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, &attr);
	pthread_condattr_destroy(&attr);
	return a;
}

enum annot_status anchors_start(struct corpus *corpus, struct writer *writer, struct anchors **ret,
				struct annot_error *err)
{
	struct anchors *a = new_anchors(corpus, writer);

	if (!a)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = start(a, err);

	if (status != ANNOT_OK) {
		anchors_stop(a);
		return status;
	}
	*ret = a;
	return ANNOT_OK;
}

enum annot_status anchors_remake(struct corpus *corpus, const struct rebuild *how,
				 struct annot_error *err)
{
	struct anchors *a = new_anchors(corpus, NULL);
	bool more = true;

	if (!a)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	a->how = how;
	enum annot_status status = prepare(a, err);

	while (status == ANNOT_OK && more)
		status = go_round(a, &more, err);
	anchors_stop(a);
	return status;
}

struct anchors *anchors_stop(struct anchors *a)
{
	if (!a)
		return NULL;
	corpus_on_due(a->corpus, NULL, NULL);
	pthread_mutex_lock(&a->lock);
	atomic_store(&a->stopping, true);
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	if (a->has_thread)
		pthread_join(a->thread, NULL);
	reader_close(a->reader);
	anchor_pair_free(a->pair);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
	return NULL;
}
