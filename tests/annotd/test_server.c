/* The front against raw sockets and plain nng REQ sockets, with an echo behind it. */
#include "assert.h"
#include "annotd/payload.h"
#include "annotd/server.h"

#include <dirent.h>
#include <errno.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"

enum { PAYLOAD_MAX = 65536, TIMEOUT_MS = 300, PATIENCE_MS = 10000 };

/* Replies with what it was asked, at once; or keeps the request until the test lets it go, or its
 * peer does if it is parked. */
struct echo {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool hold, park;
	struct server_request *held[64];
	size_t n_held, n_seen, n_gone;
	int64_t uid;
};

struct fixture {
	char dir[64], path[96], url[128];
	struct echo echo;
	struct server *server;
	int descriptors;
};

static void answer(struct server_request *request)
{
	struct annot_buf out = ANNOT_BUF_INIT(PAYLOAD_MAX);
	struct annot_bytes in = server_payload(request);
	annot_buf_add(&out, in.data, in.len);
	server_reply(request, &out);
	annot_buf_free(&out); /* of a connection that is gone */
}

static void on_gone(void *arg, struct server_request *request)
{
	struct echo *e = arg;
	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->n_held; i++) {
		if (e->held[i] != request)
			continue;
		e->held[i] = e->held[--e->n_held];
		e->n_gone++;
		server_drop(request);
	}
	pthread_cond_broadcast(&e->changed);
	pthread_mutex_unlock(&e->lock);
}

static void on_request(void *arg, struct server_request *request)
{
	struct echo *e = arg;
	pthread_mutex_lock(&e->lock);
	e->n_seen++;
	e->uid = server_peer_uid(request);
	bool hold = e->hold && e->n_held < COUNT(e->held);
	if (hold)
		e->held[e->n_held++] = request;
	if (hold && e->park)
		server_park(request, on_gone, e);
	pthread_cond_broadcast(&e->changed);
	pthread_mutex_unlock(&e->lock);
	if (!hold)
		answer(request);
}

static void release_held(struct echo *e)
{
	pthread_mutex_lock(&e->lock);
	struct server_request *held[COUNT(e->held)];
	memcpy(held, e->held, sizeof held);
	e->hold = false;
	size_t n = e->n_held;
	e->n_held = 0;
	pthread_mutex_unlock(&e->lock);
	for (size_t i = 0; i < n; i++)
		answer(held[i]);
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	assert_non_null(dir);
	int n = 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void wait_connections(struct fixture *f, size_t n)
{
	for (int ms = 0; server_connections(f->server) != n; ms += 2) {
		if (ms > PATIENCE_MS)
			fail_msg("%zu connections, not %zu", server_connections(f->server), n);
		poll(NULL, 0, 2);
	}
}

static struct server_options options_of(struct fixture *f)
{
	return (struct server_options){
		.urls = {f->url},
		.n_urls = 1,
		.payload_max = PAYLOAD_MAX,
		.frame_timeout_ms = TIMEOUT_MS,
		.send_timeout_ms = TIMEOUT_MS,
		.connections_max = 300,
		.handler = on_request,
		.arg = &f->echo,
	};
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	snprintf(f->dir, sizeof f->dir, "/tmp/annot-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof f->path, "%s/run/s", f->dir);
	snprintf(f->url, sizeof f->url, "ipc://%s", f->path);
	pthread_mutex_init(&f->echo.lock, NULL);
	pthread_cond_init(&f->echo.changed, NULL);
	struct server_options o = options_of(f);
	assert_ok(server_start(&o, &f->server, &test_error));
	f->descriptors = count_descriptors();
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	release_held(&f->echo);
	if (f->server) {
		wait_connections(f, 0);
		/* nng closes descriptors on a thread of its own. */
		for (int ms = 0; count_descriptors() > f->descriptors; ms += 2) {
			if (ms > PATIENCE_MS)
				fail_msg("%d descriptors, not %d", count_descriptors(),
					 f->descriptors);
			poll(NULL, 0, 2);
		}
		server_free(f->server);
	}
	unlink(f->path);
	char run[96];
	snprintf(run, sizeof run, "%s/run", f->dir);
	rmdir(run);
	assert_int_equal(rmdir(f->dir), 0);
	pthread_mutex_destroy(&f->echo.lock);
	pthread_cond_destroy(&f->echo.changed);
	free(f);
	return 0;
}

/* --- raw clients --- */

static const uint8_t hello_req[8] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
static const uint8_t hello_rep[8] = {0, 'S', 'P', 0, 0, 0x31, 0, 0};

static int dial(struct fixture *f)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	memcpy(a.sun_path, f->path, strlen(f->path) + 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

/* Reads len bytes; false when the other side closed or reset, or nothing came in time. */
static bool read_all(int fd, void *data, size_t len)
{
	for (size_t at = 0; at < len;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, PATIENCE_MS) != 1)
			return false;
		ssize_t n = read(fd, (char *)data + at, len - at);
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static void write_all(int fd, const void *data, size_t len)
{
	assert_int_equal(send(fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

static bool closed_by_server(int fd)
{
	char c;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, PATIENCE_MS) == 1 && read(fd, &c, 1) <= 0;
}

static int greet(struct fixture *f)
{
	int fd = dial(f);
	uint8_t got[8];
	write_all(fd, hello_req, sizeof hello_req);
	assert_true(read_all(fd, got, sizeof got));
	assert_memory_equal(got, hello_rep, sizeof got);
	return fd;
}

/* A frame with request id 0x80000000 | id, one hop before it if hop. Returns its length. */
static size_t make_frame(uint8_t *ret, uint32_t id, bool hop, const char *text)
{
	size_t n = 9, body = strlen(text) + 4 + (hop ? 4 : 0);
	memset(ret, 0, 9);
	ret[0] = 1;
	ret[7] = (uint8_t)(body >> 8);
	ret[8] = (uint8_t)body;
	if (hop) {
		memcpy(ret + n, "\0\0\0\7", 4);
		n += 4;
	}
	uint8_t word[4] = {(uint8_t)(0x80 | id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8),
			   (uint8_t)id};
	memcpy(ret + n, word, 4);
	n += 4;
	memcpy(ret + n, text, strlen(text));
	return n + strlen(text);
}

static void expect_echo(int fd, uint32_t id, bool hop, const char *text)
{
	uint8_t want[256], got[256];
	size_t n = make_frame(want, id, hop, text);
	assert_true(read_all(fd, got, n));
	assert_memory_equal(got, want, n);
}

static void test_raw_echo(void **state)
{
	struct fixture *f = *state;
	int fd = greet(f);
	uint8_t frame[256];
	for (uint32_t i = 0; i < 3; i++) {
		size_t n = make_frame(frame, 0x01020304 + i, i == 1, "words");
		write_all(fd, frame, n);
		expect_echo(fd, 0x01020304 + i, i == 1, "words");
	}
	assert_int_equal(f->echo.uid, getuid());
	close(fd);
}

static void test_drip(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);
	uint8_t bytes[256], got[8];
	memcpy(bytes, hello_req, 8);
	size_t n = 8 + make_frame(bytes + 8, 5, false, "one byte at a time");
	for (size_t i = 0; i < n; i++)
		write_all(fd, bytes + i, 1);
	assert_true(read_all(fd, got, 8));
	expect_echo(fd, 5, false, "one byte at a time");
	close(fd);
}

static void test_pipelined_one_in_flight(void **state)
{
	struct fixture *f = *state;
	f->echo.hold = true;
	int fd = greet(f);
	uint8_t frames[512];
	size_t n = make_frame(frames, 1, false, "first");
	n += make_frame(frames + n, 2, false, "second");
	write_all(fd, frames, n);
	pthread_mutex_lock(&f->echo.lock);
	while (f->echo.n_held == 0)
		pthread_cond_wait(&f->echo.changed, &f->echo.lock);
	pthread_mutex_unlock(&f->echo.lock);
	/* Another connection's round trip: time enough for the second to have come, were it read.
	 */
	int other = greet(f);
	close(other);
	assert_int_equal(f->echo.n_seen, 1);
	release_held(&f->echo);
	expect_echo(fd, 1, false, "first");
	expect_echo(fd, 2, false, "second");
	close(fd);
}

/* Sends a request that is then parked. */
static int parked(struct fixture *f, uint32_t id)
{
	uint8_t frame[64];
	int fd = greet(f);
	pthread_mutex_lock(&f->echo.lock);
	f->echo.hold = f->echo.park = true;
	size_t before = f->echo.n_held;
	pthread_mutex_unlock(&f->echo.lock);
	write_all(fd, frame, make_frame(frame, id, false, "wait"));
	pthread_mutex_lock(&f->echo.lock);
	while (f->echo.n_held == before)
		pthread_cond_wait(&f->echo.changed, &f->echo.lock);
	pthread_mutex_unlock(&f->echo.lock);
	return fd;
}

static void wait_gone(struct fixture *f, size_t n)
{
	pthread_mutex_lock(&f->echo.lock);
	while (f->echo.n_gone < n)
		pthread_cond_wait(&f->echo.changed, &f->echo.lock);
	assert_int_equal(f->echo.n_gone, n);
	pthread_mutex_unlock(&f->echo.lock);
}

static void test_parked_and_answered(void **state)
{
	struct fixture *f = *state;
	int fd = parked(f, 1);
	uint8_t frame[64];
	release_held(&f->echo);
	expect_echo(fd, 1, false, "wait");
	write_all(fd, frame, make_frame(frame, 2, false, "next"));
	expect_echo(fd, 2, false, "next");
	assert_int_equal(f->echo.n_gone, 0);
	close(fd);
}

/* One reply for several, of which one has gone and one reads late: all others have it whole, after
 * whoever made it let go of it. */
static void test_shared_reply(void **state)
{
	struct fixture *f = *state;
	enum { LARGE = 1 << 20, PEERS = 4, HEAD = 9 + 4 };
	struct server_request *held[PEERS];
	int fds[PEERS];
	for (uint32_t i = 0; i < PEERS; i++) {
		fds[i] = parked(f, i);
		f->echo.park = i + 2 < PEERS; /* the last one is not looked after */
	}
	memcpy(held, f->echo.held, sizeof held);
	pthread_mutex_lock(&f->echo.lock);
	f->echo.n_held = 0;
	f->echo.hold = false;
	pthread_mutex_unlock(&f->echo.lock);
	struct annot_buf bytes = ANNOT_BUF_INIT(LARGE);
	memset(annot_buf_extend(&bytes, LARGE), 'x', LARGE);
	struct payload *payload = payload_new(&bytes);
	assert_non_null(payload);
	shutdown(fds[1], SHUT_RDWR);
	for (size_t i = 0; i < PEERS; i++)
		server_reply_shared(held[i], payload);
	payload_drop(payload);
	AUTO_FREE char *got = malloc(HEAD + LARGE);
	for (size_t i = PEERS; i-- > 0;) {
		if (i != 1) {
			assert_true(read_all(fds[i], got, HEAD + LARGE));
			for (size_t k = HEAD; k < HEAD + LARGE; k++)
				assert_int_equal(got[k], 'x');
		}
		close(fds[i]);
	}
	wait_connections(f, 0);
}

static void test_parked_peer_goes_away(void **state)
{
	struct fixture *f = *state;
	int fd = parked(f, 1), other = parked(f, 2);
	close(fd);
	wait_gone(f, 1);
	wait_connections(f, 1);
	release_held(&f->echo);
	expect_echo(other, 2, false, "wait");
	close(other);
}

/* What it sends is its next request, though nobody looks after it from there on. */
static void test_parked_peer_sends_on(void **state)
{
	struct fixture *f = *state;
	int fd = parked(f, 1);
	uint8_t frame[64];
	size_t n = make_frame(frame, 2, false, "impatient");
	write_all(fd, frame, n - 3);
	int other = parked(f, 3); /* time enough for what was sent to be read */
	close(other);
	wait_gone(f, 1);
	assert_int_equal(f->echo.n_seen, 2);
	release_held(&f->echo);
	expect_echo(fd, 1, false, "wait");
	write_all(fd, frame + n - 3, 3);
	expect_echo(fd, 2, false, "impatient");
	close(fd);
}

/* The reply and the end of the peer meet: whoever comes first ends the request, once. */
static void *release_thread(void *arg)
{
	release_held(arg);
	return NULL;
}

static void test_parked_race(void **state)
{
	struct fixture *f = *state;
	enum { RACES = 200 };
	for (uint32_t i = 0; i < RACES; i++) {
		pthread_t thread;
		int fd = parked(f, i);
		assert_int_equal(pthread_create(&thread, NULL, release_thread, &f->echo), 0);
		close(fd);
		pthread_join(thread, NULL);
	}
	assert_int_equal(f->echo.n_seen, RACES);
	wait_connections(f, 0);
}

static void test_parked_when_full(void **state)
{
	struct fixture *f = *state;
	enum { CAP = 300, MORE = 20 };
	int fds[CAP + MORE], first = parked(f, 1);
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = dial(f);
	/* The one that is silent longest goes, and is told of. */
	wait_gone(f, 1);
	assert_true(closed_by_server(first));
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	close(first);
}

static void test_bad_bytes(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *what;
		uint8_t bytes[32];
		size_t len;
		bool greeted;
	} bad[] = {
		{"wrong hello", {0, 'S', 'P', 0, 0, 0x10, 0, 0}, 8, false},
		{"http", "GET / HTTP/1.1\r\n", 16, false},
		{"half a hello", {0, 'S', 'P'}, 3, false},
		{"silence", {0}, 0, false},
		{"wrong mark", {2}, 1, true},
		{"half a head", {1, 0, 0, 0}, 4, true},
		{"half a body", {1, 0, 0, 0, 0, 0, 0, 0, 9, 0x80}, 10, true},
		{"no request id", {1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1}, 13, true},
		{"empty body", {1, 0, 0, 0, 0, 0, 0, 0, 0}, 9, true},
		{"oversized", {1, 0, 0, 0, 0, 0, 2, 0, 0}, 9, true},
		{"absurd length", {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 9, true},
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		int fd = bad[i].greeted ? greet(f) : dial(f);
		write_all(fd, bad[i].bytes, bad[i].len);
		uint8_t hello[8];
		if (!bad[i].greeted)
			read_all(fd, hello, sizeof hello);
		if (!closed_by_server(fd))
			fail_msg("%s: still open", bad[i].what);
		close(fd);
	}
	assert_int_equal(f->echo.n_seen, 0);
}

static void test_idle_is_allowed(void **state)
{
	struct fixture *f = *state;
	int fd = greet(f), late = greet(f);
	/* The late one is closed at its deadline; the idle one, as old, is not. */
	write_all(late, "\1", 1);
	assert_true(closed_by_server(late));
	uint8_t frame[64];
	size_t n = make_frame(frame, 9, false, "still here");
	write_all(fd, frame, n);
	expect_echo(fd, 9, false, "still here");
	close(fd);
	close(late);
}

static void test_vanish(void **state)
{
	struct fixture *f = *state;
	f->echo.hold = true;
	uint8_t frames[512];
	for (int i = 0; i < 60; i++) {
		int fd = greet(f);
		size_t n = 0;
		for (uint32_t k = 0; k < 8; k++)
			n += make_frame(frames + n, k, false, "gone");
		write_all(fd, frames, n);
		close(fd);
	}
	pthread_mutex_lock(&f->echo.lock);
	while (f->echo.n_held < 60)
		pthread_cond_wait(&f->echo.changed, &f->echo.lock);
	pthread_mutex_unlock(&f->echo.lock);
	release_held(&f->echo);
	wait_connections(f, 0);
}

static void test_reader_that_never_reads(void **state)
{
	struct fixture *f = *state;
	int fd = greet(f);
	int small = 4096;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	/* Large replies until the socket's buffers are full; then the send deadline closes it. */
	AUTO_FREE uint8_t *frame = calloc(1, 9 + 60000);
	frame[0] = 1;
	frame[7] = (uint8_t)(60000 >> 8);
	frame[8] = (uint8_t)(60000 & 0xff);
	frame[9] = 0x80;
	struct timeval limit = {.tv_sec = PATIENCE_MS / 1000};
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	ssize_t n = 1;
	for (int i = 0; i < 1000 && n > 0; i++)
		n = send(fd, frame, 9 + 60000, MSG_NOSIGNAL);
	assert_true(n < 0 && (errno == EPIPE || errno == ECONNRESET));
	close(fd);
}

static void test_many_connections(void **state)
{
	struct fixture *f = *state;
	int fds[200];
	uint8_t frame[64];
	for (uint32_t i = 0; i < 200; i++)
		fds[i] = greet(f);
	assert_int_equal(server_connections(f->server), 200);
	for (uint32_t i = 0; i < 200; i++)
		write_all(fds[i], frame, make_frame(frame, i, false, "many"));
	for (uint32_t i = 0; i < 200; i++) {
		expect_echo(fds[i], i, false, "many");
		close(fds[i]);
	}
}

static void test_connection_cap(void **state)
{
	struct fixture *f = *state;
	int fds[301];
	for (size_t i = 0; i < 300; i++)
		fds[i] = greet(f);
	/* Who comes later is served; who idles longest goes. */
	fds[300] = greet(f);
	assert_true(closed_by_server(fds[0]));
	uint8_t frame[64];
	for (size_t i = 299; i < 301; i++) {
		write_all(fds[i], frame, make_frame(frame, (uint32_t)i, false, "late"));
		expect_echo(fds[i], (uint32_t)i, false, "late");
	}
	for (size_t i = 0; i < 301; i++)
		close(fds[i]);
}

/* --- plain nng
 * ------------------------------------------------------------------------------------------------
 */

static nng_socket req_open(const char *url)
{
	nng_socket s;
	assert_int_equal(nng_req0_open(&s), 0);
	assert_int_equal(nng_socket_set_ms(s, NNG_OPT_RECVTIMEO, PATIENCE_MS), 0);
	assert_int_equal(nng_socket_set_ms(s, NNG_OPT_SENDTIMEO, PATIENCE_MS), 0);
	assert_int_equal(nng_dial(s, url, NULL, 0), 0);
	return s;
}

static void req_echo(nng_socket s, size_t len)
{
	AUTO_FREE char *out = malloc(len + 1);
	memset(out, 'x', len);
	assert_int_equal(nng_send(s, out, len, 0), 0);
	nng_msg *reply;
	assert_int_equal(nng_recvmsg(s, &reply, 0), 0);
	assert_int_equal(nng_msg_len(reply), len);
	if (len)
		assert_memory_equal(nng_msg_body(reply), out, len);
	nng_msg_free(reply);
}

static void test_plain_nng(void **state)
{
	struct fixture *f = *state;
	nng_socket s[8];
	for (size_t i = 0; i < COUNT(s); i++)
		s[i] = req_open(f->url);
	for (size_t k = 0; k < 20; k++) {
		for (size_t i = 0; i < COUNT(s); i++)
			req_echo(s[i], k * 500);
	}
	req_echo(s[0], PAYLOAD_MAX);
	for (size_t i = 0; i < COUNT(s); i++)
		nng_close(s[i]);
	/* nng's own threads and their descriptors stay: they are the new start value. */
	wait_connections(f, 0);
	f->descriptors = count_descriptors();
}

static void test_tcp(void **state)
{
	struct fixture *f = *state;
	struct server_options o = options_of(f);
	o.urls[0] = "tcp://127.0.0.1:0";
	struct server *tcp;
	assert_status(server_start(&o, &tcp, &test_error), ANNOT_USAGE);
	assert_error_says("--insecure-tcp");
	o.insecure_tcp = true;
	o.urls[0] = "tcp://127.0.0.1"; /* nng would take any free port */
	assert_status(server_start(&o, &tcp, &test_error), ANNOT_USAGE);
	assert_error_says("HOST:PORT");
	o.urls[0] = "tcp://127.0.0.1:0";
	assert_ok(server_start(&o, &tcp, &test_error));
	char url[64];
	snprintf(url, sizeof url, "tcp://127.0.0.1:%d", server_port(tcp, 0));
	nng_socket s = req_open(url);
	req_echo(s, 10);
	req_echo(s, 60000);
	assert_int_equal(f->echo.uid, -1);
	nng_close(s);
	server_free(tcp);
	f->descriptors = count_descriptors();
}

/* --- paths, stopping --- */

static void test_paths(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	char run[96], other[128];
	snprintf(run, sizeof run, "%s/run", f->dir);
	assert_int_equal(stat(run, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);

	struct server_options o = options_of(f);
	struct server *s;
	assert_status(server_start(&o, &s, &test_error), ANNOT_REFUSED);
	assert_error_says("listens on");

	snprintf(other, sizeof other, "ipc://%s/file", f->dir);
	o.urls[0] = other;
	FILE *file = fopen(other + 6, "w");
	assert_non_null(file);
	fclose(file);
	assert_status(server_start(&o, &s, &test_error), ANNOT_REFUSED);
	assert_error_says("not a socket");
	assert_int_equal(stat(other + 6, &st), 0);
	assert_int_equal(unlink(other + 6), 0);

	char longest[256] = "ipc:///tmp/";
	memset(longest + 11, 'x', 150);
	o.urls[0] = longest;
	assert_status(server_start(&o, &s, &test_error), ANNOT_USAGE);
	assert_error_says("107");

	o.urls[0] = "ws://localhost";
	assert_status(server_start(&o, &s, &test_error), ANNOT_USAGE);

	o.urls[0] = other;
	assert_int_equal(chmod(f->dir, 0777), 0);
	assert_status(server_start(&o, &s, &test_error), ANNOT_REFUSED);
	assert_error_says("written by others");
	assert_int_equal(chmod(f->dir, 0700), 0);

	o.socket_group = "no-such-group";
	assert_status(server_start(&o, &s, &test_error), ANNOT_USAGE);
}

static void test_stale_socket_and_group(void **state)
{
	struct fixture *f = *state;
	if (getuid() != 0) {
		print_message("skipped: giving a socket to a group needs root\n");
		return;
	}
	char url[128], dir[96];
	snprintf(dir, sizeof dir, "%s/desk", f->dir);
	snprintf(url, sizeof url, "ipc://%s/s", dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	assert_true(strlen(url + 6) < sizeof a.sun_path);
	memcpy(a.sun_path, url + 6, strlen(url + 6) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	close(fd);
	struct server_options o = options_of(f);
	o.urls[0] = url;
	o.socket_group = "daemon";
	struct server *s;
	assert_status(server_start(&o, &s, &test_error), ANNOT_REFUSED);
	assert_error_says("chgrp");
	assert_int_equal(unlink(a.sun_path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_ok(server_start(&o, &s, &test_error));
	struct stat st;
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(stat(a.sun_path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_true(st.st_gid != 0);
	server_free(s);
	rmdir(dir);
}

static void test_stop_answers_what_is_under_way(void **state)
{
	struct fixture *f = *state;
	f->echo.hold = true;
	int idle = greet(f), busy = greet(f);
	uint8_t frame[64];
	write_all(busy, frame, make_frame(frame, 3, false, "last"));
	pthread_mutex_lock(&f->echo.lock);
	while (f->echo.n_held == 0)
		pthread_cond_wait(&f->echo.changed, &f->echo.lock);
	pthread_mutex_unlock(&f->echo.lock);
	server_stop(f->server);
	assert_true(closed_by_server(idle));
	assert_false(server_drain(f->server, 20));
	release_held(&f->echo);
	expect_echo(busy, 3, false, "last");
	assert_true(server_drain(f->server, PATIENCE_MS));
	f->server = server_free(f->server);
	assert_true(closed_by_server(busy));
	close(idle);
	close(busy);
}

static void test_stop_leaves_parked_ones(void **state)
{
	struct fixture *f = *state;
	int fd = parked(f, 4);
	server_stop(f->server);
	assert_false(server_drain(f->server, 20));
	release_held(&f->echo);
	expect_echo(fd, 4, false, "wait");
	assert_true(server_drain(f->server, PATIENCE_MS));
	f->server = server_free(f->server);
	assert_true(closed_by_server(fd));
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_raw_echo),
		TEST(test_drip),
		TEST(test_pipelined_one_in_flight),
		TEST(test_parked_and_answered),
		TEST(test_shared_reply),
		TEST(test_parked_peer_goes_away),
		TEST(test_parked_peer_sends_on),
		TEST(test_parked_race),
		TEST(test_parked_when_full),
		TEST(test_bad_bytes),
		TEST(test_idle_is_allowed),
		TEST(test_vanish),
		TEST(test_reader_that_never_reads),
		TEST(test_many_connections),
		TEST(test_connection_cap),
		TEST(test_plain_nng),
		TEST(test_tcp),
		TEST(test_paths),
		TEST(test_stale_socket_and_group),
		TEST(test_stop_answers_what_is_under_way),
		TEST(test_stop_leaves_parked_ones),
	};
	return cmocka_run_group_tests_name("annotd/server", tests, NULL, NULL);
}
