/* Frames that are too long, never whole, senseless, or whose replies nobody reads. */
#include "hostile.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"

enum {
	STUCK = 40,
	STUCK_REQUESTS = 400,
	OVERSIZED = 100,
	ENDLESS = 300,
	GARBAGE = 300,
	GARBAGE_MAX = 5000,
};

/* Numbers that look random and are the same in every run. */
static uint32_t next_number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void test_stuck_readers(void **state)
{
	struct hostile *h = *state;
	int fds[STUCK];
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(4096);
	request_list("", 0, &frame); /* as much as fits a reply: more than fits a socket's buffer */
	hostile_begin(h);
	for (size_t i = 0; i < STUCK; i++) {
		fds[i] = peer_open(h->path);
		assert_true(fds[i] >= 0);
	}
	for (size_t k = 0; k < STUCK_REQUESTS; k++) {
		for (size_t i = 0; i < STUCK; i++)
			peer_write_some(fds[i], frame.data, frame.len);
	}
	hostile_judge(h, "40 clients that send 400 requests each and never read");
	peer_close_all(fds, STUCK);
}

/* A head that announces `length` bytes of body. */
static void announce(uint8_t ret[PEER_HEAD], uint64_t length)
{
	memset(ret, 0, PEER_HEAD);
	ret[0] = 1;
	for (size_t i = 0; i < sizeof length; i++)
		ret[1 + i] = (uint8_t)(length >> (56 - 8 * i));
	ret[9] = 0x80;
}

static void test_oversized(void **state)
{
	struct hostile *h = *state;
	static const uint64_t lengths[] = {ANNOT_FRAME_MAX + 4096, UINT64_C(1) << 32,
					   UINT64_C(1) << 62, UINT64_MAX};
	hostile_begin(h);
	for (size_t i = 0; i < OVERSIZED; i++) {
		uint8_t head[PEER_HEAD];
		int fd = peer_open(h->path);
		assert_true(fd >= 0);
		announce(head, lengths[i % COUNT(lengths)]);
		assert_true(peer_write(fd, head, sizeof head));
		assert_true(peer_closed(fd)); /* at once, not when it has all come */
		close(fd);
	}
	hostile_judge(h, "oversized frames");
}

/* All but the last byte of the largest frame, from many at once. */
static void test_never_ending(void **state)
{
	struct hostile *h = *state;
	int fds[ENDLESS];
	AUTO_FREE uint8_t *body = calloc(1, ANNOT_FRAME_MAX);
	uint8_t head[PEER_HEAD];
	announce(head, ANNOT_FRAME_MAX);
	hostile_begin(h);
	for (size_t i = 0; i < ENDLESS; i++) {
		fds[i] = peer_open(h->path);
		assert_true(fds[i] >= 0);
		peer_write(fds[i], head, sizeof head);
		/* May be closed meanwhile: the others hold all that there is room for. */
		peer_write(fds[i], body, ANNOT_FRAME_MAX - sizeof head);
	}
	hostile_judge(h, "300 frames of 2 MiB that never end");
	peer_close_all(fds, ENDLESS);
}

static void test_truncated(void **state)
{
	struct hostile *h = *state;
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	request_submit(h->corpus->entries + h->honest.first, 1, true, &frame);
	hostile_begin(h);
	for (size_t len = 1; len < frame.len; len++) {
		int fd = peer_open(h->path);
		assert_true(fd >= 0);
		peer_write(fd, frame.data, len);
		close(fd);
	}
	hostile_judge(h, "frames cut after every byte");
}

static void test_garbage(void **state)
{
	struct hostile *h = *state;
	uint32_t seed = 1;
	AUTO_FREE uint8_t *bytes = malloc(GARBAGE_MAX);
	hostile_begin(h);
	for (size_t i = 0; i < GARBAGE; i++) {
		AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(2 * GARBAGE_MAX);
		AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		size_t len = next_number(&seed) % GARBAGE_MAX;
		for (size_t k = 0; k < len; k++)
			bytes[k] = (uint8_t)next_number(&seed);
		bool greet = i % 3, framed = i % 3 == 2;
		int fd = greet ? peer_open(h->path) : peer_connect(h->path);
		assert_true(fd >= 0);
		if (framed) { /* a whole frame of no meaning gets an answer, and the next one too */
			peer_frame(annot_bytes(bytes, len), 7, &frame);
			for (int k = 0; k < 2; k++) {
				assert_true(peer_write(fd, frame.data, frame.len));
				assert_true(peer_reply(fd, &reply));
			}
		} else {
			peer_write(fd, bytes, len);
		}
		close(fd);
	}
	hostile_judge(h, "garbage");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hostile_setup, hostile_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_stuck_readers), TEST(test_oversized), TEST(test_never_ending),
		TEST(test_truncated),     TEST(test_garbage),
	};
	return cmocka_run_group_tests_name("hostile/frames", tests, NULL, NULL);
}
