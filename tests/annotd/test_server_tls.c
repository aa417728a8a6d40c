/* The front at tls+tcp://, against libssl's own blocking client. */
#include "assert.h"
#include "annotd/server.h"
#include "sanitized.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "tls/certificate.h"

enum {
	PAYLOAD_MAX = 1 << 20,
	SHAKE_MS = 300 * PATIENCE,
	PROVE_MS = 3 * SHAKE_MS,
	PATIENCE_S = 10,
	STRANGERS = SERVER_STRANGERS_MAX + 20,
};

/* Replies with what it was asked; "trust" and "park" do what they say first. */
struct fixture {
	struct annot_tls_server *tls;
	struct server *server;
	struct server_peer peer; /* of the last request */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct server_request *parked;
	size_t n_gone;
	atomic_bool refuse;
	atomic_size_t n_asked;
};

struct peer {
	int fd;
	SSL_CTX *context;
	SSL *ssl;
};

static void answer(struct server_request *request)
{
	struct annot_buf out = ANNOT_BUF_INIT(PAYLOAD_MAX);
	struct annot_bytes in = server_payload(request);
	annot_buf_add(&out, in.data, in.len);
	server_reply(request, &out);
	annot_buf_free(&out);
}

static bool says(const struct server_request *request, const char *word)
{
	struct annot_bytes in = server_payload(request);
	return in.len == strlen(word) && memcmp(in.data, word, in.len) == 0;
}

static void on_gone(void *arg, struct server_request *request)
{
	struct fixture *f = arg;
	pthread_mutex_lock(&f->lock);
	f->parked = NULL;
	f->n_gone++;
	server_drop(request);
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

static void on_request(void *arg, struct server_request *request)
{
	struct fixture *f = arg;
	if (says(request, "trust"))
		server_trust(request);
	bool park = says(request, "park");
	pthread_mutex_lock(&f->lock);
	f->peer = *server_peer(request);
	if (park) {
		f->parked = request;
		server_park(request, on_gone, f);
	}
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	if (!park)
		answer(request);
}

static bool admit(void *arg, const struct server_peer *from)
{
	struct fixture *f = arg;
	atomic_fetch_add(&f->n_asked, 1);
	return !atomic_load(&f->refuse) && strcmp(from->text, "127.0.0.1") == 0;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	AUTO_BUF struct annot_buf pem = ANNOT_BUF_INIT(ANNOT_CERTIFICATE_FILE_MAX);
	*state = f;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	assert_ok(annot_certificate_make("test", &pem, &test_error));
	assert_ok(annot_tls_server_new(annot_buf_bytes(&pem), &f->tls, &test_error));
	const struct server_options o = {
		.urls = {"tls+tcp://127.0.0.1:0"},
		.n_urls = 1,
		.tls = f->tls,
		.admit = admit,
		.admit_arg = f,
		.payload_max = PAYLOAD_MAX,
		.shake_timeout_ms = SHAKE_MS,
		.prove_timeout_ms = PROVE_MS,
		.connections_max = 300,
		.handler = on_request,
		.arg = f,
	};
	assert_ok(server_start(&o, &f->server, &test_error));
	return 0;
}

static void wait_connections(struct fixture *f, size_t n)
{
	for (int ms = 0; server_connections(f->server) != n; ms += 2) {
		if (ms > PATIENCE_S * 1000)
			fail_msg("%zu connections, not %zu", server_connections(f->server), n);
		poll(NULL, 0, 2);
	}
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	wait_connections(f, 0);
	server_free(f->server);
	annot_tls_server_free(f->tls);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->changed);
	free(f);
	return 0;
}

/* --- peers --- */

static int dial(struct fixture *f)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)server_port(f->server, 0)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	return fd;
}

static bool try_open(struct fixture *f, int version, struct peer *ret)
{
	static const uint8_t hello_req[8] = {0, 'S', 'P', 0, 0, 0x30, 0, 0};
	uint8_t got[8];
	ret->fd = dial(f);
	ret->context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_max_proto_version(ret->context, version);
	ret->ssl = SSL_new(ret->context);
	SSL_set_fd(ret->ssl, ret->fd);
	bool open = SSL_connect(ret->ssl) == 1 && SSL_write(ret->ssl, hello_req, 8) == 8 &&
		    SSL_read(ret->ssl, got, 8) == 8;
	ERR_clear_error();
	return open;
}

static struct peer peer_open(struct fixture *f)
{
	struct peer p;
	assert_true(try_open(f, TLS1_3_VERSION, &p));
	return p;
}

static void peer_close(struct peer *p)
{
	SSL_free(p->ssl);
	SSL_CTX_free(p->context);
	close(p->fd);
}

static void peer_send(struct peer *p, const char *text, size_t len)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(PAYLOAD_MAX + 64);
	uint8_t head[12] = {0};
	annot_put_be(head, 8, len + 4);
	head[8] = 0x80;
	annot_buf_add(&b, head, sizeof head);
	annot_buf_add(&b, text, len);
	assert_int_equal(SSL_write(p->ssl, b.data, (int)b.len), (int)b.len);
}

static bool peer_read(struct peer *p, void *ret, size_t len)
{
	for (size_t at = 0; at < len;) {
		int n = SSL_read(p->ssl, (char *)ret + at, (int)(len - at));
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static void peer_expect(struct peer *p, const char *text, size_t len)
{
	uint8_t head[12];
	AUTO_FREE char *got = malloc(len + 1);
	assert_true(peer_read(p, head, sizeof head));
	assert_int_equal(annot_get_be(head, 8), len + 4);
	assert_true(peer_read(p, got, len));
	assert_memory_equal(got, text, len);
}

static void peer_ask(struct peer *p, const char *text)
{
	peer_send(p, text, strlen(text));
	peer_expect(p, text, strlen(text));
}

static bool peer_gone(struct peer *p)
{
	char c;
	return SSL_read(p->ssl, &c, 1) <= 0;
}

static bool fd_gone(int fd)
{
	char c;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, PATIENCE_S * 1000) == 1 && read(fd, &c, 1) <= 0;
}

/* --- tests --- */

static void test_echo(void **state)
{
	struct fixture *f = *state;
	struct peer p = peer_open(f);
	uint8_t binding[ANNOT_TLS_BINDING_SIZE];
	peer_ask(&p, "words");
	peer_ask(&p, "more words");
	assert_true(f->peer.remote);
	assert_string_equal(f->peer.text, "127.0.0.1");
	assert_memory_equal(f->peer.address, "\4\x7f\0\0\1\0\0\0\0", 9);
	assert_int_equal(SSL_export_keying_material(p.ssl, binding, sizeof binding,
						    "EXPORTER-Channel-Binding", 24, NULL, 0, 0),
			 1);
	assert_memory_equal(f->peer.binding, binding, sizeof binding);
	/* Large ones, once it is no stranger. */
	AUTO_FREE char *large = malloc(PAYLOAD_MAX);
	memset(large, 'x', PAYLOAD_MAX);
	peer_ask(&p, "trust");
	peer_send(&p, large, PAYLOAD_MAX);
	peer_expect(&p, large, PAYLOAD_MAX);
	/* Two at once: the second is in TLS's hands already when the first is answered. */
	peer_send(&p, "one", 3);
	peer_send(&p, "two", 3);
	peer_expect(&p, "one", 3);
	peer_expect(&p, "two", 3);
	peer_close(&p);
}

static void test_change_of_keys(void **state)
{
	struct peer p = peer_open(*state);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(SSL_key_update(p.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
		peer_ask(&p, "words");
	}
	peer_close(&p);
}

static void test_stranger_says_little(void **state)
{
	struct fixture *f = *state;
	char large[SERVER_STRANGER_FRAME_MAX + 1];
	memset(large, 'x', sizeof large);
	struct peer p = peer_open(f);
	peer_send(&p, large, sizeof large - 1);
	peer_expect(&p, large, sizeof large - 1);
	peer_send(&p, large, sizeof large);
	assert_true(peer_gone(&p));
	peer_close(&p);
}

/* Silence, garbage, another version, and a handshake that stops in the middle. */
static void test_no_handshake(void **state)
{
	struct fixture *f = *state;
	static const uint8_t half[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
	static const char garbage[] = "GET / HTTP/1.1\r\n\r\n";
	struct peer old;
	int fds[3];
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = dial(f);
	assert_int_equal(send(fds[1], half, sizeof half, MSG_NOSIGNAL), sizeof half);
	assert_int_equal(send(fds[2], garbage, sizeof garbage, MSG_NOSIGNAL), sizeof garbage);
	for (size_t i = 0; i < COUNT(fds); i++) {
		assert_true(fd_gone(fds[i]));
		close(fds[i]);
	}
	assert_false(try_open(f, TLS1_2_VERSION, &old));
	peer_close(&old);
}

static void test_time_to_prove(void **state)
{
	struct fixture *f = *state;
	struct peer stranger = peer_open(f), known = peer_open(f), slow = peer_open(f);
	peer_ask(&known, "trust");
	peer_ask(&stranger, "who am I");
	/* The beginning of a request buys no time. */
	assert_int_equal(SSL_write(slow.ssl, "\0\0\0", 3), 3);
	assert_true(peer_gone(&stranger));
	assert_true(peer_gone(&slow));
	peer_close(&slow);
	peer_ask(&known, "still here");
	peer_close(&stranger);
	peer_close(&known);
}

static void test_few_strangers(void **state)
{
	struct fixture *f = *state;
	int fds[STRANGERS], gone = 0;
	struct peer known = peer_open(f);
	peer_ask(&known, "trust");
	for (size_t i = 0; i < STRANGERS; i++)
		fds[i] = dial(f);
	for (int ms = 0; atomic_load(&f->n_asked) < STRANGERS + 1; ms += 2) {
		assert_true(ms < PATIENCE_S * 1000);
		poll(NULL, 0, 2);
	}
	assert_true(server_connections(f->server) <= SERVER_STRANGERS_MAX + 1 + 16);
	struct peer late = peer_open(f); /* in the place of the one that is silent longest */
	peer_ask(&late, "words");
	peer_ask(&known, "words");
	for (size_t i = 0; i < STRANGERS; i++) {
		gone += fd_gone(fds[i]); /* at the latest when its time is over */
		close(fds[i]);
	}
	assert_int_equal(gone, STRANGERS);
	peer_close(&late);
	peer_close(&known);
}

static void test_not_admitted(void **state)
{
	struct fixture *f = *state;
	atomic_store(&f->refuse, true);
	int fd = dial(f);
	assert_true(fd_gone(fd));
	close(fd);
	assert_int_equal(server_connections(f->server), 0);
}

static struct server_request *wait_parked(struct fixture *f)
{
	pthread_mutex_lock(&f->lock);
	while (!f->parked)
		pthread_cond_wait(&f->changed, &f->lock);
	struct server_request *ret = f->parked;
	pthread_mutex_unlock(&f->lock);
	return ret;
}

/* The reply comes while the peer is silent, has sent on, and is in the middle of a TLS record. */
static void test_parked(void **state)
{
	struct fixture *f = *state;
	static const uint8_t half[] = {0x17, 3, 3, 0, 100, 1, 2, 3};
	struct peer p = peer_open(f);
	for (int i = 0; i < 3; i++) {
		f->parked = NULL;
		peer_send(&p, "park", 4);
		struct server_request *request = wait_parked(f);
		if (i == 1)
			peer_send(&p, "next", 4);
		if (i == 2)
			assert_int_equal(send(p.fd, half, sizeof half, MSG_NOSIGNAL), sizeof half);
		answer(request);
		peer_expect(&p, "park", 4);
		if (i == 1)
			peer_expect(&p, "next", 4);
	}
	peer_close(&p);
}

static void test_parked_gone(void **state)
{
	struct fixture *f = *state;
	struct peer p = peer_open(f);
	peer_send(&p, "park", 4);
	wait_parked(f);
	peer_close(&p);
	pthread_mutex_lock(&f->lock);
	while (f->n_gone == 0)
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

static void test_needs_a_certificate(void **state)
{
	struct server *s;
	const struct server_options o = {.urls = {"tls+tcp://127.0.0.1:0"}, .n_urls = 1};
	(void)state;
	assert_status(server_start(&o, &s, &test_error), ANNOT_USAGE);
	assert_error_says("needs a certificate");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
	const struct CMUnitTest tests[] = {
		TEST(test_echo),
		TEST(test_change_of_keys),
		TEST(test_stranger_says_little),
		TEST(test_no_handshake),
		TEST(test_time_to_prove),
		TEST(test_few_strangers),
		TEST(test_not_admitted),
		TEST(test_parked),
		TEST(test_parked_gone),
		cmocka_unit_test(test_needs_a_certificate),
	};
	return cmocka_run_group_tests_name("annotd/server_tls", tests, NULL, NULL);
}
