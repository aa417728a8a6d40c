/*
 * How much who comes from elsewhere may ask for: token buckets, one for each key and each address.
 * A bucket holds LIMITS_BURST_S seconds of its rate and fills at that rate; a request or connection
 * takes a token. At most LIMITS_BUCKETS_MAX of a kind are kept: beyond, the one used longest ago is
 * forgotten, which lets who has so many addresses begin anew; how many hands are shaken in a second
 * is bounded all the same (server_limits.c).
 */
#ifndef ANNOTD_LIMITS_H
#define ANNOTD_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LIMITS_BUCKETS_MAX = 4096,
	LIMITS_BURST_S = 5,
	LIMITS_RATE_MAX = 1000000,
	LIMITS_KEY_RATE = 200, /* requests a second of one key, on all its connections */
	LIMITS_ADDRESS_RATE =
		50, /* connections, and requests before a key is proved, of one address */
	LIMITS_ID_MAX = 32,
};

enum limit { LIMIT_KEY, LIMIT_ADDRESS, LIMIT_COUNT };

struct limits;

/* NULL: out of memory. A rate of 0: as above. */
struct limits *limits_new(unsigned key_rate, unsigned address_rate);
struct limits *limits_free(struct limits *l);

/* Takes a token from the bucket of an id (at most LIMITS_ID_MAX bytes); false: there is none now.
 * Called by any thread. */
bool limits_take(struct limits *l, enum limit kind, const uint8_t *id, size_t len);
/* The same at a time of the caller's, in milliseconds that do not go back. */
bool limits_take_at(struct limits *l, enum limit kind, const uint8_t *id, size_t len,
		    uint64_t now_ms);

#endif
