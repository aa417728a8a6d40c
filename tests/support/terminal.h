/* A terminal in place of standard error, and a clock that goes on when told. For one test program
 * each. */
#ifndef TESTS_SUPPORT_TERMINAL_H
#define TESTS_SUPPORT_TERMINAL_H

#include "assert.h"

#include <fcntl.h>
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

/* What was written to it since the last call. */
#define assert_terminal_has(text)                                                                  \
	do {                                                                                       \
		char has_[4096];                                                                   \
		fflush(stderr);                                                                    \
		ssize_t n_ = read(terminal_master, has_, sizeof has_ - 1);                         \
		has_[n_ > 0 ? n_ : 0] = '\0';                                                      \
		assert_string_equal(has_, text);                                                   \
	} while (0)

#endif
