/* Connecting, calls and what may go wrong on the way. */
#include "fake_daemon.h"

#include <dirent.h>
#include <sched.h>
#include <time.h>

static int setup(void **state)
{
	*state = fake_new();
	return 0;
}

static int teardown(void **state)
{
	fake_free(*state);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum annot_status call_checkpoint(struct annot *a)
{
	struct annot_arena *arena = annot_arena_new(FAKE_ARENA_MAX);
	struct annot_checkpoint_request in = {};
	const struct annot_checkpoint_reply *reply;
	enum annot_status status = annot_call_checkpoint(a, &in, arena, &reply, &test_error);
	annot_arena_free(arena);
	return status;
}

static void test_hello(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	assert_ok(fake_open(f, 2000, &a));
	assert_true(annot_first_contact(a));
	assert_string_equal(annot_hello(a)->daemon, "fake 1");
	assert_true(annot_hash_equal(&annot_hello(a)->corpus, &f->corpus));
	assert_ok(call_checkpoint(a));
	assert_null(annot_close(a));
	assert_ok(fake_open(f, 2000, &a));
	assert_false(annot_first_contact(a));
	annot_close(a);
	assert_null(annot_close(NULL));
}

static void test_nobody(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	int64_t start = now_ms();
	fake_hang_up(f); /* the socket file stays, nobody listens */
	assert_status(fake_open(f, 30000, &a), ANNOT_UNREACHABLE);
	assert_error_says("no annotd answers at ipc://");
	assert_error_says("start one with: annotd --corpus DIR");
	unlink(f->url + strlen("ipc://"));
	assert_status(fake_open(f, 30000, &a), ANNOT_UNREACHABLE);
	assert_error_says("no annotd answers at ipc://");
	assert_true(now_ms() - start < 5000);
	fake_listen(f);
}

static void test_urls(void **state)
{
	static const char *const bad[] = {"",       "annotd.sock", "http://localhost/",
					  "ipc://", "ipc:///a\tb", "inproc://x"};
	struct annot_options options = ANNOT_OPTIONS_INIT;
	struct annot *a;
	char url[256] = "ipc:///";
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		options.socket = bad[i];
		assert_status(annot_open(&options, &a, &test_error), ANNOT_INVALID);
	}
	memset(url + 7, 'x', 107);
	options.socket = url;
	assert_status(annot_open(&options, &a, &test_error), ANNOT_INVALID);
	assert_error_says("107");
	options.timeout_ms = 0;
	assert_status(annot_open(&options, &a, &test_error), ANNOT_USAGE);
	options = ANNOT_OPTIONS_INIT;
	options.version = 3;
	assert_status(annot_open(&options, &a, &test_error), ANNOT_USAGE);
}

static void test_not_an_annotd(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	f->bad_hello = true;
	assert_status(fake_open(f, 2000, &a), ANNOT_UNREACHABLE);
	assert_error_says("not an annotd");
}

static void test_version(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	f->version = 7;
	assert_status(fake_open(f, 2000, &a), ANNOT_PROTOCOL);
	assert_error_says("speaks wire version 7");
}

/* Each way of a broken answer gives its status, within the timeout, and the next call works again.
 */
static void test_broken_answers(void **state)
{
	static const struct {
		enum fake_deed deed;
		enum annot_status status;
	} cases[] = {
		{FAKE_CLOSE, ANNOT_UNREACHABLE}, {FAKE_HALF, ANNOT_UNREACHABLE},
		{FAKE_GARBAGE, ANNOT_PROTOCOL},  {FAKE_WRONG_ID, ANNOT_PROTOCOL},
		{FAKE_HUGE, ANNOT_TOO_LARGE},    {FAKE_SILENT, ANNOT_TIMEOUT},
	};
	struct fake *f = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct annot *a;
		f->deed = FAKE_ANSWER;
		assert_ok(fake_open(f, 300, &a));
		f->deed = cases[i].deed;
		int64_t start = now_ms();
		assert_status(call_checkpoint(a), cases[i].status);
		assert_true(now_ms() - start < 5000);
		f->deed = FAKE_ANSWER;
		assert_ok(call_checkpoint(a));
		annot_close(a);
	}
}

static void test_reconnects(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	assert_ok(fake_open(f, 2000, &a));
	f->deed = FAKE_CLOSE;
	assert_status(call_checkpoint(a), ANNOT_UNREACHABLE);
	assert_error_says("went away");
	f->deed = FAKE_ANSWER;
	/* Another corpus behind the same socket, meanwhile: not this handle's. */
	struct annot_hash corpus = f->corpus;
	f->corpus.b[0] ^= 1;
	assert_status(call_checkpoint(a), ANNOT_REFUSED);
	assert_error_says("another corpus");
	f->corpus = corpus;
	assert_ok(call_checkpoint(a));
	annot_close(a);
}

static void test_busy(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	assert_ok(fake_open(f, 3000, &a));
	f->deed = FAKE_STATUS;
	f->status = ANNOT_BUSY;
	f->times = 3;
	assert_ok(call_checkpoint(a));
	assert_int_equal(f->times, 0);
	annot_close(a);
	f->times = 0;
	assert_ok(fake_open(f, 100, &a));
	f->times = 1000;
	int64_t start = now_ms();
	assert_status(call_checkpoint(a), ANNOT_BUSY);
	assert_true(now_ms() - start <= 2000);
	annot_close(a);
}

static void test_status_passes(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	assert_ok(fake_open(f, 2000, &a));
	f->deed = FAKE_STATUS;
	f->status = ANNOT_DENIED;
	f->times = 1;
	assert_status(call_checkpoint(a), ANNOT_DENIED);
	assert_string_equal(test_error.text, "as told");
	annot_close(a);
}

static void test_known(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	struct annot_hash known[4];
	struct annot_buf file = ANNOT_BUF_INIT(4096);
	char path[128], line[256];
	struct stat st;
	assert_int_equal(annot_known_corpora(known, COUNT(known)), 0);
	assert_ok(fake_open(f, 2000, &a));
	annot_close(a);
	snprintf(path, sizeof(path), "%s/annot/known", f->dir);
	snprintf(line, sizeof(line), "%s\t%s\n", f->url, annot_hash_hex(&f->corpus).text);
	assert_ok(annot_file_read(path, 4096, &file, &test_error));
	assert_string_equal(file.data, line);
	annot_buf_free(&file);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(annot_known_corpora(known, COUNT(known)), 1);
	assert_true(annot_hash_equal(&known[0], &f->corpus));
	assert_int_equal(annot_known_corpora(known, 0), 0);

	f->corpus.b[0] ^= 1;
	assert_status(fake_open(f, 2000, &a), ANNOT_REFUSED);
	assert_error_says("this socket stood for");
	assert_error_says(path);
	/* A damaged line stands for nothing; the good one beside it still counts. */
	snprintf(line, sizeof(line), "rubbish\n%s\t%s", f->url, annot_hash_hex(&f->corpus).text);
	assert_ok(annot_file_replace(path, annot_bytes_of(line), 0600, &test_error));
	assert_ok(fake_open(f, 2000, &a));
	assert_false(annot_first_contact(a));
	annot_close(a);
}

static unsigned open_files(void)
{
	unsigned n = 0;
	DIR *d = opendir("/proc/self/fd");
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void test_many_handles(void **state)
{
	struct fake *f = *state;
	struct annot *a;
	assert_ok(fake_open(f, 2000, &a)); /* nng starts */
	annot_close(a);
	unsigned before = open_files();
	for (int i = 0; i < 200; i++) {
		assert_ok(fake_open(f, 2000, &a));
		if (i % 4 == 0)
			f->deed = FAKE_CLOSE;
		(void)call_checkpoint(a);
		f->deed = FAKE_ANSWER;
		annot_close(a);
	}
	/* nng closes in a thread of its own, a little later; the fake's last one may be open too.
	 */
	int64_t start = now_ms();
	while (open_files() > before + 2 && now_ms() - start < 10000)
		sched_yield();
	assert_true(open_files() <= before + 2);
}

static void test_places(void **state)
{
	struct annot_buf b = ANNOT_BUF_INIT(4096);
	(void)state;
	char *runtime = getenv("XDG_RUNTIME_DIR");
	AUTO_FREE char *kept = runtime ? strdup(runtime) : NULL;
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	assert_ok(annot_default_socket(&b, &test_error));
	assert_string_equal(b.data, "ipc:///run/user/7/annot/annotd.sock");
	annot_buf_truncate(&b, 0);
	setenv("XDG_RUNTIME_DIR", "not/absolute", 1);
	assert_ok(annot_default_socket(&b, &test_error));
	assert_memory_equal(b.data, "ipc:///tmp/annot-", 17);
	annot_buf_truncate(&b, 0);
	setenv("XDG_CONFIG_HOME", "/c", 1);
	assert_ok(annot_place(ANNOT_PLACE_CONFIG, &b, &test_error));
	assert_string_equal(b.data, "/c/annot");
	annot_buf_truncate(&b, 0);
	unsetenv("XDG_CACHE_HOME");
	setenv("HOME", "/h", 1);
	assert_ok(annot_place(ANNOT_PLACE_CACHE, &b, &test_error));
	assert_string_equal(b.data, "/h/.cache/annot");
	unsetenv("HOME");
	assert_status(annot_place(ANNOT_PLACE_CACHE, &b, &test_error), ANNOT_UNREADABLE);
	annot_buf_free(&b);
	if (kept)
		setenv("XDG_RUNTIME_DIR", kept, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_hello, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(test_urls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_an_annotd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_version, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reconnects, setup, teardown),
		cmocka_unit_test_setup_teardown(test_busy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_status_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_handles, setup, teardown),
		cmocka_unit_test(test_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
