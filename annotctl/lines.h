/* Lines from a file descriptor, for a program that must know whether one is there already. */
#ifndef ANNOTCTL_LINES_H
#define ANNOTCTL_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum { LINES_LINE_MAX = 1 << 20 };

struct lines {
	int fd;
	char *data; /* LINES_LINE_MAX + 1 bytes */
	size_t start, end;
	bool over; /* no more comes */
};

enum lines_result {
	LINES_LINE,
	LINES_NONE, /* not all of one has come: only without wait */
	LINES_END,
	LINES_TOO_LONG, /* one of more than LINES_LINE_MAX bytes */
	LINES_FAILED,   /* errno */
};

/* False: out of memory. */
bool lines_open(int fd, struct lines *ret);
void lines_close(struct lines *l);

/* The next line without its end; a last one may have none. *ret is good until the next call, and
 * may be written to. */
enum lines_result lines_next(struct lines *l, bool wait, char **ret, size_t *ret_len);

#endif
