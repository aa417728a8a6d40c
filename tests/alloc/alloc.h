/*
 * Memory that runs out at the first, second, third … allocation, until the code under test gets
 * through. What is wrapped (CMakeLists.txt): malloc, calloc, realloc, reallocarray, strdup and the
 * arena's functions, so that each place that takes memory fails at some turn, and not only those
 * where a block happens to be full; with alloc_sqlite and alloc_json also what these libraries
 * take. Only the thread that called, only within ALLOC.
 */
#ifndef TESTS_ALLOC_ALLOC_H
#define TESTS_ALLOC_ALLOC_H

#include "assert.h"

#include <stdbool.h>

/* Runs a call while allocations may fail. */
#define ALLOC(call)                                                                                \
	({                                                                                         \
		alloc_watch(true);                                                                 \
		__typeof__(call) alloc_ret_ = (call);                                              \
		alloc_watch(false);                                                                \
		alloc_ret_;                                                                        \
	})
void alloc_watch(bool on);

/* Whether an allocation has failed in this turn. */
bool alloc_failed(void);

/*
 * Runs run(ctx) again and again: allocation 1 fails, allocation 2 …, until none does; then the same
 * where all later ones fail, too. A turn in which one failed must give NO_MEMORY, the last one OK.
 * (Code that may do without some memory returns ANNOT_NO_MEMORY itself after it has checked that.)
 * run checks that outputs are untouched. Returns how many turns an allocation failed in.
 */
typedef enum annot_status (*alloc_run)(void *ctx);
unsigned alloc_each(const char *what, alloc_run run, void *ctx);

/* Before the library is first used: its allocations count as well. */
void alloc_json(void);
void alloc_sqlite(void);

/* Opening a database takes thousands: only each n-th of SQLite's counts from here on (1: each). */
void alloc_stride(unsigned n);

/* For these libraries: whether this allocation is to fail. */
bool alloc_library_fails(void);

#endif
