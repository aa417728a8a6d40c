#include "annotd/target.h"

#include "text/utf8.h"

bool target_chars(const struct annot_target *target, struct annot_bytes text,
		  struct store_chars *ret)
{
	const char *data = (const char *)text.data;
	if (target->start > target->end || target->end > text.len)
		return false;
	size_t start = (size_t)target->start, end = (size_t)target->end;
	ret->start = annot_utf8_chars(data, start);
	ret->end = ret->start + annot_utf8_chars(data + start, end - start);
	return true;
}
