#include "alloc.h"

#include <jansson.h>
#include <stdlib.h>

/* malloc here is the wrapped one. */
static void *take(size_t size)
{
	return malloc(size);
}

static void give(void *p)
{
	free(p);
}

void alloc_json(void)
{
	json_set_alloc_funcs(take, give);
}
