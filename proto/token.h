/*
 * One step through msgpack under the strict profile (docs/protocol.md, "Encoding"). The pre-scan
 * and the decoder read with the same function, so they cannot disagree on where a value ends.
 */
#ifndef ANNOT_PROTO_TOKEN_H
#define ANNOT_PROTO_TOKEN_H

#include "base/bytes.h"
#include "base/error.h"

enum annot_token_type {
	ANNOT_TOKEN_REFUSED, /* not in the profile; never returned */
	ANNOT_TOKEN_NIL,
	ANNOT_TOKEN_FLAG,
	ANNOT_TOKEN_NUMBER,
	ANNOT_TOKEN_TEXT,
	ANNOT_TOKEN_BYTES,
	ANNOT_TOKEN_LIST,
	ANNOT_TOKEN_MAP,
};

/* A value without what is in it: items of a list, keys and values of a map follow as tokens. */
struct annot_token {
	enum annot_token_type type;
	uint64_t number;          /* FLAG, NUMBER: the value; LIST: items; MAP: pairs */
	struct annot_bytes bytes; /* TEXT, BYTES: into the frame; data is never NULL */
};

struct annot_cursor {
	const uint8_t *start, *at, *end;
};

static inline struct annot_cursor annot_cursor(struct annot_bytes b)
{
	return (struct annot_cursor){b.data, b.data, b.data + b.len};
}

/* "text", "list" …, for error messages. */
const char *annot_token_name(enum annot_token_type type);

/*
 * Reads the next token and moves behind it. PROTOCOL, with the byte: the frame ends, a type outside
 * of the profile, a form that is not the shortest, a length or count larger than the bytes that are
 * left.
 */
enum annot_status annot_token_next(struct annot_cursor *c, struct annot_token *ret,
				   struct annot_error *err);

/* Moves behind the next value with all that is in it. */
enum annot_status annot_token_skip(struct annot_cursor *c, struct annot_error *err);

#endif
