/* Peers that come, stay or go in ways that no honest client does. */
#include "hostile.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/auto.h"

enum {
	VANISHING = 500,
	IN_FLIGHT = 8,
	SILENT_MAX = 1000,
	DRIPPING = 50,
	DRIP_ROUNDS = 200,
	STORM = 10000, /* in sanitized builds too: a connection costs them little more */
	STORM_MAX_S = 120 * PATIENCE,
	SPARE_DESCRIPTORS = 8,
	STARVING = 60,
	BUSY_WAIT_MAX_PERCENT = 60, /* of a core */
};

static void dial_all(struct hostile *h, int *fds, size_t n, bool hello)
{
	for (size_t i = 0; i < n; i++) {
		fds[i] = hello ? peer_open(h->path) : peer_connect(h->path);
		assert_true(fds[i] >= 0);
	}
}

static void test_vanish(void **state)
{
	struct hostile *h = *state;
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(4096);
	request_get(h->corpus->entries[1], &frame);
	hostile_begin(h);
	for (size_t i = 0; i < VANISHING; i++) {
		int fd = peer_open(h->path);
		assert_true(fd >= 0);
		for (size_t k = 0; k < IN_FLIGHT; k++)
			peer_write_some(fd, frame.data, frame.len);
		close(fd);
	}
	hostile_judge(h, "500 clients vanish with 8 requests in flight");
}

static void test_silent(void **state)
{
	struct hostile *h = *state;
	static const size_t counts[] = {50, SILENT_MAX};
	int fds[SILENT_MAX];
	allow_descriptors(SILENT_MAX + 64);
	for (size_t i = 0; i < 2 * COUNT(counts); i++) {
		char what[64];
		bool hello = i % 2;
		size_t n = counts[i / 2];
		snprintf(what, sizeof what, "%zu silent connections, %s a greeting", n,
			 hello ? "with" : "without");
		hostile_begin(h);
		dial_all(h, fds, n, hello);
		hostile_judge(h, what);
		peer_close_all(fds, n);
	}
}

/* More idle connections than annotd keeps: whoever comes later is served, whoever idles longest
 * goes. */
static void test_more_than_it_keeps(void **state)
{
	struct hostile *h = *state;
	enum { TOO_MANY = 1500, LATE = 20 };
	int *fds = calloc(TOO_MANY, sizeof fds[0]), gone = 0;
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(4096),
				  reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	request_get(h->corpus->entries[1], &frame);
	allow_descriptors(TOO_MANY + LATE + 64);
	hostile_begin(h);
	for (size_t i = 0; i < TOO_MANY; i++)
		fds[i] = peer_open(h->path);
	for (size_t i = 0; i < LATE; i++) {
		int fd = peer_open(h->path);
		assert_true(fd >= 0);
		assert_true(peer_write(fd, frame.data, frame.len));
		assert_true(peer_reply(fd, &reply));
		close(fd);
	}
	hostile_judge(h, "1,500 idle connections");
	for (size_t i = 0; i < 100; i++)
		gone += fds[i] < 0 || peer_closed(fds[i]);
	assert_int_equal(gone, 100);
	peer_close_all(fds, TOO_MANY);
	free(fds);
}

static void test_drip(void **state)
{
	struct hostile *h = *state;
	int fds[DRIPPING];
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(4096);
	request_get(h->corpus->entries[1], &frame);
	hostile_begin(h);
	dial_all(h, fds, DRIPPING, true);
	for (size_t round = 0; round < DRIP_ROUNDS; round++) {
		for (size_t i = 0; i < DRIPPING; i++)
			peer_write_some(fds[i], frame.data + round % frame.len, 1);
		pause_ms(1);
	}
	hostile_judge(h, "50 clients that drip one byte at a time");
	/* What came so far of a whole request was understood. */
	peer_close_all(fds, DRIPPING);
}

/* Comes, does something for a moment, and goes. */
static void storm_once(struct hostile *h, size_t i, struct annot_bytes frame)
{
	int fd = i % 4 == 0 ? peer_connect(h->path) : peer_open(h->path);
	if (fd < 0)
		return;
	if (i % 4 == 2)
		peer_write_some(fd, frame.data, 1 + i % frame.len);
	else if (i % 4 == 3)
		peer_write_some(fd, frame.data, frame.len);
	close(fd);
}

static void test_storm(void **state)
{
	struct hostile *h = *state;
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(4096);
	request_get(h->corpus->entries[1], &frame);
	double start = now_s();
	hostile_begin(h);
	for (size_t i = 0; i < STORM; i++) {
		storm_once(h, i, annot_buf_bytes(&frame));
		if (now_s() - start > STORM_MAX_S)
			fail_msg("%zu connects took %d s", i, STORM_MAX_S);
	}
	hostile_judge(h, "10,000 connects");
}

/* accept() fails for want of descriptors: annotd must not spin, and must recover. */
static void test_out_of_descriptors(void **state)
{
	struct hostile *h = *state;
	struct rlimit before, few;
	int fds[STARVING];
	assert_int_equal(prlimit(h->daemon.pid, RLIMIT_NOFILE, NULL, &before), 0);
	few = (struct rlimit){
		.rlim_cur = (rlim_t)process_descriptors(h->daemon.pid).all + SPARE_DESCRIPTORS,
		.rlim_max = before.rlim_max,
	};
	hostile_begin(h);
	assert_int_equal(prlimit(h->daemon.pid, RLIMIT_NOFILE, &few, NULL), 0);
	dial_all(h, fds, STARVING, false);
	double cpu = process_cpu_s(h->daemon.pid), start = now_s();
	hostile_judge(h, "no descriptors left");
	pause_ms(500);
	double share = (process_cpu_s(h->daemon.pid) - cpu) / (now_s() - start) * 100;
	print_message("no descriptors left: %.0f %% of a core\n", share);
	if (!SANITIZED && share > BUSY_WAIT_MAX_PERCENT)
		fail_msg("annotd used %.0f %% of a core without descriptors", share);
	peer_close_all(fds, STARVING);
	/* While there are few: who comes is served, one after another. */
	int fd = peer_open(h->path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(prlimit(h->daemon.pid, RLIMIT_NOFILE, &before, NULL), 0);
	fd = peer_open(h->path);
	assert_true(fd >= 0);
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hostile_setup, hostile_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_vanish), TEST(test_silent), TEST(test_more_than_it_keeps),
		TEST(test_drip),   TEST(test_storm),  TEST(test_out_of_descriptors),
	};
	return cmocka_run_group_tests_name("hostile/connections", tests, NULL, NULL);
}
