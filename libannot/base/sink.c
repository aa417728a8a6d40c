#include "base/sink.h"

static enum annot_status add(void *arg, struct annot_bytes piece, struct annot_error *err)
{
	struct annot_buf *b = arg;
	annot_buf_add(b, piece.data, piece.len);
	return annot_buf_check(b, "what is written", err);
}

struct annot_sink annot_buf_sink(struct annot_buf *b)
{
	return (struct annot_sink){add, b};
}
