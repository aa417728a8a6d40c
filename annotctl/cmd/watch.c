/*
 * watch: events as they come. The cursor (the log index to go on from) moves when a batch was
 * printed and flushed, so that nothing is lost and nothing comes twice when the connection or the
 * daemon goes away. A second thread waits for a signal, or for the reader of standard output to
 * leave, and ends the program between two batches.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../out/out.h"
#include "../out/record.h"
#include "../rows.h"

enum {
	BATCH_ARENA_MAX = 64 << 20,
	BATCH_ROWS_MAX = 1000,
	AGAIN_FIRST_MS = 50,
	AGAIN_LONGEST_MS = 5000,
	PRINTING_S = 1, /* a signal lets a batch be printed so long, should its reader be slow */
};

static char *arg_from;
static int arg_limit, arg_no_wait, arg_give_up;

static const struct poptOption options[] = {
	{"from", '\0', POPT_ARG_STRING, &arg_from, 0,
	 "Begin at this log index (default: with what comes from now on)", "INDEX"},
	{"limit", '\0', POPT_ARG_INT, &arg_limit, COUNT_LIMIT, "End after N records", "N"},
	{"no-wait", '\0', POPT_ARG_NONE, &arg_no_wait, 0, "End with what is in the log now", NULL},
	{"give-up", '\0', POPT_ARG_INT, &arg_give_up, COUNT_GIVE_UP,
	 "End when the daemon is away for S seconds (default: never)", "S"},
	POPT_TABLEEND,
};

struct watching {
	struct ctl *ctl;
	const char *query;
	uint64_t cursor;
	uint64_t left;  /* records to print; UINT64_MAX without --limit */
	bool begun;     /* a daemon answered, and the cursor is known */
	bool caught_up; /* all that was in the log was printed: wait for more */
	pthread_mutex_t printing;
	int64_t give_up_ms; /* 0: never */
};

static bool as_json(const struct ctl *ctl)
{
	return ctl->format != FORMAT_TEXT && !ctl->quiet;
}

/* --- the end that comes from outside --- */

static int signal_pipe[2];

static void on_signal(int number)
{
	int kept = errno;
	char byte = (char)number;
	if (write(signal_pipe[1], &byte, 1) < 0) {
		/* It is full of signals. */
	}
	errno = kept;
}

/* Between two batches; a list that was begun is ended. */
static void end(const struct watching *w)
{
	if (as_json(w->ctl) && !w->begun)
		out_list_begin(w->ctl);
	if (as_json(w->ctl))
		out_list_end(w->ctl);
	if (w->begun)
		out_note(w->ctl, "go on with --from %llu", (unsigned long long)w->cursor);
}

static void *wait_for_end(void *arg)
{
	struct watching *w = arg;
	struct pollfd fds[2] = {{.fd = signal_pipe[0], .events = POLLIN}, {.fd = STDOUT_FILENO}};
	struct timespec until;
	while (poll(fds, 2, -1) < 0 || !(fds[0].revents || fds[1].revents & (POLLERR | POLLHUP)))
		if (fds[1].revents)
			fds[1].fd = -1; /* there is no standard output */
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PRINTING_S;
	if (pthread_mutex_timedlock(&w->printing, &until) != 0)
		_exit(0); /* in the middle of a batch that nobody reads */
	if (fds[0].revents)
		end(w);
	_exit(out_finish(w->ctl, 0));
}

static enum annot_status listen_for_end(struct watching *w)
{
	struct sigaction action = {.sa_handler = on_signal};
	pthread_t thread;
	sigemptyset(&action.sa_mask);
	if (pipe(signal_pipe) != 0 || pthread_mutex_init(&w->printing, NULL) != 0 ||
	    pthread_create(&thread, NULL, wait_for_end, w) != 0)
		return annot_fail(&w->ctl->err, ANNOT_INTERNAL, "cannot wait for signals");
	pthread_detach(thread);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return ANNOT_OK;
}

/* --- events --- */

static enum annot_status print_one(struct ctl *ctl, const struct annot_row *row)
{
	struct annot_fetched got;
	enum annot_status status = annot_check_row(ctl->annot, row, ctl->arena, &got, &ctl->err);
	if (status != ANNOT_OK)
		return status;
	if (as_json(ctl))
		out_list_item(ctl, record_json(ctl, row, got.record, true));
	else
		rows_print_line(ctl, row, got.record, NULL);
	return out_whole() ? ANNOT_OK : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

static enum annot_status print_batch(struct watching *w, const struct annot_events_reply *batch)
{
	enum annot_status status = ANNOT_OK;
	pthread_mutex_lock(&w->printing);
	for (size_t i = 0; i < batch->n_rows && status == ANNOT_OK; i++)
		status = print_one(w->ctl, &batch->rows[i]);
	fflush(stdout);
	if (status == ANNOT_OK) {
		w->cursor = batch->next;
		w->left -= w->left < UINT64_MAX ? batch->n_rows : 0;
	}
	pthread_mutex_unlock(&w->printing);
	if (status == ANNOT_OK && !w->caught_up && batch->next >= batch->size) {
		w->caught_up = true;
		if (w->left > 0 && !arg_no_wait)
			out_note(w->ctl, "watching from #%llu", (unsigned long long)w->cursor);
	}
	return status;
}

static enum annot_status fetch_and_print(struct watching *w)
{
	struct annot_events_request request = {
		.query = w->query, .from = w->cursor, .wait = w->caught_up};
	const struct annot_events_reply *batch;
	struct ctl *ctl = w->ctl;
	ctl->query = w->query;
	if (!ctl->arena)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (w->left < BATCH_ROWS_MAX)
		request.limit = w->left;
	enum annot_status status =
		annot_events(ctl->annot, &request, ctl->arena, &batch, &ctl->err);
	return status == ANNOT_OK ? print_batch(w, batch) : status;
}

/* The next batch, in an arena of its own. */
static enum annot_status next_batch(struct watching *w)
{
	struct annot_arena *outer = w->ctl->arena;
	w->ctl->arena = annot_arena_new(BATCH_ARENA_MAX);
	enum annot_status status = fetch_and_print(w);
	annot_arena_free(w->ctl->arena);
	w->ctl->arena = outer;
	return status;
}

/* --- while the daemon is away --- */

static bool is_away(enum annot_status status)
{
	return status == ANNOT_UNREACHABLE || status == ANNOT_TIMEOUT || status == ANNOT_BUSY;
}

/* Whether a daemon answers, for the same corpus, whose log goes on from the pinned checkpoint. */
static enum annot_status look_for_daemon(struct ctl *ctl)
{
	struct annot_checkpoint newest;
	TRY(ctl_try_connect(ctl));
	enum annot_status status = annot_pin_refresh(ctl->annot, &newest, &ctl->err);
	/* One that does not sign still knows what is in the log. */
	return status == ANNOT_READ_ONLY ? ANNOT_OK : status;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum annot_status wait_for_daemon(struct watching *w, enum annot_status why)
{
	struct ctl *ctl = w->ctl;
	int64_t until = w->give_up_ms ? now_ms() + w->give_up_ms : INT64_MAX;
	enum annot_status status = why;
	out_note(ctl, "%s; waiting", out_safe(ctl, ctl->err.text));
	for (int64_t ms = AGAIN_FIRST_MS; is_away(status); ms *= 2) {
		int64_t left = until - now_ms();
		if (left <= 0)
			return status;
		if (ms > AGAIN_LONGEST_MS)
			ms = AGAIN_LONGEST_MS;
		poll(NULL, 0, (int)(ms < left ? ms : left));
		status = look_for_daemon(ctl);
	}
	if (status == ANNOT_OK && w->begun)
		out_note(ctl, "the daemon is back; going on from #%llu",
			 (unsigned long long)w->cursor);
	return status;
}

/* --- the command --- */

/* The first contact: a daemon that is not there yet is waited for as one that went away. */
static enum annot_status begin(struct watching *w)
{
	enum annot_status status = look_for_daemon(w->ctl);
	if (is_away(status) && !arg_no_wait)
		status = wait_for_daemon(w, status);
	if (status != ANNOT_OK)
		return status;
	pthread_mutex_lock(&w->printing);
	if (!arg_from)
		w->cursor = annot_hello(w->ctl->annot)->size;
	w->begun = true;
	if (as_json(w->ctl))
		out_list_begin(w->ctl);
	pthread_mutex_unlock(&w->printing);
	return ANNOT_OK;
}

static enum annot_status watch(struct watching *w)
{
	enum annot_status status = begin(w);
	while (status == ANNOT_OK && w->left > 0 && !(arg_no_wait && w->caught_up) &&
	       !ferror(stdout)) {
		status = next_batch(w);
		if (is_away(status))
			status = wait_for_daemon(w, status);
	}
	return status;
}

static enum annot_status read_cursor(struct watching *w)
{
	const char *digits = arg_from;
	if (!arg_from)
		return ANNOT_OK;
	digits += *digits == '#';
	if (annot_parse_u64(digits, strlen(digits), &w->cursor) && w->cursor <= INT64_MAX)
		return ANNOT_OK;
	return annot_fail(&w->ctl->err, ANNOT_USAGE, "--from %s: expected a log index", arg_from);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	static struct watching w; /* the other thread has it until the program ends */
	(void)argc;
	if (ctl->in_batch)
		return ctl_usage(ctl, "watch does not end: it cannot stand in a batch");
	w = (struct watching){.ctl = ctl,
			      .query = rows_query(ctl, args),
			      .left = arg_limit ? (uint64_t)arg_limit : UINT64_MAX,
			      .give_up_ms = (int64_t)arg_give_up * 1000};
	CTL_TRY(ctl, read_cursor(&w));
	CTL_TRY(ctl, listen_for_end(&w));
	enum annot_status status = watch(&w);
	pthread_mutex_lock(&w.printing); /* for good: there is nothing to end any more */
	if (status != ANNOT_OK)
		return ctl_fail(ctl, rows_query_status(status));
	if (!ferror(stdout))
		end(&w);
	return 0;
}

const struct command cmd_watch = {
	"watch", "[QUERY]", "Print records as they enter the log, until a signal ends it",
	options, run,       0,
	0,       -1,
};
