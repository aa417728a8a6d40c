/*
 * Auditing a log on all cores. Signatures are six sevenths of the work and depend on nothing, so
 * tiles are checked by whichever thread is free, ahead of the one thread that replays them in
 * order; that thread checks tiles itself while the next one in order is not ready.
 */
#include "client/audit_source.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/file.h"

enum {
	THREADS_MAX = 64,
	AHEAD = 2,                   /* tiles a thread, read before they are replayed */
	BATCH_ARENA_MAX = 128 << 20, /* 256 records of 64 KiB, parsed */
	SAVE_TILES = 64,             /* how often what was checked is noted */
	STATE_MAX = 256,
};
enum { FREE, READ, TAKEN, CHECKED };

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct annot_audit_batch **ring; /* tile n is in ring[n % size] */
	unsigned size;
	uint64_t read, replayed, of; /* tiles */
	bool ended;
	pthread_t threads[THREADS_MAX];
	unsigned n_threads;
};

struct audit {
	const struct annot_audit_options *options;
	struct annot_audit_source source;
	struct annot_audit *log;
	struct annot_tile_edge *edge; /* with dir: what the hash tiles must hold */
	struct crew crew;
	/* That an earlier audit came to without a finding; size 0: none. */
	uint64_t earlier_size;
	struct annot_hash earlier_root;
};

/* --- threads --- */

static void check_batch(struct annot_audit_batch *b)
{
	for (unsigned i = 0; i < b->width && b->status == ANNOT_OK; i++)
		b->status = annot_audit_check(b->arena, &b->items[i], b->signatures, &b->err);
}

/* A tile that was read and that nobody checks; with the lock held. NULL: there is none. */
static struct annot_audit_batch *next_read(struct crew *c)
{
	for (uint64_t n = c->replayed; n < c->read; n++)
		if (c->ring[n % c->size]->state == READ)
			return c->ring[n % c->size];
	return NULL;
}

/* Checks one tile without the lock; with it before and afterwards. */
static void check_one(struct crew *c, struct annot_audit_batch *b)
{
	b->state = TAKEN;
	pthread_mutex_unlock(&c->lock);
	check_batch(b);
	pthread_mutex_lock(&c->lock);
	b->state = CHECKED;
	pthread_cond_broadcast(&c->changed);
}

static void *work(void *arg)
{
	struct crew *c = arg;
	pthread_mutex_lock(&c->lock);
	while (!c->ended) {
		struct annot_audit_batch *b = next_read(c);
		if (b)
			check_one(c, b);
		else
			pthread_cond_wait(&c->changed, &c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

static struct annot_audit_batch *batch_new(void)
{
	struct annot_audit_batch *b = calloc(1, sizeof(*b));
	if (!b)
		return NULL;
	b->arena = annot_arena_new(BATCH_ARENA_MAX);
	b->entries = ANNOT_BUF_INIT(ANNOT_TILE_ENTRIES_MAX);
	b->records = ANNOT_BUF_INIT(ANNOT_TILE_RECORDS_MAX);
	if (b->arena)
		return b;
	free(b);
	return NULL;
}

static enum annot_status crew_begin(struct crew *c, uint64_t tiles, struct annot_error *err)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = cores > THREADS_MAX ? THREADS_MAX : cores < 1 ? 1 : (unsigned)cores;
	c->of = tiles;
	c->size = AHEAD * threads + 1;
	c->ring = calloc(c->size, sizeof(struct annot_audit_batch *));
	if (!c->ring)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	for (unsigned i = 0; i < c->size; i++) {
		c->ring[i] = batch_new();
		if (!c->ring[i])
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	}
	while (c->n_threads + 1 < threads &&
	       pthread_create(&c->threads[c->n_threads], NULL, work, c) == 0)
		c->n_threads++;
	return ANNOT_OK; /* with fewer threads than cores it is slower, no more */
}

static void crew_end(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->ended = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->n_threads; i++)
		pthread_join(c->threads[i], NULL);
	for (unsigned i = 0; c->ring && i < c->size && c->ring[i]; i++) {
		annot_buf_free(&c->ring[i]->entries);
		annot_buf_free(&c->ring[i]->records);
		annot_arena_free(c->ring[i]->arena);
		free(c->ring[i]);
	}
	free(c->ring);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->changed);
}

/* --- reading ahead --- */

static enum annot_status read_next(struct audit *a, struct annot_error *err)
{
	struct crew *c = &a->crew;
	struct annot_audit_batch *b = c->ring[c->read % c->size];
	b->n = c->read;
	b->width = annot_tile_width(0, b->n, a->source.claimed.size);
	b->signatures = b->n * ANNOT_TILE_WIDTH + b->width > a->earlier_size;
	b->status = ANNOT_OK;
	TRY(annot_audit_source_read(&a->source, b, err));
	pthread_mutex_lock(&c->lock);
	b->state = READ;
	c->read++;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	return ANNOT_OK;
}

/* The next tile in order, checked. */
static enum annot_status await_next(struct audit *a, struct annot_audit_batch **ret,
				    struct annot_error *err)
{
	struct crew *c = &a->crew;
	struct annot_audit_batch *b = c->ring[c->replayed % c->size];
	while (c->read < c->of && c->read < c->replayed + c->size)
		TRY(read_next(a, err));
	pthread_mutex_lock(&c->lock);
	while (b->state != CHECKED) {
		struct annot_audit_batch *other = next_read(c);
		if (other)
			check_one(c, other);
		else
			pthread_cond_wait(&c->changed, &c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	*ret = b;
	return b->status == ANNOT_OK ? ANNOT_OK : annot_fail(err, b->status, "%s", b->err.text);
}

/* --- hash tiles --- */

static enum annot_status compare_tile(struct audit *a, unsigned level, uint64_t n, unsigned width,
				      const struct annot_hash *hashes, struct annot_error *err)
{
	struct annot_hash found[ANNOT_TILE_WIDTH];
	struct annot_error why;
	enum annot_status status =
		annot_log_dir_hashes(a->options->dir, level, n, width, found, &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status != ANNOT_OK)
		annot_audit_find(a->log, UINT64_MAX, ANNOT_INVALID_BUNDLE, "%s", why.text);
	else if (memcmp(found, hashes, (size_t)width * ANNOT_HASH_SIZE) != 0)
		annot_audit_find(a->log, UINT64_MAX, ANNOT_INVALID_BUNDLE,
				 "tile/%u: tile %" PRIu64
				 " has not the hashes that its leaves give",
				 level, n);
	return ANNOT_OK;
}

static enum annot_status compare_full(void *arg, unsigned level, uint64_t n,
				      const struct annot_hash *hashes, struct annot_error *err)
{
	return compare_tile(arg, level, n, ANNOT_TILE_WIDTH, hashes, err);
}

static enum annot_status compare_partial(struct audit *a, struct annot_error *err)
{
	for (unsigned level = 0; a->edge && level < ANNOT_TILE_LEVELS; level++)
		if (a->edge->level[level].width > 0)
			TRY(compare_tile(a, level, annot_tile_count(level, a->edge->size) - 1,
					 a->edge->level[level].width, a->edge->level[level].hash,
					 err));
	return ANNOT_OK;
}

/* --- what was checked before --- */

static enum annot_status state_path(const struct audit *a, bool make, struct annot_buf *ret,
				    struct annot_error *err)
{
	return annot_corpus_path(&a->options->corpus, "audited", make, ret, err);
}

/* "size <n> LF root <hex64> LF"; anything else counts as nothing. */
static enum annot_status load_state(struct audit *a, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(STATE_MAX);
	TRY(state_path(a, false, &path, err));
	if (a->options->again || access(path.data, F_OK) != 0 ||
	    annot_file_read(path.data, STATE_MAX, &file, NULL) != ANNOT_OK)
		return ANNOT_OK;
	char *root = strstr(file.data, "\nroot ");
	uint64_t size;
	if (root && strncmp(file.data, "size ", 5) == 0 &&
	    annot_parse_u64(file.data + 5, (size_t)(root - file.data) - 5, &size) &&
	    size <= a->source.claimed.size &&
	    file.len == (size_t)(root - file.data) + 6 + ANNOT_HASH_HEX + 1 &&
	    annot_hash_unhex(root + 6, ANNOT_HASH_HEX, &a->earlier_root))
		a->earlier_size = size;
	return ANNOT_OK;
}

/* Only what is beyond reproach is noted: a finding is found again. */
static enum annot_status save_state(const struct audit *a, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(STATE_MAX);
	uint64_t size = annot_audit_size(a->log);
	struct annot_hash root = annot_audit_root(a->log, size);
	if (annot_audit_findings(a->log) > 0 || size <= a->earlier_size)
		return ANNOT_OK;
	TRY(state_path(a, true, &path, err));
	annot_buf_printf(&file, "size %" PRIu64 "\nroot %s\n", size, annot_hash_hex(&root).text);
	TRY(annot_buf_check(&file, path.data, err));
	return annot_file_replace(path.data, annot_buf_bytes(&file), 0600, err);
}

/* Signatures were passed over because the same leaves were audited before: were they the same? */
static void check_earlier(struct audit *a, uint64_t before)
{
	struct annot_hash root;
	if (a->earlier_size <= before || a->earlier_size > annot_audit_size(a->log))
		return;
	root = annot_audit_root(a->log, a->earlier_size);
	if (!annot_hash_equal(&root, &a->earlier_root))
		annot_audit_find(
			a->log, UINT64_MAX, ANNOT_FORKED_LOG,
			"up to #%" PRIu64
			" it is another history than the one that was audited here before; "
			"signatures up to there were not checked again (--again does)",
			a->earlier_size);
}

/* --- all of it --- */

static enum annot_status replay(struct audit *a, const struct annot_audit_batch *b,
				struct annot_error *err)
{
	uint64_t before = annot_audit_size(a->log);
	for (unsigned i = 0; i < b->width; i++) {
		TRY(annot_audit_next(a->log, &b->items[i], b->signatures, err));
		if (a->edge)
			TRY(annot_tile_edge_add(a->edge, &b->items[i].hash, compare_full, a, err));
	}
	check_earlier(a, before);
	return ANNOT_OK;
}

static enum annot_status replay_all(struct audit *a, struct annot_error *err)
{
	const struct annot_audit_options *o = a->options;
	struct crew *c = &a->crew;
	while (c->replayed < c->of) {
		struct annot_audit_batch *b;
		TRY(await_next(a, &b, err));
		TRY(replay(a, b, err));
		pthread_mutex_lock(&c->lock);
		b->state = FREE;
		c->replayed++;
		pthread_mutex_unlock(&c->lock);
		if (c->replayed % SAVE_TILES == 0)
			TRY(save_state(a, err));
		if (o->progress &&
		    !o->progress(o->arg, annot_audit_size(a->log), a->source.claimed.size)) {
			TRY(save_state(a, err));
			return annot_fail(err, ANNOT_CONFLICT,
					  "stopped at #%" PRIu64
					  "; the next audit goes on from there",
					  annot_audit_size(a->log));
		}
	}
	return compare_partial(a, err);
}

static enum annot_status audit(struct audit *a, struct annot_arena *arena,
			       const struct annot_audit_report **ret, struct annot_error *err)
{
	struct annot_checkpoint pin;
	TRY(annot_audit_source_open(&a->source, err));
	TRY(annot_pin_load(&a->options->corpus, &pin, err));
	TRY(load_state(a, err));
	TRY(annot_audit_new(&a->options->corpus, &a->log, err));
	if (a->options->dir) {
		a->edge = calloc(1, sizeof(*a->edge));
		if (!a->edge)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	}
	TRY(crew_begin(&a->crew, annot_tile_count(0, a->source.claimed.size), err));
	TRY(replay_all(a, err));
	TRY(annot_audit_finish(a->log, annot_buf_bytes(&a->source.note), &pin, arena, ret, err));
	return (*ret)->verdict == ANNOT_VALID ? save_state(a, err) : ANNOT_OK;
}

enum annot_status annot_log_audit(struct annot *a, const struct annot_audit_options *options,
				  struct annot_arena *arena, const struct annot_audit_report **ret,
				  struct annot_error *err)
{
	struct audit run = {
		.options = options,
		.source = {.a = a, .dir = options->dir, .note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX)}};
	pthread_mutex_init(&run.crew.lock, NULL);
	pthread_cond_init(&run.crew.changed, NULL);
	enum annot_status status = audit(&run, arena, ret, err);
	crew_end(&run.crew);
	annot_audit_free(run.log);
	annot_buf_free(&run.source.note);
	free(run.edge);
	return status;
}
