/* Where bytes go that are made piece by piece: a buffer, a file, a stream. */
#ifndef ANNOT_BASE_SINK_H
#define ANNOT_BASE_SINK_H

#include "base/buf.h"

struct annot_sink {
	enum annot_status (*put)(void *arg, struct annot_bytes piece, struct annot_error *err);
	void *arg;
};

/* Appends to a buffer; statuses of annot_buf_check. */
ANNOT_API struct annot_sink annot_buf_sink(struct annot_buf *b);

#endif
