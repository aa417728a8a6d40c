/* Requests and replies as whole frames. */
#include "assert.h"

#include "base/auto.h"
#include "sample.h"

enum { SAMPLE_MAX = 64 << 20 };

static void test_every_call(void **state)
{
	(void)state;
	for (int i = 0; i < ANNOT_CALL_COUNT; i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(SAMPLE_MAX);
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		const struct annot_call_def *call = annot_call_def(i), *found = NULL;
		assert_int_equal(call->id, i);
		assert_ptr_equal(annot_call_find(call->name, strlen(call->name)), call);
		void *request = sample_message(call->request, SAMPLE_SMALL, arena), *back;
		assert_ok(annot_request_encode(call, request, &b, &test_error));
		assert_ptr_equal(annot_request_peek(annot_buf_bytes(&b)), call);
		assert_ok(annot_request_decode(annot_buf_bytes(&b), arena, &found, &back,
					       &test_error));
		assert_ptr_equal(found, call);
		assert_true(sample_equal(call->request, request, back));

		void *reply = sample_message(call->reply, SAMPLE_SMALL, arena);
		annot_buf_truncate(&b, 0);
		assert_ok(annot_reply_encode(call, ANNOT_OK, NULL, reply, &b, &test_error));
		assert_ok(annot_reply_decode(call, annot_buf_bytes(&b), arena, &back, &test_error));
		assert_true(sample_equal(call->reply, reply, back));
	}
}

static void test_submit_full(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	const struct annot_message_def *def = &annot_message_submit_request;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_submit_request *r = sample_message(def, SAMPLE_MANY, arena);
	assert_int_equal(r->n_items, 256);
	const struct annot_call_def *call = annot_call_def(ANNOT_CALL_submit), *found;
	assert_ok(annot_request_encode(call, r, &b, &test_error));
	void *back;
	assert_ok(annot_request_decode(annot_buf_bytes(&b), arena, &found, &back, &test_error));
	assert_true(sample_equal(def, r, back));
}

static void failure(enum annot_status status)
{
	const struct annot_call_def *call = annot_call_def(ANNOT_CALL_get);
	static const char *const given[] = {"reason \xe2\x82\xac", NULL};
	for (size_t i = 0; i < COUNT(given); i++) {
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		void *none = NULL;
		assert_ok(annot_reply_encode(call, status, given[i], NULL, &b, &test_error));
		assert_status(
			annot_reply_decode(call, annot_buf_bytes(&b), NULL, &none, &test_error),
			status);
		assert_string_equal(test_error.text, given[i] ? given[i] : annot_strerror(status));
		assert_null(none);
	}
}

static void test_failures(void **state)
{
	(void)state;
	static const enum annot_status all[] = {
#define STATUS(id, number, exit_code, text) ANNOT_##id,
#include "proto/errors.def"
	};
	for (size_t i = 0; i < COUNT(all); i++) {
		if (all[i] != ANNOT_OK)
			failure(all[i]);
	}
}

static void test_bad_error_text(void **state)
{
	(void)state;
	const struct annot_call_def *call = annot_call_def(ANNOT_CALL_get);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	char text[ANNOT_ERROR_MAX + 2];
	memset(text, 'x', sizeof text);
	text[ANNOT_ERROR_MAX + 1] = '\0';
	assert_status(annot_reply_encode(call, ANNOT_BUSY, text, NULL, &b, &test_error),
		      ANNOT_INVALID);
	assert_status(annot_reply_encode(call, ANNOT_BUSY, "\xff", NULL, &b, &test_error),
		      ANNOT_INVALID);
	assert_int_equal(b.len, 0);
	text[ANNOT_ERROR_MAX] = '\0';
	assert_ok(annot_reply_encode(call, ANNOT_BUSY, text, NULL, &b, &test_error));
}

/* Frames as other programs would write them: a small language for maps. */
static enum annot_status request(const char *frame, size_t len)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	AUTO_FREE char *exact = malloc(len);
	memcpy(exact, frame, len);
	const struct annot_call_def *call;
	void *body;
	return annot_request_decode(annot_bytes(exact, len), arena, &call, &body, &test_error);
}

static enum annot_status reply(const char *frame, size_t len)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	void *body;
	return annot_reply_decode(annot_call_def(ANNOT_CALL_upload), annot_bytes(frame, len), arena,
				  &body, &test_error);
}

#define BYTES(text) text, sizeof(text) - 1

static void test_requests(void **state)
{
	(void)state;
	assert_ok(request(BYTES("\x83\xa1v\x01\xa4"
				"call\xaa"
				"checkpoint\xa4"
				"body\x80")));
	/* in any order, with keys of later versions */
	assert_ok(request(BYTES("\x84\xa4"
				"body\x80\xa3new\x91\x81\xa1x\xc0\xa4"
				"call\xaa"
				"checkpoint\xa1v\x01")));
	assert_status(request(BYTES("\x93\x01\x02\x03")), ANNOT_PROTOCOL);
	assert_error_says("not a map");
	assert_status(request(BYTES("\x82\xa4"
				    "call\xaa"
				    "checkpoint\xa4"
				    "body\x80")),
		      ANNOT_PROTOCOL);
	assert_error_says("v: ");
	assert_status(request(BYTES("\x83\xa1v\x02\xa4"
				    "call\xaa"
				    "checkpoint\xa4"
				    "body\x80")),
		      ANNOT_PROTOCOL);
	assert_error_says("wire version 2");
	assert_status(request(BYTES("\x82\xa1v\x01\xa4"
				    "body\x80")),
		      ANNOT_PROTOCOL);
	assert_error_says("call: ");
	assert_status(request(BYTES("\x83\xa1v\x01\xa4"
				    "call\xc4\x04keys\xa4"
				    "body\x80")),
		      ANNOT_PROTOCOL);
	assert_status(request(BYTES("\x83\xa1v\x01\xa4"
				    "call\xa5"
				    "\x1b[31m\xa4"
				    "body\x80")),
		      ANNOT_INVALID);
	assert_string_equal(test_error.text, "call: no such call (5 bytes)");
	assert_status(request(BYTES("\x82\xa1v\x01\xa4"
				    "call\xa4"
				    "keys")),
		      ANNOT_PROTOCOL);
	assert_error_says("body: is missing");
	assert_status(request(BYTES("\x83\xa1v\x01\xa4"
				    "call\xa4"
				    "keys\xa4"
				    "body\x90")),
		      ANNOT_INVALID);
	assert_error_says("keys_request: is a list, expected a map");
	assert_status(request(BYTES("\x84\xa1v\x01\xa4"
				    "call\xa4"
				    "keys\xa4"
				    "body\x80\xa4"
				    "body\x80")),
		      ANNOT_PROTOCOL);
	assert_error_says("twice");
}

static void test_replies(void **state)
{
	(void)state;
	assert_ok(reply(BYTES("\x83\xa1v\x01\xa6status\x00\xa4"
			      "body\x82\xa8received\x05\xa8"
			      "complete\xc3")));
	assert_status(reply(BYTES("\x83\xa1v\x01\xa6status\xcd\x03\xe7\xa5"
				  "error\xa2hm")),
		      ANNOT_INTERNAL);
	assert_string_equal(test_error.text, "hm");
	assert_status(reply(BYTES("\x82\xa1v\x01\xa6status\x0f")), ANNOT_BUSY);
	assert_string_equal(test_error.text, annot_strerror(ANNOT_BUSY));
	assert_status(reply(BYTES("\x82\xa1v\x01\xa6status\x00")), ANNOT_PROTOCOL);
	assert_error_says("body: is missing");
	assert_status(reply(BYTES("\x82\xa1v\x01\xa4"
				  "body\x80")),
		      ANNOT_PROTOCOL);
	assert_error_says("status: ");
	assert_status(reply(BYTES("\x83\xa1v\x01\xa6status\x00\xa4"
				  "body\x81\xa8received\x05")),
		      ANNOT_INVALID);
	assert_error_says("upload_reply.complete: is missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call), cmocka_unit_test(test_submit_full),
		cmocka_unit_test(test_failures),   cmocka_unit_test(test_bad_error_text),
		cmocka_unit_test(test_requests),   cmocka_unit_test(test_replies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
