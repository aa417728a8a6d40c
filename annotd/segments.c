#include "annotd/segments_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "annotd/log.h"

/* --- log indexes --- */

static size_t place_of(const struct indexes *x, uint64_t index)
{
	size_t low = 0, high = x->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (x->items[middle] < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool indexes_has(const struct indexes *x, uint64_t index)
{
	size_t at = place_of(x, index);
	return at < x->n && x->items[at] == index;
}

enum annot_status indexes_add(struct indexes *x, uint64_t index, struct annot_error *err)
{
	size_t at = place_of(x, index);
	if (at < x->n && x->items[at] == index)
		return ANNOT_OK;
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 64;
		uint64_t *items = reallocarray(x->items, cap, sizeof *items);
		if (!items)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the index");
		x->items = items;
		x->cap = cap;
	}
	memmove(x->items + at + 1, x->items + at, (x->n - at) * sizeof *x->items);
	x->items[at] = index;
	x->n++;
	return ANNOT_OK;
}

void indexes_remove(struct indexes *x, uint64_t index)
{
	size_t at = place_of(x, index);
	if (at == x->n || x->items[at] != index)
		return;
	x->n--;
	memmove(x->items + at, x->items + at + 1, (x->n - at) * sizeof *x->items);
}

void indexes_free(struct indexes *x)
{
	free(x->items);
	*x = (struct indexes){0};
}

/* --- the thread --- */

bool segments_stopping(struct segments *s)
{
	pthread_mutex_lock(&s->lock);
	bool stopping = s->stopping;
	pthread_mutex_unlock(&s->lock);
	return stopping;
}

/* One round: what is due, and one step of building and merging. *ret_done false: nothing was. */
static enum annot_status work_once(struct segments *s, bool *ret_done, struct annot_error *err)
{
	bool built = false, merged = false;
	pthread_mutex_lock(&s->lock);
	bool open = s->ready && !s->lost, due = s->withheld || s->damaged;
	pthread_mutex_unlock(&s->lock);
	*ret_done = true;
	if (!open)
		return segments_open(s, err);
	if (due)
		return segments_purge(s, err);
	TRY(segments_build(s, &built, err));
	TRY(segments_merge(s, &merged, err));
	*ret_done = built || merged;
	return ANNOT_OK;
}

/* With the lock held: until there is something to do, after a failure at most so long. */
static void rest(struct segments *s, bool failed)
{
	struct timespec until;
	s->busy = false;
	pthread_cond_broadcast(&s->settled);
	if (failed) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += SEGMENTS_RETRY_S;
		while (!s->stopping && pthread_cond_timedwait(&s->changed, &s->lock, &until) == 0)
			;
	}
	while (!s->stopping && !failed && s->waiting.n == 0 && !s->withheld && !s->damaged &&
	       !s->lost)
		pthread_cond_wait(&s->changed, &s->lock);
	s->busy = true;
}

static void *work(void *arg)
{
	struct segments *s = arg;
	bool done = true, failing = false;
	while (!segments_stopping(s)) {
		struct annot_error err = {0};
		enum annot_status status = work_once(s, &done, &err);
		bool failed = status != ANNOT_OK && !segments_stopping(s);
		if (failed && !failing)
			log_warning("texts are not indexed for now, locate reads through them: %s",
				    err.text);
		failing = failed;
		if (!failed && done)
			continue;
		pthread_mutex_lock(&s->lock);
		rest(s, failed);
		pthread_mutex_unlock(&s->lock);
	}
	s->reader = reader_close(s->reader);
	return NULL;
}

/* --- outside --- */

static enum annot_status new_segments(struct corpus *corpus, struct segments **ret,
				      struct annot_error *err)
{
	struct segments *s = calloc(1, sizeof *s);
	if (!s)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the index");
	s->corpus = corpus;
	s->n_withheld = corpus_withheld(corpus);
	s->busy = true;
	snprintf(s->folder, sizeof s->folder, "%s/" SEGMENTS_FOLDER, corpus_dir(corpus));
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, &attr);
	pthread_cond_init(&s->settled, NULL);
	pthread_condattr_destroy(&attr);
	*ret = s;
	return ANNOT_OK;
}

enum annot_status segments_start(struct corpus *corpus, struct segments **ret,
				 struct annot_error *err)
{
	struct segments *s;
	TRY(new_segments(corpus, &s, err));
	s->has_thread = pthread_create(&s->thread, NULL, work, s) == 0;
	if (!s->has_thread) {
		segments_stop(s);
		return annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
	}
	*ret = s;
	return ANNOT_OK;
}

struct segments *segments_stop(struct segments *s)
{
	if (!s)
		return NULL;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (s->has_thread)
		pthread_join(s->thread, NULL);
	segments_close(s);
	pthread_cond_destroy(&s->changed);
	pthread_cond_destroy(&s->settled);
	pthread_mutex_destroy(&s->lock);
	free(s);
	return NULL;
}

void segments_stored(void *segments, uint64_t document)
{
	struct segments *s = segments;
	pthread_mutex_lock(&s->lock);
	if (indexes_add(&s->waiting, document, NULL) != ANNOT_OK) {
		s->lost = true;
		s->ready = false; /* until it is found again, all texts are read through */
	}
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void segments_committed(void *segments, uint64_t size)
{
	struct segments *s = segments;
	(void)size;
	uint64_t n = corpus_withheld(s->corpus);
	pthread_mutex_lock(&s->lock);
	if (n != s->n_withheld) {
		s->n_withheld = n;
		s->withheld = true;
		pthread_cond_signal(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
}

enum annot_status segments_look(struct segments *s, struct segments_view *ret,
				struct annot_error *err)
{
	*ret = (struct segments_view){0};
	pthread_mutex_lock(&s->lock);
	ret->waiting = reallocarray(NULL, s->waiting.n + 1, sizeof *ret->waiting);
	if (ret->waiting && s->ready) {
		ret->ready = true;
		ret->n_waiting = s->waiting.n;
		if (s->waiting.n > 0)
			memcpy(ret->waiting, s->waiting.items, s->waiting.n * sizeof *ret->waiting);
		for (; ret->n < s->n; ret->n++) {
			ret->files[ret->n] = segment_file_use(s->files[ret->n]);
			ret->segments[ret->n] = &s->files[ret->n]->segment;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return ret->waiting ? ANNOT_OK
			    : annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the index");
}

void segments_leave(struct segments_view *v)
{
	for (size_t i = 0; i < v->n; i++)
		segment_file_release(v->files[i]);
	free(v->waiting);
	*v = (struct segments_view){0};
}

void segments_damaged(struct segments *s, const struct segment_file *f)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->n; i++) {
		if (s->files[i] != f || atomic_exchange(&s->files[i]->gone, true))
			continue;
		s->damaged = true;
		log_warning("%s is damaged and is made again", f->path ? f->path : "the index");
		pthread_cond_signal(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
}

void segments_settle(struct segments *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->busy || s->waiting.n > 0 || s->withheld || s->damaged || s->lost)
		pthread_cond_wait(&s->settled, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

static enum annot_status remove_one(void *arg, uint64_t number, struct annot_error *err)
{
	const struct segments *s = arg;
	(void)err;
	segment_file_remove(s->folder, number);
	return ANNOT_OK;
}

enum annot_status segments_remake(struct corpus *corpus, struct annot_error *err)
{
	struct segments *s;
	bool done = true;
	TRY(new_segments(corpus, &s, err));
	enum annot_status status = segment_files(s->folder, true, remove_one, s, err);
	while (status == ANNOT_OK && done)
		status = work_once(s, &done, err);
	s->reader = reader_close(s->reader);
	segments_stop(s);
	return status;
}
