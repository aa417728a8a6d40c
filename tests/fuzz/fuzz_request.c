/*
 * Requests as a daemon gets them: whatever decodes as a reading call is answered from a small
 * corpus, and the answer holds the limits of its message.
 */
#include "fuzz.h"

#include "stored.h"

static struct stored *stored;

static void end(void)
{
	stored_free(stored);
}

static void begin(void)
{
	stored = stored_new(2, 1);
	struct test_key admin = test_key(1), anna = test_reviewer(stored->c, "anna", 20);
	const struct test_entry *doc = test_put_document(
		stored->c, &admin, "speech", "Nobody has the intention to build a wall.");
	const struct test_entry *quote =
		test_put_as(stored->c, &anna, test_quote(doc, 0, 10), ANNOT_EFFECTIVE);
	struct annot_draft *amended = annot_draft_amend(quote->record);
	test_card(amended, "tag", "berlin");
	test_put_as(stored->c, &anna, amended, ANNOT_EFFECTIVE);
	test_put_as(stored->c, &admin, test_review(&quote->id, "approve"), ANNOT_EFFECTIVE);
	stored_sync(stored);
	stored->corpus.id = stored->c->id;
	snprintf(stored->corpus.origin, sizeof stored->corpus.origin, "%s", TEST_ORIGIN);
	stored->corpus.checkpoint = (struct annot_checkpoint){
		.origin = TEST_ORIGIN, .size = stored->c->n, .root = stored_root(stored)};
	annot_checkpoint_sign(&stored->corpus.checkpoint, &stored->c->log, &stored->corpus.note);
	atexit(end);
}

static enum annot_status answer(const struct annot_call_def *call, const void *in, void *reply)
{
	switch (call->id) {
#define ANSWER_READ(name)                                                                          \
	case ANNOT_CALL_##name:                                                                    \
		return on_##name(&stored->call, in, reply);
#define ANSWER_OPEN ANSWER_READ
#define ANSWER_WRITE(name)
#define CALL(name, request, reply, access, doc) ANSWER_##access(name)
#include "proto/calls.def"
	default:
		return ANNOT_REFUSED; /* writes need a writer */
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct annot_call_def *call;
	struct annot_error *err;
	void *in;
	if (!stored)
		begin();
	err = &stored->call.err;
	err->text[0] = '\0';
	annot_arena_reset(stored->call.arena);
	if (annot_request_decode(annot_bytes(data, size), stored->call.arena, &call, &in, err) !=
	    ANNOT_OK)
		return 0;
	if (call->access == ANNOT_WRITE)
		return 0;
	REQUIRE(reader_begin(stored->reader, err) == ANNOT_OK);
	void *reply = annot_arena_alloc(stored->call.arena, call->reply->size);
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	REQUIRE(reply);
	enum annot_status status = answer(call, in, reply);
	REQUIRE(status != ANNOT_INTERNAL && status != ANNOT_NO_MEMORY && status != ANNOT_STORE);
	REQUIRE(annot_reply_encode(call, status, status ? err->text : NULL, reply, &frame, err) ==
		ANNOT_OK);
	return 0;
}
