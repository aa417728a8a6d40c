#include "sample.h"

#include <msgpack.h>
#include <stdlib.h>

enum { FRAME_SHARE = 1 << 20, SMALL_BYTES = 40, SMALL_ITEMS = 2 };

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static uint64_t choose(uint64_t min, uint64_t max, enum sample_size size, uint64_t small)
{
	if (size == SAMPLE_LEAST || size == SAMPLE_MANY)
		return min;
	if (size == SAMPLE_MOST)
		return max;
	return max < small ? max : (small > min ? small : min);
}

/* n bytes of text with characters of one to four bytes. */
static char *sample_text(size_t n, struct annot_arena *arena)
{
	static const char *const letters[] = {"a", "é", "€", "𝄞"};
	char *text = must(annot_arena_alloc(arena, n + 1));
	for (size_t used = 0, i = 0; used < n; i++) {
		const char *letter = letters[i % 4];
		if (strlen(letter) > n - used)
			letter = "z";
		memcpy(text + used, letter, strlen(letter));
		used += strlen(letter);
	}
	return text;
}

static void sample_value(enum annot_field_type type, uint64_t min, uint64_t max,
			 enum sample_size size, struct annot_arena *arena, void *ret)
{
	size_t len = 0;
	switch (type) {
	case ANNOT_FIELD_u64:
		*(uint64_t *)ret = choose(min, max, size, 1u << 17);
		break;
	case ANNOT_FIELD_flag:
		*(bool *)ret = choose(min, max, size, 1) > 0;
		break;
	case ANNOT_FIELD_text:
		*(char **)ret = sample_text(choose(min, max, size, SMALL_BYTES), arena);
		break;
	case ANNOT_FIELD_bytes:
		len = choose(min, max, size, SMALL_BYTES);
		uint8_t *data = must(annot_arena_alloc(arena, len + 1));
		memset(data, 0xc1, len);
		*(struct annot_bytes *)ret = annot_bytes(data, len);
		break;
	case ANNOT_FIELD_hash:
		memset(ret, 0xee, sizeof(struct annot_hash));
		break;
	}
}

static uint64_t list_length(const struct annot_field_def *f, enum sample_size size, bool top)
{
	if (size == SAMPLE_MANY)
		return top ? f->max : f->min;
	if (size == SAMPLE_MOST && !f->message && f->max * (f->item_max + 9) <= FRAME_SHARE)
		return f->max;
	return choose(f->min, f->max, size == SAMPLE_MOST ? SAMPLE_SMALL : size, SMALL_ITEMS);
}

static void fill(const struct annot_message_def *def, enum sample_size size, bool top,
		 struct annot_arena *arena, char *ret)
{
	bool least = size == SAMPLE_LEAST || size == SAMPLE_MANY;
	for (size_t i = 0; i < def->n_fields; i++) {
		const struct annot_field_def *f = &def->fields()[i];
		if (!f->list && !(least && !f->required))
			sample_value(f->type, f->min, f->max, size, arena, ret + f->offset);
		if (!f->list)
			continue;
		size_t n = list_length(f, size, top), step = annot_item_size(f);
		char *items = n ? must(annot_arena_array(arena, n, step)) : NULL;
		for (size_t k = 0; k < n; k++) {
			if (f->message)
				fill(f->message, size, false, arena, items + k * step);
			else
				sample_value(f->type, 0, f->item_max, size, arena,
					     items + k * step);
		}
		*(char **)(void *)(ret + f->offset) = items;
		*(size_t *)(void *)(ret + f->count_offset) = n;
	}
}

void *sample_message(const struct annot_message_def *def, enum sample_size size,
		     struct annot_arena *arena)
{
	char *message = must(annot_arena_alloc(arena, def->size + 1));
	fill(def, size, true, arena, message);
	return message;
}

static bool equal_value(enum annot_field_type type, const void *a, const void *b)
{
	const char *ta, *tb;
	const struct annot_bytes *ba = a, *bb = b;
	switch (type) {
	case ANNOT_FIELD_u64:
		return *(const uint64_t *)a == *(const uint64_t *)b;
	case ANNOT_FIELD_flag:
		return *(const bool *)a == *(const bool *)b;
	case ANNOT_FIELD_text:
		ta = *(const char *const *)a;
		tb = *(const char *const *)b;
		return ta && tb ? strcmp(ta, tb) == 0 : ta == tb;
	case ANNOT_FIELD_bytes:
		return ba->len == bb->len && !ba->data == !bb->data &&
		       (ba->len == 0 || memcmp(ba->data, bb->data, ba->len) == 0);
	case ANNOT_FIELD_hash:
		return annot_hash_equal(a, b);
	}
	return false;
}

static bool equal_list(const struct annot_field_def *f, const char *a, const char *b)
{
	const char *ia = *(const char *const *)(const void *)(a + f->offset);
	const char *ib = *(const char *const *)(const void *)(b + f->offset);
	size_t n = *(const size_t *)(const void *)(a + f->count_offset), step = annot_item_size(f);
	if (n != *(const size_t *)(const void *)(b + f->count_offset))
		return false;
	for (size_t i = 0; i < n * step; i += step) {
		if (f->message ? !sample_equal(f->message, ia + i, ib + i)
			       : !equal_value(f->type, ia + i, ib + i))
			return false;
	}
	return true;
}

bool sample_equal(const struct annot_message_def *def, const void *a, const void *b)
{
	for (size_t i = 0; i < def->n_fields; i++) {
		const struct annot_field_def *f = &def->fields()[i];
		const char *ca = a, *cb = b;
		if (f->list ? !equal_list(f, ca, cb)
			    : !equal_value(f->type, ca + f->offset, cb + f->offset))
			return false;
	}
	return true;
}

static int append(void *buf, const char *data, size_t len)
{
	annot_buf_add(buf, data, len);
	return 0;
}

static void pack_name(msgpack_packer *pk, const char *name)
{
	msgpack_pack_str_with_body(pk, name, strlen(name));
}

static void pack_value(msgpack_packer *pk, enum annot_field_type type, const void *value)
{
	const struct annot_bytes *b = value;
	switch (type) {
	case ANNOT_FIELD_u64:
		msgpack_pack_uint64(pk, *(const uint64_t *)value);
		break;
	case ANNOT_FIELD_flag:
		*(const bool *)value ? msgpack_pack_true(pk) : msgpack_pack_false(pk);
		break;
	case ANNOT_FIELD_text:
		pack_name(pk, *(const char *const *)value);
		break;
	case ANNOT_FIELD_bytes:
		msgpack_pack_bin_with_body(pk, b->data ? b->data : (const uint8_t *)"", b->len);
		break;
	case ANNOT_FIELD_hash:
		msgpack_pack_bin_with_body(pk, value, ANNOT_HASH_SIZE);
		break;
	}
}

static void pack_field(const struct annot_field_def *f, const char *message, msgpack_packer *pk)
{
	if (!f->list) {
		pack_value(pk, f->type, message + f->offset);
		return;
	}
	const char *items = *(const char *const *)(const void *)(message + f->offset);
	size_t n = *(const size_t *)(const void *)(message + f->count_offset);
	msgpack_pack_array(pk, n);
	for (size_t i = 0; i < n; i++) {
		const char *item = items + i * annot_item_size(f);
		if (f->message)
			sample_pack(f->message, item, NULL, SAMPLE_WHOLE, pk->data);
		else
			pack_value(pk, f->type, item);
	}
}

/* {"name": {"x": [nil, {"y": 1}]}}, with a name that no message has. */
static void pack_stranger(msgpack_packer *pk, const char *name)
{
	pack_name(pk, name);
	msgpack_pack_map(pk, 1);
	pack_name(pk, "x");
	msgpack_pack_array(pk, 2);
	msgpack_pack_nil(pk);
	msgpack_pack_map(pk, 1);
	pack_name(pk, "y");
	msgpack_pack_int(pk, 1);
}

void sample_pack(const struct annot_message_def *def, const void *message,
		 const struct annot_field_def *field, enum sample_fault fault,
		 struct annot_buf *ret)
{
	size_t n = 0;
	for (size_t i = 0; i < def->n_fields; i++)
		n += annot_field_present(&def->fields()[i], message);
	n = n + (fault == SAMPLE_TWICE) + 2 * (fault == SAMPLE_STRANGER) -
	    (fault == SAMPLE_WITHOUT);
	msgpack_packer pk;
	msgpack_packer_init(&pk, ret, append);
	msgpack_pack_map(&pk, n);
	for (size_t i = 0; i < def->n_fields; i++) {
		const struct annot_field_def *f = &def->fields()[i];
		if (!annot_field_present(f, message) || (f == field && fault == SAMPLE_WITHOUT))
			continue;
		if (f == field && fault == SAMPLE_STRANGER)
			pack_stranger(&pk, "stranger");
		pack_name(&pk, f->name);
		if (f == field && fault == SAMPLE_MISTYPED)
			msgpack_pack_nil(&pk);
		else
			pack_field(f, message, &pk);
		if (f == field && fault == SAMPLE_TWICE) {
			pack_name(&pk, f->name);
			pack_field(f, message, &pk);
		}
		if (f == field && fault == SAMPLE_STRANGER)
			pack_stranger(&pk, "another");
	}
}
