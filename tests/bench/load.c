/*
 * bench_load: drives an annotd of its own over ipc and prints figures, one phase a line.
 * script/bench calls it; by hand:
 *
 *   bench_load [--cpu N] [--client nng] ANNOTD DIR SOCKET PHASE…
 *     DIR is made and may not exist; SOCKET is a path. Phases, in order:
 *     submit=CONNECTIONS,PER,RECORDS   signed quotes in, PER a request
 *     get=CONNECTIONS,SECONDS          by id, one a request
 *     list=ROWS,SECONDS                one connection
 *     memory · threads                 of the daemon; threads to stderr
 *     stop                             the daemon, before:
 *     size · fsck · rebuild
 *   bench_load sync DIR                32 KiB appended and fdatasync, p50 and p99
 */
#include <ctype.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"

#include "bench.h"

enum { GETS = 4096, LISTS = 16, LIST_MEMORY_MAX = 64 << 20 };

struct load {
	const char *annotd, *dir, *socket;
	struct desk *desk;
	uint64_t records; /* in the log */
	struct figures (*drive)(const struct drive *d);
};

void die(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("bench_load: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void print(const char *phase, const struct figures *f, double units)
{
	printf("%s rate %.1f p50 %.1f p99 %.1f\n", phase, f->rate * units, f->p50, f->p99);
	fflush(stdout);
}

static uint64_t log_size(const struct load *l)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	struct annot_checkpoint_request request;
	const struct annot_checkpoint_reply *reply =
		call_once(l->socket, ANNOT_CALL_checkpoint, &request, arena);
	return reply->size;
}

static void phase_submit(struct load *l, const double *n)
{
	struct requests requests = desk_submits(l->desk, (size_t)n[2], (size_t)n[1]);
	struct drive drive = {.socket = l->socket,
			      .connections = (size_t)n[0],
			      .requests = &requests,
			      .count = requests.n};
	struct figures f = l->drive(&drive);
	print("submit", &f, requests.units);
	uint64_t size = log_size(l), expected = l->records + requests.n * (uint64_t)n[1];
	if (size != expected)
		die("the log has %llu records, not %llu: some were refused",
		    (unsigned long long)size, (unsigned long long)expected);
	l->records = size;
	requests_free(&requests);
}

static void phase_get(struct load *l, const double *n)
{
	struct requests requests = desk_gets(l->desk, GETS);
	struct drive drive = {.socket = l->socket,
			      .connections = (size_t)n[0],
			      .requests = &requests,
			      .seconds = n[1]};
	struct figures f = l->drive(&drive);
	print("get", &f, 1);
	requests_free(&requests);
}

/* Pages that start all over the log. */
static void phase_list(struct load *l, const double *n)
{
	struct requests requests = requests_new(LISTS);
	double rows = 0;
	for (uint64_t i = 0; i < LISTS; i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(LIST_MEMORY_MAX);
		struct annot_list_request request = {.limit = (uint64_t)n[0]};
		if (l->records > request.limit)
			request.from = (l->records - request.limit) * i / LISTS;
		const struct annot_rows_reply *reply =
			call_once(l->socket, ANNOT_CALL_list, &request, arena);
		rows += (double)reply->n_rows;
		requests_add(&requests, ANNOT_CALL_list, &request);
	}
	struct drive drive = {
		.socket = l->socket, .connections = 1, .requests = &requests, .seconds = n[1]};
	struct figures f = l->drive(&drive);
	print("list", &f, rows / LISTS);
	requests_free(&requests);
}

static void phase_offline(const struct load *l, const char *command)
{
	printf("%s rate %.1f\n", command,
	       (double)l->records / daemon_offline(l->annotd, command, l->dir));
	fflush(stdout);
}

static void phase_size(const struct load *l)
{
	double records = (double)l->records;
	printf("size record %.1f truth %.1f index %.1f\n", l->desk->record_bytes,
	       database_bytes(l->dir, "truth.db") / records,
	       database_bytes(l->dir, "index.db") / records);
	fflush(stdout);
}

/* NAME=A,B,C */
static void numbers(const char *phase, size_t expected, double *ret)
{
	const char *at = strchr(phase, '=');
	char *end;
	for (size_t i = 0; i < expected; i++) {
		if (!at)
			die("phase %s: %zu numbers expected", phase, expected);
		ret[i] = strtod(at + 1, &end);
		if (end == at + 1 || ret[i] < 0)
			die("phase %s: not a number", phase);
		at = *end == ',' ? end : NULL;
	}
	if (at)
		die("phase %s: %zu numbers expected", phase, expected);
}

static void run(struct load *l, const char *phase)
{
	double n[3];
	if (strncmp(phase, "submit=", 7) == 0) {
		numbers(phase, 3, n);
		phase_submit(l, n);
	} else if (strncmp(phase, "get=", 4) == 0) {
		numbers(phase, 2, n);
		phase_get(l, n);
	} else if (strncmp(phase, "list=", 5) == 0) {
		numbers(phase, 2, n);
		phase_list(l, n);
	} else if (strcmp(phase, "memory") == 0) {
		printf("memory KiB %.0f records %llu\n", daemon_memory(),
		       (unsigned long long)l->records);
	} else if (strcmp(phase, "threads") == 0) {
		daemon_threads();
	} else if (strcmp(phase, "stop") == 0) {
		daemon_stop();
	} else if (strcmp(phase, "size") == 0) {
		phase_size(l);
	} else if (strcmp(phase, "fsck") == 0 || strcmp(phase, "rebuild") == 0) {
		phase_offline(l, phase);
	} else {
		die("unknown phase %s", phase);
	}
}

/* This process, and with it the daemon, on one core. */
static void pin(const char *cpu)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(strtoul(cpu, NULL, 10), &set);
	if (!isdigit((unsigned char)cpu[0]) || sched_setaffinity(0, sizeof set, &set) != 0)
		die("no cpu %s", cpu);
}

int main(int argc, char **argv)
{
	struct load l = {.drive = drive_raw};
	int i = 1;
	if (argc == 3 && strcmp(argv[1], "sync") == 0) {
		struct figures f = disk_sync(argv[2]);
		print("sync", &f, 1);
		return 0;
	}
	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (strcmp(argv[i], "--cpu") == 0)
			pin(argv[i + 1]);
		else if (strcmp(argv[i], "--client") == 0 && strcmp(argv[i + 1], "nng") == 0)
			l.drive = drive_nng;
		else
			die("unknown option %s", argv[i]);
	}
	if (argc - i < 4)
		die("usage: bench_load [--cpu N] [--client nng] ANNOTD DIR SOCKET PHASE…");
	l.annotd = argv[i];
	l.dir = argv[i + 1];
	l.socket = argv[i + 2];
	l.desk = desk_new(l.dir);
	daemon_start(l.annotd, l.dir, l.socket);
	desk_seed(l.desk, l.socket);
	l.records = log_size(&l);
	for (i += 3; i < argc; i++)
		run(&l, argv[i]);
	desk_free(l.desk);
	return 0;
}
