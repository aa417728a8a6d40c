#include "annotd/dispatch.h"

#include <time.h>

#include "annotd/call.h"
#include "annotd/handlers/upload.h"
#include "annotd/log.h"
#include "base/auto.h"
#include "base/encode.h"

/* --- one request
 * ------------------------------------------------------------------------------------------------------
 */

/* Lives in its own arena, which it frees last. */
struct task {
	struct write_job job; /* of a WRITE call that was queued */
	const struct dispatch *shared;
	struct server_request *request;
	struct annot_arena *arena;
	const struct annot_call_def *call; /* NULL while unknown */
	uint64_t started_us;
	size_t reply_bytes; /* as the call's */
	bool charged;       /* what it took is on its connection's account */
	bool announced;     /* as long as the writer expects it */
	struct submission submission;
	struct upload_step step;
};

static uint64_t now_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

enum annot_status dispatch_encode(const struct annot_call_def *call, enum annot_status status,
				  const char **error, const void *reply, struct annot_buf *out,
				  struct annot_error *err)
{
	if (status == ANNOT_OK) {
		status = annot_reply_encode(call, status, NULL, reply, out, err);
		if (status == ANNOT_OK)
			return status;
		/* Of our own making: a reply over its limits. */
		annot_buf_free(out);
		*error = err->text;
	}
	if (annot_reply_encode(call, status, *error, NULL, out, NULL) != ANNOT_OK)
		annot_buf_free(out);
	return status;
}

/*
 * On the worker's thread, before the request may be answered: waiting for the writer costs nothing.
 * What took long or came to nothing costs more than its time, so that whoever floods annotd with
 * such keeps honest clients from less than its share.
 */
static void charge(struct task *t, bool refused)
{
	struct server_account *account = server_account(t->request);
	if (t->charged)
		return;
	t->charged = true;
	account->last_us = now_us() - t->started_us;
	bool costly = refused || account->last_us > DISPATCH_LONG_US;
	account->used_us += account->last_us * (costly ? DISPATCH_WEIGHT : 1);
}

enum { WHO_SIZE = 192 };

/* Who asked, for the log: the user behind a local socket; elsewhere the address, and the key once
 * it was proved. */
static const char *who(struct server_request *request, char ret[WHO_SIZE])
{
	const struct server_peer *peer = server_peer(request);
	const struct session *session = &server_account(request)->session;
	char key[ANNOT_FINGERPRINT_SIZE] = "";
	if (session->known)
		annot_key_fingerprint(session->key, key);
	if (peer->remote)
		snprintf(ret, WHO_SIZE, "from=%s%s%s", peer->text, *key ? " key=" : "", key);
	else
		snprintf(ret, WHO_SIZE, "uid=%lld", (long long)server_peer_uid(request));
	return ret;
}

/* Says what became of it, once, and sends it. The record text never goes to the log. */
static void answer(struct task *t, enum annot_status status, const char *error, const void *reply)
{
	struct annot_buf out = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_error err = {0};
	annot_buf_reserve(&out, t->reply_bytes);
	status = dispatch_encode(t->call, status, &error, reply, &out, &err);
	charge(t, status != ANNOT_OK);
	const char *name = t->call ? t->call->name : "?";
	char by[WHO_SIZE];
	unsigned long long us = (unsigned long long)(now_us() - t->started_us);
	if (status == ANNOT_OK && log_says(LOG_LEVEL_DEBUG))
		log_debug("%s %s OK %lluus", name, who(t->request, by), us);
	else if (status != ANNOT_OK)
		log_info("%s %s %s %lluus: %s", name, who(t->request, by),
			 annot_status_name(status), us, error);
	if (out.len > 0)
		server_reply(t->request, &out);
	else
		server_drop(t->request);
	annot_buf_free(&out);
}

/* --- READ calls
 * --------------------------------------------------------------------------------------------------------
 */

typedef enum annot_status (*read_handler)(struct call *c, const void *in, void *ret);

#define RUN_READ(name, request, reply)                                                             \
	static enum annot_status run_##name(struct call *c, const void *in, void *ret)             \
	{                                                                                          \
		return on_##name(c, in, ret);                                                      \
	}
#define RUN_OPEN RUN_READ
#define RUN_WRITE(name, request, reply)
#define CALL(name, request, reply, access, doc) RUN_##access(name, request, reply)
#include "proto/calls.def"

#define ROW_READ(name)  [ANNOT_CALL_##name] = run_##name,
#define ROW_OPEN        ROW_READ
#define ROW_WRITE(name) [ANNOT_CALL_##name] = NULL,
static const read_handler read_handlers[ANNOT_CALL_COUNT] = {
#define CALL(name, request, reply, access, doc) ROW_##access(name)
#include "proto/calls.def"
};

static void run_read(struct task *t, struct call *c, const void *in)
{
	void *reply = annot_arena_alloc(t->arena, t->call->reply->size);
	if (!reply) {
		answer(t, ANNOT_NO_MEMORY, "out of memory", NULL);
		return;
	}
	enum annot_status status = read_handlers[t->call->id](c, in, reply);
	reader_end(c->reader);
	t->reply_bytes = status == ANNOT_OK ? c->reply_bytes : 0;
	if (status == ANNOT_OK && c->session && c->session->known)
		server_trust(t->request);
	answer(t, status, c->err.text, reply);
}

/* --- WRITE calls
 * -------------------------------------------------------------------------------------------------------
 */

static void task_free(struct task *t)
{
	struct annot_arena *arena = t->arena;
	annot_arena_free(arena); /* t is in it */
}

static void answer_submit(struct task *t, struct annot_bytes note)
{
	struct annot_submit_reply reply = {0};
	struct annot_error err = {0};
	enum annot_status status = submit_reply(&t->submission, note, t->arena, &reply, &err);
	answer(t, status, err.text, &reply);
}

static void submit_done(struct write_job *job, enum annot_status status, const char *message,
			struct annot_bytes note)
{
	struct task *t = (struct task *)job; /* its first member */
	(void)status;                        /* each item has it */
	(void)message;
	/* Before the answer: then nothing of what was withheld is left in the corpus folder. */
	uploads_withheld(t->shared->uploads, corpus_withheld(t->shared->corpus));
	answer_submit(t, note);
	task_free(t);
}

static void content_done(struct write_job *job, enum annot_status status, const char *message,
			 struct annot_bytes note)
{
	struct task *t = (struct task *)job;
	(void)note;
	uploads_done(t->shared->uploads, &t->step.document.person, t->step.content);
	answer(t, status, message, &t->step.reply);
	task_free(t);
}

/* Whether the writer has it now, and t with it. *ret_yours: as writer_put. */
static bool queue(struct task *t, bool *ret_yours)
{
	struct annot_error err = {0};
	t->job.announced = t->announced;
	t->announced = false;
	charge(t, t->submission.n_todo < t->submission.n_items);
	enum annot_status status = writer_put(t->shared->writer, &t->job, ret_yours, &err);
	if (status == ANNOT_OK)
		return true; /* it may be answered and gone by now */
	if (t->job.content.data)
		uploads_done(t->shared->uploads, &t->step.document.person, t->step.content);
	answer(t, status, err.text, NULL);
	return false;
}

static bool run_submit(struct dispatch_worker *w, struct task *t, struct call *c, const void *in)
{
	enum annot_status status = submit_check(c, &w->submits, in, &t->submission);
	reader_end(c->reader);
	if (status != ANNOT_OK) {
		answer(t, status, c->err.text, NULL);
		return false;
	}
	if (t->submission.n_todo == 0) {
		charge(t, true);
		answer_submit(t, annot_bytes(NULL, 0));
		return false;
	}
	t->job = (struct write_job){
		.items = t->submission.todo,
		.n_items = t->submission.n_todo,
		.done = submit_done,
	};
	return queue(t, &w->write_due);
}

static bool run_upload(struct task *t, struct call *c, const void *in)
{
	enum annot_status status = upload_take(c, t->shared->uploads, in, &t->step);
	reader_end(c->reader);
	if (status != ANNOT_OK || !t->step.content.data) {
		answer(t, status, c->err.text, &t->step.reply);
		return false;
	}
	t->job = (struct write_job){
		.document_index = t->step.index,
		.content = t->step.content,
		.original = t->step.document.original,
		.done = content_done,
	};
	return queue(t, NULL);
}

/* Whether it was answered, or waits for events with others. */
static bool wait_for_events(struct task *t, const struct annot_events_request *in)
{
	struct watch *watch = t->shared->watch;
	struct annot_error err = {0};
	if (!watch || !in->wait || !watch_wants(watch, in->from))
		return false;
	charge(t, false);
	enum annot_status status = watch_put(watch, t->request, in, &err);
	if (status != ANNOT_OK)
		answer(t, status, err.text, NULL);
	return true;
}

/* --- all calls
 * ---------------------------------------------------------------------------------------------------------
 */

/* Answers that follow from truth.db alone are given while the index is behind. */
static bool needs_index(enum annot_call_id call)
{
	switch (call) {
	case ANNOT_CALL_hello:
	case ANNOT_CALL_challenge:
	case ANNOT_CALL_checkpoint:
	case ANNOT_CALL_proof:
	case ANNOT_CALL_consistency:
	case ANNOT_CALL_leaves:
	case ANNOT_CALL_raw:
	case ANNOT_CALL_note:
		return false;
	default:
		return true;
	}
}

/* Returns whether the task was given away. */
static bool run(struct dispatch_worker *w, struct task *t)
{
	struct call c = {
		.arena = t->arena,
		.reader = w->reader,
		.cache = &w->views,
		.corpus = w->shared->corpus,
		.segments = w->shared->segments,
		.peer_uid = server_peer_uid(t->request),
		.connection = server_connection(t->request),
		.limits = w->shared->limits,
		.certificate = w->shared->certificate,
	};
	if (server_peer(t->request)->remote) {
		c.peer = server_peer(t->request);
		c.session = &server_account(t->request)->session;
	}
	void *in;
	enum annot_status status =
		annot_request_decode(server_payload(t->request), t->arena, &t->call, &in, &c.err);
	if (status == ANNOT_OK)
		status = session_allows(&c, t->call);
	if (status == ANNOT_OK && needs_index(t->call->id))
		status = corpus_catch_up(c.corpus, &c.err);
	if (status == ANNOT_OK && t->call->id == ANNOT_CALL_events && wait_for_events(t, in))
		return false;
	/* submit begins one only if it needs one */
	if (status == ANNOT_OK && t->call->id != ANNOT_CALL_submit) {
		if (needs_index(t->call->id))
			corpus_await_index(c.corpus);
		status = reader_begin(w->reader, &c.err);
	}
	if (status != ANNOT_OK) {
		answer(t, status, c.err.text, NULL);
		return false;
	}
	switch (t->call->id) {
	case ANNOT_CALL_submit:
		return run_submit(w, t, &c, in);
	case ANNOT_CALL_upload:
		return run_upload(t, &c, in);
	default:
		run_read(t, &c, in);
		return false;
	}
}

bool dispatch_request(struct dispatch_worker *w, struct server_request *request, bool announced)
{
	w->write_due = false;
	if (!w->arena)
		w->arena = annot_arena_new(DISPATCH_ARENA_MAX);
	struct task *t = w->arena ? annot_arena_alloc(w->arena, sizeof *t) : NULL;
	if (!t) {
		log_error("out of memory for a request");
		if (announced)
			writer_withdraw(w->shared->writer);
		server_drop(request);
		return false;
	}
	*t = (struct task){
		.shared = w->shared,
		.request = request,
		.arena = w->arena,
		.started_us = now_us(),
		.announced = announced,
	};
	w->arena = NULL;
	struct annot_arena *arena = t->arena;
	if (!run(w, t)) {
		if (t->announced)
			writer_withdraw(w->shared->writer);
		annot_arena_reset(arena);
		w->arena = arena;
	}
	return w->write_due;
}

void dispatch_busy(struct server_request *request)
{
	struct task t = {.request = request, .started_us = now_us(), .charged = true};
	answer(&t, ANNOT_BUSY, "too many requests wait: try again", NULL);
}
