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

#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>

enum {
	SP_HELLO_SIZE = 8,
	SP_REQ = 0x30,
	SP_REP = 0x31,
	HEADER_MAX = 1 + 8 + 4, /* ipc's byte, length, number of the request */
	ID_SIZE = 4,
	READ_SIZE = 64 << 10,
	DIAL_AGAIN_MS = 5,
	IPC_PATH_MAX = 107, /* sun_path without its NUL */
};

struct annot_connection {
	nng_stream_dialer *dialer;
	nng_stream *stream;
	nng_aio *aio;
	bool ipc;
	uint32_t id; /* of the last request */
	char *url;
};

int64_t annot_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum annot_status failed(const struct annot_connection *c, int rv, struct annot_error *err)
{
	switch (rv) {
	case NNG_ENOMEM:
		return annot_fail(err, ANNOT_NO_MEMORY, "%s: out of memory", c->url);
	case NNG_ETIMEDOUT:
		return annot_fail(err, ANNOT_TIMEOUT, "%s: no answer in time", c->url);
	case NNG_EPERM:
		return annot_fail(err, ANNOT_UNREACHABLE,
				  "%s: permission denied; its owner shares it with: annotd "
				  "--socket-group GROUP",
				  c->url);
	case NNG_ECONNREFUSED:
	case NNG_ENOENT:
		return annot_fail(err, ANNOT_UNREACHABLE,
				  "no annotd answers at %s; start one with: annotd --corpus DIR",
				  c->url);
	case NNG_EADDRINVAL:
		return annot_fail(err, ANNOT_INVALID,
				  "%s: not a socket URL; expected ipc:///path or tcp://host:port",
				  c->url);
	case NNG_ECLOSED:
	case NNG_ECONNSHUT:
	case NNG_ECONNRESET:
		return annot_fail(err, ANNOT_UNREACHABLE,
				  "%s: the daemon went away before it answered", c->url);
	default:
		return annot_fail(err, ANNOT_UNREACHABLE, "%s: %s", c->url, nng_strerror(rv));
	}
}

/* Runs the operation that begin starts; the time left until the deadline is its limit. */
static int run(struct annot_connection *c, int64_t deadline_ms,
	       void (*begin)(struct annot_connection *c))
{
	int64_t left = deadline_ms - annot_now_ms();
	if (left <= 0)
		return NNG_ETIMEDOUT;
	nng_aio_set_timeout(c->aio, left < INT32_MAX ? (nng_duration)left : INT32_MAX);
	begin(c);
	nng_aio_wait(c->aio);
	return nng_aio_result(c->aio);
}

static void begin_dial(struct annot_connection *c)
{
	nng_stream_dialer_dial(c->dialer, c->aio);
}

static void begin_send(struct annot_connection *c)
{
	nng_stream_send(c->stream, c->aio);
}

static void begin_recv(struct annot_connection *c)
{
	nng_stream_recv(c->stream, c->aio);
}

/* Sends all of a few pieces; a stream may take part of them at a time. */
static enum annot_status send_all(struct annot_connection *c, nng_iov *iov, unsigned n,
				  int64_t deadline_ms, struct annot_error *err)
{
	while (n > 0) {
		nng_aio_set_iov(c->aio, n, iov);
		int rv = run(c, deadline_ms, begin_send);
		if (rv != 0)
			return failed(c, rv, err);
		size_t sent = nng_aio_count(c->aio);
		while (n > 0 && sent >= iov->iov_len) {
			sent -= iov->iov_len;
			iov++;
			n--;
		}
		if (n > 0) {
			iov->iov_buf = (char *)iov->iov_buf + sent;
			iov->iov_len -= sent;
		}
	}
	return ANNOT_OK;
}

static enum annot_status recv_all(struct annot_connection *c, void *data, size_t len,
				  int64_t deadline_ms, struct annot_error *err)
{
	char *at = data;
	while (len > 0) {
		nng_iov iov = {.iov_buf = at, .iov_len = len};
		nng_aio_set_iov(c->aio, 1, &iov);
		int rv = run(c, deadline_ms, begin_recv);
		if (rv != 0)
			return failed(c, rv, err);
		size_t n = nng_aio_count(c->aio);
		if (n == 0 || n > len)
			return failed(c, NNG_ECONNSHUT, err);
		at += n;
		len -= n;
	}
	return ANNOT_OK;
}

static enum annot_status shake_hands(struct annot_connection *c, int64_t deadline_ms,
				     struct annot_error *err)
{
	static const uint8_t expected[SP_HELLO_SIZE] = {0, 'S', 'P', 0, 0, SP_REP, 0, 0};
	uint8_t hello[SP_HELLO_SIZE] = {0, 'S', 'P', 0, 0, SP_REQ, 0, 0};
	nng_iov iov = {.iov_buf = hello, .iov_len = sizeof(hello)};
	TRY(send_all(c, &iov, 1, deadline_ms, err));
	TRY(recv_all(c, hello, sizeof(hello), deadline_ms, err));
	if (memcmp(hello, expected, sizeof(hello)) != 0)
		return annot_fail(err, ANNOT_UNREACHABLE,
				  "%s: what listens there is not an annotd (no reply socket)",
				  c->url);
	return ANNOT_OK;
}

static enum annot_status dial(struct annot_connection *c, int64_t deadline_ms,
			      struct annot_error *err)
{
	int rv = nng_aio_alloc(&c->aio, NULL, NULL);
	if (rv == 0)
		rv = nng_stream_dialer_alloc(&c->dialer, c->url);
	if (rv == 0)
		rv = run(c, deadline_ms, begin_dial);
	/* The queue of a Unix socket is full for a moment while many connect. */
	while (rv == NNG_EAGAIN && annot_now_ms() < deadline_ms) {
		nng_msleep(DIAL_AGAIN_MS);
		rv = run(c, deadline_ms, begin_dial);
	}
	if (rv != 0)
		return failed(c, rv, err);
	c->stream = nng_aio_get_output(c->aio, 0);
	return shake_hands(c, deadline_ms, err);
}

static enum annot_status check_url(const char *url, bool *ret_ipc, struct annot_error *err)
{
	*ret_ipc = strncmp(url, "ipc://", 6) == 0;
	if (!*ret_ipc && strncmp(url, "tcp://", 6) != 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"%.200s: not a socket URL; expected ipc:///path or tcp://host:port", url);
	if (*ret_ipc && (url[6] == '\0' || strlen(url + 6) > IPC_PATH_MAX))
		return annot_fail(err, ANNOT_INVALID,
				  "%.200s: the path of a socket has 1 to %d bytes", url,
				  IPC_PATH_MAX);
	return ANNOT_OK;
}

enum annot_status annot_connection_open(const char *url, int64_t deadline_ms,
					struct annot_connection **ret, struct annot_error *err)
{
	bool ipc;
	TRY(check_url(url, &ipc, err));
	struct annot_connection *c = calloc(1, sizeof(*c));
	if (!c || !(c->url = strdup(url))) {
		free(c);
		return annot_fail(err, ANNOT_NO_MEMORY, "%s: out of memory", url);
	}
	c->ipc = ipc;
	c->id = 1;
	enum annot_status status = dial(c, deadline_ms, err);
	if (status != ANNOT_OK) {
		annot_connection_close(c);
		return status;
	}
	*ret = c;
	return ANNOT_OK;
}

struct annot_connection *annot_connection_close(struct annot_connection *c)
{
	if (!c)
		return NULL;
	/* No operation is under way here: each is waited for, and ends by its deadline. */
	if (c->stream)
		nng_stream_close(c->stream);
	if (c->dialer)
		nng_stream_dialer_close(c->dialer);
	nng_stream_free(c->stream);
	nng_stream_dialer_free(c->dialer);
	nng_aio_free(c->aio);
	free(c->url);
	free(c);
	return NULL;
}

static enum annot_status send_request(struct annot_connection *c, struct annot_bytes request,
				      int64_t deadline_ms, struct annot_error *err)
{
	uint8_t header[HEADER_MAX];
	unsigned n = 0;
	if (c->ipc)
		header[n++] = 1;
	annot_put_be(header + n, 8, request.len + ID_SIZE);
	c->id = (c->id + 1) | 0x80000000U;
	annot_put_be(header + n + 8, ID_SIZE, c->id);
	nng_iov iov[2] = {
		{.iov_buf = header, .iov_len = n + 8 + ID_SIZE},
		{.iov_buf = (void *)(uintptr_t)request.data, .iov_len = request.len},
	};
	return send_all(c, iov, request.len > 0 ? 2 : 1, deadline_ms, err);
}

enum annot_status annot_connection_exchange(struct annot_connection *c, struct annot_bytes request,
					    int64_t deadline_ms, struct annot_buf *reply,
					    struct annot_error *err)
{
	uint8_t header[HEADER_MAX];
	size_t before = c->ipc ? 1 : 0;
	TRY(send_request(c, request, deadline_ms, err));
	TRY(recv_all(c, header, before + 8 + ID_SIZE, deadline_ms, err));
	uint64_t len = annot_get_be(header + before, 8);
	if ((c->ipc && header[0] != 1) || len < ID_SIZE ||
	    annot_get_be(header + before + 8, ID_SIZE) != c->id)
		return annot_fail(err, ANNOT_PROTOCOL, "%s: not the reply to the request", c->url);
	len -= ID_SIZE;
	if (len > reply->max - reply->len)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "%s: a reply of %llu bytes; at most %zu are taken", c->url,
				  (unsigned long long)len, reply->max - reply->len);
	/* In pieces: memory grows with what came, not with what was announced. */
	char piece[READ_SIZE];
	while (len > 0) {
		size_t n = len < sizeof(piece) ? (size_t)len : sizeof(piece);
		TRY(recv_all(c, piece, n, deadline_ms, err));
		annot_buf_add(reply, piece, n);
		len -= n;
	}
	annot_buf_add(reply, NULL, 0);
	return annot_buf_check(reply, "a reply", err);
}
