/* Random texts for property tests: a fixed seed, so that a failure can be repeated. */
#ifndef TESTS_LIBANNOT_TEXT_RANDOM_H
#define TESTS_LIBANNOT_TEXT_RANDOM_H

#include "text/utf8.h"

/* xorshift64 (Marsaglia 2003) */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline size_t random_below(uint64_t *state, size_t n)
{
	return (size_t)(random_next(state) >> 16) % n;
}

/* Up to max_chars code points from the list into ret (4 bytes each); returns the bytes. */
static inline size_t random_text(uint64_t *state, const uint32_t *list, size_t n_list,
				 size_t max_chars, char *ret)
{
	size_t n = random_below(state, max_chars + 1), len = 0;
	for (size_t i = 0; i < n; i++)
		len += annot_utf8_put(list[random_below(state, n_list)], ret + len);
	return len;
}

#endif
