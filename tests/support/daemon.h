/* A real annotd process, and a small client of it: plain nng REQ and proto/. Link with test_daemon.
 */
#ifndef TESTS_SUPPORT_DAEMON_H
#define TESTS_SUPPORT_DAEMON_H

#include <nng/nng.h>
#include <sys/types.h>

#include "folder.h"
#include "proto/proto.h"

struct test_daemon {
	pid_t pid;
	int out; /* its standard error */
	char url[TEST_PATH_MAX + 16];
	char said[4096]; /* up to the line that says that it serves, or all if it ended before */
};

/* Starts annotd on the folder, listening on DIR/socket, and waits until it serves. */
void test_daemon_start(const char *dir, struct test_daemon *ret);
/* The same, logging errors alone: nobody reads `out` while it serves, and a full pipe would stop
 * it. */
void test_daemon_start_quiet(const char *dir, struct test_daemon *ret);
/* The same, with a certificate that it makes, also listening at tls+tcp://127.0.0.1; the port. */
int test_daemon_start_tls(const char *dir, struct test_daemon *ret);
/* The same in two steps: without waiting, and the waiting. */
void test_daemon_spawn(const char *dir, struct test_daemon *ret);
void test_daemon_wait(struct test_daemon *d);
/* SIGTERM, waits, and gives the exit code; 128 + the signal that ended it. */
int test_daemon_stop(struct test_daemon *d);
/* kill -9. */
void test_daemon_kill(struct test_daemon *d);
/* Runs annotd with these arguments (NULL at the end) to its end: exit code, and what it said on
 * both outputs. */
int test_annotd(const char *const *args, char *ret, size_t max);

struct test_client {
	nng_socket socket;
	struct annot_arena *arena; /* of all replies */
};
void test_client_open(const char *url, struct test_client *ret);
void test_client_close(struct test_client *c);

/* One call: the status of its reply, its text in test_error, the reply struct in c->arena. */
enum annot_status test_call(struct test_client *c, enum annot_call_id id, const void *request,
			    void **ret);

/* Submits entries of a corpus, with the seen note; the reply must be OK. */
const struct annot_submit_reply *test_submit(struct test_client *c, const struct test_corpus *from,
					     struct test_entry *const *entries, size_t n);
/* Uploads a document's text in pieces; the status of the last call made. */
enum annot_status test_upload(struct test_client *c, const struct annot_hash *document,
			      struct annot_bytes text, size_t piece);

#endif
