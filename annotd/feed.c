#include "annotd/feed.h"

#include <pthread.h>
#include <stdlib.h>

#include "annotd/replay.h"

struct batch {
	struct annot_arena *arena;
	struct annot_fact facts[FEED_FACTS];
	size_t n;
	enum annot_status status; /* of what comes behind them */
	struct annot_error err;
};

struct feed {
	const char *dir;
	uint64_t n, read; /* records: in all, read by the thread */
	pthread_t thread;
	bool has_thread;
	struct reader *reader; /* the thread's */

	size_t taken; /* facts of the batch in use, by the caller */

	pthread_mutex_t lock;
	pthread_cond_t ready, room;
	uint64_t made, used; /* batches, counted from the start; with the lock held */
	bool stopping;
	struct batch batches[FEED_BATCHES];
};

/* --- the thread --- */

static enum annot_status read_fact(struct feed *f, struct batch *b, size_t *bytes,
				   struct annot_error *err)
{
	struct store_log_row row;
	TRY(reader_log(f->reader, f->read, &row, err));
	TRY(fact_of(&row.stored, b->arena, &b->facts[b->n], err));
	*bytes += row.stored.record.len;
	b->n++;
	f->read++;
	return ANNOT_OK;
}

static void read_batch(struct feed *f, struct batch *b)
{
	size_t bytes = 0;
	annot_arena_reset(b->arena);
	b->n = 0;
	b->status = ANNOT_OK;
	while (b->status == ANNOT_OK && b->n < FEED_FACTS && bytes < FEED_BYTES && f->read < f->n)
		b->status = read_fact(f, b, &bytes, &b->err);
}

/* Waits for one that is free; NULL: nobody wants more. */
static struct batch *next_free(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	while (!f->stopping && f->made - f->used == FEED_BATCHES)
		pthread_cond_wait(&f->room, &f->lock);
	struct batch *b = f->stopping ? NULL : &f->batches[f->made % FEED_BATCHES];
	pthread_mutex_unlock(&f->lock);
	return b;
}

static void hand_over(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	f->made++;
	pthread_cond_signal(&f->ready);
	pthread_mutex_unlock(&f->lock);
}

static enum annot_status open_log(struct feed *f, struct annot_error *err)
{
	TRY(reader_open_log(f->dir, &f->reader, err));
	return reader_begin(f->reader, err);
}

static void *run(void *arg)
{
	struct feed *f = arg;
	struct batch *b = next_free(f);
	if (b)
		b->status = open_log(f, &b->err);
	bool open = b && b->status == ANNOT_OK;
	if (b && !open)
		hand_over(f);
	while (open && f->read < f->n && (b = next_free(f))) {
		read_batch(f, b);
		open = b->status == ANNOT_OK;
		hand_over(f);
	}
	f->reader = reader_close(f->reader);
	return NULL;
}

/* --- the caller --- */

static enum annot_status start(struct feed *f, struct annot_error *err)
{
	for (size_t i = 0; i < FEED_BATCHES; i++) {
		f->batches[i].arena = annot_arena_new(FEED_ARENA_MAX);
		if (!f->batches[i].arena)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	}
	f->has_thread = pthread_create(&f->thread, NULL, run, f) == 0;
	return f->has_thread ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
}

enum annot_status feed_start(const char *dir, uint64_t n, struct feed **ret,
			     struct annot_error *err)
{
	struct feed *f = calloc(1, sizeof *f);
	if (!f)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	f->dir = dir;
	f->n = n;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->ready, NULL);
	pthread_cond_init(&f->room, NULL);
	enum annot_status status = start(f, err);
	if (status != ANNOT_OK) {
		feed_stop(f);
		return status;
	}
	*ret = f;
	return ANNOT_OK;
}

/* Gives the batch in use back, unless it is the first time, and waits for the next one. */
static struct batch *next_made(struct feed *f, bool give_back)
{
	pthread_mutex_lock(&f->lock);
	f->used += give_back;
	/* Not for each: the thread would wake up for every one. */
	if (f->made - f->used <= FEED_BATCHES / 2)
		pthread_cond_signal(&f->room);
	while (f->made == f->used)
		pthread_cond_wait(&f->ready, &f->lock);
	struct batch *b = &f->batches[f->used % FEED_BATCHES];
	pthread_mutex_unlock(&f->lock);
	f->taken = 0;
	return b;
}

enum annot_status feed_next(struct feed *f, const struct annot_fact **ret, struct annot_error *err)
{
	struct batch *b = &f->batches[f->used % FEED_BATCHES];
	if (f->used == 0 && f->taken == 0)
		b = next_made(f, false);
	else if (f->taken == b->n && b->status == ANNOT_OK)
		b = next_made(f, true);
	if (f->taken == b->n)
		return annot_fail(err, b->status, "%s", b->err.text);
	*ret = &b->facts[f->taken++];
	return ANNOT_OK;
}

void feed_stop(struct feed *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->stopping = true;
	pthread_cond_signal(&f->room);
	pthread_mutex_unlock(&f->lock);
	if (f->has_thread)
		pthread_join(f->thread, NULL);
	for (size_t i = 0; i < FEED_BATCHES; i++)
		annot_arena_free(f->batches[i].arena);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->ready);
	pthread_cond_destroy(&f->room);
	free(f);
}
