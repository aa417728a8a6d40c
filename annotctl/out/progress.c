#include "progress.h"

#include <time.h>
#include <unistd.h>

#include "pager.h"

/* What shows itself now; calls within it do not. */
static const struct progress *shown;

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool is_wanted(const struct ctl *ctl)
{
	return !ctl->quiet && !ctl->in_batch && ctl->format == FORMAT_TEXT && !pager_runs() &&
	       isatty(STDERR_FILENO);
}

void progress_begin(struct progress *p)
{
	p->started_ms = now_ms();
	shown = p;
}

bool progress_show(void *arg, uint64_t done, uint64_t of)
{
	struct progress *p = arg;
	char text[256];
	struct annot_buf line = ANNOT_BUF_IN(text);
	if (p->started_ms == 0)
		progress_begin(p);
	int64_t now = now_ms();
	if (now - p->started_ms < ANNOT_PROGRESS_AFTER_MS ||
	    now - p->shown_ms < ANNOT_PROGRESS_EVERY_MS || !is_wanted(p->ctl))
		return true;
	p->shown_ms = now;
	p->open = true;
	const struct annot_progress_line at = {.what = p->what,
					       .bytes = p->bytes,
					       .done = done,
					       .of = of,
					       .elapsed_ms = (uint64_t)(now - p->started_ms)};
	annot_progress_text(&at, &line);
	fprintf(stderr, "\rannotctl: %s\033[K", text);
	return true;
}

void progress_pause(struct progress *p)
{
	if (p->open)
		fputs("\r\033[K", stderr);
	p->open = false;
	p->shown_ms = 0;
}

void progress_end(struct progress *p)
{
	progress_pause(p);
	p->started_ms = 0;
	if (shown == p)
		shown = NULL;
}

static void on_step(void *arg, const char *what, bool bytes, uint64_t done, uint64_t of)
{
	struct progress *p = arg;
	if (shown && shown != p)
		return;
	if (!what) {
		progress_end(p);
		return;
	}
	p->what = what;
	p->bytes = bytes;
	progress_show(p, done, of);
}

void progress_follow(struct ctl *ctl)
{
	static struct progress
		steps; /* as long as the connection, which a batch keeps from line to line */
	steps.ctl = ctl;
	annot_on_steps(ctl->annot, on_step, &steps);
}
