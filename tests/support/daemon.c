#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <nng/protocol/reqrep0/req.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "tls/certificate.h"

enum { PATIENCE_MS = 60000 * PATIENCE, ARGS_MAX = 16, REPLIES_MAX = 64 << 20, DAEMONS_MAX = 16 };

extern char **environ;

/* By posix_spawn, since nng forbids fork. */
static pid_t spawn(const char *const *args, int out)
{
	const char *argv[ARGS_MAX + 1] = {ANNOTD};
	posix_spawn_file_actions_t actions;
	pid_t pid;
	for (size_t i = 0; args[i]; i++) {
		assert_true(i + 2 < COUNT(argv));
		argv[i + 1] = args[i];
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	assert_int_equal(
		posix_spawn(&pid, ANNOTD, &actions, NULL, (char **)(uintptr_t)argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* --- what a failed test leaves running --- */

static pid_t running[DAEMONS_MAX]; /* 0: free */

static void kill_running(void)
{
	for (size_t i = 0; i < COUNT(running); i++) {
		if (running[i] > 0 && kill(running[i], SIGKILL) == 0)
			waitpid(running[i], NULL, 0);
	}
}

/* Puts `to` where `from` is. */
static void running_change(pid_t from, pid_t to)
{
	static bool registered;
	if (!registered)
		assert_int_equal(atexit(kill_running), 0);
	registered = true;
	for (size_t i = 0; i < COUNT(running); i++) {
		if (running[i] == from) {
			running[i] = to;
			return;
		}
	}
}

static int wait_for(pid_t pid)
{
	int status;
	if (waitpid(pid, &status, 0) != pid)
		fail_msg("waiting for %d: %s", (int)pid, strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Reads until the words were said, or to the end; whether they were. */
static bool read_until(int fd, const char *words, char *ret, size_t max)
{
	size_t at = 0;
	ret[0] = '\0';
	while (at + 1 < max) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, PATIENCE_MS) != 1)
			fail_msg("annotd said nothing more than: %s", ret);
		ssize_t n = read(fd, ret + at, max - 1 - at);
		if (n <= 0)
			return false;
		at += (size_t)n;
		ret[at] = '\0';
		if (words && strstr(ret, words))
			return true;
	}
	return false;
}

static void start_at(const char *dir, const char *level, const char *also, struct test_daemon *ret)
{
	int ends[2];
	snprintf(ret->url, sizeof ret->url, "ipc://%s/socket", dir);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	const char *const args[] = {"--corpus",
				    dir,
				    "--listen",
				    ret->url,
				    "--log-level",
				    level,
				    also ? "--listen" : NULL,
				    also,
				    NULL};
	ret->pid = spawn(args, ends[1]);
	running_change(0, ret->pid);
	close(ends[1]);
	ret->out = ends[0];
}

void test_daemon_wait(struct test_daemon *d)
{
	if (!read_until(d->out, "annotd: serving", d->said, sizeof d->said))
		fail_msg("annotd did not start: %s", d->said);
}

void test_daemon_start(const char *dir, struct test_daemon *ret)
{
	test_daemon_spawn(dir, ret);
	test_daemon_wait(ret);
}

void test_daemon_spawn(const char *dir, struct test_daemon *ret)
{
	start_at(dir, "info", NULL, ret);
}

void test_daemon_start_quiet(const char *dir, struct test_daemon *ret)
{
	start_at(dir, "error", NULL, ret);
	test_daemon_wait(ret);
}

int test_daemon_start_tls(const char *dir, struct test_daemon *ret)
{
	static const char url[] = "tls+tcp://127.0.0.1:";
	AUTO_BUF struct annot_buf pem = ANNOT_BUF_INIT(ANNOT_CERTIFICATE_FILE_MAX);
	assert_ok(annot_certificate_make("test", &pem, &test_error));
	test_write_file(dir, ANNOT_CERTIFICATE_FILE, pem.data, pem.len, 0600);
	start_at(dir, "error", "tls+tcp://127.0.0.1:0", ret);
	test_daemon_wait(ret);
	const char *serving = strstr(ret->said, "annotd: serving");
	const char *at = strstr(serving, url);
	assert_non_null(at);
	return atoi(at + strlen(url));
}

int test_daemon_stop(struct test_daemon *d)
{
	assert_true(d->pid > 0); /* 0 would be this very process group */
	kill(d->pid, SIGTERM);
	int code = wait_for(d->pid);
	running_change(d->pid, 0);
	d->pid = 0;
	read_until(d->out, NULL, d->said, sizeof d->said);
	if (code != 0)
		print_message("%s", d->said);
	close(d->out);
	return code;
}

void test_daemon_kill(struct test_daemon *d)
{
	assert_true(d->pid > 0);
	kill(d->pid, SIGKILL);
	wait_for(d->pid);
	running_change(d->pid, 0);
	d->pid = 0;
	close(d->out);
}

int test_annotd(const char *const *args, char *ret, size_t max)
{
	int ends[2];
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid_t pid = spawn(args, ends[1]);
	close(ends[1]);
	read_until(ends[0], NULL, ret, max);
	close(ends[0]);
	return wait_for(pid);
}

/* --- client --- */

/* nng 1.5.2 loses a message that is being sent when its socket is closed (also in
 * cmake/valgrind.supp). Found by name. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:nng_send";
}

void test_client_open(const char *url, struct test_client *ret)
{
	assert_int_equal(nng_req0_open(&ret->socket), 0);
	assert_int_equal(nng_socket_set_ms(ret->socket, NNG_OPT_RECVTIMEO, PATIENCE_MS), 0);
	assert_int_equal(nng_socket_set_ms(ret->socket, NNG_OPT_SENDTIMEO, PATIENCE_MS), 0);
	assert_int_equal(nng_dial(ret->socket, url, NULL, 0), 0);
	ret->arena = annot_arena_new(REPLIES_MAX);
	assert_non_null(ret->arena);
}

void test_client_close(struct test_client *c)
{
	nng_close(c->socket);
	c->arena = annot_arena_free(c->arena);
}

enum annot_status test_call(struct test_client *c, enum annot_call_id id, const void *request,
			    void **ret)
{
	const struct annot_call_def *call = annot_call_def(id);
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	nng_msg *reply;
	assert_ok(annot_request_encode(call, request, &frame, &test_error));
	assert_int_equal(nng_send(c->socket, frame.data, frame.len, 0), 0);
	assert_int_equal(nng_recvmsg(c->socket, &reply, 0), 0);
	enum annot_status status =
		annot_reply_decode(call, annot_bytes(nng_msg_body(reply), nng_msg_len(reply)),
				   c->arena, ret, &test_error);
	nng_msg_free(reply);
	return status;
}

const struct annot_submit_reply *test_submit(struct test_client *c, const struct test_corpus *from,
					     struct test_entry *const *entries, size_t n)
{
	struct annot_submit_item *items = calloc(n, sizeof items[0]);
	void *reply;
	for (size_t i = 0; i < n; i++) {
		items[i].record = entries[i]->record->bytes;
		items[i].signature = annot_bytes(entries[i]->signature, ANNOT_SIGNATURE_SIZE);
		if (entries[i]->record->seen.size > 0)
			items[i].note = from->seen_note;
	}
	struct annot_submit_request request = {.items = items, .n_items = n};
	assert_ok(test_call(c, ANNOT_CALL_submit, &request, &reply));
	free(items);
	return reply;
}

enum annot_status test_upload(struct test_client *c, const struct annot_hash *document,
			      struct annot_bytes text, size_t piece)
{
	size_t at = 0;
	for (;;) {
		size_t len = text.len - at < piece ? text.len - at : piece;
		struct annot_upload_request request = {
			.document = *document,
			.offset = at,
			.data = annot_bytes(text.data + at, len),
		};
		void *reply;
		enum annot_status status = test_call(c, ANNOT_CALL_upload, &request, &reply);
		if (status != ANNOT_OK)
			return status;
		const struct annot_upload_reply *r = reply;
		at += len;
		assert_int_equal(r->received, at);
		assert_int_equal(r->complete, at == text.len);
		if (r->complete)
			return ANNOT_OK;
	}
}
