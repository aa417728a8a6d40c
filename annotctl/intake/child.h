/* A program that reads a file's bytes and writes a text, bounded in all that it may take. */
#ifndef ANNOTCTL_INTAKE_CHILD_H
#define ANNOTCTL_INTAKE_CHILD_H

#include "../ctl.h"

enum { CHILD_MESSAGE_MAX = 300 };

struct child {
	const char *const *argv; /* no shell; argv[0] is looked for on PATH unless it has a slash */
	struct annot_bytes input; /* its standard input, a file that it can seek in */
	int seconds;              /* until it is killed */
	size_t memory;            /* bytes of address space; 0: as it wants */
};

struct child_end {
	int code; /* exit code; -1: a signal ended it */
	int signal;
	char message[CHILD_MESSAGE_MAX + 1]; /* the first line of its standard error */
};

/*
 * Runs it and appends its standard output to output, to that buffer's max. NOT_FOUND: there is no
 * such program. TIMEOUT: killed after so many seconds. TOO_LARGE, NO_MEMORY; UNREADABLE: it cannot
 * be run, with the reason.
 */
enum annot_status child_run(const struct child *c, struct annot_buf *output, struct child_end *ret,
			    struct annot_error *err);

#endif
