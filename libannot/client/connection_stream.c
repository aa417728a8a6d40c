#include "client/connection_stream.h"

#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>

#include "base/auto.h"
#include "base/signals.h"

enum {
	DIAL_AGAIN_MS = 5,
	IPC_PATH_MAX = 107, /* sun_path without its NUL */
	PARTS_MAX = 2,
	GROUP_BUFFER = 16384,
};

#define TLS_PREFIX "tls+tcp://"
#define SCHEMES    "ipc:///path, tls+tcp://host:port or tcp://host:port"

struct annot_stream {
	nng_stream_dialer *dialer;
	nng_stream *stream;
	nng_aio *aio;
	bool ipc, greeted;
	struct annot_tls *tls; /* NULL: bytes go as they are */
	struct annot_connection_tls peer;
	char *url;
	uint8_t in[ANNOT_TLS_PIECE]; /* of TLS */
};

/* With tls+tcp, annotd closes connections that are too many without a word, which TLS would make
 * dear. */
static enum annot_status gone(const struct annot_stream *s, struct annot_error *err)
{
	if (s->tls && !s->greeted)
		return annot_fail(
			err, ANNOT_BUSY,
			"%s: the daemon closed the connection at once: it takes only so many "
			"from one address",
			s->url);
	return annot_fail(err, ANNOT_UNREACHABLE, "%s: the daemon went away before it answered",
			  s->url);
}

/* Whose the ipc socket is, as far as can be seen, and what to do. */
static enum annot_status denied(const struct annot_stream *s, struct annot_error *err)
{
	struct group group, *found = NULL;
	char buffer[GROUP_BUFFER];
	struct stat st;
	if (s->ipc && stat(s->url + strlen("ipc://"), &st) == 0 && (st.st_mode & S_IWGRP) &&
	    getgrgid_r(st.st_gid, &group, buffer, sizeof buffer, &found) == 0 && found)
		return annot_fail(
			err, ANNOT_UNREACHABLE,
			"%s: permission denied; it is for members of group %s, who log in "
			"again after joining it",
			s->url, group.gr_name);
	return annot_fail(
		err, ANNOT_UNREACHABLE,
		"%s: permission denied; its owner shares it with: annotd --socket-group GROUP",
		s->url);
}

static enum annot_status failed(const struct annot_stream *s, int rv, struct annot_error *err)
{
	switch (rv) {
	case NNG_ENOMEM:
		return annot_fail(err, ANNOT_NO_MEMORY, "%s: out of memory", s->url);
	case NNG_ETIMEDOUT:
		return annot_fail(err, ANNOT_TIMEOUT, "%s: no answer in time", s->url);
	case NNG_EPERM:
		return denied(s, err);
	case NNG_ECONNREFUSED:
	case NNG_ENOENT:
		return annot_fail(err, ANNOT_UNREACHABLE,
				  "no annotd answers at %s; start one with: annotd --corpus DIR",
				  s->url);
	case NNG_EADDRINVAL:
		return annot_fail(err, ANNOT_INVALID, "%s: not a socket URL; expected " SCHEMES,
				  s->url);
	case NNG_ECLOSED:
	case NNG_ECONNSHUT:
	case NNG_ECONNRESET:
		return gone(s, err);
	default:
		return annot_fail(err, ANNOT_UNREACHABLE, "%s: %s", s->url, nng_strerror(rv));
	}
}

/* Runs the operation that begin starts; the time left until the deadline is its limit. */
static int run(struct annot_stream *s, int64_t deadline_ms, void (*begin)(struct annot_stream *s))
{
	int64_t left = deadline_ms - annot_now_ms();
	if (left <= 0)
		return NNG_ETIMEDOUT;
	nng_aio_set_timeout(s->aio, left < INT32_MAX ? (nng_duration)left : INT32_MAX);
	begin(s);
	nng_aio_wait(s->aio);
	return nng_aio_result(s->aio);
}

static void begin_dial(struct annot_stream *s)
{
	nng_stream_dialer_dial(s->dialer, s->aio);
}

static void begin_send(struct annot_stream *s)
{
	nng_stream_send(s->stream, s->aio);
}

static void begin_recv(struct annot_stream *s)
{
	nng_stream_recv(s->stream, s->aio);
}

/* --- bytes as they are --- */

/* A stream may take part of what it is given at a time. */
static enum annot_status raw_send(struct annot_stream *s, nng_iov *iov, unsigned n,
				  int64_t deadline_ms, struct annot_error *err)
{
	while (n > 0) {
		nng_aio_set_iov(s->aio, n, iov);
		int rv = run(s, deadline_ms, begin_send);
		if (rv != 0)
			return failed(s, rv, err);
		size_t sent = nng_aio_count(s->aio);
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

/* Some bytes, at least one. */
static enum annot_status raw_recv(struct annot_stream *s, void *ret, size_t max, size_t *ret_len,
				  int64_t deadline_ms, struct annot_error *err)
{
	nng_iov iov = {.iov_buf = ret, .iov_len = max};
	nng_aio_set_iov(s->aio, 1, &iov);
	int rv = run(s, deadline_ms, begin_recv);
	if (rv != 0)
		return failed(s, rv, err);
	*ret_len = nng_aio_count(s->aio);
	return *ret_len > 0 && *ret_len <= max ? ANNOT_OK : failed(s, NNG_ECONNSHUT, err);
}

/* --- TLS --- */

static enum annot_status tls_flush(struct annot_stream *s, int64_t deadline_ms,
				   struct annot_error *err)
{
	struct annot_bytes out = annot_tls_out(s->tls);
	nng_iov iov = {.iov_buf = (void *)(uintptr_t)out.data, .iov_len = out.len};
	if (out.len == 0)
		return ANNOT_OK;
	TRY(raw_send(s, &iov, 1, deadline_ms, err));
	annot_tls_sent(s->tls, out.len);
	return ANNOT_OK;
}

/* What a call of annot_tls was waiting for; or why it failed. */
static enum annot_status tls_go_on(struct annot_stream *s, enum annot_tls_state state,
				   int64_t deadline_ms, struct annot_error *err)
{
	size_t len;
	if (state == ANNOT_TLS_ENDED)
		return gone(s, err);
	if (state == ANNOT_TLS_BROKEN)
		return annot_tls_why(s->url, err);
	TRY(tls_flush(s, deadline_ms, err));
	if (state == ANNOT_TLS_OK)
		return ANNOT_OK;
	TRY(raw_recv(s, s->in, sizeof(s->in), &len, deadline_ms, err));
	return annot_tls_put(s->tls, s->in, len)
		       ? ANNOT_OK
		       : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

static enum annot_status tls_send(struct annot_stream *s, const struct annot_bytes *parts, size_t n,
				  int64_t deadline_ms, struct annot_error *err)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t at = 0; at < parts[i].len; at += ANNOT_TLS_PIECE) {
			size_t len = parts[i].len - at;
			len = len < ANNOT_TLS_PIECE ? len : ANNOT_TLS_PIECE;
			if (annot_tls_write(s->tls, parts[i].data + at, len) != ANNOT_TLS_OK)
				return annot_tls_why(s->url, err);
			/* Small parts go together. */
			if (annot_tls_out(s->tls).len >= ANNOT_TLS_PIECE)
				TRY(tls_flush(s, deadline_ms, err));
		}
	}
	return tls_flush(s, deadline_ms, err);
}

static enum annot_status tls_recv(struct annot_stream *s, void *ret, size_t max, size_t *ret_len,
				  int64_t deadline_ms, struct annot_error *err)
{
	for (;;) {
		enum annot_tls_state state = annot_tls_read(s->tls, ret, max, ret_len);
		if (state == ANNOT_TLS_OK)
			return ANNOT_OK;
		TRY(tls_go_on(s, state, deadline_ms, err));
	}
}

static enum annot_status tls_open(struct annot_stream *s, int64_t deadline_ms,
				  struct annot_error *err)
{
	enum annot_tls_state state;
	s->tls = annot_tls_connect();
	if (!s->tls)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	do {
		state = annot_tls_shake(s->tls);
		TRY(tls_go_on(s, state, deadline_ms, err));
	} while (state != ANNOT_TLS_OK);
	if (!annot_tls_peer(s->tls, &s->peer.certificate) ||
	    !annot_tls_binding(s->tls, s->peer.binding))
		return annot_fail(err, ANNOT_UNREACHABLE, "%s: it shows no certificate", s->url);
	return ANNOT_OK;
}

/* --- either --- */

enum annot_status annot_stream_send(struct annot_stream *s, const struct annot_bytes *parts,
				    size_t n, int64_t deadline_ms, struct annot_error *err)
{
	nng_iov iov[PARTS_MAX];
	unsigned used = 0;
	if (s->tls)
		return tls_send(s, parts, n, deadline_ms, err);
	for (size_t i = 0; i < n && used < PARTS_MAX; i++) {
		if (parts[i].len == 0)
			continue;
		iov[used].iov_buf = (void *)(uintptr_t)parts[i].data;
		iov[used++].iov_len = parts[i].len;
	}
	return raw_send(s, iov, used, deadline_ms, err);
}

enum annot_status annot_stream_recv(struct annot_stream *s, void *ret, size_t len,
				    int64_t deadline_ms, struct annot_error *err)
{
	char *at = ret;
	while (len > 0) {
		size_t n;
		TRY(s->tls ? tls_recv(s, at, len, &n, deadline_ms, err)
			   : raw_recv(s, at, len, &n, deadline_ms, err));
		at += n;
		len -= n;
	}
	return ANNOT_OK;
}

static int dial_url(struct annot_stream *s, const char *url, int64_t deadline_ms)
{
	if (s->dialer)
		nng_stream_dialer_close(s->dialer);
	nng_stream_dialer_free(s->dialer);
	s->dialer = NULL;
	int rv = nng_stream_dialer_alloc(&s->dialer, url);
	return rv == 0 ? run(s, deadline_ms, begin_dial) : rv;
}

/* Of the addresses of a name nng dials the first alone (nng 1.5.2), often one of IPv6, while annotd
 * may listen at one of the other family. What it said of the first is what counts. */
static int dial_tcp(struct annot_stream *s, const char *address, int64_t deadline_ms)
{
	static const char *const schemes[] = {"tcp://", "tcp4://", "tcp6://"};
	int first = 0, rv = 0;
	for (size_t i = 0; i < COUNT(schemes); i++) {
		char *url = NULL;
		if (asprintf(&url, "%s%s", schemes[i], address) < 0)
			return NNG_ENOMEM;
		rv = dial_url(s, url, deadline_ms);
		free(url);
		first = i == 0 ? rv : first;
		if (rv == 0 || first == NNG_ENOMEM)
			return rv;
	}
	return first;
}

static enum annot_status dial(struct annot_stream *s, bool tls, int64_t deadline_ms,
			      struct annot_error *err)
{
	sigset_t before;
	annot_signals_hold(&before); /* for the threads that nng starts with the first call */
	int rv = nng_aio_alloc(&s->aio, NULL, NULL);
	annot_signals_let(&before);
	if (rv == 0) /* nng sees tcp: TLS is ours */
		rv = s->ipc ? dial_url(s, s->url, deadline_ms)
			    : dial_tcp(s, strstr(s->url, "://") + strlen("://"), deadline_ms);
	/* The queue of a Unix socket is full for a moment while many connect. */
	while (s->ipc && rv == NNG_EAGAIN && annot_now_ms() < deadline_ms) {
		nng_msleep(DIAL_AGAIN_MS);
		rv = run(s, deadline_ms, begin_dial);
	}
	/* The URL is well formed, since there is a dialer: the resolver has no address, or none
	 * now. */
	if (s->dialer && !s->ipc && (rv == NNG_EADDRINVAL || rv == NNG_EAGAIN))
		return annot_fail(err, ANNOT_UNREACHABLE,
				  "%s: the name of that host is not known here", s->url);
	if (rv != 0)
		return failed(s, rv, err);
	s->stream = nng_aio_get_output(s->aio, 0);
	return tls ? tls_open(s, deadline_ms, err) : ANNOT_OK;
}

static enum annot_status check_url(const char *url, bool *ret_ipc, bool *ret_tls,
				   struct annot_error *err)
{
	*ret_ipc = strncmp(url, "ipc://", 6) == 0;
	*ret_tls = strncmp(url, TLS_PREFIX, strlen(TLS_PREFIX)) == 0;
	if (!*ret_ipc && !*ret_tls && strncmp(url, "tcp://", 6) != 0)
		return annot_fail(err, ANNOT_INVALID, "%.200s: not a socket URL; expected " SCHEMES,
				  url);
	if (*ret_ipc && (url[6] == '\0' || strlen(url + 6) > IPC_PATH_MAX))
		return annot_fail(err, ANNOT_INVALID,
				  "%.200s: the path of a socket has 1 to %d bytes", url,
				  IPC_PATH_MAX);
	return ANNOT_OK;
}

enum annot_status annot_stream_open(const char *url, int64_t deadline_ms, struct annot_stream **ret,
				    struct annot_error *err)
{
	bool ipc, tls;
	TRY(check_url(url, &ipc, &tls, err));
	struct annot_stream *s = calloc(1, sizeof(*s));
	if (!s || !(s->url = strdup(url))) {
		free(s);
		return annot_fail(err, ANNOT_NO_MEMORY, "%s: out of memory", url);
	}
	s->ipc = ipc;
	enum annot_status status = dial(s, tls, deadline_ms, err);
	if (status != ANNOT_OK) {
		annot_stream_close(s);
		return status;
	}
	*ret = s;
	return ANNOT_OK;
}

struct annot_stream *annot_stream_close(struct annot_stream *s)
{
	if (!s)
		return NULL;
	/* No operation is under way here: each is waited for, and ends by its deadline. */
	if (s->stream)
		nng_stream_close(s->stream);
	if (s->dialer)
		nng_stream_dialer_close(s->dialer);
	nng_stream_free(s->stream);
	nng_stream_dialer_free(s->dialer);
	nng_aio_free(s->aio);
	annot_tls_free(s->tls);
	free(s->url);
	free(s);
	return NULL;
}

void annot_stream_greeted(struct annot_stream *s)
{
	s->greeted = true;
}

const char *annot_stream_url(const struct annot_stream *s)
{
	return s->url;
}

bool annot_stream_is_ipc(const struct annot_stream *s)
{
	return s->ipc;
}

const struct annot_connection_tls *annot_stream_tls(const struct annot_stream *s)
{
	return s->tls ? &s->peer : NULL;
}
