/* A flood of one request, on as many connections as there are flooders. */
#ifndef TESTS_HOSTILE_FLOOD_H
#define TESTS_HOSTILE_FLOOD_H

#include "hostile.h"

enum { FLOODERS_MAX = 16 };

struct flood {
	const char *path;
	struct annot_bytes frame; /* must stay */
	size_t n;
	atomic_bool stop;
	atomic_size_t n_replies;
	pthread_t threads[FLOODERS_MAX];
};

void flood_start(struct hostile *h, size_t n, struct annot_bytes frame, struct flood *ret);
/* Waits for so many answers, looking at annotd's memory all the while, and judges how the honest
 * client fares. */
void flood_judge(struct hostile *h, struct flood *f, size_t replies, const char *what);
/* How many were answered. */
size_t flood_stop(struct flood *f);

#endif
