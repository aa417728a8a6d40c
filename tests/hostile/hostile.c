/* What every test of hostile peers has in common: before, during and after. */
#include "hostile.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"

enum {
	HELD_RECORDS = 300,
	SUBMIT_MAX = 256,
	SETTLE_MS = 60000 * PATIENCE,
	/* It cannot close a database while another connection of the process has it locked, and
	 * uses the descriptor again when a log is next checkpointed: one for each of the two. */
	KEPT_BY_SQLITE = 2,
};

double now_s(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

void pause_ms(int ms)
{
	struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
	nanosleep(&ts, NULL);
}

/* --- a process from outside --- */

struct descriptors process_descriptors(pid_t pid)
{
	char path[64], target[64];
	struct descriptors n = {0};
	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		ssize_t len = readlinkat(dirfd(dir), e->d_name, target, sizeof target);
		n.all += e->d_name[0] != '.';
		n.sockets += len > 7 && memcmp(target, "socket:", 7) == 0;
	}
	closedir(dir);
	return n;
}

long process_rss_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	AUTO_FILE FILE *f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtol(line + 8, NULL, 10);
	}
	assert_true(kib > 0);
	return kib;
}

double process_cpu_s(pid_t pid)
{
	char path[64], text[1024] = {0}, *at, *end;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	AUTO_FILE FILE *f = fopen(path, "re");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof text, f));
	/* Fields 14 and 15; the second is in brackets. */
	at = strrchr(text, ')');
	assert_non_null(at);
	for (int i = 2; i < 14; i++) {
		at = strchr(at + 1, ' ');
		assert_non_null(at);
	}
	double user = strtod(at, &end), system = strtod(end, NULL);
	return (user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* --- before --- */

static void make_corpus(struct hostile *h)
{
	h->corpus = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(h->corpus, "bob", 9);
	for (size_t i = 0; i < HELD_RECORDS + HONEST_RECORDS; i++)
		test_put(h->corpus, &bob, test_claim("It rained all day, and nobody saw it."));
	h->honest.first = h->corpus->n - HONEST_RECORDS;
	h->honest.n_records = HONEST_RECORDS;
	h->honest.corpus = h->corpus;
	h->honest.path = h->path;
}

static void submit_held(struct hostile *h)
{
	struct test_client client;
	test_client_open(h->daemon.url, &client);
	for (size_t at = 1; at < h->honest.first;) {
		size_t n = h->honest.first - at < SUBMIT_MAX ? h->honest.first - at : SUBMIT_MAX;
		const struct annot_submit_reply *reply =
			test_submit(&client, h->corpus, h->corpus->entries + at, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(reply->results[i].status, ANNOT_OK);
		at += n;
	}
	test_client_close(&client);
}

static void wait_calls(struct hostile *h, size_t n)
{
	double until = now_s() + SETTLE_MS / 1e3;
	size_t from = atomic_load(&h->honest.n_calls);
	while (atomic_load(&h->honest.n_calls) - from < n) {
		if (atomic_load(&h->honest.stop))
			fail_msg("the honest client: %s", h->honest.failed);
		if (now_s() > until)
			fail_msg("the honest client was answered %zu times in %d s",
				 atomic_load(&h->honest.n_calls) - from, SETTLE_MS / 1000);
		pause_ms(2);
	}
}

int hostile_setup(void **state)
{
	struct hostile *h = calloc(1, sizeof *h);
	double p50, max;
	*state = h;
	make_corpus(h);
	test_folder(h->corpus, NULL, h->dir);
	h->port = test_daemon_start_tls(h->dir, &h->daemon);
	snprintf(h->path, sizeof h->path, "%s", h->daemon.url + strlen("ipc://"));
	submit_held(h);
	honest_start(&h->honest);
	wait_calls(h, HONEST_QUIET / 4); /* the first are slower */
	honest_mark(&h->honest);
	wait_calls(h, HONEST_QUIET);
	honest_quantiles(&h->honest, &p50, &h->quiet_p99_us, &max);
	h->descriptors = process_descriptors(h->daemon.pid);
	return 0;
}

/* --- during --- */

void hostile_begin(struct hostile *h)
{
	honest_mark(&h->honest);
}

void hostile_judge(struct hostile *h, const char *what)
{
	double p50, p99, max;
	wait_calls(h, HONEST_LEAST);
	size_t n = honest_quantiles(&h->honest, &p50, &p99, &max);
	print_message("%s: p50 %.2f ms, p99 %.2f ms (%.1f times the %.2f ms undisturbed), most "
		      "%.1f ms of %zu calls; %zu reconnects; %ld KiB\n",
		      what, p50 / 1e3, p99 / 1e3, p99 / h->quiet_p99_us, h->quiet_p99_us / 1e3,
		      max / 1e3, n, atomic_load(&h->honest.n_reconnects),
		      process_rss_kib(h->daemon.pid));
	if (p99 > SLOWER_MAX * h->quiet_p99_us && p99 > SLOW_FLOOR_MS * 1e3)
		fail_msg("%s: an honest client's p99 is %.1f ms", what, p99 / 1e3);
	if (max > HANG_MS * 1e3)
		fail_msg("%s: an honest client waited %.1f s", what, max / 1e6);
	if (!SANITIZED && process_rss_kib(h->daemon.pid) > RSS_ANON_MAX_KIB)
		fail_msg("%s: annotd holds %ld KiB", what, process_rss_kib(h->daemon.pid));
}

/* --- after --- */

/* Whatever connected is gone by now; annotd must have noticed. */
static void check_descriptors(struct hostile *h)
{
	double until = now_s() + SETTLE_MS / 1e3;
	for (;;) {
		struct descriptors now = process_descriptors(h->daemon.pid);
		if (now.sockets <= h->descriptors.sockets &&
		    now.all <= h->descriptors.all + KEPT_BY_SQLITE)
			return;
		if (now_s() > until)
			fail_msg("%d descriptors, %d at the start; %d sockets, %d at the start",
				 now.all, h->descriptors.all, now.sockets, h->descriptors.sockets);
		pause_ms(10);
	}
}

/* Sends all acknowledged records again: each must be known. */
static void check_records(struct hostile *h)
{
	struct test_client client;
	size_t committed = atomic_load(&h->honest.n_committed);
	test_client_open(h->daemon.url, &client);
	for (size_t at = 0; at < committed;) {
		size_t n = committed - at < SUBMIT_MAX ? committed - at : SUBMIT_MAX;
		const struct annot_submit_reply *reply = test_submit(
			&client, h->corpus, h->corpus->entries + h->honest.first + at, n);
		for (size_t i = 0; i < n; i++) {
			if (reply->results[i].status != ANNOT_OK || !reply->results[i].duplicate)
				fail_msg("record %zu was acknowledged, and is lost", at + i);
		}
		at += n;
	}
	test_client_close(&client);
}

int hostile_teardown(void **state)
{
	struct hostile *h = *state;
	char said[4096];
	wait_calls(h, HONEST_LEAST / 4); /* it still answers */
	check_descriptors(h);
	honest_stop(&h->honest);
	if (h->honest.failed[0])
		fail_msg("the honest client: %s", h->honest.failed);
	assert_true(atomic_load(&h->honest.n_committed) > 0);
	assert_int_equal(test_daemon_stop(&h->daemon), 0);
	test_daemon_start_quiet(h->dir, &h->daemon);
	check_records(h);
	assert_int_equal(test_daemon_stop(&h->daemon), 0);
	const char *const args[] = {"fsck", "--corpus", h->dir, NULL};
	if (test_annotd(args, said, sizeof said) != 0)
		fail_msg("fsck: %s", said);
	test_folder_remove(h->dir);
	test_corpus_free(h->corpus);
	free(h);
	return 0;
}
