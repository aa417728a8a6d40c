#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_FIRST = 4096, BLOCK_LARGEST = 1 << 20 };

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char data[];
};

struct annot_arena {
	struct block *blocks; /* the newest first; only that one is filled further */
	size_t max, given;
};

struct annot_arena *annot_arena_new(size_t max)
{
	struct annot_arena *a = calloc(1, sizeof(*a));
	if (a)
		a->max = max;
	return a;
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;
		free(b);
		b = next;
	}
}

struct annot_arena *annot_arena_free(struct annot_arena *a)
{
	if (a)
		free_blocks(a->blocks);
	free(a);
	return NULL;
}

void annot_arena_reset(struct annot_arena *a)
{
	a->given = 0;
	if (!a->blocks)
		return;
	free_blocks(a->blocks->next);
	a->blocks->next = NULL;
	a->blocks->used = 0;
}

/* Puts a block with room for size bytes in front; false when out of memory. */
static bool add_block(struct annot_arena *a, size_t size)
{
	size_t room = a->blocks ? a->blocks->size * 2 : BLOCK_FIRST;
	if (room > BLOCK_LARGEST)
		room = BLOCK_LARGEST;
	if (room < size)
		room = size;
	struct block *b = malloc(sizeof(*b) + room);
	if (!b)
		return false;
	*b = (struct block){.next = a->blocks, .size = room};
	a->blocks = b;
	return true;
}

/* As annot_arena_alloc, but what is there is left there. */
static void *take(struct annot_arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	if (size == 0)
		size = 1;
	if (size > a->max - a->given || size > SIZE_MAX / 2)
		return NULL;
	size_t step = (size + align - 1) / align * align;
	if (!a->blocks || step > a->blocks->size - a->blocks->used)
		if (!add_block(a, step))
			return NULL;
	void *p = a->blocks->data + a->blocks->used;
	a->blocks->used += step;
	a->given += size;
	return p;
}

void *annot_arena_alloc(struct annot_arena *a, size_t size)
{
	void *p = take(a, size);
	return p ? memset(p, 0, size) : NULL;
}

void *annot_arena_array(struct annot_arena *a, size_t n, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	return annot_arena_alloc(a, total);
}

char *annot_arena_copy(struct annot_arena *a, const void *data, size_t len)
{
	if (len == SIZE_MAX)
		return NULL;
	char *p = take(a, len + 1);
	if (!p)
		return NULL;
	if (len > 0)
		memcpy(p, data, len);
	p[len] = '\0';
	return p;
}

char *annot_arena_printf(struct annot_arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *p = len < 0 ? NULL : annot_arena_alloc(a, (size_t)len + 1);
	if (!p)
		return NULL;
	va_start(args, format);
	vsnprintf(p, (size_t)len + 1, format, args);
	va_end(args);
	return p;
}
