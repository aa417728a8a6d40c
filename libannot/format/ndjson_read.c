/* Reading the lossless form, as a corpus line by line, and as foreign annotations. */
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "format/internal.h"
#include "format/ndjson.h"

enum { NOTE_MAX = 16384, KEY_LINE_MAX = 128, ORIGIN_MAX = 255 };

/* A line that is being taken apart. */
struct reading {
	struct annot_arena *arena;
	const json_t *json;
	struct annot_error *err;
};

static enum annot_status expected(const struct reading *r, const char *member, const char *what)
{
	return annot_fail(r->err, ANNOT_INVALID, "\"%s\": expected %s", member, what);
}

/* A string of at most max bytes, in the arena. data NULL: it is not there, or null. */
static enum annot_status get_bytes(const struct reading *r, const char *member, size_t max,
				   struct annot_bytes *ret)
{
	const json_t *value = json_object_get(r->json, member);
	*ret = (struct annot_bytes){0};
	if (!value || json_is_null(value))
		return ANNOT_OK;
	if (!json_is_string(value))
		return expected(r, member, "a string");
	size_t len = json_string_length(value);
	if (len > max)
		return annot_fail(r->err, ANNOT_INVALID,
				  "\"%s\": %zu bytes, at most %zu are allowed", member, len, max);
	const char *copy = annot_arena_copy(r->arena, json_string_value(value), len);
	if (!copy)
		return annot_fail(r->err, ANNOT_NO_MEMORY, "no memory for a line");
	*ret = annot_bytes(copy, len);
	return ANNOT_OK;
}

static enum annot_status get_text(const struct reading *r, const char *member, size_t max,
				  const char **ret)
{
	struct annot_bytes bytes;
	TRY(get_bytes(r, member, max, &bytes));
	*ret = (const char *)bytes.data;
	return *ret ? ANNOT_OK : expected(r, member, "a string");
}

static enum annot_status get_hash(const struct reading *r, const char *member,
				  struct annot_hash *ret)
{
	const json_t *value = json_object_get(r->json, member);
	return annot_hash_unhex(json_string_value(value) ? json_string_value(value) : "",
				json_string_length(value), ret)
		       ? ANNOT_OK
		       : expected(r, member, "64 lower-case hex digits");
}

static enum annot_status get_number(const struct reading *r, const char *member, uint64_t *ret)
{
	const json_t *value = json_object_get(r->json, member);
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return expected(r, member, "a number");
	*ret = (uint64_t)json_integer_value(value);
	return ANNOT_OK;
}

static enum annot_status read_head(const struct reading *r, struct annot_ndjson *ret)
{
	const char *version = json_string_value(json_object_get(r->json, "annot"));
	if (!version || (strcmp(version, "ndjson/2") != 0 && strcmp(version, "ndjson/1") != 0))
		return annot_fail(r->err, ANNOT_INVALID,
				  "\"annot\": expected \"ndjson/2\" or \"ndjson/1\"; cannot check "
				  "other versions");
	TRY(get_hash(r, "corpus", &ret->corpus));
	TRY(get_hash(r, "root", &ret->root));
	TRY(get_text(r, "origin", ORIGIN_MAX, &ret->origin));
	TRY(get_number(r, "size", &ret->size));
	ret->partial = json_is_true(json_object_get(r->json, "partial"));
	return get_bytes(r, "checkpoint", NOTE_MAX, &ret->checkpoint);
}

static enum annot_status read_record(const struct reading *r, struct annot_ndjson *ret)
{
	const json_t *signature = json_object_get(r->json, "signature");
	struct annot_bytes key;
	TRY(get_number(r, "index", &ret->index));
	TRY(get_hash(r, "id", &ret->id));
	TRY(get_text(r, "leaf", ANNOT_LEAF_MAX, &ret->leaf));
	TRY(get_bytes(r, "record", ANNOT_RECORD_MAX, &ret->record));
	if (!json_is_string(signature) ||
	    !annot_unbase64_exact(json_string_value(signature), json_string_length(signature),
				  ret->signature, ANNOT_SIGNATURE_SIZE))
		return expected(r, "signature", "base64 of 64 bytes");
	TRY(get_bytes(r, "key", KEY_LINE_MAX, &key));
	ret->key = (const char *)key.data;
	return get_bytes(r, "note", NOTE_MAX, &ret->note);
}

static enum annot_status unbase64(const struct reading *r, struct annot_bytes *ret)
{
	const json_t *value = json_object_get(r->json, "base64");
	size_t len = json_string_length(value), n;
	uint8_t *data = annot_arena_alloc(r->arena, len + 1);
	if (!data)
		return annot_fail(r->err, ANNOT_NO_MEMORY, "no memory for a line");
	if (!json_is_string(value) ||
	    !annot_unbase64(json_string_value(value), len, data, ANNOT_NDJSON_PIECE, &n))
		return expected(r, "base64", "canonical base64 of at most 256 KiB");
	*ret = annot_bytes(data, n);
	return ANNOT_OK;
}

static enum annot_status read_piece(const struct reading *r, const char *owner,
				    struct annot_ndjson *ret)
{
	TRY(get_hash(r, owner, &ret->document));
	TRY(get_number(r, "offset", &ret->offset));
	return get_number(r, "length", &ret->length);
}

static enum annot_status read_text(const struct reading *r, struct annot_ndjson *ret)
{
	TRY(read_piece(r, "text_of", ret));
	if (json_object_get(r->json, "base64"))
		return unbase64(r, &ret->piece);
	TRY(get_bytes(r, "text", ANNOT_NDJSON_PIECE, &ret->piece));
	return ret->piece.data ? ANNOT_OK : expected(r, "text", "a string");
}

static enum annot_status read_original(const struct reading *r, struct annot_ndjson *ret)
{
	TRY(read_piece(r, "original_of", ret));
	return unbase64(r, &ret->piece);
}

static enum annot_status read_cosigned(const struct reading *r, struct annot_ndjson *ret)
{
	TRY(get_number(r, "cosigned", &ret->size));
	TRY(get_bytes(r, "note", NOTE_MAX, &ret->checkpoint));
	return ret->checkpoint.data ? ANNOT_OK : expected(r, "note", "a string");
}

static enum annot_status read_withheld(const struct reading *r, struct annot_ndjson *ret)
{
	TRY(get_hash(r, "withheld", &ret->sha256));
	return get_number(r, "document_index", &ret->index);
}

static enum annot_status read_end(const struct reading *r, struct annot_ndjson *ret)
{
	TRY(get_number(r, "records", &ret->size));
	return get_hash(r, "root", &ret->root);
}

enum annot_status annot_ndjson_read(struct annot_arena *arena, const struct json_t *json,
				    struct annot_ndjson *ret, struct annot_error *err)
{
	static const struct {
		const char *member;
		enum annot_ndjson_kind kind;
		enum annot_status (*read)(const struct reading *r, struct annot_ndjson *ret);
	} kinds[] = {
		{"index", ANNOT_NDJSON_RECORD, read_record},
		{"text_of", ANNOT_NDJSON_TEXT, read_text},
		{"original_of", ANNOT_NDJSON_ORIGINAL, read_original},
		{"cosigned", ANNOT_NDJSON_COSIGNED, read_cosigned},
		{"withheld", ANNOT_NDJSON_WITHHELD, read_withheld},
		{"annot", ANNOT_NDJSON_HEAD, read_head},
		{"end", ANNOT_NDJSON_END, read_end},
	};
	const struct reading r = {arena, json, err};
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (json_object_get(json, kinds[i].member)) {
			struct annot_ndjson line = {.kind = kinds[i].kind};
			TRY(kinds[i].read(&r, &line));
			*ret = line;
			return ANNOT_OK;
		}
	return annot_fail(
		err, ANNOT_INVALID,
		"expected one of the members annot, index, text_of, original_of, cosigned, "
		"withheld, end");
}
