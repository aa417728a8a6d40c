/* What the service manager is told: by the function, and by a real annotd. */
#include "daemon.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "annotd/notify.h"

enum { PATIENCE_MS = 30000, STATE_MAX = 2048 };

struct fixture {
	struct test_corpus *test;
	char dir[TEST_PATH_MAX];
	int manager;
};

/* A service manager's end, at a path or (from '@' on) in the abstract name space; NOTIFY_SOCKET names it. */
static void manage(struct fixture *f, const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t len = strlen(name);
	assert_true(len < sizeof at.sun_path);
	memcpy(at.sun_path, name, len);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	f->manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f->manager, (struct sockaddr *)&at,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
			 0);
	setenv("NOTIFY_SOCKET", name, 1);
}

/* The next datagram. */
static const char *told(struct fixture *f)
{
	static char state[STATE_MAX];
	struct pollfd p = {.fd = f->manager, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	ssize_t n = recv(f->manager, state, sizeof state - 1, 0);
	assert_true(n > 0);
	state[n] = '\0';
	return state;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	f->manager = -1;
	f->test = test_corpus_new(1, 1);
	test_folder(f->test, NULL, f->dir);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (f->manager >= 0)
		close(f->manager);
	test_folder_remove(f->dir);
	test_corpus_free(f->test);
	free(f);
	return 0;
}

static void test_path_socket(void **state)
{
	struct fixture *f = *state;
	manage(f, test_path(f->dir, "notify"));
	notify("READY=1");
	assert_string_equal(told(f), "READY=1");
}

static void test_abstract_socket(void **state)
{
	struct fixture *f = *state;
	char name[TEST_PATH_MAX + 1];
	snprintf(name, sizeof name, "@%s", f->dir);
	manage(f, name);
	notify("STOPPING=1\nSTATUS=x");
	assert_string_equal(told(f), "STOPPING=1\nSTATUS=x");
}

static void test_nobody_there(void **state)
{
	struct fixture *f = *state;
	char byte, too_long[sizeof((struct sockaddr_un *)0)->sun_path + 1];
	manage(f, test_path(f->dir, "notify"));
	memset(too_long, '/', sizeof too_long - 1);
	too_long[sizeof too_long - 1] = '\0';
	const char *const names[] = {"", "relative", "/nobody/there", too_long};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		notify("READY=1");
	}
	unsetenv("NOTIFY_SOCKET");
	notify("READY=1");
	assert_int_equal(recv(f->manager, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static void test_watchdog(void **state)
{
	char pid[24];
	(void)state;
	assert_int_equal(notify_watchdog_us(), 0);
	setenv("WATCHDOG_USEC", "120000000", 1);
	assert_int_equal(notify_watchdog_us(), 120000000);
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(notify_watchdog_us(), 120000000);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(notify_watchdog_us(), 0);
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", "soon", 1);
	assert_int_equal(notify_watchdog_us(), 0);
}

/* From the start to the end, with signs of life in between. */
static void test_annotd_tells(void **state)
{
	struct fixture *f = *state;
	struct test_daemon daemon;
	manage(f, test_path(f->dir, "notify"));
	setenv("WATCHDOG_USEC", "20000", 1);
	test_daemon_start(f->dir, &daemon);
	assert_non_null(strstr(told(f), "STATUS=Opening the corpus"));
	const char *ready = told(f);
	assert_ptr_equal(strstr(ready, "READY=1\nSTATUS=Serving "), ready);
	assert_non_null(strstr(ready, ", 1 record when it started"));
	assert_null(strstr(ready, "READ-ONLY"));
	assert_string_equal(told(f), "WATCHDOG=1");
	assert_string_equal(told(f), "WATCHDOG=1");
	assert_int_equal(test_daemon_stop(&daemon), 0);
	const char *last = told(f);
	while (strcmp(last, "WATCHDOG=1") == 0)
		last = told(f);
	assert_ptr_equal(strstr(last, "STOPPING=1\nSTATUS="), last);

	/* Without a watchdog, and of a corpus that cannot be signed for. */
	unsetenv("WATCHDOG_USEC");
	assert_int_equal(unlink(test_path(f->dir, "checkpoint")), 0);
	test_daemon_start(f->dir, &daemon);
	told(f);
	assert_non_null(strstr(told(f), "; READ-ONLY: "));
	assert_int_equal(test_daemon_stop(&daemon), 0);
	assert_int_equal(strncmp(told(f), "STOPPING=1\n", 11), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_path_socket, setup, teardown),
		cmocka_unit_test_setup_teardown(test_abstract_socket, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_watchdog, setup, teardown),
		cmocka_unit_test_setup_teardown(test_annotd_tells, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
