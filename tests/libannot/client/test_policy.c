/* The policy in force at a size of the log, replayed from what a real annotd shows. */
#include "daemon.h"

#include <stdlib.h>

#include "base/auto.h"
#include "client/client.h"

struct fixture {
	struct test_corpus *test;
	struct test_key one, two;
	char dir[TEST_PATH_MAX];
	struct test_daemon daemon;
	struct annot *a;
	struct annot_arena *arena;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	*state = f;
	f->test = test_corpus_new(2, 2);
	f->one = test_key(1);
	f->two = test_key(2);
	f->arena = annot_arena_new(64 << 20);
	test_folder(f->test, NULL, f->dir);
	setenv("XDG_STATE_HOME", f->dir, 1);
	test_daemon_start(f->dir, &f->daemon);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	annot_close(f->a);
	annot_arena_free(f->arena);
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

/* Hands in all that the corpus in memory has beyond genesis, and opens the client. */
static void serve(struct fixture *f)
{
	struct annot_options options = ANNOT_OPTIONS_INIT;
	struct test_client client;
	test_client_open(f->daemon.url, &client);
	test_submit(&client, f->test, f->test->entries + 1, f->test->n - 1);
	test_client_close(&client);
	options.socket = f->daemon.url;
	assert_ok(annot_open(&options, &f->a, &test_error));
}

static struct annot_draft *policy(unsigned approvals, const char *scale)
{
	struct annot_draft *d = test_policy(approvals);
	test_set(d, "scale", scale);
	return d;
}

static void assert_policy(struct fixture *f, uint64_t size, unsigned approvals, const char *scale,
			  size_t ratings)
{
	struct annot_policy got;
	assert_ok(annot_fetch_policy(f->a, size, f->arena, &got, &test_error));
	assert_int_equal(got.approvals[ANNOT_KIND_quote], approvals);
	assert_int_equal(got.n_scales, 1);
	assert_string_equal(got.scales[0].name, scale);
	assert_int_equal(got.scales[0].n, ratings);
}

/* Of two policies the one whose quorum was complete last is in force, not the one that was written
 * last; what else stands in the log between them changes nothing. */
static void test_in_force(void **state)
{
	struct fixture *f = *state;
	struct test_entry *first =
		test_put_as(f->test, &f->one, policy(2, "a false:- true:+"), ANNOT_PENDING);
	test_put_as(f->test, &f->one, test_claim("x"), ANNOT_EFFECTIVE);
	struct test_entry *second =
		test_put_as(f->test, &f->two, policy(3, "b no:- maybe:0 yes:+"), ANNOT_PENDING);
	test_put_as(f->test, &f->one, test_review(&second->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(f->test, &f->two, test_claim("y"), ANNOT_EFFECTIVE);
	struct test_entry *last =
		test_put_as(f->test, &f->two, test_review(&first->id, "approve"), ANNOT_EFFECTIVE);
	serve(f);
	assert_policy(f, 1, 1, "truth", 3);
	assert_policy(f, second->index + 1, 1, "truth", 3);
	assert_policy(f, second->index + 2, 3, "b", 3);
	assert_policy(f, last->index, 3, "b", 3);
	assert_policy(f, last->index + 1, 2, "a", 2);
	assert_policy(f, UINT64_MAX, 2, "a", 2);
}

/* A later corpus record without policy cards leaves the policy of genesis in force. */
static void test_of_genesis(void **state)
{
	struct fixture *f = *state;
	static const char *const cards[] = {"approvals", "self-approval", "bots-count",
					    "second-reader", "scale"};
	struct annot_draft *d = annot_draft_amend(f->test->entries[0]->record);
	for (size_t i = 0; i < COUNT(cards); i++)
		annot_draft_unset(d, cards[i]);
	struct test_entry *later = test_put_as(f->test, &f->one, d, ANNOT_PENDING);
	test_put_as(f->test, &f->two, test_review(&later->id, "approve"), ANNOT_EFFECTIVE);
	serve(f);
	assert_policy(f, UINT64_MAX, 1, "truth", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_in_force, setup, teardown),
		cmocka_unit_test_setup_teardown(test_of_genesis, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
