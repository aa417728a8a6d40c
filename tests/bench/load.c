/*
 * bench_load: drives an annotd of its own over ipc and prints figures, one phase a line.
 * script/bench calls it; by hand:
 *
 *   bench_load [--cpu N] [--client nng] [--annotctl PROGRAM] ANNOTD DIR SOCKET PHASE…
 *     DIR is made and may not exist; SOCKET is a path. Phases, in order:
 *     submit=CONNECTIONS,PER,RECORDS   signed quotes in, PER a request
 *     fill=RECORDS                     quotes in until the log holds so many
 *     get=CONNECTIONS,SECONDS          by id, one a request
 *     list=ROWS,SECONDS                one connection
 *     watch=WATCHERS,SHARE,RECORDS     quotes in at that share of the last submit's rate (0: all at
 *                                      once), which all of them see
 *     crowd=CLIENTS,SECONDS            who have got and listed and stay connected: memory, idle CPU
 *     show=TIMES                       CPU of annotctl show (--annotctl)
 *     settle                           until it is at rest: words are indexed after the log
 *     memory · threads                 of the daemon; threads to stderr
 *     kill · replay · start            SIGKILL; what SQLite needs to read that state; serving again
 *     stop                             the daemon, before:
 *     size · fsck · rebuild · start · audit · proof=TIMES
 *   bench_load sync DIR                32 KiB appended and fdatasync, p50 and p99
 */
#include <ctype.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "base/auto.h"

#include "bench.h"

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

void print_figures(const char *phase, const struct figures *f, double units)
{
	printf("%s rate %.1f p50 %.1f p99 %.1f\n", phase, f->rate * units, f->p50, f->p99);
}

static const struct phase *find(const struct phase *list, const char *name, size_t len)
{
	for (; list->name; list++) {
		if (strncmp(list->name, name, len) == 0 && !list->name[len])
			return list;
	}
	return NULL;
}

/* NAME or NAME=A,B,C */
static void run(struct load *l, const char *text)
{
	double n[PHASE_NUMBERS_MAX] = {0};
	size_t len = strcspn(text, "=");
	const char *at = text[len] ? text + len + 1 : NULL;
	const struct phase *phase = find(phases_served, text, len);
	char *end;
	if (!phase && !(phase = find(phases_life, text, len)))
		die("unknown phase %s", text);
	for (size_t i = 0; i < phase->numbers; i++) {
		if (!at)
			die("phase %s: %zu numbers expected", text, phase->numbers);
		n[i] = strtod(at, &end);
		if (end == at || n[i] < 0)
			die("phase %s: not a number", text);
		at = *end == ',' ? end + 1 : NULL;
	}
	if (at)
		die("phase %s: %zu numbers expected", text, phase->numbers);
	phase->run(l, n);
	fflush(stdout);
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

/* Returns how many arguments were options. */
static int options(struct load *l, char **argv, int argc)
{
	int i = 0;
	for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		if (strcmp(argv[i], "--cpu") == 0)
			pin(argv[i + 1]);
		else if (strcmp(argv[i], "--client") == 0 && strcmp(argv[i + 1], "nng") == 0)
			l->drive = drive_nng;
		else if (strcmp(argv[i], "--annotctl") == 0)
			l->annotctl = argv[i + 1];
		else
			die("unknown option %s", argv[i]);
	}
	return i;
}

int main(int argc, char **argv)
{
	struct load l = {.drive = drive_raw};
	if (argc == 3 && strcmp(argv[1], "sync") == 0) {
		struct figures f = disk_sync(argv[2]);
		print_figures("sync", &f, 1);
		return 0;
	}
	int i = 1 + options(&l, argv + 1, argc - 1);
	if (argc - i < 4)
		die("usage: bench_load [--cpu N] [--client nng] [--annotctl PROGRAM] ANNOTD DIR "
		    "SOCKET PHASE…");
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
