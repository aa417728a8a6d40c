/*
 * A daemon that keeps a record's bytes back although no admin decided so: whoever asks for it is
 * told, and nobody takes it for withheld.
 */
#include "daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "annotd/corpus_private.h"
#include "base/encode.h"

struct fixture {
	struct test_corpus *test;
	struct test_entry *claim;
	char dir[TEST_PATH_MAX], home[TEST_PATH_MAX];
	struct test_daemon daemon;
	char out[8192];
};

static void admit(struct fixture *f)
{
	struct corpus_item item = {.record = f->claim->record}, *items[] = {&item};
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct corpus *c;
	memcpy(item.signature, f->claim->signature, sizeof item.signature);
	assert_ok(corpus_open(f->dir, &c, &test_error));
	assert_ok(corpus_admit(c, items, 1, &note, &test_error));
	assert_int_equal(item.status, ANNOT_OK);
	annot_buf_free(&note);
	/* What the operator does by hand. */
	assert_ok(store_withhold(c->store, f->claim->index, &test_error));
	corpus_close(c);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct test_key admin = test_key(1);
	*state = f;
	f->test = test_corpus_new(1, 1);
	f->claim =
		test_put_as(f->test, &admin, test_claim("The bridge is closed."), ANNOT_EFFECTIVE);
	test_folder(f->test, NULL, f->dir);
	snprintf(f->home, sizeof f->home, "/tmp/annot-test-XXXXXX");
	assert_non_null(mkdtemp(f->home));
	admit(f);
	test_daemon_start(f->dir, &f->daemon);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(test_daemon_stop(&f->daemon), 0);
	test_folder_remove(f->dir);
	test_folder_remove(f->home);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

/* Runs annotctl COMMAND with the claim's id behind it; its exit code, what it printed in f->out. */
static int run(struct fixture *f, const char *command)
{
	char line[2048];
	snprintf(line, sizeof line,
		 "HOME=%s XDG_STATE_HOME=%s/state XDG_CONFIG_HOME=%s/config %s --socket %s %s %s "
		 "2>&1",
		 f->home, f->home, f->home, ANNOTCTL, f->daemon.url, command,
		 annot_hash_hex(&f->claim->id).text);
	FILE *p = popen(line, "r");
	assert_non_null(p);
	f->out[fread(f->out, 1, sizeof f->out - 1, p)] = '\0';
	int status = pclose(p);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void says(const struct fixture *f, const char *words)
{
	if (!strstr(f->out, words))
		fail_msg("\"%s\" is not said: %s", words, f->out);
}

static void test_verified(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(run(f, "verify"), 1);
	says(f, "CANNOT-CHECK");
	says(f, "no decision of the admins says why");
	assert_null(strstr(f->out, "\nWITHHELD"));
}

static void test_show(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(run(f, "show"), 0);
	says(f, "WITHHELD");
	says(f, "by no decision of the admins: the daemon hides it");
	assert_int_equal(run(f, "--json show"), 0);
	says(f, "\"withheld\": []");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_verified, setup, teardown),
		cmocka_unit_test_setup_teardown(test_show, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
