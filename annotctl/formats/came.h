/*
 * Which items of an import came: by 8 bytes of a hash of their ids, each with the kinds of records
 * that it becomes. A slot has 12 bytes of memory, and at most half of them are taken: an item takes
 * 24 bytes, 48 just after the table grew, and 72 while it does, since both tables are there then.
 */
#ifndef ANNOTCTL_FORMATS_CAME_H
#define ANNOTCTL_FORMATS_CAME_H

#include "../ctl.h"

enum {
	CAME_MAX = 1 << 24
}; /* items of an import that is looked through: 384 MiB, 576 in growing */

struct came {
	uint64_t *marks; /* of size; 0: free */
	uint32_t *kinds; /* of each mark, 1u << kind */
	size_t size, n, max;
};

/* Empty, for at most max items. NO_MEMORY. */
enum annot_status came_begin(struct came *m, size_t max, struct annot_error *err);
void came_free(struct came *m);
/* The item becomes a record of that kind as well. TOO_LARGE: it would be one more than max.
 * NO_MEMORY. */
enum annot_status came_add(struct came *m, const char *id, enum annot_kind kind,
			   struct annot_error *err);
/* The kinds of records that an item becomes; 0: it did not come. */
uint32_t came_kinds(const struct came *m, const char *id);

#endif
