/* The limits of one value, as encode.c and check.c look at them; what is wrong with one says
 * check.c. */
#ifndef ANNOT_PROTO_CHECK_H
#define ANNOT_PROTO_CHECK_H

#include <string.h>

#include "proto/proto.h"
#include "text/utf8.h"

/* Those of a field, or of the items of a list. */
struct annot_limits {
	uint64_t min, max;
	bool required;
};

static inline struct annot_limits annot_field_limits(const struct annot_field_def *f)
{
	return (struct annot_limits){f->min, f->max, f->required};
}

static inline struct annot_limits annot_item_limits(const struct annot_field_def *f)
{
	return (struct annot_limits){0, f->item_max, true};
}

static inline bool annot_is_within(uint64_t n, const struct annot_limits *l)
{
	return n >= l->min && n <= l->max;
}

static inline bool annot_text_good(const char *text, const struct annot_limits *l, size_t *ret_len)
{
	*ret_len = 0;
	if (!text)
		return !l->required;
	*ret_len = strlen(text);
	return annot_is_within(*ret_len, l) && annot_utf8_valid(text, *ret_len) == *ret_len;
}

/* Whether a value keeps them. *ret_len: the bytes of a text; nothing for other types. */
static inline bool annot_value_good(enum annot_field_type type, const void *value,
				    const struct annot_limits *l, size_t *ret_len)
{
	const struct annot_bytes *b = value;
	switch (type) {
	case ANNOT_FIELD_u64:
		return annot_is_within(*(const uint64_t *)value, l);
	case ANNOT_FIELD_flag:
		return true;
	case ANNOT_FIELD_text:
		return annot_text_good(*(const char *const *)value, l, ret_len);
	case ANNOT_FIELD_bytes:
		/* Empty ones may have no data. */
		return b->data || l->required
			       ? annot_is_within(b->len, l) && (b->data || b->len == 0)
			       : b->len == 0;
	case ANNOT_FIELD_hash:
		return !l->required || !annot_hash_is_zero(value);
	}
	return false;
}

#endif
