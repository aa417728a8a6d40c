/*
 * Loaded into annotctl before jansson (LD_PRELOAD): where $STARVE names a file that is there, the
 * next memory that jansson asks for is refused, and the file removed. Through what annotctl gave
 * jansson to get memory from, so that it sees it.
 */
#include <dlfcn.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#define MORE_THAN_THERE_IS ((size_t)1 << 46) /* bytes */

static json_malloc_t given;

static void *memory(size_t size)
{
	const char *path = getenv("STARVE");
	return given(path && unlink(path) == 0 ? MORE_THAN_THERE_IS : size);
}

__attribute__((visibility("default"))) void json_set_alloc_funcs(json_malloc_t get,
								 json_free_t release)
{
	void (*set)(json_malloc_t, json_free_t);
	*(void **)&set = dlsym(RTLD_NEXT, "json_set_alloc_funcs");
	given = get;
	set(memory, release);
}
