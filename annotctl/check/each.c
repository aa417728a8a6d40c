/*
 * All quotes of an article, some at a time: they are judged on several connections at once, since
 * most of the time goes by waiting for the daemon, and handed on in their order.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "check.h"

enum { WINDOW = 64, WORKERS = 4, QUOTE_ARENA = 1 << 30 };

struct job {
	struct checked checked;
	struct annot_arena *arena;
	enum annot_status status;
	struct annot_error err;
};

struct worker {
	struct ctl ctl; /* with a connection of its own */
	struct sources sources;
	struct crew *crew;
};

struct crew {
	const struct article *article;
	struct job jobs[WINDOW];
	size_t n;
	atomic_size_t next;
	struct worker workers[WORKERS];
	size_t n_workers;
};

/* Code points of bytes that need not be UTF-8: a byte that is none is one. */
static size_t count_chars(const char *text, size_t len)
{
	size_t n = 0;
	for (size_t at = 0; at < len; at++) {
		size_t valid = annot_utf8_valid(text + at, len - at);
		n += annot_utf8_chars(text + at, valid);
		at += valid;
		n += at < len;
	}
	return n;
}

void check_move(struct cursor *c, const struct article *a, size_t to)
{
	const char *text = a->text.data;
	for (const char *end; to > c->at && (end = memchr(text + c->at, '\n', to - c->at));) {
		size_t next = (size_t)(end - text) + 1;
		c->chars += count_chars(text + c->at, next - c->at);
		c->at = next;
		c->line++;
		c->line_chars = c->chars;
	}
	c->chars += count_chars(text + c->at, to - c->at);
	c->at = to;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct crew *crew = w->crew;
	for (size_t i; (i = atomic_fetch_add(&crew->next, 1)) < crew->n;) {
		struct job *job = &crew->jobs[i];
		w->ctl.arena = job->arena;
		job->status = check_judge(&w->ctl, &w->sources, crew->article, &job->checked);
		job->err = w->ctl.err;
	}
	return NULL;
}

/* The quotes of one window; this thread works, too. */
static void judge_window(struct crew *crew)
{
	pthread_t threads[WORKERS];
	size_t started = 1;
	atomic_store(&crew->next, 0);
	while (started < crew->n_workers && started < crew->n &&
	       pthread_create(&threads[started], NULL, work, &crew->workers[started]) == 0)
		started++;
	work(&crew->workers[0]);
	for (size_t i = 1; i < started; i++)
		pthread_join(threads[i], NULL);
}

/* A crew of one for few quotes; where the daemon takes no more connections, of fewer. */
static void hire(struct crew *crew, struct ctl *ctl, const struct sources *sources)
{
	size_t wanted = crew->article->quotes.n > WORKERS ? WORKERS : 1;
	for (size_t i = 0; i < wanted; i++) {
		struct worker *w = &crew->workers[i];
		*w = (struct worker){.ctl = *ctl, .sources = *sources, .crew = crew};
		if (i > 0) {
			w->ctl.annot = NULL;
			if (ctl_try_connect(&w->ctl) != ANNOT_OK)
				return;
			annot_on_steps(w->ctl.annot, NULL, NULL); /* of another thread */
		}
		crew->n_workers++;
	}
}

static void dismiss(struct crew *crew)
{
	for (size_t i = 0; i < crew->n_workers; i++) {
		check_sources_free(&crew->workers[i].sources);
		if (i > 0)
			annot_close(crew->workers[i].ctl.annot);
	}
	for (size_t i = 0; i < WINDOW; i++)
		annot_arena_free(crew->jobs[i].arena);
}

/* Hands the judged quotes of a window on. */
static enum annot_status hand_on(struct ctl *ctl, struct crew *crew, check_take take, void *arg)
{
	struct annot_arena *outer = ctl->arena;
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; i < crew->n && status == ANNOT_OK; i++) {
		struct job *job = &crew->jobs[i];
		status = job->status;
		if (status != ANNOT_OK)
			ctl->err = job->err;
		ctl->arena = job->arena;
		if (status == ANNOT_OK)
			status = take(ctl, &job->checked, arg);
		ctl->arena = outer;
		annot_arena_reset(job->arena);
	}
	return status;
}

static enum annot_status each(struct ctl *ctl, struct crew *crew, check_take take, void *arg)
{
	const struct article *a = crew->article;
	struct cursor cursor = {.line = 1};
	for (size_t i = 0; i < WINDOW; i++)
		if (!(crew->jobs[i].arena = annot_arena_new(QUOTE_ARENA)))
			return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t from = 0; from < a->quotes.n; from += crew->n) {
		crew->n = a->quotes.n - from < WINDOW ? a->quotes.n - from : WINDOW;
		for (size_t i = 0; i < crew->n; i++) {
			const struct annot_quoted *q = &a->quotes.quotes[from + i];
			struct checked *c = &crew->jobs[i].checked;
			check_move(&cursor, a, q->bytes[0]);
			*c = (struct checked){.quote = q,
					      .line = cursor.line,
					      .column = cursor.chars - cursor.line_chars + 1};
			c->chars[0] = cursor.chars;
			c->chars[1] = c->chars[0] + count_chars(a->text.data + q->bytes[0],
								q->bytes[1] - q->bytes[0]);
		}
		judge_window(crew);
		TRY(hand_on(ctl, crew, take, arg));
	}
	return ANNOT_OK;
}

enum annot_status check_each(struct ctl *ctl, const struct sources *sources,
			     const struct article *article, check_take take, void *arg)
{
	struct crew *crew = annot_arena_alloc(ctl->arena, sizeof(*crew));
	if (!crew)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	crew->article = article;
	hire(crew, ctl, sources);
	enum annot_status status = each(ctl, crew, take, arg);
	dismiss(crew);
	return status;
}
