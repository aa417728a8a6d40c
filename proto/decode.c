/*
 * Scanned msgpack to structs, as messages.def says. Types, presence and counts are checked here,
 * before anything is allocated for them; values by annot_message_check at the end.
 */
#include "proto/proto.h"

#include "proto/path.h"
#include "proto/token.h"

struct decode {
	struct annot_cursor c;
	struct annot_arena *arena;
	struct annot_error *err;
};

static enum annot_status expected(const struct decode *d, const struct annot_path *path,
				  const char *what, const struct annot_token *found)
{
	return annot_fail(d->err, ANNOT_INVALID, "%s: is %s, expected %s",
			  annot_path_text(path).text, annot_token_name(found->type), what);
}

static enum annot_status copy(const struct decode *d, struct annot_bytes from, const void **ret)
{
	*ret = annot_arena_copy(d->arena, from.data, from.len);
	if (!*ret)
		return annot_fail(d->err, ANNOT_NO_MEMORY, "out of memory for a message");
	return ANNOT_OK;
}

static enum annot_status decode_bytes(const struct decode *d, const struct annot_token *t,
				      const struct annot_path *path, struct annot_bytes *ret)
{
	if (t->type != ANNOT_TOKEN_BYTES)
		return expected(d, path, "bytes", t);
	const void *data;
	TRY(copy(d, t->bytes, &data));
	*ret = annot_bytes(data, t->bytes.len);
	return ANNOT_OK;
}

static enum annot_status decode_hash(const struct decode *d, const struct annot_token *t,
				     const struct annot_path *path, struct annot_hash *ret)
{
	if (t->type != ANNOT_TOKEN_BYTES)
		return expected(d, path, "a hash", t);
	if (t->bytes.len != ANNOT_HASH_SIZE)
		return annot_fail(d->err, ANNOT_INVALID, "%s: %zu bytes, expected a hash of %d",
				  annot_path_text(path).text, t->bytes.len, ANNOT_HASH_SIZE);
	memcpy(ret->b, t->bytes.data, ANNOT_HASH_SIZE);
	return ANNOT_OK;
}

static enum annot_status decode_value(const struct decode *d, enum annot_field_type type,
				      const struct annot_token *t, const struct annot_path *path,
				      void *ret)
{
	switch (type) {
	case ANNOT_FIELD_u64:
		if (t->type != ANNOT_TOKEN_NUMBER)
			return expected(d, path, "a number", t);
		*(uint64_t *)ret = t->number;
		return ANNOT_OK;
	case ANNOT_FIELD_flag:
		if (t->type != ANNOT_TOKEN_FLAG)
			return expected(d, path, "a flag", t);
		*(bool *)ret = t->number;
		return ANNOT_OK;
	case ANNOT_FIELD_text:
		if (t->type != ANNOT_TOKEN_TEXT)
			return expected(d, path, "text", t);
		return copy(d, t->bytes, ret);
	case ANNOT_FIELD_bytes:
		return decode_bytes(d, t, path, ret);
	case ANNOT_FIELD_hash:
		return decode_hash(d, t, path, ret);
	}
	return annot_fail(d->err, ANNOT_INTERNAL, "%s: no such type", annot_path_text(path).text);
}

static enum annot_status decode_message(struct decode *d, const struct annot_message_def *def,
					const struct annot_token *map,
					const struct annot_path *path, char *ret);

static enum annot_status decode_list(struct decode *d, const struct annot_field_def *f,
				     const struct annot_token *list, struct annot_path *path,
				     char *message)
{
	if (list->type != ANNOT_TOKEN_LIST)
		return expected(d, path, "a list", list);
	if (list->number > f->max)
		return annot_fail(d->err, ANNOT_INVALID, "%s: %llu items, at most %llu",
				  annot_path_text(path).text, (unsigned long long)list->number,
				  (unsigned long long)f->max);
	size_t n = list->number, size = annot_item_size(f);
	char *items = NULL;
	if (n > 0 && !(items = annot_arena_array(d->arena, n, size)))
		return annot_fail(d->err, ANNOT_NO_MEMORY, "out of memory for a message");
	for (size_t i = 0; i < n; i++) {
		struct annot_token t;
		path->index = (int64_t)i;
		TRY(annot_token_next(&d->c, &t, d->err));
		if (f->message)
			TRY(decode_message(d, f->message, &t, path, items + i * size));
		else
			TRY(decode_value(d, f->type, &t, path, items + i * size));
	}
	*(void **)(void *)(message + f->offset) = items;
	*(size_t *)(void *)(message + f->count_offset) = n;
	return ANNOT_OK;
}

/* The field of a key, or NULL. Fields mostly come in the order of the table: the next one is tried
 * first. */
static const struct annot_field_def *find(const struct annot_message_def *def,
					  struct annot_bytes key, size_t *next)
{
	const struct annot_field_def *fields = def->fields();
	for (size_t i = 0; i < def->n_fields; i++) {
		size_t k = (*next + i) % def->n_fields;
		if (strlen(fields[k].name) == key.len &&
		    memcmp(fields[k].name, key.data, key.len) == 0) {
			*next = k + 1;
			return &fields[k];
		}
	}
	return NULL;
}

static enum annot_status require_all(const struct decode *d, const struct annot_message_def *def,
				     const struct annot_path *up, uint64_t seen)
{
	const struct annot_field_def *fields = def->fields();
	for (size_t i = 0; i < def->n_fields; i++) {
		struct annot_path path = {up, fields[i].name, ANNOT_NO_INDEX};
		if (fields[i].required && !(seen >> i & 1))
			return annot_fail(d->err, ANNOT_INVALID, "%s: is missing",
					  annot_path_text(&path).text);
	}
	return ANNOT_OK;
}

static enum annot_status decode_message(struct decode *d, const struct annot_message_def *def,
					const struct annot_token *map, const struct annot_path *up,
					char *ret)
{
	if (map->type != ANNOT_TOKEN_MAP)
		return expected(d, up, "a map", map);
	uint64_t seen = 0; /* ANNOT_FIELDS_MAX bits */
	size_t next = 0;
	for (uint64_t i = 0; i < map->number; i++) {
		struct annot_token key, value;
		TRY(annot_token_next(&d->c, &key, d->err));
		const struct annot_field_def *f =
			key.type == ANNOT_TOKEN_TEXT ? find(def, key.bytes, &next) : NULL;
		if (!f) {
			TRY(annot_token_skip(&d->c, d->err));
			continue;
		}
		struct annot_path path = {up, f->name, ANNOT_NO_INDEX};
		seen |= 1ull << (f - def->fields());
		TRY(annot_token_next(&d->c, &value, d->err));
		if (f->list)
			TRY(decode_list(d, f, &value, &path, ret));
		else
			TRY(decode_value(d, f->type, &value, &path, ret + f->offset));
	}
	return require_all(d, def, up, seen);
}

enum annot_status annot_message_decode(const struct annot_message_def *def, struct annot_bytes body,
				       struct annot_arena *arena, void **ret,
				       struct annot_error *err)
{
	if (body.len == 0)
		return annot_fail(err, ANNOT_PROTOCOL, "%s: the body is empty", def->name);
	struct decode d = {annot_cursor(body), arena, err};
	const struct annot_path path = {NULL, def->name, ANNOT_NO_INDEX};
	struct annot_token map;
	TRY(annot_token_next(&d.c, &map, err));
	char *message = annot_arena_alloc(arena, def->size ? def->size : 1);
	if (!message)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a message");
	TRY(decode_message(&d, def, &map, &path, message));
	TRY(annot_message_check(def, message, err));
	*ret = message;
	return ANNOT_OK;
}
