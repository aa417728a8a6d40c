/* The limits of messages.def, checked on structs: what is sent and what came in pass the same
 * function. */
#include "proto/proto.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/path.h"
#include "text/utf8.h"

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

/* The limits of one value: those of the field, or of the items of a list. */
struct limits {
	uint64_t min, max;
	bool required;
};

static enum annot_status check_range(uint64_t n, const struct limits *l, const char *unit,
				     const struct annot_path *path, struct annot_error *err)
{
	if (n >= l->min && n <= l->max)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_INVALID, "%s: %" PRIu64 "%s, expected %" PRIu64 " to %" PRIu64,
			  annot_path_text(path).text, n, unit, l->min, l->max);
}

static enum annot_status missing(const struct limits *l, const struct annot_path *path,
				 struct annot_error *err)
{
	if (!l->required)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_INVALID, "%s: is missing", annot_path_text(path).text);
}

static enum annot_status check_text(const char *text, const struct limits *l,
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
				 const struct limits *l, const struct annot_path *path,
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

static inline bool is_within(uint64_t n, const struct limits *l)
{
	return n >= l->min && n <= l->max;
}

/* What explain would find nothing wrong with, as nearly all values: in a list each of them counts.
 */
static inline bool is_good(enum annot_field_type type, const void *value, const struct limits *l)
{
	const struct annot_bytes *b = value;
	const char *text;
	size_t len;
	switch (type) {
	case ANNOT_FIELD_u64:
		return is_within(*(const uint64_t *)value, l);
	case ANNOT_FIELD_flag:
		return true;
	case ANNOT_FIELD_text:
		text = *(const char *const *)value;
		len = text ? strlen(text) : 0;
		return text ? is_within(len, l) && annot_utf8_valid(text, len) == len
			    : !l->required;
	case ANNOT_FIELD_bytes:
		return b->data ? is_within(b->len, l) : b->len == 0 && !l->required;
	case ANNOT_FIELD_hash:
		return !l->required || !annot_hash_is_zero(value);
	}
	return false;
}

static inline enum annot_status check_value(enum annot_field_type type, const void *value,
					    const struct limits *l, const struct annot_path *path,
					    struct annot_error *err)
{
	return is_good(type, value, l) ? ANNOT_OK : explain(type, value, l, path, err);
}

static enum annot_status check_message(const struct annot_message_def *def, const void *message,
				       const struct annot_path *path, struct annot_error *err);

static enum annot_status check_list(const struct annot_field_def *f, const char *message,
				    struct annot_path *path, struct annot_error *err)
{
	const char *items = *(const char *const *)(const void *)(message + f->offset);
	size_t n = *(const size_t *)(const void *)(message + f->count_offset);
	const struct limits count = {f->min, f->max, true};
	const struct limits each = {0, f->item_max, true};
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
	const struct limits l = {f->min, f->max, f->required};
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
		const struct limits l = {f->min, f->max, f->required};
		if (f->list || !is_good(f->type, value, &l))
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
