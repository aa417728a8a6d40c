/* The frames around bodies: who calls what, and what came of it. */
#include "proto/proto.h"

#include "proto/token.h"

/* What a frame says, whichever way it goes. Absent: type ANNOT_TOKEN_REFUSED, data NULL. */
struct frame {
	struct annot_token v, call, status, error;
	struct annot_bytes body;
};

static struct annot_token *head_field(struct frame *f, struct annot_bytes key)
{
	const struct {
		const char *name;
		struct annot_token *token;
	} fields[] = {
		{"v", &f->v}, {"call", &f->call}, {"status", &f->status}, {"error", &f->error}};
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (strlen(fields[i].name) == key.len &&
		    memcmp(fields[i].name, key.data, key.len) == 0)
			return fields[i].token;
	}
	return NULL;
}

/* Takes a frame apart; unknown keys are skipped. */
static enum annot_status open_frame(struct annot_bytes bytes, struct frame *ret,
				    struct annot_error *err)
{
	TRY(annot_frame_scan(bytes, err));
	struct annot_cursor c = annot_cursor(bytes);
	struct annot_token map, key;
	struct frame f = {0};
	TRY(annot_token_next(&c, &map, err));
	if (map.type != ANNOT_TOKEN_MAP)
		return annot_fail(err, ANNOT_PROTOCOL, "the frame is %s, not a map",
				  annot_token_name(map.type));
	for (uint64_t i = 0; i < map.number; i++) {
		TRY(annot_token_next(&c, &key, err));
		const uint8_t *start = c.at;
		struct annot_token *field = head_field(&f, key.bytes);
		if (field) {
			struct annot_cursor value = c;
			TRY(annot_token_next(&value, field, err));
		}
		TRY(annot_token_skip(&c, err));
		if (key.bytes.len == 4 && memcmp(key.bytes.data, "body", 4) == 0)
			f.body = annot_bytes(start, (size_t)(c.at - start));
	}
	if (f.v.type != ANNOT_TOKEN_NUMBER)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "v: a frame needs its wire version, a number");
	if (f.v.number != ANNOT_WIRE_VERSION)
		return annot_fail(
			err, ANNOT_PROTOCOL,
			"v: wire version %llu, but this side speaks %d: update the older one",
			(unsigned long long)f.v.number, ANNOT_WIRE_VERSION);
	*ret = f;
	return ANNOT_OK;
}

enum annot_status annot_request_decode(struct annot_bytes frame, struct annot_arena *arena,
				       const struct annot_call_def **ret_call, void **ret,
				       struct annot_error *err)
{
	struct frame f;
	TRY(open_frame(frame, &f, err));
	if (f.call.type != ANNOT_TOKEN_TEXT)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "call: a request needs the name of its call");
	const struct annot_call_def *call =
		annot_call_find((const char *)f.call.bytes.data, f.call.bytes.len);
	/* The name is not repeated: it came from outside and goes to logs and terminals. */
	if (!call)
		return annot_fail(err, ANNOT_INVALID, "call: no such call (%zu bytes)",
				  f.call.bytes.len);
	if (!f.body.data)
		return annot_fail(err, ANNOT_PROTOCOL, "body: is missing from a %s request",
				  call->name);
	void *request;
	TRY(annot_message_decode(call->request, f.body, arena, &request, err));
	*ret_call = call;
	*ret = request;
	return ANNOT_OK;
}

const struct annot_call_def *annot_request_peek(struct annot_bytes frame)
{
	struct annot_cursor c = annot_cursor(frame);
	struct annot_token map, key, value;
	if (annot_token_next(&c, &map, NULL) != ANNOT_OK || map.type != ANNOT_TOKEN_MAP)
		return NULL;
	for (uint64_t i = 0; i < map.number; i++) {
		if (annot_token_next(&c, &key, NULL) != ANNOT_OK || key.type != ANNOT_TOKEN_TEXT ||
		    annot_token_next(&c, &value, NULL) != ANNOT_OK)
			return NULL;
		bool call = key.bytes.len == 4 && memcmp(key.bytes.data, "call", 4) == 0;
		if (call && value.type == ANNOT_TOKEN_TEXT)
			return annot_call_find((const char *)value.bytes.data, value.bytes.len);
		if (value.type == ANNOT_TOKEN_MAP || value.type == ANNOT_TOKEN_LIST)
			return NULL;
	}
	return NULL;
}

enum annot_status annot_reply_decode(const struct annot_call_def *call, struct annot_bytes frame,
				     struct annot_arena *arena, void **ret, struct annot_error *err)
{
	struct frame f;
	TRY(open_frame(frame, &f, err));
	if (f.status.type != ANNOT_TOKEN_NUMBER)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "status: a reply needs its status, a number");
	enum annot_status status = annot_status_from(f.status.number);
	if (status != ANNOT_OK) {
		bool said = f.error.type == ANNOT_TOKEN_TEXT && f.error.bytes.len > 0;
		int len = said ? (int)f.error.bytes.len : 0; /* a frame is far below INT_MAX */
		return annot_fail(err, status, "%.*s", said ? len : -1,
				  said ? (const char *)f.error.bytes.data : annot_strerror(status));
	}
	if (!f.body.data)
		return annot_fail(err, ANNOT_PROTOCOL, "body: is missing from a %s reply",
				  call->name);
	return annot_message_decode(call->reply, f.body, arena, ret, err);
}
