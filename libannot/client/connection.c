/*
 * SP request/reply over one of nng's byte streams, as the wire of an nng REQ socket is: both sides
 * send 8 bytes (0 'S' 'P' 0, the protocol's number, 0 0), then messages with a 64-bit length (over
 * ipc with a byte 1 before it), each beginning with the request's number, whose highest bit is set.
 *
 * Why not a REQ socket: it hides a lost connection, dials again and repeats the request for ever
 * (nng 1.5.2), and closing it may hang with a request under way. A stream says at once that the
 * other side is gone, has one operation at a time and closes without waiting.
 */
#include "client/connection.h"

#include <stdlib.h>
#include <time.h>

#include "client/connection_stream.h"

enum {
	SP_HELLO_SIZE = 8,
	SP_REQ = 0x30,
	SP_REP = 0x31,
	HEADER_MAX = 1 + 8 + 4, /* ipc's byte, length, number of the request */
	ID_SIZE = 4,
	READ_SIZE = 64 << 10,
};

struct annot_connection {
	struct annot_stream *stream;
	uint32_t id; /* of the last request */
};

int64_t annot_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum annot_status shake_hands(struct annot_stream *s, int64_t deadline_ms,
				     struct annot_error *err)
{
	static const uint8_t expected[SP_HELLO_SIZE] = {0, 'S', 'P', 0, 0, SP_REP, 0, 0};
	static const uint8_t greeting[SP_HELLO_SIZE] = {0, 'S', 'P', 0, 0, SP_REQ, 0, 0};
	uint8_t hello[SP_HELLO_SIZE];
	struct annot_bytes part = annot_bytes(greeting, sizeof(greeting));
	TRY(annot_stream_send(s, &part, 1, deadline_ms, err));
	TRY(annot_stream_recv(s, hello, sizeof(hello), deadline_ms, err));
	annot_stream_greeted(s);
	if (memcmp(hello, expected, sizeof(hello)) != 0)
		return annot_fail(err, ANNOT_UNREACHABLE,
				  "%s: what listens there is not an annotd (no reply socket)",
				  annot_stream_url(s));
	return ANNOT_OK;
}

enum annot_status annot_connection_open(const char *url, int64_t deadline_ms,
					struct annot_connection **ret, struct annot_error *err)
{
	struct annot_stream *stream;
	TRY(annot_stream_open(url, deadline_ms, &stream, err));
	struct annot_connection *c = calloc(1, sizeof(*c));
	enum annot_status status = c ? shake_hands(stream, deadline_ms, err)
				     : annot_fail(err, ANNOT_NO_MEMORY, "%s: out of memory", url);
	if (status != ANNOT_OK) {
		annot_stream_close(stream);
		free(c);
		return status;
	}
	c->stream = stream;
	c->id = 1;
	*ret = c;
	return ANNOT_OK;
}

struct annot_connection *annot_connection_close(struct annot_connection *c)
{
	if (!c)
		return NULL;
	annot_stream_close(c->stream);
	free(c);
	return NULL;
}

const struct annot_connection_tls *annot_connection_tls(const struct annot_connection *c)
{
	return annot_stream_tls(c->stream);
}

static enum annot_status send_request(struct annot_connection *c, struct annot_bytes request,
				      int64_t deadline_ms, struct annot_error *err)
{
	uint8_t header[HEADER_MAX];
	size_t n = 0;
	if (annot_stream_is_ipc(c->stream))
		header[n++] = 1;
	annot_put_be(header + n, 8, request.len + ID_SIZE);
	c->id = (c->id + 1) | 0x80000000U;
	annot_put_be(header + n + 8, ID_SIZE, c->id);
	const struct annot_bytes parts[] = {annot_bytes(header, n + 8 + ID_SIZE), request};
	return annot_stream_send(c->stream, parts, 2, deadline_ms, err);
}

enum annot_status annot_connection_exchange(struct annot_connection *c, struct annot_bytes request,
					    int64_t deadline_ms, struct annot_buf *reply,
					    struct annot_error *err)
{
	uint8_t header[HEADER_MAX];
	const char *url = annot_stream_url(c->stream);
	bool ipc = annot_stream_is_ipc(c->stream);
	size_t before = ipc ? 1 : 0;
	TRY(send_request(c, request, deadline_ms, err));
	TRY(annot_stream_recv(c->stream, header, before + 8 + ID_SIZE, deadline_ms, err));
	uint64_t len = annot_get_be(header + before, 8);
	if ((ipc && header[0] != 1) || len < ID_SIZE ||
	    annot_get_be(header + before + 8, ID_SIZE) != c->id)
		return annot_fail(err, ANNOT_PROTOCOL, "%s: not the reply to the request", url);
	len -= ID_SIZE;
	if (len > reply->max - reply->len)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "%s: a reply of %llu bytes; at most %zu are taken", url,
				  (unsigned long long)len, reply->max - reply->len);
	/* In pieces: memory grows with what came, not with what was announced. */
	char piece[READ_SIZE];
	while (len > 0) {
		size_t n = len < sizeof(piece) ? (size_t)len : sizeof(piece);
		TRY(annot_stream_recv(c->stream, piece, n, deadline_ms, err));
		annot_buf_add(reply, piece, n);
		len -= n;
	}
	annot_buf_add(reply, NULL, 0);
	return annot_buf_check(reply, "a reply", err);
}
