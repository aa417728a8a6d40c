/* Structs to msgpack, as messages.def says, through msgpack-c's packer (always the shortest forms).
 */
#include "proto/proto.h"

#include <msgpack.h>

#include "proto/check.h"

/* The end of a buffer, while a message is written. */
struct out {
	struct annot_buf *buf;
	char *at, *end; /* of the room in buf that its length does not count; NULL once it failed */
	bool refused;   /* a value is outside of its limits: nothing more is written */
};

static struct out out_begin(struct annot_buf *buf)
{
	annot_buf_add(buf, "", 0);
	if (buf->failed)
		return (struct out){.buf = buf};
	return (struct out){.buf = buf, .at = buf->data + buf->len, .end = buf->data + buf->cap};
}

static void out_end(struct out *o)
{
	if (!o->at)
		return;
	o->buf->len = (size_t)(o->at - o->buf->data);
	*o->at = '\0';
}

static void out_add_slowly(struct out *o, const char *data, size_t len)
{
	struct out begun;
	out_end(o);
	annot_buf_add(o->buf, data, len);
	begun = out_begin(o->buf);
	o->at = begun.at;
	o->end = begun.end;
}

/* As memcpy. Most pieces are names of 4 to 16 bytes, for which a call is more than the copying. */
static inline void copy(char *to, const char *from, size_t len)
{
	uint64_t first8, last8;
	uint32_t first4, last4;
	if (len >= 8 && len <= 16) {
		memcpy(&first8, from, 8);
		memcpy(&last8, from + len - 8, 8);
		memcpy(to, &first8, 8);
		memcpy(to + len - 8, &last8, 8);
	} else if (len >= 4 && len < 8) {
		memcpy(&first4, from, 4);
		memcpy(&last4, from + len - 4, 4);
		memcpy(to, &first4, 4);
		memcpy(to + len - 4, &last4, 4);
	} else {
		memcpy(to, from, len);
	}
}

static inline int append(void *out, const char *data, size_t len)
{
	struct out *o = out;
	if (len >= (size_t)(o->end - o->at)) { /* a NUL goes behind it */
		out_add_slowly(o, data, len);
	} else {
		copy(o->at, data, len);
		o->at += len;
	}
	return 0; /* a failed append is kept in the buffer and checked once, at the end */
}

/* A packer for each value: the compiler then knows its callback, and no call is left. */
static inline msgpack_packer packer(struct out *to)
{
	return (msgpack_packer){.data = to, .callback = append};
}

static void pack_u64(struct out *to, uint64_t n)
{
	msgpack_packer pk = packer(to);
	msgpack_pack_uint64(&pk, n);
}

static void pack_text(struct out *to, const char *text, size_t len)
{
	msgpack_packer pk = packer(to);
	msgpack_pack_str(&pk, len);
	msgpack_pack_str_body(&pk, text, len);
}

/* The name of a field: a str of up to 31 bytes is its length and its bytes (msgpack's fixstr), put
 * down in one piece. */
static inline void pack_name(struct out *to, const struct annot_field_def *f)
{
	enum { FIXSTR = 0xA0, FIXSTR_MAX = 31 };
	if (f->name_len > FIXSTR_MAX || f->name_len + 1 >= (size_t)(to->end - to->at)) {
		pack_text(to, f->name, f->name_len);
		return;
	}
	*to->at = (char)(FIXSTR | f->name_len);
	copy(to->at + 1, f->name, f->name_len);
	to->at += f->name_len + 1;
}

static inline void pack_word(struct out *to, const char *text)
{
	pack_text(to, text, strlen(text));
}

static void pack_flag(struct out *to, bool flag)
{
	msgpack_packer pk = packer(to);
	if (flag)
		msgpack_pack_true(&pk);
	else
		msgpack_pack_false(&pk);
}

static void pack_bytes(struct out *to, const void *data, size_t len)
{
	msgpack_packer pk = packer(to);
	msgpack_pack_bin(&pk, len);
	msgpack_pack_bin_body(&pk, data ? data : "", len);
}

static void pack_map(struct out *to, size_t n)
{
	msgpack_packer pk = packer(to);
	msgpack_pack_map(&pk, n);
}

static void pack_array(struct out *to, size_t n)
{
	msgpack_packer pk = packer(to);
	msgpack_pack_array(&pk, n);
}

/* len: of a text. */
static void pack_value(struct out *to, enum annot_field_type type, const void *value, size_t len)
{
	const struct annot_bytes *b = value;
	switch (type) {
	case ANNOT_FIELD_u64:
		pack_u64(to, *(const uint64_t *)value);
		break;
	case ANNOT_FIELD_flag:
		pack_flag(to, *(const bool *)value);
		break;
	case ANNOT_FIELD_text:
		pack_text(to, *(const char *const *)value, len);
		break;
	case ANNOT_FIELD_bytes:
		pack_bytes(to, b->data, b->len);
		break;
	case ANNOT_FIELD_hash:
		pack_bytes(to, value, ANNOT_HASH_SIZE);
		break;
	}
}

static void pack_message(struct out *to, const struct annot_message_def *def, const char *message);

static void pack_list(struct out *to, const struct annot_field_def *f, const char *message)
{
	const char *items = *(const char *const *)(const void *)(message + f->offset);
	size_t n = *(const size_t *)(const void *)(message + f->count_offset);
	size_t step = annot_item_size(f), len;
	const struct annot_limits limits = annot_item_limits(f);
	to->refused = to->refused || n < f->min || n > f->max;
	pack_array(to, n);
	for (size_t i = 0; i < n && !to->refused; i++, items += step) {
		if (f->message)
			pack_message(to, f->message, items);
		else if (annot_value_good(f->type, items, &limits, &len))
			pack_value(to, f->type, items, len);
		else
			to->refused = true;
	}
}

/* Writes down a field, unless it is absent; whether it did. */
static bool pack_field(struct out *to, const struct annot_field_def *f, const char *message)
{
	const struct annot_limits limits = annot_field_limits(f);
	const void *value = message + f->offset;
	size_t len;
	if (f->list) {
		pack_name(to, f);
		pack_list(to, f, message);
		return true;
	}
	if (!annot_value_good(f->type, value, &limits, &len)) {
		to->refused = true;
		return false;
	}
	if (!annot_field_present(f, message))
		return false;
	pack_name(to, f);
	pack_value(to, f->type, value, len);
	return true;
}

/* The head of a map of which one byte is there, at `at` of the buffer: of more than FIXMAP_MAX keys
 * it takes three. */
static void put_map_head(struct out *to, size_t at, size_t n)
{
	enum { FIXMAP = 0x80, FIXMAP_MAX = 15, MAP16 = 0xDE };
	if (n > FIXMAP_MAX)
		append(to, "\0", 2);
	if (!to->at)
		return;
	char *head = to->buf->data + at;
	if (n <= FIXMAP_MAX) {
		*head = (char)(FIXMAP | n);
		return;
	}
	memmove(head + 3, head + 1, (size_t)(to->at - head) - 3);
	head[0] = (char)MAP16;
	head[1] = (char)(n >> 8);
	head[2] = (char)n;
}

/* Limits are checked on the way, so that each value is looked at once; how many keys there are is
 * known at the end. */
static void pack_message(struct out *to, const struct annot_message_def *def, const char *message)
{
	const struct annot_field_def *f = def->fields(), *end = f + def->n_fields;
	size_t at = to->at ? (size_t)(to->at - to->buf->data) : 0, n = 0;
	append(to, "", 1);
	for (; f < end && !to->refused; f++)
		n += pack_field(to, f, message);
	put_map_head(to, at, n);
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

/* The same, behind a message; where a value is outside of its limits, says which. */
static enum annot_status finish_message(struct out *to, size_t start,
					const struct annot_message_def *def, const void *message,
					struct annot_error *err)
{
	out_end(to);
	if (!to->refused)
		return finish(to->buf, start, def->name, err);
	annot_buf_truncate(to->buf, start);
	TRY(annot_message_check(def, message, err));
	return annot_fail(err, ANNOT_INTERNAL, "%s: refused without a reason", def->name);
}

enum annot_status annot_message_encode(const struct annot_message_def *def, const void *message,
				       struct annot_buf *ret, struct annot_error *err)
{
	size_t start = ret->len;
	struct out to = out_begin(ret);
	pack_message(&to, def, message);
	return finish_message(&to, start, def, message, err);
}

static void pack_head(struct out *to, size_t n)
{
	pack_map(to, n);
	pack_word(to, "v");
	pack_u64(to, ANNOT_WIRE_VERSION);
}

enum annot_status annot_request_encode(const struct annot_call_def *call, const void *request,
				       struct annot_buf *ret, struct annot_error *err)
{
	size_t start = ret->len;
	struct out to = out_begin(ret);
	pack_head(&to, 3);
	pack_word(&to, "call");
	pack_word(&to, call->name);
	pack_word(&to, "body");
	pack_message(&to, call->request, request);
	return finish_message(&to, start, call->request, request, err);
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
	struct out to = out_begin(ret);
	pack_head(&to, 3);
	pack_word(&to, "status");
	pack_u64(&to, (uint64_t)status);
	pack_word(&to, "error");
	pack_text(&to, error, len);
	out_end(&to);
	return finish(ret, start, "error reply", err);
}

enum annot_status annot_reply_encode(const struct annot_call_def *call, enum annot_status status,
				     const char *error, const void *reply, struct annot_buf *ret,
				     struct annot_error *err)
{
	if (status != ANNOT_OK)
		return encode_failure(status, error, ret, err);
	size_t start = ret->len;
	struct out to = out_begin(ret);
	pack_head(&to, 3);
	pack_word(&to, "status");
	pack_u64(&to, ANNOT_OK);
	pack_word(&to, "body");
	pack_message(&to, call->reply, reply);
	return finish_message(&to, start, call->reply, reply, err);
}
