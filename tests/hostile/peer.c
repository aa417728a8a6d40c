/* Raw sockets that speak, or misspeak, SP over ipc. */
#include "hostile.h"

#include <errno.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"

enum { HELLO_SIZE = 8, LENGTH_AT = 1, ID_AT = 9 };

int peer_connect(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct timeval limit = {.tv_sec = PEER_PATIENCE_MS / 1000};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	memcpy(a.sun_path, path, strlen(path) + 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	close(fd);
	return -1;
}

int peer_open(const char *path)
{
	static const uint8_t req[HELLO_SIZE] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
	static const uint8_t rep[HELLO_SIZE] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};
	uint8_t got[HELLO_SIZE];
	int fd = peer_connect(path);
	if (fd < 0)
		return -1;
	if (peer_write(fd, req, sizeof req) &&
	    recv(fd, got, sizeof got, MSG_WAITALL) == HELLO_SIZE &&
	    memcmp(got, rep, sizeof got) == 0)
		return fd;
	close(fd);
	return -1;
}

void peer_close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

bool peer_write(int fd, const void *data, size_t len)
{
	const uint8_t *p = data;
	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

size_t peer_write_some(int fd, const void *data, size_t len)
{
	ssize_t n = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	return n > 0 ? (size_t)n : 0;
}

void peer_frame(struct annot_bytes payload, uint32_t id, struct annot_buf *ret)
{
	uint8_t head[PEER_HEAD] = {1};
	uint64_t len = payload.len + sizeof id;
	for (size_t i = 0; i < sizeof len; i++)
		head[LENGTH_AT + i] = (uint8_t)(len >> (56 - 8 * i));
	for (size_t i = 0; i < sizeof id; i++)
		head[ID_AT + i] = (uint8_t)(id >> (24 - 8 * i));
	head[ID_AT] |= 0x80;
	annot_buf_add(ret, head, sizeof head);
	annot_buf_add(ret, payload.data, payload.len);
	assert_ok(annot_buf_check(ret, "frame", &test_error));
}

bool peer_reply(int fd, struct annot_buf *ret)
{
	uint8_t head[PEER_HEAD];
	uint64_t len = 0;
	if (recv(fd, head, sizeof head, MSG_WAITALL) != PEER_HEAD)
		return false;
	for (size_t i = 0; i < sizeof len; i++)
		len = len << 8 | head[LENGTH_AT + i];
	if (head[0] != 1 || len < sizeof(uint32_t) || len > ANNOT_FRAME_MAX + sizeof(uint32_t))
		return false;
	len -= sizeof(uint32_t);
	annot_buf_free(ret);
	AUTO_FREE uint8_t *data = malloc(len + 1);
	if (!data || recv(fd, data, len, MSG_WAITALL) != (ssize_t)len)
		return false;
	annot_buf_add(ret, data, len);
	return !ret->failed;
}

bool peer_closed(int fd)
{
	uint8_t bytes[4096];
	double until = now_s() + PEER_PATIENCE_MS / 1e3;
	while (now_s() < until) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, 100) == 1 && recv(fd, bytes, sizeof bytes, 0) <= 0)
			return true;
	}
	return false;
}

void request_any(enum annot_call_id id, const void *request, struct annot_buf *ret)
{
	AUTO_BUF struct annot_buf payload = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_ok(annot_request_encode(annot_call_def(id), request, &payload, &test_error));
	peer_frame(annot_buf_bytes(&payload), 1, ret);
}

void request_get(const struct test_entry *e, struct annot_buf *ret)
{
	struct annot_hex hex = annot_hash_hex(&e->id);
	const char *ids[] = {hex.text};
	struct annot_get_request request = {.ids = ids, .n_ids = 1};
	request_any(ANNOT_CALL_get, &request, ret);
}

void request_list(const char *query, uint64_t limit, struct annot_buf *ret)
{
	struct annot_list_request request = {.query = query, .limit = limit};
	request_any(ANNOT_CALL_list, &request, ret);
}

void request_events(const char *query, uint64_t from, struct annot_buf *ret)
{
	struct annot_events_request request = {.query = query, .from = from, .wait = true};
	request_any(ANNOT_CALL_events, &request, ret);
}

void request_submit(struct test_entry *const *e, size_t n, bool forged, struct annot_buf *ret)
{
	struct annot_submit_item *items = calloc(n, sizeof items[0]);
	uint8_t(*signatures)[ANNOT_SIGNATURE_SIZE] = calloc(n, sizeof signatures[0]);
	for (size_t i = 0; i < n; i++) {
		memcpy(signatures[i], e[i]->signature, ANNOT_SIGNATURE_SIZE);
		if (forged)
			signatures[i][ANNOT_SIGNATURE_SIZE / 2 + 1] ^=
				1; /* of s: R stays a point */
		items[i].record = e[i]->record->bytes;
		items[i].signature = annot_bytes(signatures[i], ANNOT_SIGNATURE_SIZE);
	}
	struct annot_submit_request request = {.items = items, .n_items = n};
	request_any(ANNOT_CALL_submit, &request, ret);
	free(signatures);
	free(items);
}

void allow_descriptors(size_t n)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur >= n)
		return;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < n) {
		print_message("skipped: %zu descriptors are not allowed here\n", n);
		skip();
	}
	limit.rlim_cur = n;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}
