/*
 * What one connection need not ask SQLite again. The writer's only: nobody else changes what it
 * reads, while a reader's snapshots change under it. Private to annotd/store/.
 */
#ifndef ANNOTD_STORE_CACHE_H
#define ANNOTD_STORE_CACHE_H

#include "annotd/store/store.h"

/* --- rows of rec and interned texts: the last ones of each slot --- */

enum { CACHE_RECS = 1024, CACHE_TERMS = 256, CACHE_TERM_MAX = 64 };

/* A row of rec. Absent numbers are ANNOT_NEVER. */
struct core_rec {
	uint64_t seq, ann; /* ann: seq of the first version */
	int64_t id8;       /* core_id8 of its hash */
	enum annot_kind kind;
	int64_t author; /* interned */
	uint64_t version;
	enum annot_effect effect;
	bool first;       /* version */
	int64_t replaced; /* index at which the first version that replaces it took effect */
};

struct cache_term {
	int kind; /* 0: the slot is free */
	size_t len;
	char text[CACHE_TERM_MAX];
	int64_t id;
};

struct core_cache {
	struct core_rec recs[CACHE_RECS];
	bool has_rec[CACHE_RECS];
	struct cache_term terms[CACHE_TERMS];
};

/* NULL: not there. The functions below take a cache of NULL, which has nothing. */
const struct core_rec *cache_rec(const struct core_cache *cache, uint64_t seq);
void cache_put_rec(struct core_cache *cache, const struct core_rec *rec);
/* What is said of that record changes. */
void cache_drop_rec(struct core_cache *cache, uint64_t seq);

/* The number of a text of a kind (1 and up); false: not there. Longer texts are not kept. */
bool cache_term(const struct core_cache *cache, int kind, const char *text, size_t len,
		int64_t *ret);
void cache_put_term(struct core_cache *cache, int kind, const char *text, size_t len, int64_t id);
/* A text may have lost its number. */
void cache_drop_terms(struct core_cache *cache);

void cache_forget(struct core_cache *cache);

/* --- all records by the first 8 bytes of their hash, in 24 bytes a record --- */

struct core_ids;
/* For so many records at most; NULL: out of memory. core_ids_free takes NULL, returns NULL. */
struct core_ids *core_ids_new(uint64_t max);
struct core_ids *core_ids_free(struct core_ids *ids);
/* Beyond the maximum, or to NULL, nothing is added. */
void core_ids_add(struct core_ids *ids, int64_t id8, uint64_t seq);
/* Goes through the records of that id8 in the order they were added; *at is 0 at first. False: no
 * more. */
bool core_ids_next(const struct core_ids *ids, int64_t id8, uint64_t *at, uint64_t *ret_seq);

#endif
