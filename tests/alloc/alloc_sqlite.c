#include "alloc.h"

#include <sqlite3.h>
#include <stdlib.h>

/* Past the wrappers, which would count each. */
void *__real_malloc(size_t size);
void *__real_realloc(void *p, size_t size);

/* Sizes stand in front: SQLite asks for them. */
enum { HEAD = 16 };

static void *take(int size)
{
	int *p = alloc_library_fails() ? NULL : __real_malloc((size_t)size + HEAD);
	if (!p)
		return NULL;
	*p = size;
	return (char *)p + HEAD;
}

static void give(void *p)
{
	if (p)
		free((char *)p - HEAD);
}

static int size_of(void *p)
{
	return p ? *(int *)(void *)((char *)p - HEAD) : 0;
}

static void *resize(void *p, int size)
{
	int *bigger = alloc_library_fails()
			      ? NULL
			      : __real_realloc(p ? (char *)p - HEAD : NULL, (size_t)size + HEAD);
	if (!bigger)
		return NULL;
	*bigger = size;
	return (char *)bigger + HEAD;
}

static int round_up(int size)
{
	return (size + 7) & ~7;
}

static int begin(void *ctx)
{
	(void)ctx;
	return SQLITE_OK;
}

static void end(void *ctx)
{
	(void)ctx;
}

void alloc_sqlite(void)
{
	static const sqlite3_mem_methods methods = {take,     give,  resize, size_of,
						    round_up, begin, end,    NULL};
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), SQLITE_OK);
	/* Else most of what a connection takes would come from one block. */
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}
