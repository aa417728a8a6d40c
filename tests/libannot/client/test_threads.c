/* Threads that a connection brings: none takes a signal, which then ends a program in the middle of
 * what its own thread held signals for (base/signals.h). */
#include "assert.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/client.h"

/* Signals that a thread holds, as a mask; its name is its number. */
static unsigned long long held_by(const char *thread)
{
	char path[300], line[256];
	unsigned long long held = 0;
	snprintf(path, sizeof path, "/proc/self/task/%s/status", thread);
	FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		(void)sscanf(line, "SigBlk: %llx", &held);
	if (f)
		fclose(f);
	return held;
}

static void test_signals(void **state)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	char folder[] = "/tmp/annot-threads-XXXXXX", socket[64];
	struct annot *a;
	size_t others = 0;
	sigset_t own_mask;
	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
	snprintf(socket, sizeof socket, "ipc://%s/none", folder);
	struct annot_options options = ANNOT_OPTIONS_INIT;
	options.socket = socket;
	assert_status(annot_open(&options, &a, &test_error), ANNOT_UNREACHABLE);
	DIR *list = opendir("/proc/self/task");
	assert_non_null(list);
	for (const struct dirent *entry; (entry = readdir(list));) {
		if (entry->d_name[0] == '.')
			continue;
		bool own = atoi(entry->d_name) == getpid();
		unsigned long long held = held_by(entry->d_name);
		others += !own;
		for (size_t i = 0; i < sizeof ending / sizeof *ending && !own; i++)
			assert_int_equal(held >> (ending[i] - 1) & 1, 1);
	}
	closedir(list);
	assert_true(others > 0);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &own_mask), 0);
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
		assert_int_equal(sigismember(&own_mask, ending[i]), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_signals)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
