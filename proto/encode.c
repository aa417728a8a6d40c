/* Structs to msgpack, as messages.def says, through msgpack-c's packer (always the shortest forms).
 */
#include "proto/proto.h"

#include <msgpack.h>

#include "text/utf8.h"

static int append(void *buf, const char *data, size_t len)
{
	annot_buf_add(buf, data, len);
	return 0; /* a failed append is kept in the buffer and checked once, at the end */
}

static void pack_text(msgpack_packer *pk, const char *text)
{
	size_t len = strlen(text);
	msgpack_pack_str(pk, len);
	msgpack_pack_str_body(pk, text, len);
}

static void pack_flag(msgpack_packer *pk, bool flag)
{
	if (flag)
		msgpack_pack_true(pk);
	else
		msgpack_pack_false(pk);
}

static void pack_bytes(msgpack_packer *pk, const void *data, size_t len)
{
	msgpack_pack_bin(pk, len);
	msgpack_pack_bin_body(pk, data ? data : "", len);
}

static void pack_value(msgpack_packer *pk, enum annot_field_type type, const void *value)
{
	const struct annot_bytes *b = value;
	switch (type) {
	case ANNOT_FIELD_u64:
		msgpack_pack_uint64(pk, *(const uint64_t *)value);
		break;
	case ANNOT_FIELD_flag:
		pack_flag(pk, *(const bool *)value);
		break;
	case ANNOT_FIELD_text:
		pack_text(pk, *(const char *const *)value);
		break;
	case ANNOT_FIELD_bytes:
		pack_bytes(pk, b->data, b->len);
		break;
	case ANNOT_FIELD_hash:
		pack_bytes(pk, value, ANNOT_HASH_SIZE);
		break;
	}
}

static void pack_message(msgpack_packer *pk, const struct annot_message_def *def,
			 const char *message);

static void pack_list(msgpack_packer *pk, const struct annot_field_def *f, const char *message)
{
	const char *items = *(const char *const *)(const void *)(message + f->offset);
	size_t n = *(const size_t *)(const void *)(message + f->count_offset);
	msgpack_pack_array(pk, n);
	for (size_t i = 0; i < n; i++) {
		const char *item = items + i * annot_item_size(f);
		if (f->message)
			pack_message(pk, f->message, item);
		else
			pack_value(pk, f->type, item);
	}
}

static void pack_message(msgpack_packer *pk, const struct annot_message_def *def,
			 const char *message)
{
	const struct annot_field_def *fields = def->fields();
	size_t present = 0;
	for (size_t i = 0; i < def->n_fields; i++)
		present += annot_field_present(&fields[i], message);
	msgpack_pack_map(pk, present);
	for (size_t i = 0; i < def->n_fields; i++) {
		const struct annot_field_def *f = &fields[i];
		if (!annot_field_present(f, message))
			continue;
		pack_text(pk, f->name);
		if (f->list)
			pack_list(pk, f, message);
		else
			pack_value(pk, f->type, message + f->offset);
	}
}

/* Takes back what was appended since start, if not all of it could be, or the frame is too large.
 */
static enum annot_status finish(struct annot_buf *ret, size_t start, const char *what,
				struct annot_error *err)
{
	enum annot_status status = annot_buf_check(ret, what, err);
	if (status == ANNOT_OK && ret->len - start > ANNOT_FRAME_MAX)
		status = annot_fail(err, ANNOT_TOO_LARGE, "%s: %zu bytes in a frame; at most %d",
				    what, ret->len - start, ANNOT_FRAME_MAX);
	if (status != ANNOT_OK)
		annot_buf_truncate(ret, start);
	return status;
}

enum annot_status annot_message_encode(const struct annot_message_def *def, const void *message,
				       struct annot_buf *ret, struct annot_error *err)
{
	TRY(annot_message_check(def, message, err));
	size_t start = ret->len;
	msgpack_packer pk;
	msgpack_packer_init(&pk, ret, append);
	pack_message(&pk, def, message);
	return finish(ret, start, def->name, err);
}

static void pack_head(msgpack_packer *pk, size_t n)
{
	msgpack_pack_map(pk, n);
	pack_text(pk, "v");
	msgpack_pack_uint64(pk, ANNOT_WIRE_VERSION);
}

enum annot_status annot_request_encode(const struct annot_call_def *call, const void *request,
				       struct annot_buf *ret, struct annot_error *err)
{
	TRY(annot_message_check(call->request, request, err));
	size_t start = ret->len;
	msgpack_packer pk;
	msgpack_packer_init(&pk, ret, append);
	pack_head(&pk, 3);
	pack_text(&pk, "call");
	pack_text(&pk, call->name);
	pack_text(&pk, "body");
	pack_message(&pk, call->request, request);
	return finish(ret, start, call->request->name, err);
}

static enum annot_status encode_failure(enum annot_status status, const char *error,
					struct annot_buf *ret, struct annot_error *err)
{
	if (!error)
		error = annot_strerror(status);
	size_t len = strlen(error);
	if (len > ANNOT_ERROR_MAX || annot_utf8_valid(error, len) < len)
		return annot_fail(err, ANNOT_INVALID,
				  "error text: %zu bytes, expected UTF-8 of at most %d", len,
				  ANNOT_ERROR_MAX);
	size_t start = ret->len;
	msgpack_packer pk;
	msgpack_packer_init(&pk, ret, append);
	pack_head(&pk, 3);
	pack_text(&pk, "status");
	msgpack_pack_uint64(&pk, (uint64_t)status);
	pack_text(&pk, "error");
	pack_text(&pk, error);
	return finish(ret, start, "error reply", err);
}

enum annot_status annot_reply_encode(const struct annot_call_def *call, enum annot_status status,
				     const char *error, const void *reply, struct annot_buf *ret,
				     struct annot_error *err)
{
	if (status != ANNOT_OK)
		return encode_failure(status, error, ret, err);
	TRY(annot_message_check(call->reply, reply, err));
	size_t start = ret->len;
	msgpack_packer pk;
	msgpack_packer_init(&pk, ret, append);
	pack_head(&pk, 3);
	pack_text(&pk, "status");
	msgpack_pack_uint64(&pk, ANNOT_OK);
	pack_text(&pk, "body");
	pack_message(&pk, call->reply, reply);
	return finish(ret, start, call->reply->name, err);
}
