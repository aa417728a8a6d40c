#include "annotd/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/progress.h"

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_show(struct progress *p, uint64_t done, uint64_t of)
{
	char text[256];
	struct annot_buf line = ANNOT_BUF_IN(text);
	if (p->calls++ < p->every && p->calls != 1)
		return;
	p->calls = 1;
	int64_t now = now_ms();
	if (p->started_ms == 0)
		p->started_ms = now;
	if (now - p->started_ms < ANNOT_PROGRESS_AFTER_MS ||
	    now - p->shown_ms < ANNOT_PROGRESS_EVERY_MS || !isatty(STDERR_FILENO))
		return;
	p->shown_ms = now;
	p->open = true;
	const struct annot_progress_line at = {.what = p->what,
					       .bytes = p->bytes,
					       .done = done,
					       .of = of,
					       .elapsed_ms = (uint64_t)(now - p->started_ms)};
	annot_progress_text(&at, &line);
	fprintf(stderr, "\rannotd: %s\033[K", text);
}

void progress_end(struct progress *p)
{
	if (p->open)
		fputs("\r\033[K", stderr);
	p->open = false;
	p->shown_ms = 0;
}

void progress_tell(void *arg, const char *what, uint64_t done, uint64_t of)
{
	struct progress *p = arg;
	if (!p->what || strcmp(p->what, what) != 0) {
		progress_end(p);
		*p = (struct progress){.what = what};
	}
	progress_show(p, done, of);
}
