/*
 * Bodies of messages, each kind of them: the first byte chooses which. What decodes is packed by
 * the encoder and, apart from it, by the tests' own packer; both say the same, and give the same
 * message back.
 */
#include "fuzz.h"

#include <jansson.h>
#include <msgpack.h>

#include "sample.h"

/* What the pre-scan lets through is msgpack for others, too: one value, nothing behind it. */
static void others_read(struct annot_bytes body)
{
	msgpack_unpacked value;
	size_t at = 0;
	msgpack_unpacked_init(&value);
	REQUIRE(msgpack_unpack_next(&value, (const char *)body.data, body.len, &at) ==
		MSGPACK_UNPACK_SUCCESS);
	REQUIRE(at == body.len);
	msgpack_unpacked_destroy(&value);
}

static void again(const struct annot_message_def *def, const void *message)
{
	AUTO_BUF struct annot_buf encoded = ANNOT_BUF_INIT(2 * ANNOT_FRAME_MAX);
	AUTO_BUF struct annot_buf packed = ANNOT_BUF_INIT(2 * ANNOT_FRAME_MAX);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	struct annot_error err;
	void *back;
	REQUIRE(arena && annot_message_check(def, message, &err) == ANNOT_OK);
	REQUIRE(annot_message_encode(def, message, &encoded, &err) == ANNOT_OK);
	sample_pack(def, message, NULL, SAMPLE_WHOLE, &packed);
	require_same(&encoded, packed.data, packed.len);
	REQUIRE(annot_message_decode(def, annot_buf_bytes(&encoded), arena, &back, &err) ==
		ANNOT_OK);
	REQUIRE(sample_equal(def, message, back));
	json_t *json = annot_message_json(def, message);
	REQUIRE(json);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n;
	const struct annot_message_def *const *messages = annot_messages(&n);
	struct annot_error err;
	void *message;
	if (size == 0)
		return 0;
	const struct annot_message_def *def = messages[data[0] % n];
	/* In memory of its exact size: the body must not be read past its end. */
	struct annot_bytes body = annot_bytes(data + 1, size - 1);
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	REQUIRE(arena);
	bool scanned = annot_frame_scan(body, &err) == ANNOT_OK;
	if (scanned)
		others_read(body);
	/* The decoder is safe on what was not scanned, too. */
	if (annot_message_decode(def, body, arena, &message, &err) == ANNOT_OK && scanned)
		again(def, message);
	return 0;
}
