/* Phases of the process: starting, ending, resting, what it holds; and its databases when it is
 * gone. */
#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>

#include "base/auto.h"
#include "base/encode.h"

#include "bench.h"

enum { CROWD_GETS = 20, CROWD_ROWS = 1000, SHOWS_MAX = 1000 };
#define SETTLE_S                                                                                   \
	4 /* until what follows the last commit has been done: logs are emptied after a second */

#define CALM_S     0.2
#define CALM_SHARE 0.02
enum { CALM_MAX_S = 900 };

static void rest(double seconds)
{
	struct timespec t = {.tv_sec = (time_t)seconds};
	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	nanosleep(&t, NULL);
}

static void phase_start(struct load *l, const double *n)
{
	(void)n;
	double seconds = daemon_start(l->annotd, l->dir, l->socket);
	printf("start ms %.2f cpu_ms %.2f\n", seconds * 1e3, daemon_cpu() * 1e3);
	if (log_size(l) != l->records)
		die("the log has %llu records after a start, not %llu",
		    (unsigned long long)log_size(l), (unsigned long long)l->records);
}

static void phase_stop(struct load *l, const double *n)
{
	(void)l, (void)n;
	daemon_stop();
}

static void phase_kill(struct load *l, const double *n)
{
	(void)l, (void)n;
	daemon_kill();
}

/* Seconds until SQLite can read a database as it lies there; the write-ahead log is left as it is.
 */
static double replay(const char *dir, const char *name)
{
	char path[BENCH_PATH_MAX];
	sqlite3 *db;
	snprintf(path, sizeof path, "%s/%s", dir, name);
	double start = now_s();
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL) != SQLITE_OK)
		die("%s: %s", path, sqlite3_errmsg(db));
	double ret = now_s() - start;
	sqlite3_close(db);
	return ret;
}

static void phase_replay(struct load *l, const double *n)
{
	(void)n;
	double seconds = replay(l->dir, "truth.db") + replay(l->dir, "index.db");
	printf("replay ms %.2f MiB %.1f\n", seconds * 1e3,
	       (file_bytes(l->dir, "truth.db-wal") + file_bytes(l->dir, "index.db-wal")) / 1048576);
}

/* What it does beside (the index over words goes after the log) is over: it has used hardly any CPU
 * for two moments. */
static void phase_settle(struct load *l, const double *n)
{
	(void)l, (void)n;
	double start = now_s(), used = daemon_cpu();
	for (int calm = 0; calm < 2;) {
		rest(CALM_S);
		double now = daemon_cpu();
		calm = now - used < CALM_S * CALM_SHARE ? calm + 1 : 0;
		used = now;
		if (now_s() - start > CALM_MAX_S)
			die("annotd is busy after %d s", CALM_MAX_S);
	}
	printf("settle s %.1f\n", now_s() - start);
}

static void phase_memory(struct load *l, const double *n)
{
	(void)n;
	printf("memory KiB %.0f records %llu\n", daemon_memory(), (unsigned long long)l->records);
}

static void phase_threads(struct load *l, const double *n)
{
	(void)l, (void)n;
	daemon_threads();
}

static void exchange(struct connection *c, struct annot_bytes frame)
{
	struct annot_bytes reply = {0};
	connection_send(c, frame);
	while (!reply.data)
		reply = connection_take(c);
	reply_check(reply);
	connection_done(c);
}

/* Each client gets some and lists a page; all stay, and nobody asks for anything. */
static void phase_crowd(struct load *l, const double *n)
{
	size_t clients = (size_t)n[0];
	struct connection *crowd = calloc(clients, sizeof *crowd);
	struct requests gets = desk_gets(l->desk, CROWD_GETS), list = requests_new(1);
	struct annot_list_request page = {.limit = CROWD_ROWS};
	requests_add(&list, ANNOT_CALL_list, &page);
	for (size_t i = 0; crowd && i < clients; i++) {
		crowd[i].fd = connection_open(l->socket);
		if (crowd[i].fd < 0)
			die("%s: nobody listens", l->socket);
		for (size_t k = 0; k < CROWD_GETS; k++)
			exchange(&crowd[i], requests_at(&gets, k));
		exchange(&crowd[i], requests_at(&list, 0));
	}
	rest(SETTLE_S);
	double memory = daemon_memory(), cpu = daemon_cpu(), start = now_s();
	rest(n[1]);
	cpu = daemon_cpu() - cpu;
	printf("crowd KiB %.0f ms_per_s %.3f\n", memory, cpu * 1e3 / (now_s() - start));
	for (size_t i = 0; crowd && i < clients; i++)
		connection_close(&crowd[i]);
	free(crowd);
	requests_free(&gets);
	requests_free(&list);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* Of one annotation after the other, as a script would. */
static void phase_show(struct load *l, const double *n)
{
	size_t times = (size_t)n[0];
	double took[SHOWS_MAX];
	char url[BENCH_PATH_MAX], output[BENCH_PATH_MAX];
	if (!l->annotctl || times < 1 || times > SHOWS_MAX || l->desk->n_ids == 0)
		die("show: needs --annotctl, records, and 1 to %d times", SHOWS_MAX);
	snprintf(url, sizeof url, "ipc://%s", l->socket);
	snprintf(output, sizeof output, "%s.out", l->dir);
	for (size_t i = 0; i < times; i++) {
		struct annot_hex id = annot_hash_hex(&l->desk->ids[l->desk->n_ids * i / times]);
		const char *const argv[] = {l->annotctl, "--socket", url, "show", id.text, NULL};
		took[i] = program_cpu(argv, output) * 1e3;
	}
	qsort(took, times, sizeof *took, compare);
	printf("show ms %.2f\n", took[times / 2]);
}

static void phase_size(struct load *l, const double *n)
{
	double records = (double)l->records;
	(void)n;
	printf("size record %.1f truth %.1f index %.1f\n", l->desk->record_bytes,
	       database_bytes(l->dir, "truth.db") / records,
	       database_bytes(l->dir, "index.db") / records);
}

static void offline(const struct load *l, const char *command)
{
	printf("%s rate %.1f\n", command,
	       (double)l->records / daemon_offline(l->annotd, command, l->dir));
}

static void phase_fsck(struct load *l, const double *n)
{
	(void)n;
	offline(l, "fsck");
}

static void phase_rebuild(struct load *l, const double *n)
{
	(void)n;
	offline(l, "rebuild");
}

const struct phase phases_life[] = {
	{"start", 0, phase_start},   {"stop", 0, phase_stop},       {"kill", 0, phase_kill},
	{"replay", 0, phase_replay}, {"memory", 0, phase_memory},   {"threads", 0, phase_threads},
	{"crowd", 2, phase_crowd},   {"show", 1, phase_show},       {"size", 0, phase_size},
	{"fsck", 0, phase_fsck},     {"rebuild", 0, phase_rebuild}, {"audit", 0, phase_audit},
	{"proof", 1, phase_proof},   {"settle", 0, phase_settle},   {NULL, 0, NULL},
};
