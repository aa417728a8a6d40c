/* The client's side of SP over ipc, on a plain socket. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

enum { HELLO = 8, LENGTH_HEAD = 9, REPLY_MAX = ANNOT_FRAME_MAX + 64 };

static void write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			die("annotd closed the connection: %s", strerror(errno));
		data += n;
		len -= (size_t)n;
	}
}

int connection_open(const char *path)
{
	static const uint8_t req[HELLO] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
	static const uint8_t rep[HELLO] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	uint8_t hello[HELLO];
	if (strlen(path) >= sizeof address.sun_path)
		die("%s: too long for a socket", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		close(fd);
		return -1;
	}
	write_all(fd, req, sizeof req);
	if (recv(fd, hello, sizeof hello, MSG_WAITALL) != HELLO || memcmp(hello, rep, HELLO) != 0)
		die("%s: not an SP replier", path);
	return fd;
}

void connection_send(const struct connection *c, struct annot_bytes frame)
{
	write_all(c->fd, frame.data, frame.len);
}

static uint64_t be64(const uint8_t *p)
{
	uint64_t ret = 0;
	for (size_t i = 0; i < 8; i++)
		ret = ret << 8 | p[i];
	return ret;
}

struct annot_bytes connection_take(struct connection *c)
{
	if (!c->in && !(c->in = malloc(REPLY_MAX)))
		die("out of memory");
	ssize_t n = recv(c->fd, c->in + c->len, REPLY_MAX - c->len, 0);
	if (n < 0 && errno == EINTR)
		return annot_bytes(NULL, 0);
	if (n <= 0)
		die("annotd closed the connection: %s", n < 0 ? strerror(errno) : "end of file");
	c->len += (size_t)n;
	if (c->len < BENCH_FRAME_HEAD)
		return annot_bytes(NULL, 0);
	uint64_t len = be64(c->in + 1);
	if (c->in[0] != 1 || len < 4 || len > REPLY_MAX - LENGTH_HEAD)
		die("reply: not a frame");
	if (c->len < LENGTH_HEAD + len)
		return annot_bytes(NULL, 0);
	return annot_bytes(c->in + BENCH_FRAME_HEAD, len - 4);
}

void connection_done(struct connection *c)
{
	c->len = 0; /* one request in flight: nothing follows */
}

void connection_close(struct connection *c)
{
	close(c->fd);
	free(c->in);
}

/* {"v": 1, "status": 0, … as annot_reply_encode writes it; decoding is left to call_once. */
void reply_check(struct annot_bytes payload)
{
	static const char good[] = "\x83\xa1v\x01\xa6status";
	size_t len = sizeof good - 1;
	if (payload.len > len && memcmp(payload.data + 1, good + 1, len - 1) == 0 &&
	    payload.data[len] == 0)
		return;
	struct annot_error err = {0};
	void *reply;
	struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	annot_reply_decode(annot_call_def(ANNOT_CALL_submit), payload, arena, &reply, &err);
	die("annotd refused: %s", err.text);
}

const void *call_once(const char *path, enum annot_call_id call, const void *request,
		      struct annot_arena *arena)
{
	struct requests one = requests_new(1);
	struct connection c = {.fd = connection_open(path)};
	struct annot_bytes reply = {0};
	struct annot_error err = {0};
	void *ret;
	if (c.fd < 0)
		die("%s: nobody listens", path);
	requests_add(&one, call, request);
	connection_send(&c, requests_at(&one, 0));
	while (!reply.data)
		reply = connection_take(&c);
	if (annot_reply_decode(annot_call_def(call), reply, arena, &ret, &err) != ANNOT_OK)
		die("%s: %s", annot_call_def(call)->name, err.text);
	connection_close(&c);
	requests_free(&one);
	return ret;
}
