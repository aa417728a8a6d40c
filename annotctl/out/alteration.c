#include "alteration.h"

json_t *alteration_flags(unsigned flags)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < ANNOT_ALTER_FLAGS; i++)
		if (flags & 1U << i)
			json_array_append_new(list, json_string(annot_alter_flag_name(i)));
	return list;
}

static json_t *part(struct annot_bytes of, const size_t range[2])
{
	return json_stringn((const char *)of.data + range[0], range[1] - range[0]);
}

static json_t *pair(uint64_t from, uint64_t to)
{
	return json_pack("[II]", (json_int_t)from, (json_int_t)to);
}

json_t *alteration_differences(const struct annot_alteration *a, struct annot_bytes words,
			       struct annot_bytes source, uint64_t source_at)
{
	json_t *list = json_array();
	for (size_t i = 0; i < a->n; i++) {
		const struct annot_difference *d = &a->differences[i];
		json_array_append_new(
			list,
			json_pack("{ss so so so so so}", "class", annot_difference_name(d->class_),
				  "flags", alteration_flags(d->flags), "quote",
				  part(words, d->quote), "source", part(source, d->source),
				  "text_bytes", pair(d->quote[0], d->quote[1]), "source_bytes",
				  pair(source_at + d->source[0], source_at + d->source[1])));
	}
	return list;
}
