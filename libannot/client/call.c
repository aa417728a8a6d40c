/* One call: encode, exchange, decode, and again while the daemon is busy. */
#include "client/internal.h"

#include <time.h>

#include "base/auto.h"

enum { BUSY_FIRST_MS = 10, BUSY_LONGEST_MS = 1000 };

enum annot_status annot_client_arena(struct annot_arena **ret, struct annot_error *err)
{
	struct annot_arena *arena = annot_arena_new(ANNOT_CALL_ARENA_MAX);
	if (!arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	*ret = arena;
	return ANNOT_OK;
}

/* Waits before the next attempt; false when the deadline comes first. */
static bool back_off(unsigned attempt, int64_t deadline_ms)
{
	int64_t ms = BUSY_LONGEST_MS;
	if (attempt < 7)
		ms = BUSY_FIRST_MS << attempt;
	if (annot_now_ms() + ms >= deadline_ms)
		return false;
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
	while (nanosleep(&t, &t) != 0)
		;
	return true;
}

/* Over the connection that is there. One that broke is closed, so that the next call dials again.
 */
static enum annot_status attempt(struct annot *a, const struct annot_call_def *call,
				 const struct annot_buf *request, int64_t deadline_ms,
				 struct annot_arena *arena, void **ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	enum annot_status status = annot_connection_exchange(
		a->connection, annot_buf_bytes(request), deadline_ms, &reply, err);
	if (status != ANNOT_OK) {
		a->connection = annot_connection_close(a->connection);
		return status;
	}
	return annot_reply_decode(call, annot_buf_bytes(&reply), arena, ret, err);
}

/*
 * What cannot be sent was given by the caller, who knows nothing of messages and their fields: of
 * "get_request.ids[0]: byte 0 is not UTF-8" the field is said as annotctl(1) names the argument.
 */
static enum annot_status encode(const struct annot_call_def *call, const void *in,
				struct annot_buf *ret, struct annot_error *err)
{
	static const struct {
		const char *field, *argument;
	} names[] = {{"ids", "ID"},      {"id", "ID"},       {"documents", "DOC"},
		     {"query", "QUERY"}, {"words", "WORDS"}, {"text", "TEXT"}};
	struct annot_error why = {0};
	enum annot_status status = annot_request_encode(call, in, ret, &why);
	const char *colon = strstr(why.text, ": "), *field = why.text;
	if (status != ANNOT_INVALID || !colon)
		return status == ANNOT_OK ? status : annot_fail(err, status, "%s", why.text);
	for (const char *at = field; at < colon; at++)
		if (*at == '.')
			field = at + 1;
	size_t len = strcspn(field, "[:");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i].field) == len && strncmp(names[i].field, field, len) == 0)
			return annot_fail(err, ANNOT_USAGE, "%s%s", names[i].argument, colon);
	return annot_fail(err, status, "%s", why.text);
}

static enum annot_status call_until(struct annot *a, const struct annot_call_def *call,
				    const void *in, int64_t deadline_ms, struct annot_arena *arena,
				    const void **ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf request = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	TRY(encode(call, in, &request, err));
	if (a->greeted && request.len > a->hello.frame_max)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "a %s request of %zu bytes; the daemon takes %llu", call->name,
				  request.len, (unsigned long long)a->hello.frame_max);
	for (unsigned n = 0;; n++) {
		void *got;
		enum annot_status status =
			attempt(a, call, &request, deadline_ms, arena, &got, err);
		if (status == ANNOT_OK)
			*ret = got;
		if (status != ANNOT_BUSY || !back_off(n, deadline_ms))
			return status;
	}
}

enum annot_status annot_client_call_until(struct annot *a, enum annot_call_id id, const void *in,
					  int64_t deadline_ms, struct annot_arena *arena,
					  const void **ret, struct annot_error *err)
{
	if (!a->connection)
		return annot_fail(err, ANNOT_UNREACHABLE, "%.200s: the daemon went away", a->socket);
	return call_until(a, annot_call_def(id), in, deadline_ms, arena, ret, err);
}

enum annot_status annot_client_call(struct annot *a, enum annot_call_id id, const void *in,
				    struct annot_arena *arena, const void **ret,
				    struct annot_error *err)
{
	int64_t deadline_ms = annot_now_ms() + a->timeout_ms;
	if (!a->connection && a->greeted)
		TRY(annot_client_connect(a, deadline_ms, err));
	enum annot_status status =
		call_until(a, annot_call_def(id), in, deadline_ms, arena, ret, err);
	if (status != ANNOT_DENIED || id == ANNOT_CALL_submit || !a->remote.next ||
	    a->remote.proves_next)
		return status;
	/* The key of this connection was rotated on it: what remains is asked for with the next. */
	a->remote.proves_next = true;
	a->connection = annot_connection_close(a->connection);
	TRY(annot_client_connect(a, deadline_ms, err));
	return call_until(a, annot_call_def(id), in, deadline_ms, arena, ret, err);
}

void annot_prove_next(struct annot *a, const struct annot_signer *next)
{
	a->remote.next = next;
	a->remote.proves_next = false;
}

static enum annot_status greet(struct annot *a, int64_t deadline_ms, struct annot_arena *arena,
			       const struct annot_hello_reply **ret, struct annot_error *err)
{
	struct annot_hello_request in = {.version = ANNOT_WIRE_VERSION};
	const void *got;
	in.client = annot_arena_printf(arena, "libannot %s", annot_version());
	TRY(call_until(a, annot_call_def(ANNOT_CALL_hello), &in, deadline_ms, arena, &got, err));
	const struct annot_hello_reply *hello = got;
	if (hello->version != ANNOT_WIRE_VERSION)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "%s: %s speaks wire version %llu, this program %d; use the same "
				  "release on both sides",
				  a->socket, hello->daemon, (unsigned long long)hello->version,
				  ANNOT_WIRE_VERSION);
	if (a->greeted && !annot_hash_equal(&hello->corpus, &a->hello.corpus))
		return annot_fail(err, ANNOT_REFUSED,
				  "%s: another corpus answers than a moment ago: %s, not %s",
				  a->socket, annot_hash_hex(&hello->corpus).text,
				  annot_hash_hex(&a->hello.corpus).text);
	*ret = hello;
	return ANNOT_OK;
}

static enum annot_status keep_hello(struct annot *a, const struct annot_hello_reply *hello,
				    struct annot_error *err)
{
	struct annot_hello_reply kept = *hello;
	kept.daemon = annot_arena_copy(a->arena, hello->daemon, strlen(hello->daemon));
	kept.origin = annot_arena_copy(a->arena, hello->origin, strlen(hello->origin));
	if (hello->read_only)
		kept.read_only =
			annot_arena_copy(a->arena, hello->read_only, strlen(hello->read_only));
	if (!kept.daemon || !kept.origin || (hello->read_only && !kept.read_only))
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	a->hello = kept;
	return ANNOT_OK;
}

static enum annot_status connect_and_greet(struct annot *a, int64_t deadline_ms,
					   struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	const struct annot_hello_reply *hello;
	TRY(annot_client_arena(&arena, err));
	TRY(annot_connection_open(a->socket, deadline_ms, &a->connection, err));
	TRY(annot_client_recognise(a, err));
	TRY(greet(a, deadline_ms, arena, &hello, err));
	if (!a->greeted) {
		TRY(keep_hello(a, hello, err));
		TRY(annot_client_meet(a, err));
		a->greeted = true;
	}
	return annot_client_login(a, err);
}

enum annot_status annot_client_connect(struct annot *a, int64_t deadline_ms,
				       struct annot_error *err)
{
	for (unsigned n = 0;; n++) {
		enum annot_status status = connect_and_greet(a, deadline_ms, err);
		if (status != ANNOT_OK)
			a->connection = annot_connection_close(a->connection);
		if (status != ANNOT_BUSY || !back_off(n, deadline_ms))
			return status;
	}
}

void annot_on_steps(struct annot *a, annot_steps steps, void *arg)
{
	a->steps = steps;
	a->steps_arg = arg;
}

void annot_client_step(const struct annot *a, const char *what, bool bytes, uint64_t done,
		       uint64_t of)
{
	if (a->steps)
		a->steps(a->steps_arg, what, bytes, done, of);
}
