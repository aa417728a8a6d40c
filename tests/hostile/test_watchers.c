/* Watchers that never read, vanish, or are too many: others lose neither time nor records by it. */
#include "hostile.h"

#include <poll.h>
#include <unistd.h>

#include "base/auto.h"

enum {
	DEAD = 50,
	ROUNDS = 10,
	IN_FLIGHT = 8,
	WATCHERS_MAX = 256, /* annotd/watch_table.h */
	TOO_MANY = WATCHERS_MAX + 8,
	STOP_MAX_S = 15, /* less than they would wait */
	LIVE = 20,       /* records that an attentive watcher sees being committed */
};

/* One reply to an events request; its status. */
static enum annot_status take(int fd, struct annot_arena *arena,
			      const struct annot_events_reply **ret)
{
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	void *got = NULL;
	assert_true(peer_reply(fd, &reply));
	enum annot_status status =
		annot_reply_decode(annot_call_def(ANNOT_CALL_events), annot_buf_bytes(&reply),
				   arena, &got, &test_error);
	*ret = got;
	return status;
}

static void ask(int fd, const char *query, uint64_t from)
{
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(8192);
	request_events(query, from, &frame);
	assert_true(peer_write(fd, frame.data, frame.len));
}

/* An attentive watcher gets each record once, from the first to some that come meanwhile. */
static void watch_attentively(struct hostile *h)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	uint64_t next = 0, end = h->honest.first + atomic_load(&h->honest.n_committed) + LIVE;
	int fd = peer_open(h->path);
	assert_true(fd >= 0);
	while (next < end) {
		const struct annot_events_reply *reply;
		ask(fd, NULL, next);
		enum annot_status status = take(fd, arena, &reply);
		if (status == ANNOT_BUSY) {
			pause_ms(1);
			continue;
		}
		assert_int_equal(status, ANNOT_OK);
		for (size_t i = 0; i < reply->n_rows; i++)
			assert_int_equal(reply->rows[i].index, next++);
		assert_int_equal(reply->next, next);
		annot_arena_reset(arena);
	}
	close(fd);
}

static void test_vanish(void **state)
{
	struct hostile *h = *state;
	int fds[DEAD];
	hostile_begin(h);
	for (size_t round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < DEAD; i++) {
			fds[i] = peer_open(h->path);
			assert_true(fds[i] >= 0);
			ask(fds[i], i % 2 ? NULL : "nothing like it", round % 2 ? 0 : 1 + i);
		}
		if (round == ROUNDS / 2)
			watch_attentively(h);
		peer_close_all(fds, DEAD);
	}
	hostile_judge(h, "50 watchers vanish, ten times");
}

static void test_never_read(void **state)
{
	struct hostile *h = *state;
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(4096);
	int fds[DEAD];
	request_events(NULL, 0, &frame);
	hostile_begin(h);
	for (size_t i = 0; i < DEAD; i++) {
		fds[i] = peer_open(h->path);
		assert_true(fds[i] >= 0);
		for (size_t k = 0; k < IN_FLIGHT; k++)
			peer_write_some(fds[i], frame.data, frame.len);
	}
	watch_attentively(h);
	hostile_judge(h, "50 watchers ask for everything and never read");
	peer_close_all(fds, DEAD);
}

/* Those that are told that too many wait; each is told once. */
static size_t count_busy(int *fds, size_t n)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	struct pollfd polled[TOO_MANY];
	size_t busy = 0;
	for (size_t i = 0; i < n; i++)
		polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	while (busy < TOO_MANY - WATCHERS_MAX) {
		const struct annot_events_reply *reply;
		if (poll(polled, n, PEER_PATIENCE_MS) <= 0)
			break;
		for (size_t i = 0; i < n; i++) {
			if (!(polled[i].revents & POLLIN))
				continue;
			polled[i].fd = -1;
			busy += take(fds[i], arena, &reply) == ANNOT_BUSY;
		}
	}
	return busy;
}

/* As many as annotd lets wait, all of them for something else. */
static void test_too_many(void **state)
{
	struct hostile *h = *state;
	int fds[TOO_MANY];
	allow_descriptors(TOO_MANY + 64);
	hostile_begin(h);
	for (size_t i = 0; i < TOO_MANY; i++) {
		char query[64];
		snprintf(query, sizeof query, "\"nothing like number %zu\"", i);
		fds[i] = peer_open(h->path);
		assert_true(fds[i] >= 0);
		ask(fds[i], query, h->honest.first);
	}
	assert_int_equal(count_busy(fds, TOO_MANY), TOO_MANY - WATCHERS_MAX);
	hostile_judge(h, "256 watchers with a query each");
	peer_close_all(fds, TOO_MANY);
	watch_attentively(h);
}

/* Nobody is waited for when annotd stops: all are told that there was nothing. */
static void test_stop(void **state)
{
	struct hostile *h = *state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	const struct annot_events_reply *reply;
	int fds[DEAD];
	for (size_t i = 0; i < DEAD; i++) {
		fds[i] = peer_open(h->path);
		assert_true(fds[i] >= 0);
		ask(fds[i], "nothing like it", 1);
	}
	watch_attentively(h);
	double start = now_s();
	assert_int_equal(test_daemon_stop(&h->daemon), 0);
	assert_true(now_s() - start < STOP_MAX_S);
	for (size_t i = 0; i < DEAD; i++) {
		assert_ok(take(fds[i], arena, &reply));
		assert_int_equal(reply->n_rows, 0);
		assert_true(reply->next > h->honest.first);
	}
	peer_close_all(fds, DEAD);
	test_daemon_start_quiet(h->dir, &h->daemon);
	watch_attentively(h);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hostile_setup, hostile_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_vanish),
		TEST(test_never_read),
		TEST(test_too_many),
		TEST(test_stop),
	};
	return cmocka_run_group_tests_name("hostile/watchers", tests, NULL, NULL);
}
