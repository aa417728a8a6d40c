/*
 * SIGTERM while eight writers write, again and again (so often as ANNOT_STOPS says, or STOPS
 * times): annotd ends in order within a bound, and what it acknowledged is there when it starts
 * again.
 */
#include "hostile.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

enum {
	STOPS = 8,
	STOPS_MAX = 10000,
	WRITERS = 8,
	EACH = 60,
	BATCH_MAX = 256,
	STOP_MAX_MS = 30000 * PATIENCE, /* annotd itself gives up, with exit code 5, after 10 s */
};

struct writer {
	const struct test_corpus *corpus;
	const char *path;
	size_t first;
	size_t committed;   /* of EACH, in order; goes on over restarts */
	atomic_size_t *all; /* since annotd started */
	char failed[256];
	pthread_t thread;
};

struct fixture {
	struct test_corpus *corpus;
	char dir[TEST_PATH_MAX], path[TEST_PATH_MAX + 16];
	struct test_daemon daemon;
	struct writer writers[WRITERS];
};

/* Whether the next record was acknowledged. */
static bool write_one(struct writer *w, int fd, struct annot_buf *reply, struct annot_arena *arena)
{
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_error err = {0};
	void *got;
	request_submit(w->corpus->entries + w->first + w->committed % EACH, 1, false, &frame);
	if (!peer_write(fd, frame.data, frame.len) || !peer_reply(fd, reply))
		return false;
	annot_arena_reset(arena);
	enum annot_status status = annot_reply_decode(annot_call_def(ANNOT_CALL_submit),
						      annot_buf_bytes(reply), arena, &got, &err);
	if (status != ANNOT_OK) { /* it may say that it is stopping */
		if (status != ANNOT_READ_ONLY && status != ANNOT_BUSY)
			snprintf(w->failed, sizeof w->failed, "%.250s", err.text);
		return false;
	}
	const struct annot_submit_result *r = &((struct annot_submit_reply *)got)->results[0];
	if (r->status != ANNOT_OK && r->status != ANNOT_READ_ONLY)
		snprintf(w->failed, sizeof w->failed, "%.250s", r->message);
	return r->status == ANNOT_OK;
}

static void *write_all(void *arg)
{
	struct writer *w = arg;
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	int fd = peer_open(w->path);
	while (fd >= 0 && write_one(w, fd, &reply, arena)) {
		w->committed++;
		atomic_fetch_add(w->all, 1);
	}
	if (fd >= 0)
		close(fd);
	annot_arena_free(arena);
	return NULL;
}

static void submit_known(struct fixture *f, size_t first, size_t n)
{
	struct test_client client;
	test_client_open(f->daemon.url, &client);
	for (size_t at = 0; at < n;) {
		size_t step = n - at < BATCH_MAX ? n - at : BATCH_MAX;
		const struct annot_submit_reply *reply =
			test_submit(&client, f->corpus, f->corpus->entries + first + at, step);
		for (size_t i = 0; i < step; i++) {
			if (reply->results[i].status != ANNOT_OK || !reply->results[i].duplicate)
				fail_msg("record %zu was acknowledged, and is lost",
					 first + at + i);
		}
		at += step;
	}
	test_client_close(&client);
}

/* Sends SIGTERM and waits; the time in ms. */
static double stop_in_time(struct fixture *f)
{
	double start = now_s(), until = start + STOP_MAX_MS / 1e3;
	int status;
	assert_int_equal(kill(f->daemon.pid, SIGTERM), 0);
	while (waitpid(f->daemon.pid, &status, WNOHANG) == 0) {
		if (now_s() > until) {
			kill(f->daemon.pid, SIGKILL);
			fail_msg("annotd still runs %d s after SIGTERM", STOP_MAX_MS / 1000);
		}
		pause_ms(1);
	}
	close(f->daemon.out);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("annotd ended with status %#x", (unsigned)status);
	return (now_s() - start) * 1e3;
}

/* One life of annotd; how long it took to stop. */
static double live_and_stop(struct fixture *f, size_t round)
{
	atomic_size_t all = 0;
	for (size_t i = 0; i < WRITERS; i++) {
		struct writer *w = &f->writers[i];
		w->all = &all;
		assert_int_equal(pthread_create(&w->thread, NULL, write_all, w), 0);
	}
	/* At another moment each time. */
	double until = now_s() + PEER_PATIENCE_MS / 1e3;
	while (atomic_load(&all) < 1 + round * 7 % 50 && now_s() < until)
		pause_ms(0);
	double ms = stop_in_time(f);
	for (size_t i = 0; i < WRITERS; i++) {
		pthread_join(f->writers[i].thread, NULL);
		if (f->writers[i].failed[0])
			fail_msg("writer %zu: %s", i, f->writers[i].failed);
	}
	assert_true(atomic_load(&all) > 0);
	return ms;
}

static size_t rounds(void)
{
	const char *said = getenv("ANNOT_STOPS");
	size_t n = said ? (size_t)strtoul(said, NULL, 10) : STOPS;
	assert_in_range(n, 1, STOPS_MAX);
	return n;
}

static void test_stop_under_load(void **state)
{
	struct fixture f = {0};
	double most = 0;
	size_t n = rounds(), total = 0;
	char said[4096];
	(void)state;
	f.corpus = test_corpus_new(1, 1);
	struct test_key bob = test_reviewer(f.corpus, "bob", 9);
	for (size_t i = 0; i < WRITERS * EACH; i++)
		test_put(f.corpus, &bob, test_claim("It rained."));
	test_folder(f.corpus, NULL, f.dir);
	for (size_t i = 0; i < n; i++) {
		test_daemon_start_quiet(f.dir, &f.daemon);
		snprintf(f.path, sizeof f.path, "%s/socket", f.dir);
		struct test_client client;
		test_client_open(f.daemon.url, &client);
		assert_int_equal(
			test_submit(&client, f.corpus, f.corpus->entries + 1, 1)->results[0].status,
			ANNOT_OK);
		test_client_close(&client);
		for (size_t k = 0; k < WRITERS; k++) {
			struct writer *w = &f.writers[k];
			size_t committed = w->committed;
			*w = (struct writer){.corpus = f.corpus,
					     .path = f.path,
					     .first = 2 + k * EACH,
					     .committed = committed};
			submit_known(&f, w->first, committed < EACH ? committed : EACH);
		}
		double ms = live_and_stop(&f, i);
		most = ms > most ? ms : most;
	}
	for (size_t k = 0; k < WRITERS; k++)
		total += f.writers[k].committed;
	print_message("%zu stops under load, %zu records acknowledged, the longest stop %.0f ms\n",
		      n, total, most);
	const char *const args[] = {"fsck", "--corpus", f.dir, NULL};
	if (test_annotd(args, said, sizeof said) != 0)
		fail_msg("fsck: %s", said);
	test_folder_remove(f.dir);
	test_corpus_free(f.corpus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_stop_under_load)};
	return cmocka_run_group_tests_name("hostile/stop", tests, NULL, NULL);
}
