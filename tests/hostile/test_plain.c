/* Clients that others wrote: plain nng REQ sockets and nngcat. */
#include "hostile.h"

#include <fcntl.h>
#include <nng/protocol/reqrep0/req.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

extern char **environ;

enum { SOCKETS = 16, CALLS = 50 };

static void check_hello(const struct hostile *h, struct annot_bytes payload)
{
	struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	void *got;
	assert_ok(annot_reply_decode(annot_call_def(ANNOT_CALL_hello), payload, arena, &got,
				     &test_error));
	assert_memory_equal(&((struct annot_hello_reply *)got)->corpus, &h->corpus->id,
			    sizeof h->corpus->id);
	annot_arena_free(arena);
}

static void encode_hello(struct annot_buf *ret)
{
	struct annot_hello_request request = {.version = 1, .client = "plain"};
	assert_ok(
		annot_request_encode(annot_call_def(ANNOT_CALL_hello), &request, ret, &test_error));
}

/* Many REQ sockets, requests in flight on all of them at a time. */
static void test_req_sockets(void **state)
{
	struct hostile *h = *state;
	struct test_client clients[SOCKETS];
	AUTO_BUF struct annot_buf hello = ANNOT_BUF_INIT(4096);
	encode_hello(&hello);
	for (size_t i = 0; i < SOCKETS; i++)
		test_client_open(h->daemon.url, &clients[i]);
	for (size_t k = 0; k < CALLS; k++) {
		for (size_t i = 0; i < SOCKETS; i++)
			assert_int_equal(nng_send(clients[i].socket, hello.data, hello.len, 0), 0);
		for (size_t i = 0; i < SOCKETS; i++) {
			nng_msg *reply;
			assert_int_equal(nng_recvmsg(clients[i].socket, &reply, 0), 0);
			check_hello(h, annot_bytes(nng_msg_body(reply), nng_msg_len(reply)));
			nng_msg_free(reply);
		}
	}
	for (size_t i = 0; i < SOCKETS; i++)
		test_client_close(&clients[i]);
}

/* Oversized frames are sent by plain sockets (test_frames): nng 1.5.2's own client may hang for
 * good after one. */

static const char *find_nngcat(void)
{
	static const char *const places[] = {"/usr/bin/nngcat", "/usr/local/bin/nngcat"};
	for (size_t i = 0; i < COUNT(places); i++) {
		if (access(places[i], X_OK) == 0)
			return places[i];
	}
	return NULL;
}

static void test_nngcat(void **state)
{
	struct hostile *h = *state;
	const char *program = find_nngcat();
	if (!program) {
		print_message("skipped: no nngcat here (package nng-utils)\n");
		skip();
	}
	AUTO_BUF struct annot_buf hello = ANNOT_BUF_INIT(4096), said = ANNOT_BUF_INIT(65536);
	encode_hello(&hello);
	test_write_file(h->dir, "request", hello.data, hello.len, 0600);
	const char *const argv[] = {program,       "--req",          "--dial",
				    h->daemon.url, "--file",         test_path(h->dir, "request"),
				    "--raw",       "--recv-timeout", "30",
				    NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], status;
	pid_t pid;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	assert_int_equal(
		posix_spawn(&pid, program, &actions, NULL, (char **)(uintptr_t)argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	uint8_t bytes[4096];
	for (ssize_t n; (n = read(ends[0], bytes, sizeof bytes)) > 0;)
		annot_buf_add(&said, bytes, (size_t)n);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	check_hello(h, annot_buf_bytes(&said));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hostile_setup, hostile_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_req_sockets),
		TEST(test_nngcat),
	};
	return cmocka_run_group_tests_name("hostile/plain", tests, NULL, NULL);
}
