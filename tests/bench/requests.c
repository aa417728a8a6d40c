#include <stdlib.h>

#include "bench.h"

enum { REQUESTS_BYTES_MAX = 2000000000 };

struct requests requests_new(size_t max)
{
	struct requests r = {.max = max, .bytes = ANNOT_BUF_INIT(REQUESTS_BYTES_MAX)};
	r.ends = calloc(max + 1, sizeof *r.ends);
	if (!r.ends)
		die("out of memory");
	return r;
}

void requests_free(struct requests *r)
{
	free(r->ends);
	annot_buf_free(&r->bytes);
}

static void put_be(char *p, uint64_t value, size_t bytes)
{
	for (size_t i = bytes; i-- > 0; value >>= 8)
		p[i] = (char)value;
}

void requests_add(struct requests *r, enum annot_call_id call, const void *request)
{
	static const char head[BENCH_FRAME_HEAD] = {1};
	struct annot_buf payload = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_error err = {0};
	size_t start = r->bytes.len;
	if (r->n == r->max)
		die("too many requests");
	if (annot_request_encode(annot_call_def(call), request, &payload, &err) != ANNOT_OK)
		die("%s: %s", annot_call_def(call)->name, err.text);
	annot_buf_add(&r->bytes, head, sizeof head);
	annot_buf_add(&r->bytes, payload.data, payload.len);
	if (r->bytes.failed)
		die("requests: out of memory");
	put_be(r->bytes.data + start + 1, payload.len + 4, 8);
	put_be(r->bytes.data + start + 9, 0x80000000u | (uint32_t)r->n, 4);
	annot_buf_free(&payload);
	r->ends[r->n++] = r->bytes.len;
}

struct annot_bytes requests_at(const struct requests *r, size_t n)
{
	size_t start = n > 0 ? r->ends[n - 1] : 0;
	return annot_bytes(r->bytes.data + start, r->ends[n] - start);
}
