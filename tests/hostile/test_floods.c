/* Requests that are well formed and cost much: invalid signatures, huge queries. */
#include "flood.h"

#include "base/auto.h"

enum { FLOODERS = 16, SUBMIT_MAX = 256, QUERY_MAX = 4096 };

static void flood(struct hostile *h, struct annot_bytes frame, const char *what)
{
	struct flood f;
	flood_start(h, FLOODERS, frame, &f);
	flood_judge(h, &f, 2 * FLOODERS, what);
	assert_true(flood_stop(&f) > FLOODERS);
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
