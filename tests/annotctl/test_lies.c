/* annotctl against a daemon that sends what was not asked for: it says so, and neither believes it
 * nor falls over it. */
#include "fake_daemon.h"

#include <sys/wait.h>

struct fixture {
	struct fake *f;
	struct annot *a;
	char out[4096];
};

static int setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	x->f = fake_new();
	assert_ok(fake_open(x->f, 5000, &x->a));
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;
	fake_free(x->f);
	free(x);
	return 0;
}

/* A claim, a verdict on it and a comment on it. */
static void add_verdict(struct fixture *x)
{
	struct annot_draft *claim = annot_draft_new(ANNOT_KIND_claim);
	struct annot_draft *verdict = annot_draft_new(ANNOT_KIND_verdict);
	struct annot_draft *comment = annot_draft_new(ANNOT_KIND_comment);
	assert_ok(annot_draft_add(claim, "text", "The bridge is closed.", &test_error));
	const struct annot_record *on = fake_add(x->f, x->a, claim);
	assert_ok(annot_draft_add_hash(verdict, "on", &on->id, &test_error));
	assert_ok(annot_draft_add(verdict, "scale", "truth", &test_error));
	assert_ok(annot_draft_add(verdict, "rating", "false", &test_error));
	fake_add(x->f, x->a, verdict);
	assert_ok(annot_draft_add_hash(comment, "on", &on->id, &test_error));
	assert_ok(annot_draft_add(comment, "text", "Is it?", &test_error));
	fake_add(x->f, x->a, comment);
}

/* Runs annotctl with these arguments; its exit code, and all that it printed in x->out. */
static int run(struct fixture *x, const char *args)
{
	char command[1024];
	annot_close(x->a); /* the fake has one connection at a time */
	x->a = NULL;
	snprintf(command, sizeof(command), "%s --socket %s --timeout 20 %s 2>&1", ANNOTCTL,
		 x->f->url, args);
	FILE *p = popen(command, "r");
	assert_non_null(p);
	x->out[fread(x->out, 1, sizeof(x->out) - 1, p)] = '\0';
	int status = pclose(p);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_too_many_records(void **state)
{
	struct fixture *x = *state;
	add_verdict(x);
	pthread_mutex_lock(&x->f->lock);
	x->f->get_rows = 200;
	pthread_mutex_unlock(&x->f->lock);
	assert_int_equal(run(x, "diff --reviewers ada bea"), annot_exit_code(ANNOT_PROTOCOL));
	assert_non_null(strstr(x->out, "asked for 1 record and sent 200"));
}

static void test_another_record(void **state)
{
	struct fixture *x = *state;
	add_verdict(x);
	pthread_mutex_lock(&x->f->lock);
	x->f->swap_record = x->f->leaves[2].record->bytes; /* the verdict, not what it is on */
	pthread_mutex_unlock(&x->f->lock);
	assert_int_equal(run(x, "diff --reviewers ada bea"), annot_exit_code(ANNOT_PROTOCOL));
	assert_non_null(strstr(x->out, "and sent another"));
}

/* A query by kind is answered with records of all kinds, the genesis record among them. */
static void test_another_kind(void **state)
{
	struct fixture *x = *state;
	add_verdict(x);
	assert_int_equal(run(x, "diff --reviewers ada bea"), 0);
	assert_non_null(strstr(x->out, "rated differently: 0"));
	assert_int_equal(run(x, "diff --since 0"), annot_exit_code(ANNOT_NO));
	assert_non_null(strstr(x->out, "0 retracted"));
	/* One verdict's scale is looked for, whatever else came with it; this corpus has no policy.
	 */
	assert_int_equal(run(x, "agreement"), annot_exit_code(ANNOT_USAGE));
	assert_null(strstr(x->out, "verdicts on scales"));
	assert_non_null(strstr(x->out, "scale truth: "));
}

/* Words that are not in a document: it is asked for once, whatever is then said of them. */
static void test_missing_words(void **state)
{
	struct fixture *x = *state;
	fake_document(x->f, x->a, "speech", "It was said.\n");
	assert_int_equal(run(x, "claim add --in speech 'It was said.' 'quite different words'"),
			 annot_exit_code(ANNOT_USAGE));
	assert_non_null(strstr(x->out, "look swapped"));
	assert_int_equal(x->f->gets, 1);
	assert_int_equal(run(x, "claim add 'Nothing.' --in speech 'quite different words'"),
			 annot_exit_code(ANNOT_REFUSED));
	assert_int_equal(x->f->gets, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_too_many_records, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_record, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing_words, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
