/* Encoding, decoding and JSON of every message and frame when memory runs out. */
#include "alloc.h"

#include <jansson.h>

#include "base/auto.h"
#include "sample.h"

struct work {
	const struct annot_message_def *def;
	const struct annot_call_def *call;
	const void *message;
	struct annot_buf bytes;
};

/* What stood in a buffer before stays; what failed adds nothing. */
static enum annot_status check_buf(struct annot_buf *b, enum annot_status status)
{
	assert_true(b->len >= 5 && memcmp(b->data, "first", 5) == 0);
	assert_true(status == ANNOT_OK ? b->len > 5 && !b->failed : b->len == 5);
	return status;
}

static enum annot_status encode(void *ctx)
{
	struct work *w = ctx;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	annot_buf_puts(&b, "first");
	return check_buf(&b, ALLOC(annot_message_encode(w->def, w->message, &b, &test_error)));
}

static enum annot_status decode(void *ctx)
{
	struct work *w = ctx;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	void *message = w;
	enum annot_status status = ALLOC(annot_message_decode(w->def, annot_buf_bytes(&w->bytes),
							      arena, &message, &test_error));
	if (status == ANNOT_OK)
		assert_true(sample_equal(w->def, message, w->message));
	else
		assert_ptr_equal(message, w);
	return status;
}

static enum annot_status json(void *ctx)
{
	struct work *w = ctx;
	json_t *ret = ALLOC(annot_message_json(w->def, w->message));
	enum annot_status status = ret ? ANNOT_OK : ANNOT_NO_MEMORY;
	json_decref(ret);
	return status;
}

static void test_messages(void **state)
{
	(void)state;
	size_t n;
	const struct annot_message_def *const *messages = annot_messages(&n);
	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
		struct work w = {.def = messages[i],
				 .message = sample_message(messages[i], SAMPLE_SMALL, arena),
				 .bytes = ANNOT_BUF_INIT(ANNOT_FRAME_MAX)};
		assert_ok(annot_message_encode(w.def, w.message, &w.bytes, &test_error));
		unsigned failures = alloc_each(w.def->name, encode, &w);
		failures += alloc_each(w.def->name, decode, &w);
		failures += alloc_each(w.def->name, json, &w);
		assert_true(failures > 3);
		annot_buf_free(&w.bytes);
	}
}

static enum annot_status request(void *ctx)
{
	struct work *w = ctx;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	const struct annot_call_def *call = NULL;
	void *message = NULL;
	annot_buf_puts(&b, "first");
	enum annot_status status =
		check_buf(&b, ALLOC(annot_request_encode(w->call, w->message, &b, &test_error)));
	if (status != ANNOT_OK)
		return status;
	struct annot_bytes frame = annot_bytes(b.data + 5, b.len - 5);
	status = ALLOC(annot_request_decode(frame, arena, &call, &message, &test_error));
	assert_true(status == ANNOT_OK ? call == w->call : !call && !message);
	return status;
}

static enum annot_status reply(void *ctx)
{
	struct work *w = ctx;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	void *message = NULL;
	annot_buf_puts(&b, "first");
	enum annot_status status = check_buf(
		&b,
		ALLOC(annot_reply_encode(w->call, ANNOT_OK, NULL, w->message, &b, &test_error)));
	if (status != ANNOT_OK)
		return status;
	struct annot_bytes frame = annot_bytes(b.data + 5, b.len - 5);
	status = ALLOC(annot_reply_decode(w->call, frame, arena, &message, &test_error));
	assert_true(status == ANNOT_OK ? sample_equal(w->call->reply, message, w->message)
				       : !message);
	return status;
}

static void test_frames(void **state)
{
	(void)state;
	for (int i = 0; i < ANNOT_CALL_COUNT; i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
		struct work w = {.call = annot_call_def(i)};
		w.message = sample_message(w.call->request, SAMPLE_SMALL, arena);
		unsigned failures = alloc_each(w.call->name, request, &w);
		w.message = sample_message(w.call->reply, SAMPLE_SMALL, arena);
		failures += alloc_each(w.call->name, reply, &w);
		assert_true(failures > 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_frames),
	};
	alloc_json();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
