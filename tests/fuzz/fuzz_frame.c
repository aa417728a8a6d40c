/* Frames: what decodes encodes again, to a frame that decodes to the same. */
#include "fuzz.h"

#include "proto/proto.h"

static void again(const struct annot_message_def *def, const void *message)
{
	AUTO_BUF struct annot_buf first = ANNOT_BUF_INIT(2 * ANNOT_FRAME_MAX);
	AUTO_BUF struct annot_buf second = ANNOT_BUF_INIT(2 * ANNOT_FRAME_MAX);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	void *back;
	REQUIRE(arena && annot_message_encode(def, message, &first, NULL) == ANNOT_OK);
	REQUIRE(annot_frame_scan(annot_buf_bytes(&first), NULL) == ANNOT_OK);
	REQUIRE(annot_message_decode(def, annot_buf_bytes(&first), arena, &back, NULL) == ANNOT_OK);
	REQUIRE(annot_message_encode(def, back, &second, NULL) == ANNOT_OK);
	require_same(&second, first.data, first.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	const struct annot_call_def *call;
	struct annot_bytes frame = annot_bytes(data, size);
	struct annot_error err;
	void *message;
	bool scanned = annot_frame_scan(frame, &err) == ANNOT_OK;
	if (annot_request_decode(frame, arena, &call, &message, &err) == ANNOT_OK) {
		REQUIRE(scanned);
		again(call->request, message);
	}
	for (int i = 0; scanned && i < ANNOT_CALL_COUNT; i++) {
		call = annot_call_def(i);
		annot_arena_reset(arena);
		if (annot_reply_decode(call, frame, arena, &message, &err) == ANNOT_OK)
			again(call->reply, message);
	}
	/* The decoder is safe on what was not scanned, too. */
	annot_arena_reset(arena);
	if (annot_message_decode(&annot_message_rows_reply, frame, arena, &message, &err) ==
		    ANNOT_OK &&
	    scanned)
		again(&annot_message_rows_reply, message);
	return 0;
}
