#include "lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool lines_open(int fd, struct lines *ret)
{
	*ret = (struct lines){.fd = fd, .data = malloc(LINES_LINE_MAX + 1)};
	return ret->data != NULL;
}

void lines_close(struct lines *l)
{
	free(l->data);
	l->data = NULL;
}

/* A whole line that has been read; at the end of all, what is left. */
static bool take(struct lines *l, char **ret, size_t *ret_len)
{
	char *from = l->data + l->start;
	char *newline = memchr(from, '\n', l->end - l->start);
	if (!newline && !(l->over && l->end > l->start))
		return false;
	*ret = from;
	*ret_len = newline ? (size_t)(newline - from) : l->end - l->start;
	l->start += *ret_len + (newline != NULL);
	return true;
}

/* Reads what is there, into the room behind what is kept. */
static enum lines_result fill(struct lines *l, bool wait)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};
	if (!wait && poll(&p, 1, 0) == 0)
		return LINES_NONE;
	memmove(l->data, l->data + l->start, l->end - l->start);
	l->end -= l->start;
	l->start = 0;
	if (l->end > LINES_LINE_MAX)
		return LINES_TOO_LONG;
	ssize_t n = read(l->fd, l->data + l->end, LINES_LINE_MAX + 1 - l->end);
	if (n < 0 && errno != EINTR)
		return LINES_FAILED;
	if (n > 0)
		l->end += (size_t)n;
	l->over = n == 0;
	return LINES_LINE;
}

enum lines_result lines_next(struct lines *l, bool wait, char **ret, size_t *ret_len)
{
	while (!take(l, ret, ret_len)) {
		if (l->over)
			return LINES_END;
		enum lines_result result = fill(l, wait);
		if (result != LINES_LINE)
			return result;
	}
	return LINES_LINE;
}
