/*
 * The load generator: a corpus of its own, a daemon of its own, signed records, clients, figures. A
 * bench stops at the first thing that goes wrong: no function here returns a failure.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <sys/types.h>

#include "base/arena.h"
#include "proto/proto.h"
#include "record/sshkey.h"

enum { BENCH_REVIEWERS = 8, BENCH_PATH_MAX = 512, BENCH_CONNECTIONS_MAX = 512 };

/* Says why on stderr and exits with 1 (which ends the daemon too). */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
double now_s(void);

/* --- requests --- */

/* Bytes of SP over ipc before the payload: 0x01, length, request id. */
enum { BENCH_FRAME_HEAD = 13 };

/* Requests ready to be written, one after the other. */
struct requests {
	struct annot_buf bytes;
	size_t *ends; /* of each in bytes */
	size_t n, max;
	double units; /* what a request is made of, on average: records, rows */
};

struct requests requests_new(size_t max);
void requests_free(struct requests *r);
void requests_add(struct requests *r, enum annot_call_id call, const void *request);
/* The n-th with its head. */
struct annot_bytes requests_at(const struct requests *r, size_t n);

/* --- one connection of our own (connection.c) --- */

/* A connected ipc socket that has said hello in SP; -1 when nobody listens. */
int connection_open(const char *path);
struct connection {
	int fd;
	uint8_t *in; /* what came and was not taken yet; NULL before the first read */
	size_t len;
};
void connection_send(const struct connection *c, struct annot_bytes frame);
/* Reads once; the payload of a whole reply, valid until connection_done, or absent. */
struct annot_bytes connection_take(struct connection *c);
void connection_done(struct connection *c);
void connection_close(struct connection *c);
/* Whether a reply says that its call was done; dies naming why not. */
void reply_check(struct annot_bytes payload);
/* A call on a connection of its own; the decoded reply lives in arena. */
const void *call_once(const char *path, enum annot_call_id call, const void *request,
		      struct annot_arena *arena);

/* --- a newsroom's desk (desk.c, records.c) --- */

struct desk {
	struct annot_arena *arena;
	struct annot_secret_key admin, reviewers[BENCH_REVIEWERS];
	struct annot_hash corpus, document;
	struct annot_bytes text;
	uint64_t counter;       /* of nonces */
	struct annot_hash *ids; /* of all quotes that were signed */
	size_t n_ids, max_ids;
	double record_bytes; /* mean of a quote */
};

/* Makes a corpus folder that annotd can serve for the first time. */
struct desk *desk_new(const char *dir);
void desk_free(struct desk *d);
/* Enrols the reviewers, adds the document with its text. */
void desk_seed(struct desk *d, const char *socket);
/* Submits of `per` quotes each, `records` in all, signed by the reviewers in turn. */
struct requests desk_submits(struct desk *d, size_t records, size_t per);
/* Gets of one annotation each, picked at random. */
struct requests desk_gets(const struct desk *d, size_t n);
/* A record as it is submitted; bytes live in arena, and draft is freed. */
struct annot_draft;
struct annot_submit_item desk_sign(struct desk *d, const struct annot_secret_key *key,
				   struct annot_draft *draft, struct annot_arena *arena,
				   struct annot_hash *ret_id);

/* --- clients (drive.c, drive_nng.c) --- */

struct drive {
	const char *socket;
	size_t connections;
	const struct requests *requests;
	size_t count; /* requests to send, each once; 0: round and round, for seconds */
	double seconds;
};
struct figures {
	double rate;     /* requests a second */
	double p50, p99; /* us */
};
/* One thread, a unix socket a connection: next to no cost of its own. */
struct figures drive_raw(const struct drive *d);
/* One thread and nng REQ socket a connection: what a plain nng client gets. */
struct figures drive_nng(const struct drive *d);
struct figures figures_of(uint64_t *latencies_ns, size_t n, double seconds);

/* --- the daemon (daemon.c) --- */

/* Serves dir on the ipc path; returns when it answers, which took so many seconds from exec on.
 * Ended at exit. */
double daemon_start(const char *program, const char *dir, const char *socket);
/* Waits for its end, which must be a good one. */
void daemon_stop(void);
/* SIGKILL. */
void daemon_kill(void);
/* KiB of its own memory (RssAnon). */
double daemon_memory(void);
/* CPU seconds of its threads so far, to the nanosecond. */
double daemon_cpu(void);
/* The same, thread by thread, to stderr. */
void daemon_threads(void);
/* CPU seconds, user and system, of a program that must end well. */
double program_cpu(const char *const *argv, const char *output);
/* Seconds that `program command --corpus dir` takes; it must find nothing wrong. */
/* Runs a program to its end, which must be good: seconds of the clock. */
double program_wall(const char *const *argv, const char *output);
double daemon_offline(const char *program, const char *command, const char *dir);
/* 0 if it is not there. */
double file_bytes(const char *dir, const char *name);
/* Bytes of a database with its write-ahead log. */
double database_bytes(const char *dir, const char *name);

/* p50 and p99 of appending 32 KiB and fdatasync in a folder. */
struct figures disk_sync(const char *dir);

/* --- what is asked of it (load.c, phases.c, life.c, watch.c) --- */

struct load {
	const char *annotd, *annotctl, *dir, *socket;
	struct desk *desk;
	uint64_t records;   /* in the log */
	double submit_rate; /* records a second of the last submit */
	struct figures (*drive)(const struct drive *d);
};

enum { PHASE_NUMBERS_MAX = 3 };
struct phase {
	const char *name;
	size_t numbers; /* that it is given */
	void (*run)(struct load *l, const double *n);
};
extern const struct phase phases_served[], phases_life[]; /* the last one has no name */

void phase_watch(struct load *l, const double *n);
/* proof.c */
void phase_audit(struct load *l, const double *n);
void phase_proof(struct load *l, const double *n);

/* One line of output. */
void print_figures(const char *phase, const struct figures *f, double units);
uint64_t log_size(const struct load *l);

#endif
