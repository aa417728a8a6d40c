/* Who comes by tls+tcp and means it ill, beside an honest client of the local socket. */
#include "hostile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "tls/session.h"

enum { CROWD = 400, SHAKING = 150, CONNECT_MS = 50 * PATIENCE, ROUNDS = 3 };

/* Begins to connect, and waits a little; -1: annotd lets nobody in just now. */
static int tcp_connect(struct hostile *h)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)h->port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ||
	    (errno == EINPROGRESS && poll(&p, 1, CONNECT_MS) == 1))
		return fd;
	close(fd);
	return -1;
}

static void crowd(struct hostile *h, const char *what, const void *says, size_t len)
{
	int fds[CROWD];
	allow_descriptors(CROWD + 64);
	hostile_begin(h);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < CROWD; i++) {
			fds[i] = tcp_connect(h);
			if (fds[i] >= 0 && len > 0)
				peer_write_some(fds[i], says, len);
		}
		if (round == ROUNDS - 1)
			hostile_judge(h, what);
		peer_close_all(fds, CROWD);
	}
}

/* Silence, garbage, a first flight without its last byte (so that nothing comes back), and whole
 * ones: annotd signs for each of these, and nobody looks at what it says. */
static void test_crowds(void **state)
{
	char garbage[4096];
	struct annot_tls *t = annot_tls_connect();
	assert_int_equal(annot_tls_shake(t), ANNOT_TLS_WANTS);
	struct annot_bytes hello = annot_tls_out(t);
	memset(garbage, 'G', sizeof garbage);
	crowd(*state, "1,200 silent connections by tls+tcp", "", 0);
	crowd(*state, "1,200 connections by tls+tcp with garbage", garbage, sizeof garbage);
	crowd(*state, "1,200 handshakes by tls+tcp that stop half way", hello.data, hello.len - 1);
	crowd(*state, "1,200 handshakes by tls+tcp", hello.data, hello.len);
	annot_tls_free(t);
}

static bool shake(struct annot_tls *t, int fd)
{
	for (;;) {
		char in[4096];
		enum annot_tls_state state = annot_tls_shake(t);
		struct annot_bytes out = annot_tls_out(t);
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (!peer_write(fd, out.data, out.len))
			return false;
		annot_tls_sent(t, out.len);
		if (state != ANNOT_TLS_WANTS)
			return state == ANNOT_TLS_OK;
		ssize_t n = poll(&p, 1, PEER_PATIENCE_MS) == 1 ? read(fd, in, sizeof in) : -1;
		if (n <= 0 || !annot_tls_put(t, in, (size_t)n))
			return false;
	}
}

/* Whole handshakes, and then a frame that is announced large and dripped, by those that stay at
 * all. */
static void test_drip(void **state)
{
	static const uint8_t says[] = {0, 'S', 'P', 0, 0, 0x30, 0, 0,   /* frame: */ 0,
				       0, 0,   0,   0, 0, 4,    0, 0x80};
	struct hostile *h = *state;
	int fds[SHAKING];
	size_t shaken = 0;
	hostile_begin(h);
	for (size_t i = 0; i < SHAKING; i++) {
		struct annot_tls *t = annot_tls_connect();
		fds[i] = tcp_connect(h);
		if (fds[i] >= 0 && shake(t, fds[i])) {
			shaken++;
			assert_int_equal(annot_tls_write(t, says, sizeof says), ANNOT_TLS_OK);
			struct annot_bytes out = annot_tls_out(t);
			for (size_t at = 0; at < out.len; at++)
				peer_write_some(fds[i], out.data + at, 1);
		}
		annot_tls_free(t);
	}
	assert_true(shaken > 0);
	hostile_judge(h, "handshakes by tls+tcp, and frames that never end");
	peer_close_all(fds, SHAKING);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hostile_setup, hostile_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_crowds),
		TEST(test_drip),
	};
	return cmocka_run_group_tests_name("hostile/tls", tests, NULL, NULL);
}
