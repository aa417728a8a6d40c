/* annot_events: what is taken for an answer, and for how long one is waited for. */
#include "fake_daemon.h"

#include "client/internal.h"

struct fixture {
	struct fake *fake;
	struct annot *a;
	struct annot_arena *arena;
	struct annot_row rows[2];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->fake = fake_new();
	f->arena = annot_arena_new(FAKE_ARENA_MAX);
	assert_ok(fake_open(f->fake, 20000, &f->a));
	fake_row(f->fake, 0, &f->rows[0]);
	f->rows[1] = f->rows[0];
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	annot_close(f->a);
	annot_arena_free(f->arena);
	fake_free(f->fake);
	free(f);
	return 0;
}

/* The answer is two rows with these indexes, and these numbers. */
static void will_answer(struct fixture *f, uint64_t first, uint64_t second, uint64_t next,
			uint64_t size)
{
	f->rows[0].index = first;
	f->rows[1].index = second;
	f->fake->events = (struct annot_events_reply){
		.rows = f->rows, .n_rows = 2, .next = next, .size = size};
}

static enum annot_status ask(struct fixture *f, uint64_t from,
			     const struct annot_events_reply **ret)
{
	struct annot_events_request in = {.from = from, .wait = true};
	return annot_events(f->a, &in, f->arena, ret, &test_error);
}

static void test_order(void **state)
{
	struct fixture *f = *state;
	const struct annot_events_reply *reply;
	will_answer(f, 5, 7, 9, 9);
	assert_ok(ask(f, 5, &reply));
	assert_int_equal(reply->n_rows, 2);
	assert_int_equal(reply->next, 9);
	assert_status(ask(f, 6, &reply), ANNOT_PROTOCOL);
	assert_error_says("#5 came out of order");
	will_answer(f, 7, 5, 9, 9);
	assert_status(ask(f, 5, &reply), ANNOT_PROTOCOL);
	assert_error_says("#5 came out of order, after #7");
	will_answer(f, 5, 5, 9, 9);
	assert_status(ask(f, 5, &reply), ANNOT_PROTOCOL);
	will_answer(f, 5, 7, 7, 9);
	assert_status(ask(f, 5, &reply), ANNOT_PROTOCOL);
	assert_error_says("the next event is to be #7");
	will_answer(f, 5, 7, 10, 9);
	assert_status(ask(f, 5, &reply), ANNOT_PROTOCOL);
	f->fake->events = (struct annot_events_reply){.next = 4, .size = 9};
	assert_ok(ask(f, 4, &reply));
	assert_int_equal(reply->n_rows, 0);
	assert_status(ask(f, 5, &reply), ANNOT_PROTOCOL);
}

/* However often the connection is lost, the same request may be made again. */
static void test_lost_connection(void **state)
{
	static const enum fake_deed deeds[] = {FAKE_CLOSE, FAKE_HALF, FAKE_ANSWER_CLOSE};
	struct fixture *f = *state;
	const struct annot_events_reply *reply;
	will_answer(f, 5, 7, 9, 9);
	f->fake->deed_call = ANNOT_CALL_events;
	for (size_t i = 0; i < COUNT(deeds); i++) {
		f->fake->deed = deeds[i];
		assert_status(ask(f, 5, &reply),
			      deeds[i] == FAKE_ANSWER_CLOSE ? ANNOT_OK : ANNOT_UNREACHABLE);
	}
	f->fake->deed = FAKE_ANSWER;
	assert_status(ask(f, 9, &reply), ANNOT_UNREACHABLE); /* closed behind the last answer */
	assert_ok(ask(f, 5, &reply));
	assert_int_equal(f->fake->connections, 4);
}

/* The handle's timeout is for calls that are answered at once. */
static void test_patience(void **state)
{
	struct fixture *f = *state;
	const struct annot_events_reply *reply;
	will_answer(f, 5, 7, 9, 9);
	f->fake->events_late_ms = 50;
	f->a->timeout_ms = 1;
	assert_ok(ask(f, 5, &reply));
	assert_int_equal(f->a->timeout_ms, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_lost_connection),
		TEST(test_patience),
	};
	return cmocka_run_group_tests_name("client/events", tests, NULL, NULL);
}
