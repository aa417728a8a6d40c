/* fsck: threads that check signatures, which is most of its work, while records are replayed. */
#include "annotd/fsck_private.h"

#include <stdlib.h>

#include "base/encode.h"
#include "record/sshsig.h"

enum {
	CHUNK_RECORDS = 128,
	CHUNK_BYTES = 128 << 10, /* of records, after which a chunk ends */
	CHUNKS_A_THREAD = 2,     /* one that it checks, and one that is made meanwhile */
};

struct one {
	uint64_t index;
	size_t at, len; /* in the chunk's bytes */
	uint8_t key[ANNOT_KEY_SIZE], signature[ANNOT_SIGNATURE_SIZE];
};

struct chunk {
	bool busy; /* handed over; with the lock held */
	size_t n;
	struct one list[CHUNK_RECORDS];
	struct annot_buf bytes;
};

struct fsck_signatures {
	struct findings *findings;
	uint64_t size; /* of the log */
	unsigned n_threads, n_chunks;
	pthread_t threads[FSCK_THREADS_MAX];

	pthread_mutex_t lock;
	pthread_cond_t ready, room;
	uint64_t made, taken; /* chunks, counted from the start; with the lock held */
	bool ended;
	struct chunk chunks[];
};

/* --- the threads --- */

static void check_chunk(struct findings *to, const struct chunk *c)
{
	for (const struct one *one = c->list; one < c->list + c->n; one++) {
		struct annot_bytes record = annot_bytes(c->bytes.data + one->at, one->len);
		struct annot_error why;
		if (annot_sshsig_verify(one->key, ANNOT_NAMESPACE_RECORD, record, one->signature,
					&why) != ANNOT_OK)
			finding(to, one->index, "%s", why.text);
	}
}

/* Waits for a chunk; NULL: there will be none. With the lock held. */
static struct chunk *take(struct fsck_signatures *s)
{
	while (s->taken == s->made && !s->ended)
		pthread_cond_wait(&s->ready, &s->lock);
	return s->taken < s->made ? &s->chunks[s->taken++ % s->n_chunks] : NULL;
}

static void *check(void *arg)
{
	struct fsck_signatures *s = arg;
	struct chunk *c;
	pthread_mutex_lock(&s->lock);
	while ((c = take(s))) {
		pthread_mutex_unlock(&s->lock);
		check_chunk(s->findings, c);
		/* Signatures take nearly all of the time. */
		pthread_mutex_lock(&s->findings->lock);
		progress_show(&s->findings->progress, c->list[0].index, s->size);
		pthread_mutex_unlock(&s->findings->lock);
		pthread_mutex_lock(&s->lock);
		c->busy = false;
		pthread_cond_signal(&s->room);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* --- the caller --- */

enum annot_status fsck_signatures_begin(uint64_t size, unsigned threads, struct findings *findings,
					struct fsck_signatures **ret, struct annot_error *err)
{
	unsigned n_chunks = CHUNKS_A_THREAD * threads;
	struct fsck_signatures *s = calloc(1, sizeof *s + n_chunks * sizeof s->chunks[0]);
	if (!s)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	s->findings = findings;
	s->size = size;
	s->n_chunks = n_chunks;
	for (unsigned i = 0; i < n_chunks; i++)
		s->chunks[i].bytes = ANNOT_BUF_INIT(CHUNK_BYTES + ANNOT_RECORD_MAX);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->ready, NULL);
	pthread_cond_init(&s->room, NULL);
	*ret = s;
	while (s->n_threads < threads &&
	       pthread_create(&s->threads[s->n_threads], NULL, check, s) == 0)
		s->n_threads++;
	return s->n_threads > 0 ? ANNOT_OK
				: annot_fail(err, ANNOT_NO_MEMORY, "cannot start a thread");
}

/* The chunk in the making goes to the threads; the next one is there when this returns. */
static void hand_over(struct fsck_signatures *s)
{
	pthread_mutex_lock(&s->lock);
	s->chunks[s->made++ % s->n_chunks].busy = true;
	pthread_cond_signal(&s->ready);
	struct chunk *next = &s->chunks[s->made % s->n_chunks];
	while (next->busy)
		pthread_cond_wait(&s->room, &s->lock);
	pthread_mutex_unlock(&s->lock);
	next->n = 0;
	annot_buf_truncate(&next->bytes, 0);
}

enum annot_status fsck_signatures_put(struct fsck_signatures *s, const uint8_t *key,
				      const struct store_record *stored, struct annot_error *err)
{
	struct chunk *c = &s->chunks[s->made % s->n_chunks];
	struct one *one = &c->list[c->n];
	*one = (struct one){.index = stored->index, .at = c->bytes.len, .len = stored->record.len};
	memcpy(one->key, key, sizeof one->key);
	memcpy(one->signature, stored->signature, sizeof one->signature);
	annot_buf_add(&c->bytes, stored->record.data, stored->record.len);
	TRY(annot_buf_check(&c->bytes, "records to check", err));
	c->n++;
	if (c->n == CHUNK_RECORDS || c->bytes.len >= CHUNK_BYTES)
		hand_over(s);
	return ANNOT_OK;
}

void fsck_signatures_end(struct fsck_signatures *s)
{
	if (!s)
		return;
	if (s->n_threads > 0 && s->chunks[s->made % s->n_chunks].n > 0)
		hand_over(s);
	pthread_mutex_lock(&s->lock);
	s->ended = true;
	pthread_cond_broadcast(&s->ready);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->n_threads; i++)
		pthread_join(s->threads[i], NULL);
	for (unsigned i = 0; i < s->n_chunks; i++)
		annot_buf_free(&s->chunks[i].bytes);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->ready);
	pthread_cond_destroy(&s->room);
	free(s);
}
