/*
 * The protocol as data, and the generic code that messages.def and calls.def drive: encode, decode,
 * check, JSON, description. A frame is one msgpack map: a request {"v": 1, "call": text, "body": map},
 * a reply {"v": 1, "status": number, "error": text (unless status is 0), "body": map (if status is 0)}.
 */
#ifndef ANNOT_PROTO_PROTO_H
#define ANNOT_PROTO_PROTO_H

#include "base/arena.h"
#include "base/buf.h"
#include "proto/messages.h"

enum {
	ANNOT_WIRE_VERSION = 1,
	ANNOT_FRAME_MAX = 2 << 20,
	ANNOT_DEPTH_MAX = 8,   /* maps and lists within each other */
	ANNOT_FIELDS_MAX = 64, /* keys of one map */
	ANNOT_ERROR_MAX = 2048, /* bytes of the error text of a reply */
	/* Memory that decoding one frame may take: views into it plus structs. */
	ANNOT_DECODE_MAX = 16 << 20,
};

enum annot_field_type { ANNOT_FIELD_u64, ANNOT_FIELD_flag, ANNOT_FIELD_text, ANNOT_FIELD_bytes, ANNOT_FIELD_hash };

struct annot_message_def;

struct annot_field_def {
	const char *name;
	size_t name_len;
	const char *doc;
	enum annot_field_type type;	     /* of plain fields and LIST_OF items */
	bool list;
	bool required;
	uint64_t min, max;		     /* value or bytes; items for lists */
	uint64_t item_max;		     /* LIST_OF */
	const struct annot_message_def *message; /* LIST; NULL otherwise */
	size_t offset, count_offset;	     /* in the struct */
};

struct annot_message_def {
	const char *name;
	const char *doc;
	size_t size; /* of the struct */
	const struct annot_field_def *(*fields)(void); /* n_fields of them */
	size_t n_fields;
};

/* Bytes of one item of a list field. */
size_t annot_item_size(const struct annot_field_def *f);

/* Whether a field of that struct is sent: an OPTIONAL one that is zero, false, NULL or all zero is absent. Lists always are there. */
static inline bool annot_field_present(const struct annot_field_def *f, const void *message)
{
	const void *value = (const char *)message + f->offset;
	if (f->required || f->list)
		return true;
	switch (f->type) {
	case ANNOT_FIELD_u64:
		return *(const uint64_t *)value != 0;
	case ANNOT_FIELD_flag:
		return *(const bool *)value;
	case ANNOT_FIELD_text:
		return *(const char *const *)value != NULL;
	case ANNOT_FIELD_bytes:
		return ((const struct annot_bytes *)value)->data != NULL;
	case ANNOT_FIELD_hash:
		return !annot_hash_is_zero((const struct annot_hash *)value);
	}
	return true;
}

/* annot_message_submit_request and so on. */
#define MESSAGE(name, doc) ANNOT_API extern const struct annot_message_def annot_message_##name;
#define FIELD(...)
#define LIST(...)
#define LIST_OF(...)
#define END_MESSAGE(name)
#include "proto/messages.def"

/* All messages in the order of the file. */
ANNOT_API const struct annot_message_def *const *annot_messages(size_t *ret_n);

enum annot_access { ANNOT_READ, ANNOT_OPEN, ANNOT_WRITE };
enum annot_call_id {
#define CALL(name, request, reply, access, doc) ANNOT_CALL_##name,
#include "proto/calls.def"
	ANNOT_CALL_COUNT
};

struct annot_call_def {
	enum annot_call_id id;
	const char *name;
	const struct annot_message_def *request, *reply;
	enum annot_access access;
	const char *doc;
};
ANNOT_API const struct annot_call_def *annot_call_def(enum annot_call_id id);
const struct annot_call_def *annot_call_find(const char *name, size_t len);

/*
 * The pre-scan: one iterative walk before anything is decoded or allocated. PROTOCOL (with the byte) for:
 * more than one value or trailing bytes, depth over ANNOT_DEPTH_MAX, a count or length larger than the bytes
 * left, floats, negative numbers, ext types, non-shortest forms, text that is not UTF-8 or holds NUL, map keys that
 * are not text or stand twice in one map, more than ANNOT_FIELDS_MAX keys. TOO_LARGE over ANNOT_FRAME_MAX.
 */
enum annot_status annot_frame_scan(struct annot_bytes frame, struct annot_error *err);

/*
 * Whether a struct satisfies its message's limits; INVALID names the field by its path ("items[3].record").
 * Encode and decode call it. A REQUIRED text must not be NULL, a REQUIRED hash not be all zero; REQUIRED
 * bytes may have data NULL where min is 0 (they are empty).
 */
enum annot_status annot_message_check(const struct annot_message_def *def, const void *message,
				      struct annot_error *err);

/* Appends the body map. INVALID as above; TOO_LARGE, NO_MEMORY (nothing is appended, ret->failed is set). */
enum annot_status annot_message_encode(const struct annot_message_def *def, const void *message,
				       struct annot_buf *ret, struct annot_error *err);

/* Decodes a scanned body map; the struct and all it points to live in arena (texts copied, bytes too).
 * Unknown keys are skipped. INVALID names the field by its path; NO_MEMORY; PROTOCOL if body was not scanned. */
enum annot_status annot_message_decode(const struct annot_message_def *def, struct annot_bytes body,
				       struct annot_arena *arena, void **ret,
				       struct annot_error *err);

/* Whole frames. Decoding scans first; an unknown call is INVALID, another wire version PROTOCOL. */
enum annot_status annot_request_encode(const struct annot_call_def *call, const void *request,
				       struct annot_buf *ret, struct annot_error *err);
enum annot_status annot_request_decode(struct annot_bytes frame, struct annot_arena *arena,
				       const struct annot_call_def **ret_call, void **ret,
				       struct annot_error *err);
/* The call of a request that was not scanned: a hint, before it is decoded. NULL unless the name comes before the body,
 * as it does in what annot_request_encode makes. */
const struct annot_call_def *annot_request_peek(struct annot_bytes frame);
/* status ANNOT_OK: reply is the call's reply struct; else error text (NULL: the status's own) and no body. */
enum annot_status annot_reply_encode(const struct annot_call_def *call, enum annot_status status,
				     const char *error, const void *reply, struct annot_buf *ret,
				     struct annot_error *err);
/* Returns the status that the reply carries (its text in err), or PROTOCOL/INVALID for a bad frame. */
enum annot_status annot_reply_decode(const struct annot_call_def *call, struct annot_bytes frame,
				     struct annot_arena *arena, void **ret,
				     struct annot_error *err);

/*
 * A message as JSON (jansson's json_t, owned by the caller): bytes as base64, hashes as hex; absent fields
 * are left out, lists are always arrays. NULL when out of memory or when a text is not UTF-8.
 */
struct json_t;
ANNOT_API struct json_t *annot_message_json(const struct annot_message_def *def,
					    const void *message);

#endif
