#include "annotd/payload.h"

#include <stdatomic.h>
#include <stdlib.h>

struct payload {
	atomic_size_t refs;
	struct annot_buf bytes;
};

struct payload *payload_new(struct annot_buf *bytes)
{
	struct payload *p = malloc(sizeof *p);
	if (!p)
		return NULL;
	atomic_init(&p->refs, 1);
	p->bytes = *bytes;
	*bytes = ANNOT_BUF_INIT(bytes->max);
	return p;
}

struct payload *payload_ref(struct payload *p)
{
	if (p)
		atomic_fetch_add(&p->refs, 1);
	return p;
}

struct payload *payload_drop(struct payload *p)
{
	if (p && atomic_fetch_sub(&p->refs, 1) == 1) {
		annot_buf_free(&p->bytes);
		free(p);
	}
	return NULL;
}

struct annot_bytes payload_bytes(const struct payload *p)
{
	return p ? annot_buf_bytes(&p->bytes) : annot_bytes(NULL, 0);
}
