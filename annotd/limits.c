#include "annotd/limits.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "state/table.h"

enum { TOKEN = 1000 }; /* thousandths, so that a rate a second fills whole ones a millisecond */

struct bucket {
	uint8_t id[LIMITS_ID_MAX];
	uint64_t tokens; /* in thousandths */
	uint64_t filled_ms;
	UT_hash_handle hh; /* in the order of use, the oldest first */
};

struct limits {
	pthread_mutex_t lock;
	struct bucket *buckets[LIMIT_COUNT];
	uint64_t rate[LIMIT_COUNT];
};

struct limits *limits_new(unsigned key_rate, unsigned address_rate)
{
	struct limits *l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	l->rate[LIMIT_KEY] = key_rate ? key_rate : LIMITS_KEY_RATE;
	l->rate[LIMIT_ADDRESS] = address_rate ? address_rate : LIMITS_ADDRESS_RATE;
	return l;
}

static void forget(struct bucket **buckets, struct bucket *b)
{
	HASH_DEL(*buckets, b);
	free(b);
}

struct limits *limits_free(struct limits *l)
{
	if (!l)
		return NULL;
	for (size_t kind = 0; kind < LIMIT_COUNT; kind++)
		while (l->buckets[kind])
			forget(&l->buckets[kind], l->buckets[kind]);
	pthread_mutex_destroy(&l->lock);
	free(l);
	return NULL;
}

/* Puts it behind all others; false, and it is freed, if there is no memory. */
static bool keep(struct bucket **buckets, struct bucket *b)
{
	HASH_ADD(hh, *buckets, id, sizeof b->id, b);
	bool kept = !annot_table_failed(b);
	if (!kept)
		free(b);
	return kept;
}

static struct bucket *find(struct limits *l, enum limit kind, const uint8_t *id, size_t len,
			   uint64_t now_ms)
{
	struct bucket **buckets = &l->buckets[kind], *b;
	uint8_t whole[LIMITS_ID_MAX] = {0};
	memcpy(whole, id, len);
	HASH_FIND(hh, *buckets, whole, sizeof whole, b);
	if (b) {
		HASH_DEL(*buckets, b);
		return keep(buckets, b) ? b : NULL;
	}
	if (HASH_COUNT(*buckets) >= LIMITS_BUCKETS_MAX)
		forget(buckets, *buckets);
	b = calloc(1, sizeof *b);
	if (!b)
		return NULL;
	memcpy(b->id, whole, sizeof whole);
	b->tokens = l->rate[kind] * LIMITS_BURST_S * TOKEN;
	b->filled_ms = now_ms;
	return keep(buckets, b) ? b : NULL;
}

static void fill(struct bucket *b, uint64_t rate, uint64_t now_ms)
{
	uint64_t most = rate * LIMITS_BURST_S * TOKEN;
	uint64_t ms = now_ms > b->filled_ms ? now_ms - b->filled_ms : 0;
	b->filled_ms += ms;
	if (ms >= LIMITS_BURST_S * 1000 || b->tokens + ms * rate > most)
		b->tokens = most;
	else
		b->tokens += ms * rate;
}

bool limits_take_at(struct limits *l, enum limit kind, const uint8_t *id, size_t len,
		    uint64_t now_ms)
{
	pthread_mutex_lock(&l->lock);
	struct bucket *b = find(l, kind, id, len, now_ms);
	if (b)
		fill(b, l->rate[kind], now_ms);
	bool taken = b && b->tokens >= TOKEN;
	if (taken)
		b->tokens -= TOKEN;
	pthread_mutex_unlock(&l->lock);
	return taken;
}

bool limits_take(struct limits *l, enum limit kind, const uint8_t *id, size_t len)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return limits_take_at(l, kind, id, len,
			      (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}
