/* Lists of what a command gathers from many rows, and numbers by hash. */
#ifndef ANNOTCTL_LIST_H
#define ANNOTCTL_LIST_H

#include "ctl.h"

enum { LIST_BYTES_MAX = 1 << 30 }; /* of one list */

/* A list in a buffer, which annot_buf_free frees: items of one type, one after the other. */
#define LIST_INIT            ANNOT_BUF_INIT(LIST_BYTES_MAX)
#define LIST_ITEMS(type, b)  ((type *)(void *)(b)->data)
#define LIST_COUNT(type, b)  ((b)->len / sizeof(type))
#define LIST_ADD(ctl, b, at) list_add((ctl), (b), (at), sizeof *(at))
/* TOO_LARGE, NO_MEMORY. */
enum annot_status list_add(struct ctl *ctl, struct annot_buf *b, const void *item, size_t size);

/* Numbers by hash: a list, added to in any order, sorted once, then found. NULL: not there. */
struct numbered {
	struct annot_hash hash;
	size_t number;
};
enum annot_status numbered_add(struct ctl *ctl, struct annot_buf *b, const struct annot_hash *hash,
			       size_t number);
void numbered_sort(struct annot_buf *b);
const struct numbered *numbered_find(const struct annot_buf *b, const struct annot_hash *hash);

#endif
