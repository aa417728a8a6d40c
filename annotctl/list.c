#include "list.h"

#include <stdlib.h>
#include <string.h>

enum annot_status list_add(struct ctl *ctl, struct annot_buf *b, const void *item, size_t size)
{
	annot_buf_add(b, item, size);
	return annot_buf_check(b, "what the query found", &ctl->err);
}

enum annot_status numbered_add(struct ctl *ctl, struct annot_buf *b, const struct annot_hash *hash,
			       size_t number)
{
	struct numbered one = {*hash, number};
	return LIST_ADD(ctl, b, &one);
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, ANNOT_HASH_SIZE);
}

void numbered_sort(struct annot_buf *b)
{
	if (b->len > 0)
		qsort(b->data, LIST_COUNT(struct numbered, b), sizeof(struct numbered), by_hash);
}

const struct numbered *numbered_find(const struct annot_buf *b, const struct annot_hash *hash)
{
	return b->len == 0 ? NULL
			   : bsearch(hash, b->data, LIST_COUNT(struct numbered, b),
				     sizeof(struct numbered), by_hash);
}
