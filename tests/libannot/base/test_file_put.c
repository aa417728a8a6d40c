/* Files in the making: whoever stops their maker, and where, finds the old file or the new one, and
 * nothing else. */
#include "in_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { LARGE = 300000 };

/* A file system that has no files without a name; one without /proc, so that they get none; then, a
 * signal that comes as a copy begins. */
static bool refuse_nameless, refuse_names;
static int signal_at_copy, opened;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	va_start(ap, flags);
	mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (refuse_nameless && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (flags & O_EXCL && ++opened == 2 && signal_at_copy)
		kill(getpid(), signal_at_copy);
	return __real_open(path, flags, mode);
}

int __real_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	if (!refuse_names)
		return __real_linkat(from_fd, from, to_fd, to, flags);
	errno = ENOENT;
	return -1;
}

static int begin(void **state)
{
	refuse_nameless = refuse_names = false;
	signal_at_copy = opened = 0;
	return enter(state);
}

static void test_steps(void **state)
{
	struct annot_file *f;
	struct stat st;
	(void)state;
	mode_t mask = umask(027);
	for (int i = 0; i < 2; i++) {
		refuse_nameless = i == 1;
		assert_ok(annot_file_begin("f", ANNOT_FILE_MODE_NEW, &f, &test_error));
		assert_int_equal(fprintf(annot_file_stream(f), "turn %d", i), 6);
		assert_int_equal(entries(), i); /* it has no name yet */
		assert_ok(annot_file_finish(f, &test_error));
		assert_content("f", i ? "turn 1" : "turn 0");
		assert_int_equal(stat("f", &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
		assert_ok(annot_file_begin("f", 0600, &f, &test_error));
		assert_ok(annot_file_sink(f).put(f, annot_bytes_of("x"), &test_error));
		assert_status(annot_file_abandon(f, ANNOT_NO), ANNOT_NO);
		assert_content("f", i ? "turn 1" : "turn 0");
		assert_int_equal(entries(), 1);
	}
	umask(mask);
	assert_ok(annot_file_abandon(NULL, ANNOT_OK));
}

/* Where a file cannot be given its name: what is there already is kept or replaced, as asked. */
static void put_copies(void)
{
	static char content[LARGE];
	struct stat st;
	memset(content, 'c', sizeof content);
	assert_ok(annot_file_create("f", annot_bytes(content, sizeof content), 0640, &test_error));
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_size, LARGE);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_status(annot_file_create("f", annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_REFUSED);
	assert_error_says("f: exists already");
	assert_ok(annot_file_replace("f", annot_bytes_of("new"), 0600, &test_error));
	assert_content("f", "new");
	assert_status(annot_file_replace("none/f", annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_UNREADABLE);
	assert_error_says("none/f: cannot be written: No such file");
	assert_int_equal(entries(), 1);
	assert_int_equal(unlink("f"), 0);
}

static void test_copies(void **state)
{
	(void)state;
	refuse_nameless = true;
	put_copies();
	refuse_nameless = false;
	refuse_names = true;
	put_copies();
}

/* What a stream could not write is told when it is finished, and why. */
static void test_full(void **state)
{
	static char content[LARGE];
	struct rlimit before, small;
	struct annot_file *f;
	(void)state;
	memset(content, 'c', sizeof content);
	assert_ok(annot_file_replace("f", annot_bytes_of("old"), 0600, &test_error));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_IGN);
	small = (struct rlimit){.rlim_cur = LARGE / 2, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_ok(annot_file_begin("f", 0600, &f, &test_error));
	(void)fwrite(content, 1, sizeof content, annot_file_stream(f));
	(void)fputs("more", annot_file_stream(f));
	enum annot_status status = annot_file_finish(f, &test_error);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(status, ANNOT_NO_SPACE);
	assert_error_says("f: cannot be written: File too large");
	assert_content("f", "old");
	assert_int_equal(entries(), 1);
	if (access("/dev/full", W_OK) != 0)
		return;
	assert_ok(annot_file_begin("/dev/full", 0600, &f, &test_error));
	(void)fwrite(content, 1, sizeof content, annot_file_stream(f));
	assert_status(annot_file_finish(f, &test_error), ANNOT_NO_SPACE);
	assert_error_says("/dev/full: cannot be written: No space left");
}

/* A child that makes a file and is stopped on the way; by what it was stopped. */
static int stopped_by(int number, bool in_copy)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		static char content[LARGE];
		struct annot_file *f = NULL;
		opened = 0;
		signal_at_copy = in_copy ? number : 0;
		if (annot_file_begin("f", 0600, &f, NULL) != ANNOT_OK)
			_exit(1);
		memset(content, 'n', sizeof content);
		(void)fwrite(content, 1, sizeof content, annot_file_stream(f));
		if (!in_copy)
			kill(getpid(), number);
		(void)annot_file_finish(f, NULL);
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_stopped(void **state)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGKILL};
	struct rlimit none = {0};
	(void)state;
	setrlimit(RLIMIT_CORE, &none);
	assert_ok(annot_file_replace("f", annot_bytes_of("old"), 0600, &test_error));
	for (size_t i = 0; i < COUNT(numbers); i++)
		for (int way = 0; way < 3; way++) {
			refuse_nameless = way > 0;
			if (numbers[i] == SIGKILL && way == 2)
				continue; /* nobody can wait for that one */
			assert_int_equal(stopped_by(numbers[i], way == 2), numbers[i]);
			assert_content("f", "old");
			assert_int_equal(entries(), 1);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_steps, begin, leave),
		cmocka_unit_test_setup_teardown(test_copies, begin, leave),
		cmocka_unit_test_setup_teardown(test_full, begin, leave),
		cmocka_unit_test_setup_teardown(test_stopped, begin, leave),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
