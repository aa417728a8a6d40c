/* Messages as JSON, for people and scripts. */
#include "proto/proto.h"

#include <jansson.h>

#include "base/auto.h"
#include "base/encode.h"

enum { BASE64_MAX = ANNOT_FRAME_MAX / 3 * 4 + 4 };

static json_t *bytes_json(const struct annot_bytes *b)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(BASE64_MAX);
	annot_buf_base64(&text, b->data, b->len);
	return text.failed ? NULL : json_stringn(text.data ? text.data : "", text.len);
}

static json_t *value_json(enum annot_field_type type, const void *value)
{
	switch (type) {
	case ANNOT_FIELD_u64:
		return json_integer((json_int_t) * (const uint64_t *)value);
	case ANNOT_FIELD_flag:
		return json_boolean(*(const bool *)value);
	case ANNOT_FIELD_text:
		return json_string(*(const char *const *)value);
	case ANNOT_FIELD_bytes:
		return bytes_json(value);
	case ANNOT_FIELD_hash:
		return json_string(annot_hash_hex(value).text);
	}
	return NULL;
}

static json_t *list_json(const struct annot_field_def *f, const char *message)
{
	const char *items = *(const char *const *)(const void *)(message + f->offset);
	size_t n = *(const size_t *)(const void *)(message + f->count_offset);
	json_t *list = json_array();
	for (size_t i = 0; list && i < n; i++) {
		const char *item = items + i * annot_item_size(f);
		json_t *value = f->message ? annot_message_json(f->message, item)
					   : value_json(f->type, item);
		if (json_array_append_new(list, value) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *annot_message_json(const struct annot_message_def *def, const void *message)
{
	const struct annot_field_def *fields = def->fields();
	json_t *object = json_object();
	for (size_t i = 0; object && i < def->n_fields; i++) {
		const struct annot_field_def *f = &fields[i];
		if (!f->list && !annot_field_present(f, message))
			continue;
		json_t *value = f->list ? list_json(f, message)
					: value_json(f->type, (const char *)message + f->offset);
		if (json_object_set_new(object, f->name, value) != 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}
