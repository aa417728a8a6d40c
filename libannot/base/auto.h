/* Cleanup by scope (GCC and clang attribute): `AUTO_BUF struct annot_buf b = …;`. Hand over with
 * TAKE. */
#ifndef ANNOT_BASE_AUTO_H
#define ANNOT_BASE_AUTO_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"

static inline void annot_auto_free(void *p)
{
	free(*(void **)p);
}

static inline void annot_auto_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void annot_auto_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void annot_auto_arena(struct annot_arena **a)
{
	annot_arena_free(*a);
}

#define AUTO_FREE  __attribute__((cleanup(annot_auto_free)))
#define AUTO_CLOSE __attribute__((cleanup(annot_auto_close)))
#define AUTO_FILE  __attribute__((cleanup(annot_auto_fclose)))
#define AUTO_ARENA __attribute__((cleanup(annot_auto_arena)))
#define AUTO_BUF   __attribute__((cleanup(annot_buf_free)))

/* Hands a pointer over to the caller and disarms its cleanup. */
#define TAKE(p)                                                                                    \
	({                                                                                         \
		__typeof__(p) taken_ = (p);                                                        \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
