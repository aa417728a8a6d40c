/* What the corpus has of foreign items: records by their imported-from, many asked for at once. */
#ifndef ANNOTCTL_FORMATS_FOUND_H
#define ANNOTCTL_FORMATS_FOUND_H

#include "../ctl.h"

enum { FOUND_IDS_MAX = 1024 };

/* A record that came of an item: as it was imported, and as it is now. */
struct found_record {
	const char *id; /* imported-from */
	uint64_t index; /* of head, in the log */
	const struct annot_record *first, *head;
};

struct found {
	const char *ids[FOUND_IDS_MAX]; /* asked for */
	size_t n_ids;
	struct annot_buf records; /* struct found_record, by id, then in log order */
};

/* Another id to ask for; at most FOUND_IDS_MAX. */
void found_want(struct found *f, const char *id);
/* Asks. Records live in ctl->arena. */
enum annot_status found_ask(struct ctl *ctl, struct found *f);
/* The records of an id, *ret_n of them. */
const struct found_record *found_of(const struct found *f, const char *id, size_t *ret_n);
void found_free(struct found *f);

#endif
