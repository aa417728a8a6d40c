/*
 * A real annotd, peers that mean it ill, and an honest client that works beside them and measures
 * how it fares. Link with test_hostile.
 */
#ifndef TESTS_HOSTILE_HOSTILE_H
#define TESTS_HOSTILE_HOSTILE_H

#include "daemon.h"
#include "sanitized.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	HONEST_RECORDS = 1500, /* that the honest client may submit */
	HONEST_QUIET = 400,    /* calls before anything happens */
	HONEST_LEAST = 200,    /* calls during what happens, at least */
	HONEST_SAMPLES = 200000,
	PEER_PATIENCE_MS = 60000 * PATIENCE,

	/* An honest call's p99 is at most so many times that of the same run when all was quiet, …
	 */
	SLOWER_MAX = 20,
	/* … or below this. Other programs run on the machine: the bound is there to find hangs. */
	SLOW_FLOOR_MS = (SANITIZED_THREAD ? 2000
			 : SANITIZED      ? 500
					  : 100) *
			PATIENCE,
	/* No call may take longer than this, ever. */
	HANG_MS = 20000 * PATIENCE,
	/* Of annotd, whatever its peers do (docs/architecture.md). Sanitizers keep what was freed.
	 */
	RSS_ANON_MAX_KIB = 192 << 10,
};

struct honest {
	const struct test_corpus *corpus;
	const char *path;
	size_t first, n_records; /* entries of the corpus that are its to submit */
	pthread_t thread;
	atomic_bool stop;
	atomic_size_t n_calls;     /* so far; those since the last mark are in us[] */
	atomic_size_t n_committed; /* of its records, in order */
	atomic_size_t n_reconnects;
	char failed[256]; /* why it gave up; read after it was stopped */
	pthread_mutex_t lock;
	uint32_t *us;
	size_t n_us;
};

struct descriptors {
	int all, sockets;
};

struct hostile {
	struct test_corpus *corpus;
	char dir[TEST_PATH_MAX], path[TEST_PATH_MAX];
	int port; /* of tls+tcp on 127.0.0.1 */
	struct test_daemon daemon;
	struct honest honest;
	double quiet_p99_us;
	struct descriptors descriptors; /* of annotd, when only the honest client was connected */
};

/* cmocka setup and teardown: a corpus with one reviewer, annotd, the honest client at work.
 * Teardown checks all that must hold after any attack: see hostile_check. */
int hostile_setup(void **state);
int hostile_teardown(void **state);

/* An attack begins: forgets how the honest client fared so far. */
void hostile_begin(struct hostile *h);
/* Waits until the honest client made enough calls during it, then judges its p99. */
void hostile_judge(struct hostile *h, const char *what);

struct descriptors process_descriptors(pid_t pid);
/* RssAnon of a process. */
long process_rss_kib(pid_t pid);
/* Sum of user and system time so far. */
double process_cpu_s(pid_t pid);
double now_s(void);
void pause_ms(int ms);

/* --- honest.c */
void honest_start(struct honest *h);
void honest_stop(struct honest *h);
/* Of the calls since the last mark. */
void honest_mark(struct honest *h);
size_t honest_quantiles(struct honest *h, double *ret_p50_us, double *ret_p99_us,
			double *ret_max_us);

/* --- writer.c: bob, whose key the corpus of hostile_setup has, writes one record after the other
 */

struct honest_writer {
	struct hostile *h;
	struct test_client client;
	struct test_key bob;
	uint32_t number; /* one of its own for each writer of a run */
	uint64_t n;
};

void honest_writer_open(struct hostile *h, uint32_t number, struct honest_writer *ret);
/* Submits one more, and fails the test if it is not admitted. */
void honest_write(struct honest_writer *w);
void honest_writer_close(struct honest_writer *w);

/* --- peer.c: raw sockets; what cannot be sent is no failure, since annotd may have closed it */

enum { PEER_HEAD = 13 /* mark, length, request id */ };

/* Connects only; -1: refused. */
int peer_connect(const char *path);
/* Connects and says hello; -1: it was closed meanwhile. */
int peer_open(const char *path);
void peer_close_all(int *fds, size_t n);
/* Whether all of it was taken. */
bool peer_write(int fd, const void *data, size_t len);
/* As much as fits the socket now, without waiting. */
size_t peer_write_some(int fd, const void *data, size_t len);
/* A frame with a request: head and payload. */
void peer_frame(struct annot_bytes payload, uint32_t id, struct annot_buf *ret);
/* Reads a whole reply's payload; false: the connection was closed. */
bool peer_reply(int fd, struct annot_buf *ret);
/* Reads until the peer closes; false: it did not within the patience. */
bool peer_closed(int fd);
/* Requests, encoded. */
void request_get(const struct test_entry *e, struct annot_buf *ret);
void request_list(const char *query, uint64_t limit, struct annot_buf *ret);
/* events, waiting for them. */
void request_events(const char *query, uint64_t from, struct annot_buf *ret);
/* Any call. */
void request_any(enum annot_call_id id, const void *request, struct annot_buf *ret);
void request_submit(struct test_entry *const *e, size_t n, bool forged, struct annot_buf *ret);
/* Makes room for so many descriptors in this process. */
void allow_descriptors(size_t n);

#endif
