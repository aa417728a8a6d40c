/* tls+tcp:// against a real annotd: what a peer may ask that has proved nothing, and what proves a
 * key. */
#include "daemon.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../proto/sample.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "client/client.h"
#include "client/connection.h"
#include "client/signer.h"
#include "record/sshsig.h"
#include "tls/certificate.h"

enum { WAIT_MS = 20000 };

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX], url[64];
	struct test_daemon daemon;
	struct test_key admin;
	struct annot_signer *signer;
	struct annot_arena *arena;
	struct annot_contact met;
	size_t n_asked;
	bool say_yes;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(1 << 16);
	*state = f;
	f->admin = test_key(1);
	f->test = test_corpus_new(1, 1);
	f->arena = annot_arena_new(64 << 20);
	test_folder(f->test, NULL, f->dir);
	setenv("XDG_STATE_HOME", f->dir, 1);
	annot_secret_write(&f->admin.secret, 1, &file);
	test_write_file(f->dir, "admin.key", file.data, file.len, 0600);
	assert_ok(annot_signer_open(test_path(f->dir, "admin.key"), &f->signer, &test_error));
	snprintf(f->url, sizeof f->url, "tls+tcp://127.0.0.1:%d",
		 test_daemon_start_tls(f->dir, &f->daemon));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
	annot_signer_close(f->signer);
	annot_arena_free(f->arena);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

/* --- by hand --- */

static struct annot_connection *dial(struct fixture *f)
{
	struct annot_connection *c;
	assert_ok(annot_connection_open(f->url, annot_now_ms() + WAIT_MS, &c, &test_error));
	return c;
}

static enum annot_status call(struct fixture *f, struct annot_connection *c, enum annot_call_id id,
			      const void *in, void **ret)
{
	AUTO_BUF struct annot_buf request = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	const struct annot_call_def *def = annot_call_def(id);
	assert_ok(annot_request_encode(def, in, &request, &test_error));
	assert_ok(annot_connection_exchange(c, annot_buf_bytes(&request), annot_now_ms() + WAIT_MS,
					    &reply, &test_error));
	return annot_reply_decode(def, annot_buf_bytes(&reply), f->arena, ret, &test_error);
}

/* What a login signs, with a part of it other than it should be. */
struct claim {
	const struct annot_connection *binding_of;
	const struct annot_hash *corpus;
	const uint8_t *nonce;
	const char *name_space;
};

static enum annot_status login(struct fixture *f, struct annot_connection *c,
			       const struct test_key *key, const struct claim *claim, void **ret)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	annot_login_request(claim->corpus, annot_connection_tls(claim->binding_of)->binding,
			    claim->nonce, &text);
	annot_sshsig_sign(&key->secret, claim->name_space, annot_buf_bytes(&text), signature);
	const struct annot_login_request in = {
		.key = annot_bytes(key->secret.public_key.key, ANNOT_KEY_SIZE),
		.signature = annot_bytes(signature, sizeof signature),
	};
	return call(f, c, ANNOT_CALL_login, &in, ret);
}

static struct claim right(struct fixture *f, struct annot_connection *c)
{
	const struct annot_challenge_request in = {};
	void *got;
	assert_ok(call(f, c, ANNOT_CALL_challenge, &in, &got));
	return (struct claim){
		.binding_of = c,
		.corpus = &f->test->id,
		.nonce = ((const struct annot_challenge_reply *)got)->nonce.data,
		.name_space = ANNOT_NAMESPACE_LOGIN,
	};
}

static void test_nothing_before_a_login(void **state)
{
	struct fixture *f = *state;
	struct annot_connection *c = dial(f);
	void *got;
	for (int id = 0; id < ANNOT_CALL_COUNT; id++) {
		const struct annot_call_def *def = annot_call_def((enum annot_call_id)id);
		if (def->access == ANNOT_OPEN)
			continue;
		const void *in = sample_message(def->request, SAMPLE_LEAST, f->arena);
		assert_status(call(f, c, (enum annot_call_id)id, in, &got), ANNOT_DENIED);
		assert_error_says("is for those who have proved an enrolled key");
	}
	/* Who it is it says, but not how much it has. */
	const struct annot_hello_request hello = {.version = ANNOT_WIRE_VERSION};
	assert_ok(call(f, c, ANNOT_CALL_hello, &hello, &got));
	const struct annot_hello_reply *said = got;
	assert_true(annot_hash_equal(&said->corpus, &f->test->id));
	assert_true(annot_hash_equal(&said->certificate, &annot_connection_tls(c)->certificate));
	assert_int_equal(said->size, 0);
	annot_connection_close(c);
}

static void test_login(void **state)
{
	struct fixture *f = *state;
	struct annot_connection *c = dial(f);
	const struct annot_checkpoint_request in = {};
	struct claim claim = right(f, c);
	void *got;
	assert_ok(login(f, c, &f->admin, &claim, &got));
	assert_int_equal(((const struct annot_login_reply *)got)->size, 1);
	assert_ok(call(f, c, ANNOT_CALL_checkpoint, &in, &got));
	/* Each challenge once, also where all is well; what was proved stays so. */
	assert_status(login(f, c, &f->admin, &claim, &got), ANNOT_DENIED);
	assert_error_says("each challenge once");
	assert_ok(call(f, c, ANNOT_CALL_checkpoint, &in, &got));
	annot_connection_close(c);
	/* It was that connection's alone. */
	c = dial(f);
	assert_status(call(f, c, ANNOT_CALL_checkpoint, &in, &got), ANNOT_DENIED);
	annot_connection_close(c);
}

static void test_wrong_logins(void **state)
{
	struct fixture *f = *state;
	struct annot_connection *c = dial(f), *other = dial(f);
	const struct annot_checkpoint_request in = {};
	struct annot_hash another = annot_sha256("x", 1);
	struct test_key stranger = test_key(77);
	void *got;
	for (int wrong = 0; wrong < 6; wrong++) {
		struct claim claim = right(f, c);
		const struct test_key *key = &f->admin;
		const char *says = "somebody stands between";
		switch (wrong) {
		case 0: /* passed on from another connection, as somebody between would */
			claim.binding_of = other;
			break;
		case 1:
			claim.corpus = &another;
			break;
		case 2:
			claim.nonce = another.b;
			break;
		case 3: /* a record is no login */
			claim.name_space = ANNOT_NAMESPACE_RECORD;
			break;
		case 4: /* another connection's challenge */
			claim.nonce = right(f, other).nonce;
			break;
		default:
			key = &stranger;
			says = "this key is not enrolled";
		}
		assert_status(login(f, c, key, &claim, &got), ANNOT_DENIED);
		assert_error_says(says);
		assert_status(call(f, c, ANNOT_CALL_checkpoint, &in, &got), ANNOT_DENIED);
	}
	annot_connection_close(c);
	annot_connection_close(other);
}

/* A local socket asks for nothing, and takes no login. */
static void test_local(void **state)
{
	struct fixture *f = *state;
	struct test_client client;
	const struct annot_challenge_request in = {};
	void *got;
	test_client_open(f->daemon.url, &client);
	assert_status(test_call(&client, ANNOT_CALL_challenge, &in, &got), ANNOT_REFUSED);
	test_client_close(&client);
}

/* --- annot_open --- */

static bool on_contact(void *arg, const struct annot_contact *contact)
{
	struct fixture *f = arg;
	f->met = *contact;
	assert_string_equal(contact->socket, f->url);
	assert_string_equal(contact->origin, TEST_ORIGIN);
	f->n_asked++;
	return f->say_yes;
}

static enum annot_status on_signer(void *arg, const struct annot_signer **ret,
				   struct annot_error *err)
{
	struct fixture *f = arg;
	(void)err;
	*ret = f->signer;
	return ANNOT_OK;
}

static struct annot_options options_of(struct fixture *f)
{
	struct annot_options o = ANNOT_OPTIONS_INIT;
	o.socket = f->url;
	o.confirm = on_contact;
	o.signer = on_signer;
	o.arg = f;
	return o;
}

static void test_first_contact(void **state)
{
	struct fixture *f = *state;
	struct annot_options o = options_of(f);
	struct annot *a;
	assert_status(annot_open(&o, &a, &test_error), ANNOT_REFUSED);
	assert_int_equal(f->n_asked, 1);
	assert_true(annot_hash_equal(&f->met.corpus, &f->test->id));
	f->say_yes = true;
	assert_ok(annot_open(&o, &a, &test_error));
	assert_int_equal(f->n_asked, 2);
	assert_true(annot_first_contact(a));
	assert_int_equal(annot_hello(a)->size, 1);
	annot_close(a);
	assert_ok(annot_open(&o, &a, &test_error)); /* known now */
	assert_int_equal(f->n_asked, 2);
	assert_false(annot_first_contact(a));
	annot_close(a);
	/* Options of version 1 have none of this. */
	o.version = 1;
	assert_status(annot_open(&o, &a, &test_error), ANNOT_USAGE);
	assert_error_says("a key is to be proved there");
	o.version = 2;
	o.signer = NULL;
	assert_status(annot_open(&o, &a, &test_error), ANNOT_USAGE);
}

/* --- what is no annotd at all --- */

struct listener {
	int fd;
	const char *says; /* to each that comes, before it hangs up; NULL: nothing */
};

static void *listen_on(void *arg)
{
	struct listener *l = arg;
	for (int fd; (fd = accept(l->fd, NULL, NULL)) >= 0; close(fd))
		if (l->says)
			(void)!send(fd, l->says, strlen(l->says), MSG_NOSIGNAL);
	return NULL;
}

static enum annot_status open_against(struct fixture *f, const char *says)
{
	struct listener l = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .says = says};
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	char url[64];
	pthread_t thread;
	struct annot *a;
	assert_int_equal(bind(l.fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(l.fd, 16), 0);
	assert_int_equal(getsockname(l.fd, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(pthread_create(&thread, NULL, listen_on, &l), 0);
	snprintf(url, sizeof url, "tls+tcp://127.0.0.1:%d", ntohs(at.sin_port));
	struct annot_options o = options_of(f);
	o.socket = url;
	o.timeout_ms = 400;
	enum annot_status status = annot_open(&o, &a, &test_error);
	shutdown(l.fd, SHUT_RDWR); /* ends accept */
	pthread_join(thread, NULL);
	close(l.fd);
	return status;
}

static void test_others(void **state)
{
	struct fixture *f = *state;
	assert_status(open_against(f, "HTTP/1.1 400 Bad Request\r\n\r\n"), ANNOT_UNREACHABLE);
	assert_error_says("no TLS connection");
	/* As annotd does with too many from one address: tried again, until it takes too long. */
	assert_status(open_against(f, NULL), ANNOT_BUSY);
	assert_error_says("takes only so many");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_before_a_login), TEST(test_login),
		TEST(test_wrong_logins),           TEST(test_local),
		TEST(test_first_contact),          TEST(test_others),
	};
	return cmocka_run_group_tests_name("libannot/client/remote", tests, NULL, NULL);
}
