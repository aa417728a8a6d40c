/* Certificates, and both ends of TLS connections in memory. */
#include "assert.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "tls/certificate.h"
#include "tls/session.h"

struct fixture {
	struct annot_buf pem;
	struct annot_tls_server *server;
};

struct pair {
	struct annot_tls *here, *there; /* client, server */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->pem = ANNOT_BUF_INIT(ANNOT_CERTIFICATE_FILE_MAX);
	assert_ok(annot_certificate_make("news.example.org/desk", &f->pem, &test_error));
	assert_ok(annot_tls_server_new(annot_buf_bytes(&f->pem), &f->server, &test_error));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	annot_tls_server_free(f->server);
	annot_buf_free(&f->pem);
	free(f);
	return 0;
}

/* Carries what one has for the other, at most so many bytes at a time. */
static void carry(struct annot_tls *from, struct annot_tls *to, size_t most)
{
	for (struct annot_bytes out; (out = annot_tls_out(from)).len > 0;) {
		size_t n = out.len < most ? out.len : most;
		assert_true(annot_tls_put(to, out.data, n));
		annot_tls_sent(from, n);
	}
}

static struct pair connect_pair(struct fixture *f, size_t most)
{
	struct pair p = {annot_tls_connect(), annot_tls_accept(f->server)};
	enum annot_tls_state here, there;
	do {
		here = annot_tls_shake(p.here);
		carry(p.here, p.there, most);
		there = annot_tls_shake(p.there);
		carry(p.there, p.here, most);
		assert_true(here == ANNOT_TLS_OK || here == ANNOT_TLS_WANTS);
		assert_true(there == ANNOT_TLS_OK || there == ANNOT_TLS_WANTS);
	} while (here != ANNOT_TLS_OK || there != ANNOT_TLS_OK);
	return p;
}

static void free_pair(struct pair p)
{
	annot_tls_free(p.here);
	annot_tls_free(p.there);
}

static void test_both_see_the_same(void **state)
{
	struct fixture *f = *state;
	struct annot_hash shown;
	uint8_t bindings[3][ANNOT_TLS_BINDING_SIZE];
	struct pair p = connect_pair(f, 1), q = connect_pair(f, 4096);
	assert_true(annot_tls_peer(p.here, &shown));
	assert_memory_equal(shown.b, annot_tls_server_certificate(f->server)->b, sizeof shown.b);
	assert_false(annot_tls_peer(p.there, &shown)); /* clients show none */
	assert_true(annot_tls_binding(p.here, bindings[0]));
	assert_true(annot_tls_binding(p.there, bindings[1]));
	assert_true(annot_tls_binding(q.here, bindings[2]));
	assert_memory_equal(bindings[0], bindings[1], sizeof bindings[0]);
	assert_memory_not_equal(bindings[0], bindings[2], sizeof bindings[0]);
	free_pair(p);
	free_pair(q);
}

static void test_carries(void **state)
{
	struct pair p = connect_pair(*state, 100);
	char piece[ANNOT_TLS_PIECE], got[ANNOT_TLS_PIECE];
	size_t len, n = 0;
	memset(piece, 'x', sizeof piece);
	assert_int_equal(annot_tls_read(p.there, got, sizeof got, &len), ANNOT_TLS_WANTS);
	assert_int_equal(annot_tls_write(p.here, piece, sizeof piece), ANNOT_TLS_OK);
	/* All but the last byte of a record is nothing yet. */
	struct annot_bytes out = annot_tls_out(p.here);
	assert_true(annot_tls_put(p.there, out.data, out.len - 1));
	annot_tls_sent(p.here, out.len - 1);
	assert_int_equal(annot_tls_read(p.there, got, sizeof got, &len), ANNOT_TLS_WANTS);
	carry(p.here, p.there, 1);
	while (n < sizeof piece) { /* in parts as small as asked for */
		assert_int_equal(annot_tls_read(p.there, got + n, 1000, &len), ANNOT_TLS_OK);
		n += len;
	}
	assert_memory_equal(got, piece, sizeof piece);
	assert_int_equal(annot_tls_read(p.there, got, sizeof got, &len), ANNOT_TLS_WANTS);
	free_pair(p);
}

static void test_changed_on_the_way(void **state)
{
	struct pair p = connect_pair(*state, 4096);
	char got[16];
	size_t len;
	assert_int_equal(annot_tls_write(p.here, "words", 5), ANNOT_TLS_OK);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(4096);
	annot_buf_add(&b, annot_tls_out(p.here).data, annot_tls_out(p.here).len);
	b.data[b.len - 1] ^= 1;
	assert_true(annot_tls_put(p.there, b.data, b.len));
	assert_int_equal(annot_tls_read(p.there, got, sizeof got, &len), ANNOT_TLS_BROKEN);
	free_pair(p);
}

static void test_not_tls(void **state)
{
	struct fixture *f = *state;
	static const char *const said[] = {"GET / HTTP/1.1\r\n\r\n", "\0SP\0\0\x30\0\0 and more",
					   "\x16\x03\x01\xff\xff and nothing of it"};
	static const size_t lens[] = {18, 17, 23};
	for (size_t i = 0; i < COUNT(said); i++) {
		struct annot_tls *t = annot_tls_accept(f->server);
		assert_true(annot_tls_put(t, said[i], lens[i]));
		assert_int_equal(annot_tls_shake(t), ANNOT_TLS_BROKEN);
		annot_tls_free(t);
	}
	struct annot_tls *t = annot_tls_connect();
	assert_int_equal(annot_tls_shake(t), ANNOT_TLS_WANTS);
	assert_true(annot_tls_put(t, said[1], lens[1]));
	assert_int_equal(annot_tls_shake(t), ANNOT_TLS_BROKEN);
	assert_status(annot_tls_why("somebody", &test_error), ANNOT_UNREACHABLE);
	assert_error_says("somebody: no TLS connection: ");
	annot_tls_free(t);
}

/* What openssl(1) says of a file's certificate. */
static void openssl(const struct annot_buf *pem, const char *arguments, char *ret, size_t max)
{
	char path[] = "/tmp/annot-test-XXXXXX", command[256];
	AUTO_CLOSE int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, pem->data, pem->len), (ssize_t)pem->len);
	snprintf(command, sizeof command, "openssl x509 -noout -in %s %s", path, arguments);
	FILE *out = popen(command, "r");
	assert_non_null(out);
	size_t n = fread(ret, 1, max - 1, out);
	ret[n] = '\0';
	assert_int_equal(pclose(out), 0);
	unlink(path);
}

static void test_certificate(void **state)
{
	struct fixture *f = *state;
	char said[4096], want[256] = "sha256 Fingerprint=", text[ANNOT_FINGERPRINT_SIZE];
	struct annot_hash hash, read_again;
	assert_ok(annot_certificate_hash(annot_buf_bytes(&f->pem), &hash, &test_error));
	for (size_t i = 0; i < sizeof hash.b; i++)
		sprintf(want + strlen(want), "%s%02X", i ? ":" : "", hash.b[i]);
	openssl(&f->pem, "-fingerprint -sha256", said, sizeof said);
	assert_int_equal(strncmp(said, want, strlen(want)), 0);
	openssl(&f->pem, "-subject -startdate -enddate -text", said, sizeof said);
	assert_non_null(strstr(said, "news.example.org/desk"));
	assert_non_null(strstr(said, "Jan  1 00:00:00 1970 GMT"));
	assert_non_null(strstr(said, "Dec 31 23:59:59 9999 GMT"));
	assert_non_null(strstr(said, "ED25519"));
	annot_fingerprint(&hash, text);
	assert_true(annot_fingerprint_parse(text, strlen(text), &read_again));
	assert_true(annot_hash_equal(&hash, &read_again));
	assert_false(annot_fingerprint_parse(text, strlen(text) - 1, &read_again));
	text[0] = 's';
	assert_false(annot_fingerprint_parse(text, strlen(text), &read_again));
}

static void test_bad_files(void **state)
{
	struct fixture *f = *state;
	struct annot_tls_server *s;
	AUTO_BUF struct annot_buf other = ANNOT_BUF_INIT(ANNOT_CERTIFICATE_FILE_MAX);
	AUTO_BUF struct annot_buf mixed = ANNOT_BUF_INIT(2 * ANNOT_CERTIFICATE_FILE_MAX);
	const char *cert = strstr(f->pem.data, "-----BEGIN CERTIFICATE");
	assert_status(annot_tls_server_new(annot_bytes("", 0), &s, &test_error), ANNOT_INVALID);
	assert_status(annot_tls_server_new(annot_bytes_of("no PEM"), &s, &test_error),
		      ANNOT_INVALID);
	assert_error_says("there is no certificate in it");
	assert_status(annot_tls_server_new(annot_bytes_of(cert), &s, &test_error), ANNOT_INVALID);
	assert_error_says("no key and its certificate in it");
	/* The key of one with the certificate of another. */
	assert_ok(annot_certificate_make("other", &other, &test_error));
	annot_buf_add(&mixed, other.data,
		      (size_t)(strstr(other.data, "-----BEGIN CERTIFICATE") - other.data));
	annot_buf_puts(&mixed, cert);
	assert_status(annot_tls_server_new(annot_buf_bytes(&mixed), &s, &test_error),
		      ANNOT_INVALID);
	assert_error_says("no key and its certificate in it");
	annot_buf_truncate(&mixed, 0);
	while (mixed.len <= ANNOT_CERTIFICATE_FILE_MAX)
		annot_buf_puts(&mixed, f->pem.data);
	assert_status(annot_tls_server_new(annot_buf_bytes(&mixed), &s, &test_error),
		      ANNOT_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_both_see_the_same), TEST(test_carries),     TEST(test_changed_on_the_way),
		TEST(test_not_tls),           TEST(test_certificate), TEST(test_bad_files),
	};
	return cmocka_run_group_tests_name("libannot/tls/session", tests, NULL, NULL);
}
