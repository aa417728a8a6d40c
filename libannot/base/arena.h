/*
 * Memory that is freed at once. All that a parsed record, message or report points to lives in one
 * arena, so that callers free one thing.
 */
#ifndef ANNOT_BASE_ARENA_H
#define ANNOT_BASE_ARENA_H

#include "base/bytes.h"
#include "base/error.h"

struct annot_arena;

/* A new, empty arena that hands out at most max bytes; NULL when out of memory. */
ANNOT_API struct annot_arena *annot_arena_new(size_t max);

/* Frees all of it; takes NULL. Always returns NULL. */
ANNOT_API struct annot_arena *annot_arena_free(struct annot_arena *a);

/* Forgets all allocations but keeps a block for reuse. */
ANNOT_API void annot_arena_reset(struct annot_arena *a);

/* Zeroed memory, aligned for any type; NULL when out of memory or over max. */
ANNOT_API void *annot_arena_alloc(struct annot_arena *a, size_t size);

/* n items of size bytes, zeroed; NULL too when n * size overflows. */
ANNOT_API void *annot_arena_array(struct annot_arena *a, size_t n, size_t size);

/* A copy with a NUL after it; NULL as above. */
ANNOT_API char *annot_arena_copy(struct annot_arena *a, const void *data, size_t len);

ANNOT_API char *annot_arena_printf(struct annot_arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
