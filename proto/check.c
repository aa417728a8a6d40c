/* The limits of messages.def, checked on structs: what is sent and what came in pass the same
 * function. */
#include "proto/proto.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/check.h"
#include "proto/path.h"

struct annot_path_text annot_path_text(const struct annot_path *path)
{
	enum { STEPS_MAX = ANNOT_DEPTH_MAX };
	const struct annot_path *steps[STEPS_MAX];
	size_t n = 0;
	for (; path && n < STEPS_MAX; path = path->up)
		steps[n++] = path;
	struct annot_path_text ret = {""};
	for (size_t used = 0; n > 0 && used < sizeof ret.text; n--) {
		const struct annot_path *p = steps[n - 1];
		const char *dot = used ? "." : "";
		int len = p->index == ANNOT_NO_INDEX
				  ? snprintf(ret.text + used, sizeof ret.text - used, "%s%s", dot,
					     p->name)
				  : snprintf(ret.text + used, sizeof ret.text - used,
					     "%s%s[%" PRId64 "]", dot, p->name, p->index);
		used += len > 0 ? (size_t)len : 0;
	}
	return ret;
}

static enum annot_status check_range(uint64_t n, const struct annot_limits *l, const char *unit,
				     const struct annot_path *path, struct annot_error *err)
{
	if (annot_is_within(n, l))
		return ANNOT_OK;
	return annot_fail(err, ANNOT_INVALID, "%s: %" PRIu64 "%s, expected %" PRIu64 " to %" PRIu64,
			  annot_path_text(path).text, n, unit, l->min, l->max);
}

static enum annot_status missing(const struct annot_limits *l, const struct annot_path *path,
				 struct annot_error *err)
{
	if (!l->required)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_INVALID, "%s: is missing", annot_path_text(path).text);
}

static enum annot_status check_text(const char *text, const struct annot_limits *l,
				    const struct annot_path *path, struct annot_error *err)
{
	if (!text)
		return missing(l, path, err);
	size_t len = strlen(text);
	TRY(check_range(len, l, " bytes", path, err));
	size_t valid = annot_utf8_valid(text, len);
	if (valid < len)
		return annot_fail(err, ANNOT_INVALID, "%s: byte %zu is not UTF-8",
				  annot_path_text(path).text, valid);
	return ANNOT_OK;
}

static enum annot_status explain(enum annot_field_type type, const void *value,
				 const struct annot_limits *l, const struct annot_path *path,
				 struct annot_error *err)
{
	switch (type) {
	case ANNOT_FIELD_u64:
		return check_range(*(const uint64_t *)value, l, "", path, err);
	case ANNOT_FIELD_flag:
		return ANNOT_OK;
	case ANNOT_FIELD_text:
		return check_text(*(const char *const *)value, l, path, err);
	case ANNOT_FIELD_bytes: {
		const struct annot_bytes *b = value;
		if (!b->data && b->len > 0)
			return annot_fail(err, ANNOT_INVALID, "%s: %zu bytes at NULL",
					  annot_path_text(path).text, b->len);
		if (!b->data && !l->required)
			return ANNOT_OK;
		return check_range(b->len, l, " bytes", path, err);
	}
	case ANNOT_FIELD_hash:
		return annot_hash_is_zero(value) ? missing(l, path, err) : ANNOT_OK;
	}
	return annot_fail(err, ANNOT_INTERNAL, "%s: no such type", annot_path_text(path).text);
}

static inline enum annot_status check_value(enum annot_field_type type, const void *value,
					    const struct annot_limits *l,
					    const struct annot_path *path, struct annot_error *err)
{
	size_t len;
	return annot_value_good(type, value, l, &len) ? ANNOT_OK
						      : explain(type, value, l, path, err);
}

static enum annot_status check_message(const struct annot_message_def *def, const void *message,
				       const struct annot_path *path, struct annot_error *err);

static enum annot_status check_list(const struct annot_field_def *f, const char *message,
				    struct annot_path *path, struct annot_error *err)
{
	const char *items = *(const char *const *)(const void *)(message + f->offset);
	size_t n = *(const size_t *)(const void *)(message + f->count_offset);
	const struct annot_limits count = {f->min, f->max, true}, each = annot_item_limits(f);
	TRY(check_range(n, &count, " items", path, err));
	for (size_t i = 0; i < n; i++) {
		const char *item = items + i * annot_item_size(f);
		path->index = (int64_t)i;
		if (f->message)
			TRY(check_message(f->message, item, path, err));
		else
			TRY(check_value(f->type, item, &each, path, err));
	}
	return ANNOT_OK;
}

static enum annot_status check_field(const struct annot_field_def *f, const char *message,
				     const struct annot_path *up, struct annot_error *err)
{
	struct annot_path path = {up, f->name, ANNOT_NO_INDEX};
	const struct annot_limits l = annot_field_limits(f);
	return f->list ? check_list(f, message, &path, err)
		       : explain(f->type, message + f->offset, &l, &path, err);
}

static enum annot_status check_message(const struct annot_message_def *def, const void *message,
				       const struct annot_path *up, struct annot_error *err)
{
	const struct annot_field_def *fields = def->fields();
	for (size_t i = 0; i < def->n_fields; i++) {
		const struct annot_field_def *f = &fields[i];
		const char *value = (const char *)message + f->offset;
		const struct annot_limits l = annot_field_limits(f);
		size_t len;
		if (f->list || !annot_value_good(f->type, value, &l, &len))
			TRY(check_field(f, message, up, err));
	}
	return ANNOT_OK;
}

enum annot_status annot_message_check(const struct annot_message_def *def, const void *message,
				      struct annot_error *err)
{
	const struct annot_path path = {NULL, def->name, ANNOT_NO_INDEX};
	return check_message(def, message, &path, err);
}
