/* Requests that are well formed and cost much: invalid signatures, huge queries. */
#include "hostile.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"

enum { FLOODERS = 16, SUBMIT_MAX = 256, QUERY_MAX = 4096, REST_MS = 20 };

struct flood {
	const char *path;
	struct annot_bytes frame;
	atomic_bool stop;
	atomic_size_t n_replies;
	pthread_t threads[FLOODERS];
};

/* One request after the other; as many flooders as threads, each on a connection of its own. */
static void *pour(void *arg)
{
	struct flood *f = arg;
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	int fd = -1;
	while (!atomic_load(&f->stop)) {
		if (fd < 0)
			fd = peer_open(f->path);
		if (fd >= 0 && peer_write(fd, f->frame.data, f->frame.len) &&
		    peer_reply(fd, &reply)) {
			atomic_fetch_add(&f->n_replies, 1);
			continue;
		}
		if (fd >= 0)
			close(fd);
		fd = -1;
		pause_ms(REST_MS);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static void flood(struct hostile *h, struct annot_bytes frame, const char *what)
{
	struct flood f = {.path = h->path, .frame = frame};
	hostile_begin(h);
	for (size_t i = 0; i < FLOODERS; i++)
		assert_int_equal(pthread_create(&f.threads[i], NULL, pour, &f), 0);
	while (atomic_load(&f.n_replies) < 2 * FLOODERS)
		pause_ms(1);
	hostile_begin(h);
	hostile_judge(h, what);
	size_t n = atomic_load(&f.n_replies);
	atomic_store(&f.stop, true);
	for (size_t i = 0; i < FLOODERS; i++)
		pthread_join(f.threads[i], NULL);
	print_message("%s: %zu requests of the flood were answered\n", what, n);
	assert_true(n > FLOODERS);
}

static void test_invalid_signatures(void **state)
{
	struct hostile *h = *state;
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	/* From the end: of records that the honest client will hardly come to. */
	request_submit(h->corpus->entries + h->corpus->n - SUBMIT_MAX, SUBMIT_MAX, true, &frame);
	size_t before = atomic_load(&h->honest.n_committed);
	flood(h, annot_buf_bytes(&frame), "a flood of 256 invalid signatures a request");
	assert_true(atomic_load(&h->honest.n_committed) > before);
}

static void test_huge_queries(void **state)
{
	struct hostile *h = *state;
	AUTO_BUF struct annot_buf query = ANNOT_BUF_INIT(QUERY_MAX + 1);
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	/* As many terms as fit, all of which match. */
	annot_buf_printf(&query, "kind:claim author:bob since:#1");
	annot_buf_putc(&query, '\0');
	request_list((const char *)query.data, 0, &frame);
	flood(h, annot_buf_bytes(&frame), "a flood of queries for everything");
}

static void test_long_queries(void **state)
{
	struct hostile *h = *state;
	AUTO_BUF struct annot_buf query = ANNOT_BUF_INIT(QUERY_MAX + 64);
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	while (query.len + 16 < QUERY_MAX)
		annot_buf_printf(&query, "state:draft ");
	annot_buf_putc(&query, '\0');
	request_list((const char *)query.data, 0, &frame);
	flood(h, annot_buf_bytes(&frame), "a flood of queries of 4 KiB");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, hostile_setup, hostile_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_invalid_signatures),
		TEST(test_huge_queries),
		TEST(test_long_queries),
	};
	return cmocka_run_group_tests_name("hostile/floods", tests, NULL, NULL);
}
