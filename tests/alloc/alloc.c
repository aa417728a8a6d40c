#include "alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { TURNS_MAX = 20000 };

static _Thread_local bool watched;
static bool failed, for_good;
static unsigned left;                   /* allocations until the one that fails */
static unsigned stride = 1, of_library; /* of a library's allocations, each stride-th counts */

static bool fails(void)
{
	if (!watched)
		return false;
	if (failed)
		return for_good;
	failed = --left == 0;
	return failed;
}

void alloc_watch(bool on)
{
	watched = on;
}

void alloc_stride(unsigned n)
{
	stride = n;
}

bool alloc_library_fails(void)
{
	if (watched && !failed && of_library++ % stride != 0)
		return false;
	return fails();
}

bool alloc_failed(void)
{
	return failed;
}

static bool turn(const char *what, unsigned n, alloc_run run, void *ctx)
{
	left = n;
	of_library = 0;
	failed = false;
	enum annot_status status = run(ctx);
	watched = false;
	if (status != (failed ? ANNOT_NO_MEMORY : ANNOT_OK))
		fail_msg("%s: allocation %u fails%s: %s: %s", what, n,
			 for_good ? " and all later" : "", annot_status_name(status),
			 test_error.text);
	return failed;
}

unsigned alloc_each(const char *what, alloc_run run, void *ctx)
{
	unsigned ret = 0;
	for (int mode = 0; mode < 2; mode++) {
		unsigned n = 1;
		for_good = mode;
		while (turn(what, n, run, ctx))
			if (++n > TURNS_MAX)
				fail_msg("%s: more than %d allocations", what, (int)TURNS_MAX);
		ret += n - 1;
		if (mode == 0)
			printf("%s: %u allocations\n", what, n - 1);
	}
	return ret;
}

/* --- what the linker puts in place of the real ones --- */

#define WRAP(type, name, parameters, arguments)                                                    \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return fails() ? NULL : __real_##name arguments;                                   \
	}

WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, calloc, (size_t n, size_t size), (n, size))
WRAP(void *, realloc, (void *p, size_t size), (p, size))
WRAP(void *, reallocarray, (void *p, size_t n, size_t size), (p, n, size))
WRAP(char *, strdup, (const char *text), (text))
WRAP(void *, annot_arena_alloc, (struct annot_arena * a, size_t size), (a, size))
WRAP(void *, annot_arena_array, (struct annot_arena * a, size_t n, size_t size), (a, n, size))
WRAP(char *, annot_arena_copy, (struct annot_arena * a, const void *data, size_t len),
     (a, data, len))

char *__wrap_annot_arena_printf(struct annot_arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *__wrap_annot_arena_printf(struct annot_arena *a, const char *format, ...)
{
	char text[4096];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof text)
		abort();
	return __wrap_annot_arena_copy(a, text, (size_t)len);
}
