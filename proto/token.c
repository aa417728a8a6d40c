/* The msgpack reader (github.com/msgpack/msgpack, spec.md), cut down to the strict profile. */
#include "proto/token.h"

/* First bytes 0xc0..0xdf: type, bytes of the number that follows, least number in that form. */
struct form {
	uint8_t type, width;
	uint64_t least;
};

static const struct form forms[0x20] = {
	[0x00] = {ANNOT_TOKEN_NIL, 0, 0},
	[0x02] = {ANNOT_TOKEN_FLAG, 0, 0}, /* false */
	[0x03] = {ANNOT_TOKEN_FLAG, 0, 0}, /* true */
	[0x04] = {ANNOT_TOKEN_BYTES, 1, 0},
	[0x05] = {ANNOT_TOKEN_BYTES, 2, 1 << 8},
	[0x06] = {ANNOT_TOKEN_BYTES, 4, 1 << 16},
	[0x0c] = {ANNOT_TOKEN_NUMBER, 1, 1 << 7},
	[0x0d] = {ANNOT_TOKEN_NUMBER, 2, 1 << 8},
	[0x0e] = {ANNOT_TOKEN_NUMBER, 4, 1 << 16},
	[0x0f] = {ANNOT_TOKEN_NUMBER, 8, 1ull << 32},
	[0x19] = {ANNOT_TOKEN_TEXT, 1, 1 << 5},
	[0x1a] = {ANNOT_TOKEN_TEXT, 2, 1 << 8},
	[0x1b] = {ANNOT_TOKEN_TEXT, 4, 1 << 16},
	[0x1c] = {ANNOT_TOKEN_LIST, 2, 1 << 4},
	[0x1d] = {ANNOT_TOKEN_LIST, 4, 1 << 16},
	[0x1e] = {ANNOT_TOKEN_MAP, 2, 1 << 4},
	[0x1f] = {ANNOT_TOKEN_MAP, 4, 1 << 16},
};

const char *annot_token_name(enum annot_token_type type)
{
	static const char *const names[] = {
		[ANNOT_TOKEN_REFUSED] = "nothing", [ANNOT_TOKEN_NIL] = "nil",
		[ANNOT_TOKEN_FLAG] = "a flag",     [ANNOT_TOKEN_NUMBER] = "a number",
		[ANNOT_TOKEN_TEXT] = "text",       [ANNOT_TOKEN_BYTES] = "bytes",
		[ANNOT_TOKEN_LIST] = "a list",     [ANNOT_TOKEN_MAP] = "a map",
	};
	return names[type];
}

static size_t offset(const struct annot_cursor *c)
{
	return (size_t)(c->at - c->start);
}

static enum annot_status cut(const struct annot_cursor *c, struct annot_error *err)
{
	return annot_fail(err, ANNOT_PROTOCOL, "byte %zu: the frame ends within a value",
			  offset(c));
}

/* The form of a first byte that does not hold its number itself. */
static enum annot_status wide(struct annot_cursor *c, uint8_t first, struct annot_token *ret,
			      struct annot_error *err)
{
	const struct form *f = &forms[first & 0x1f];
	if (f->type == ANNOT_TOKEN_REFUSED)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "byte %zu: type 0x%02x (float, ext or negative) is not allowed",
				  offset(c), first);
	if ((size_t)(c->end - c->at) < 1u + f->width)
		return cut(c, err);
	uint64_t number = 0;
	for (unsigned i = 1; i <= f->width; i++)
		number = number << 8 | c->at[i];
	if (number < f->least)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "byte %zu: type 0x%02x is not the shortest form of %llu",
				  offset(c), first, (unsigned long long)number);
	ret->type = f->type;
	ret->number = f->width ? number : (first & 1);
	c->at += 1 + f->width;
	return ANNOT_OK;
}

/* Checks what the value declares against the bytes that are left; moves behind text and bytes. */
static enum annot_status contents(struct annot_cursor *c, struct annot_token *t,
				  struct annot_error *err)
{
	size_t left = (size_t)(c->end - c->at);
	uint64_t least = t->type == ANNOT_TOKEN_MAP ? 2 * t->number : t->number;
	if (least > left)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "byte %zu: %s of %llu, but only %zu bytes are left", offset(c),
				  annot_token_name(t->type), (unsigned long long)t->number, left);
	if (t->type == ANNOT_TOKEN_TEXT || t->type == ANNOT_TOKEN_BYTES) {
		t->bytes = annot_bytes(c->at, t->number);
		c->at += t->number;
	}
	return ANNOT_OK;
}

enum annot_status annot_token_next(struct annot_cursor *c, struct annot_token *ret,
				   struct annot_error *err)
{
	if (c->at == c->end)
		return cut(c, err);
	uint8_t first = *c->at;
	if (first < 0x80) {
		ret->type = ANNOT_TOKEN_NUMBER;
		ret->number = first;
	} else if (first < 0x90) {
		ret->type = ANNOT_TOKEN_MAP;
		ret->number = first & 0x0f;
	} else if (first < 0xa0) {
		ret->type = ANNOT_TOKEN_LIST;
		ret->number = first & 0x0f;
	} else if (first < 0xc0) {
		ret->type = ANNOT_TOKEN_TEXT;
		ret->number = first & 0x1f;
	} else if (first < 0xe0) {
		TRY(wide(c, first, ret, err));
		return ret->type >= ANNOT_TOKEN_TEXT ? contents(c, ret, err) : ANNOT_OK;
	} else {
		return annot_fail(err, ANNOT_PROTOCOL, "byte %zu: a negative number is not allowed",
				  offset(c));
	}
	c->at++;
	return ret->type >= ANNOT_TOKEN_TEXT ? contents(c, ret, err) : ANNOT_OK;
}

enum annot_status annot_token_skip(struct annot_cursor *c, struct annot_error *err)
{
	struct annot_token t;
	/* Cannot overflow: each count is at most the bytes that are left. */
	for (uint64_t pending = 1; pending > 0; pending--) {
		TRY(annot_token_next(c, &t, err));
		if (t.type == ANNOT_TOKEN_LIST)
			pending += t.number;
		else if (t.type == ANNOT_TOKEN_MAP)
			pending += 2 * t.number;
	}
	return ANNOT_OK;
}
