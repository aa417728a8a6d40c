/* How much memory this process has for itself: what is neither a file's nor shared. */
#ifndef TESTS_SUPPORT_MEMORY_H
#define TESTS_SUPPORT_MEMORY_H

#include "assert.h"
#include "sanitized.h"

#include <stdio.h>

/* RssAnon of /proc/self/status, in bytes; always 1 under ThreadSanitizer and valgrind, whose notes on
 * each byte that was read count there, too. */
static inline size_t test_anonymous(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	size_t kib = 0;

	assert_non_null(status);
	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "RssAnon: %zu", &kib) == 1)
			break;
	fclose(status);
	assert_true(kib > 0);
	return SANITIZED_THREAD || UNDER_VALGRIND ? 1 : kib << 10;
}

#endif
