/* A folder that is being filled: whenever its maker is stopped, it goes, and no other. */
#include "assert.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "annotctl/formats/leftover.h"

/* As mkdtemp finds that name taken: a signal comes, and the folder is somebody else's. */
static bool taken;

char *__real_mkdtemp(char *name);
char *__wrap_mkdtemp(char *name);
char *__wrap_mkdtemp(char *name)
{
	if (!taken)
		return __real_mkdtemp(name);
	kill(getpid(), SIGTERM);
	errno = EEXIST;
	return NULL;
}

static void put(const char *folder)
{
	char path[128];
	snprintf(path, sizeof path, "%s/file", folder);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
}

static bool there(const char *folder)
{
	struct stat st;
	return stat(folder, &st) == 0;
}

/* By what a child was stopped that makes the folder and puts a file into it; 0: by nothing. */
static int stopped(char *name, bool ends)
{
	int status, fds[2];
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (!leftover_make(name))
			_exit(1);
		put(name);
		if (write(fds[1], name, strlen(name) + 1) < 0)
			_exit(2);
		if (ends)
			leftover_forget();
		kill(getpid(), SIGTERM);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(fds[1]);
	if (read(fds[0], name, 64) < 0)
		fail();
	close(fds[0]);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_stopped(void **state)
{
	char name[64] = "/tmp/annot-leftover-XXXXXX";
	(void)state;
	taken = false;
	assert_int_equal(stopped(name, false), SIGTERM);
	assert_null(strstr(name, "XXXXXX"));
	assert_false(there(name));
	snprintf(name, sizeof name, "/tmp/annot-leftover-XXXXXX");
	assert_int_equal(stopped(name, true), SIGTERM);
	assert_true(there(name)); /* it was finished */
	leftover_remove(name);
	assert_false(there(name));
}

static void test_of_somebody_else(void **state)
{
	char name[64] = "/tmp/annot-others-XXXXXX";
	(void)state;
	assert_non_null(__real_mkdtemp(name));
	put(name);
	taken = true;
	assert_int_equal(stopped(name, false), SIGTERM);
	taken = false;
	char path[128];
	snprintf(path, sizeof path, "%s/file", name);
	assert_true(there(path));
	leftover_remove(name);
	assert_false(there(name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_stopped),
					   cmocka_unit_test(test_of_somebody_else)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
