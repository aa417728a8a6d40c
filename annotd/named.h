/* Documents that a reply names: what the log says of them, looked up once each. */
#ifndef ANNOTD_NAMED_H
#define ANNOTD_NAMED_H

#include "annotd/call.h"

struct named {
	uint64_t index;
	struct annot_hash record;
	const char *name;
	uint64_t version;
	bool head;
	uint64_t length;       /* of its text */
	const char *published; /* NULL: not said */
};

struct named_list {
	struct call *call;
	struct annot_arena *scratch;
	struct named *items; /* in the call's arena */
	size_t n, max;
};

/* For max documents at most. NO_MEMORY. End with named_end, after a failure too. */
enum annot_status named_begin(struct named_list *l, struct call *c, size_t max);
void named_end(struct named_list *l);

/* The document with a log index, which is one. */
enum annot_status named_find(struct named_list *l, uint64_t index, const struct named **ret);

#endif
