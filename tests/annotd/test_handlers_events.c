/* events: what one reply holds, without waiting. */
#include "stored.h"

#include "annotd/handlers/events.h"
#include "base/auto.h"

static int setup(void **state)
{
	*state = stored_new(1, 1);
	return 0;
}

static int teardown(void **state)
{
	stored_free(*state);
	return 0;
}

static struct annot_events_reply events(struct stored *s, const char *query, uint64_t from,
					uint64_t limit)
{
	struct annot_events_request in = {.query = query, .from = from, .limit = limit};
	struct annot_events_reply ret = {0};
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_ok(reader_begin(s->reader, &test_error));
	enum annot_status status = on_events(&s->call, &in, &ret);
	if (status != ANNOT_OK)
		fail_msg("%s: %s", annot_status_name(status), s->call.err.text);
	assert_ok(annot_reply_encode(annot_call_def(ANNOT_CALL_events), ANNOT_OK, NULL, &ret,
				     &frame, &test_error));
	return ret;
}

/* "3 5 8": the indexes of all events of a query, which a log of that size has no more of. */
static const char *all(struct stored *s, const char *query)
{
	struct annot_events_reply reply = events(s, query, 0, 0);
	const char *ret = "";
	assert_int_equal(reply.next, s->c->n);
	assert_int_equal(reply.size, s->c->n);
	for (size_t i = 0; i < reply.n_rows; i++)
		ret = annot_arena_printf(s->call.arena, "%s%s%llu", ret, *ret ? " " : "",
					 (unsigned long long)reply.rows[i].index);
	return ret;
}

static void refused(struct stored *s, const char *query, uint64_t from, enum annot_status expected,
		    const char *words)
{
	struct annot_events_request in = {.query = query, .from = from};
	struct annot_events_reply ret = {0};
	assert_ok(reader_begin(s->reader, &test_error));
	assert_int_equal(on_events(&s->call, &in, &ret), expected);
	if (!strstr(s->call.err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", s->call.err.text, words);
}

/* All that entered the log, also what was replaced, retracted, or waits or failed to take effect.
 */
static void test_as_entered(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20);
	const struct test_entry *claim =
		test_put_as(s->c, &anna, test_claim("It rained."), ANNOT_EFFECTIVE);
	struct annot_draft *amended = annot_draft_amend(claim->record);
	test_set(amended, "text", "It snowed.");
	const struct test_entry *second = test_put_as(s->c, &anna, amended, ANNOT_EFFECTIVE);
	test_put_as(s->c, &admin, test_review(&second->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(s->c, &anna, test_about(ANNOT_KIND_retract, &second->id), ANNOT_EFFECTIVE);
	test_put_as(s->c, &anna, test_policy(2), ANNOT_VOID);
	stored_sync(s);
	assert_string_equal(all(s, NULL), "0 1 2 3 4 5 6");
	assert_string_equal(all(s, "state:any"), "0 1 2 3 4 5 6");
	assert_string_equal(all(s, "author:anna"), "2 3 5 6");
	assert_string_equal(all(s, "kind:claim"), "2 3");
	assert_string_equal(all(s, "kind:claim rained"), "2");
	assert_string_equal(all(s, "kind:claim kind:review"), "2 3 4");
	assert_string_equal(all(s, "since:#3 before:#5"), "3 4");
	/* A listing has neither what was replaced nor, without being asked, what was retracted. */
	assert_string_equal(stored_list(s, "kind:claim state:any"), "3");
	struct annot_events_reply reply = events(s, "kind:claim", 0, 0);
	assert_int_equal(reply.rows[0].version, 1);
	assert_false(reply.rows[0].head);
	assert_string_equal(reply.rows[1].review, "retracted");
	assert_string_equal(events(s, NULL, 6, 0).rows[0].effect, "void");
}

/* What others say later does not make an earlier record match. */
static void test_ratings(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20);
	const struct test_entry *claim =
		test_put_as(s->c, &anna, test_claim("It rained."), ANNOT_EFFECTIVE);
	test_put_as(s->c, &admin, test_verdict(&claim->id, "false"), ANNOT_EFFECTIVE);
	stored_sync(s);
	assert_string_equal(stored_list(s, "rating:false"), "2 3");
	assert_string_equal(all(s, "rating:false"), "3");
	assert_string_equal(all(s, "rating:true"), "");
}

static void test_refused(void **state)
{
	struct stored *s = *state;
	refused(s, "state:draft", 0, ANNOT_INVALID, "kind:review");
	refused(s, "state:any state:void", 0, ANNOT_INVALID, "state:");
	refused(s, "as-of:#1", 0, ANNOT_INVALID, "as-of:");
	refused(s, "colour:red", 0, ANNOT_INVALID, "unknown term");
	refused(s, "author:nobody", 0, ANNOT_NOT_FOUND, "nobody is enrolled");
	refused(s, NULL, 2, ANNOT_INVALID, "from #2 lies in the future: the log has 1 record");
	assert_null(strstr(s->call.err.text, "records"));
	assert_int_equal(events(s, NULL, 1, 0).next, 1);
}

/* In pieces of bounded size, from cursor to cursor: each once. */
static void test_cursors(void **state)
{
	enum { N = 40, BIG = 16000, SMALL = 2 * EVENTS_ROWS_MAX };
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	char text[BIG + 1];
	uint64_t from = 0;
	size_t replies = 0;
	memset(text, 'x', BIG);
	text[BIG] = '\0';
	for (int i = 0; i < N; i++)
		test_put_as(s->c, &admin, test_claim(text), ANNOT_EFFECTIVE);
	for (int i = 0; i < SMALL; i++)
		test_put_as(s->c, &admin, test_claim("small"), ANNOT_EFFECTIVE);
	stored_sync(s);
	for (; from < s->c->n; replies++) {
		struct annot_events_reply reply = events(s, NULL, from, 0);
		size_t bytes = 0;
		assert_in_range(reply.n_rows, 1, EVENTS_ROWS_MAX);
		for (size_t i = 0; i < reply.n_rows; i++) {
			assert_int_equal(reply.rows[i].index, from + i);
			bytes += reply.rows[i].record.len;
		}
		assert_in_range(bytes, 1, EVENTS_BYTES_MAX);
		assert_int_equal(reply.next, from + reply.n_rows);
		from = reply.next;
		annot_arena_reset(s->call.arena);
	}
	assert_in_range(replies, 6, 20);
	assert_int_equal(events(s, NULL, 3, 2).n_rows, 2);
	assert_int_equal(events(s, NULL, 3, 2).next, 5);
	assert_int_equal(events(s, NULL, 3, 1000).n_rows > 2, true);
	/* With a query the cursor is the next that matches, or the end. */
	assert_int_equal(events(s, "small", 0, 1).next, N + 2);
	assert_int_equal(events(s, "nowhere", 0, 0).next, s->c->n);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_as_entered),
		T(test_ratings),
		T(test_refused),
		T(test_cursors),
	};

	return cmocka_run_group_tests_name("annotd/handlers_events", tests, NULL, NULL);
}
