/* A terminal in place of standard error, and a clock that goes on when told. For one test program
 * each. */
#ifndef TESTS_SUPPORT_TERMINAL_H
#define TESTS_SUPPORT_TERMINAL_H

#include "assert.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t terminal_ms = 5000;

/* In place of libc's. */
int clock_gettime(clockid_t clock, struct timespec *ret)
{
	(void)clock;
	*ret = (struct timespec){terminal_ms / 1000, terminal_ms % 1000 * 1000000};
	return 0;
}

static int terminal_master = -1, terminal_kept = -1;

/* Whether this machine has pseudo terminals; says so where it has none. */
static bool terminal_possible(void)
{
	int master, slave;
	if (openpty(&master, &slave, NULL, NULL, NULL) != 0) {
		fprintf(stderr, "skipped: no pseudo terminals here (devpts is not mounted)\n");
		return false;
	}
	close(master);
	close(slave);
	return true;
}

static void terminal_open(void)
{
	int slave;
	assert_int_equal(openpty(&terminal_master, &slave, NULL, NULL, NULL), 0);
	terminal_kept = dup(STDERR_FILENO);
	assert_int_equal(dup2(slave, STDERR_FILENO), STDERR_FILENO);
	close(slave);
	fcntl(terminal_master, F_SETFL, O_NONBLOCK);
}

static void terminal_close(void)
{
	fflush(stderr);
	dup2(terminal_kept, STDERR_FILENO);
	close(terminal_kept);
	close(terminal_master);
}

/* What was written to it since the last call. A terminal passes things on in its own time. */
static inline void terminal_read(char *ret, size_t size, size_t expected)
{
	size_t n = 0;
	ssize_t more;
	struct pollfd poll_master = {.fd = terminal_master, .events = POLLIN};
	fflush(stderr);
	do {
		more = read(terminal_master, ret + n, size - 1 - n);
		n += more > 0 ? (size_t)more : 0;
	} while (n < expected && (more > 0 || poll(&poll_master, 1, 10000) == 1));
	ret[n] = '\0';
}

#define assert_terminal_has(text)                                                                  \
	do {                                                                                       \
		char has_[4096];                                                                   \
		terminal_read(has_, sizeof has_, strlen(text));                                    \
		assert_string_equal(has_, text);                                                   \
	} while (0)

#endif
