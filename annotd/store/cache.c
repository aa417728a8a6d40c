#include "annotd/store/cache.h"

#include <stdlib.h>
#include <strings.h>

/* --- rows of rec --- */

const struct core_rec *cache_rec(const struct core_cache *cache, uint64_t seq)
{
	size_t slot = seq % CACHE_RECS;

	return cache && cache->has_rec[slot] && cache->recs[slot].seq == seq ? &cache->recs[slot]
									     : NULL;
}

void cache_put_rec(struct core_cache *cache, const struct core_rec *rec)
{
	if (!cache)
		return;
	cache->recs[rec->seq % CACHE_RECS] = *rec;
	cache->has_rec[rec->seq % CACHE_RECS] = true;
}

void cache_drop_rec(struct core_cache *cache, uint64_t seq)
{
	if (cache_rec(cache, seq))
		cache->has_rec[seq % CACHE_RECS] = false;
}

/* --- interned texts --- */

static size_t term_slot(int kind, const char *text, size_t len)
{
	uint32_t hash = (uint32_t)kind;

	for (size_t i = 0; i < len; i++)
		hash = hash * 31 + (unsigned char)text[i];
	return (hash ^ hash >> 16) % CACHE_TERMS;
}

bool cache_term(const struct core_cache *cache, int kind, const char *text, size_t len,
		int64_t *ret)
{
	const struct cache_term *term;

	if (!cache || len > CACHE_TERM_MAX)
		return false;
	term = &cache->terms[term_slot(kind, text, len)];
	if (term->kind != kind || term->len != len || memcmp(term->text, text, len) != 0)
		return false;
	*ret = term->id;
	return true;
}

void cache_put_term(struct core_cache *cache, int kind, const char *text, size_t len, int64_t id)
{
	struct cache_term *term;

	if (!cache || len > CACHE_TERM_MAX)
		return;
	term = &cache->terms[term_slot(kind, text, len)];
	*term = (struct cache_term){.kind = kind, .len = len, .id = id};
	memcpy(term->text, text, len);
}

void cache_drop_terms(struct core_cache *cache)
{
	if (cache)
		memset(cache->terms, 0, sizeof cache->terms);
}

void cache_forget(struct core_cache *cache)
{
	if (cache)
		memset(cache, 0, sizeof *cache);
}

/* --- all records --- */

/* Open addressing, no removal: what was added first is met first. */
struct id_slot {
	int64_t id8;
	uint64_t next_seq; /* seq + 1; 0: free */
};

struct core_ids {
	uint64_t n, max, n_slots;
	struct id_slot slots[];
};

struct core_ids *core_ids_new(uint64_t max)
{
	uint64_t n_slots = max + max / 2 + 1;
	struct core_ids *ids;
	size_t bytes;

	if (max > INT64_MAX / 2 || __builtin_mul_overflow(n_slots, sizeof ids->slots[0], &bytes) ||
	    __builtin_add_overflow(bytes, sizeof *ids, &bytes))
		return NULL;
	ids = calloc(1, bytes);
	if (!ids)
		return NULL;
	ids->max = max;
	ids->n_slots = n_slots;
	return ids;
}

struct core_ids *core_ids_free(struct core_ids *ids)
{
	free(ids);
	return NULL;
}

static uint64_t first_slot(const struct core_ids *ids, int64_t id8)
{
	return (uint64_t)id8 % ids->n_slots;
}

static uint64_t next_slot(const struct core_ids *ids, uint64_t slot)
{
	return slot + 1 == ids->n_slots ? 0 : slot + 1;
}

void core_ids_add(struct core_ids *ids, int64_t id8, uint64_t seq)
{
	uint64_t slot;

	if (!ids || ids->n == ids->max)
		return;
	slot = first_slot(ids, id8);
	while (ids->slots[slot].next_seq)
		slot = next_slot(ids, slot);
	ids->slots[slot] = (struct id_slot){.id8 = id8, .next_seq = seq + 1};
	ids->n++;
}

bool core_ids_next(const struct core_ids *ids, int64_t id8, uint64_t *at, uint64_t *ret_seq)
{
	/* *at: one more than the steps from the first slot to where the last one was found. */
	uint64_t slot = (first_slot(ids, id8) + *at) % ids->n_slots;

	for (; ids->slots[slot].next_seq; slot = next_slot(ids, slot)) {
		++*at;
		if (ids->slots[slot].id8 == id8) {
			*ret_seq = ids->slots[slot].next_seq - 1;
			return true;
		}
	}
	return false;
}
