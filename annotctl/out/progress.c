#include "progress.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

enum { EVERY_MS = 200 };

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool progress_show(void *arg, uint64_t done, uint64_t of)
{
	struct progress *p = arg;
	if (p->ctl->quiet || p->ctl->in_batch || p->ctl->format != FORMAT_TEXT ||
	    !isatty(STDERR_FILENO))
		return true;
	int64_t now = now_ms();
	if (now - p->shown_ms < EVERY_MS)
		return true;
	p->shown_ms = now;
	p->open = true;
	fprintf(stderr, "\r%s %" PRIu64 " of %" PRIu64 " (%" PRIu64 " %%)\033[K", p->what, done, of,
		of ? done * 100 / of : 100);
	return true;
}

void progress_end(struct progress *p)
{
	if (p->open)
		fprintf(stderr, "\r\033[K");
	p->open = false;
}
