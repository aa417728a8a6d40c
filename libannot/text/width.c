#include "text/width.h"

#include <utf8proc.h>

#include "text/utf8.h"

enum { EMOJI_SELECTOR = 0xFE0F, FLAG_FIRST = 0x1F1E6, FLAG_LAST = 0x1F1FF };

static unsigned columns_of(uint32_t cp)
{
	int width = utf8proc_charwidth((utf8proc_int32_t)cp);
	return width > 0 ? (unsigned)width : 0;
}

static bool is_plain(const char *text, size_t len, size_t at)
{
	return at < len && text[at] >= ' ' && text[at] < 0x7F;
}

unsigned annot_cluster_next(const char *text, size_t len, size_t *at)
{
	/* Between two of these there is always a break. */
	if (is_plain(text, len, *at) && (*at + 1 == len || is_plain(text, len, *at + 1))) {
		++*at;
		return 1;
	}
	utf8proc_int32_t state = 0;
	uint32_t before = annot_utf8_next(text, len, at);
	unsigned columns = columns_of(before);
	bool flag = false;
	while (*at < len) {
		size_t next = *at;
		uint32_t cp = annot_utf8_next(text, len, &next);
		if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
						     (utf8proc_int32_t)cp, &state))
			break;
		unsigned more = columns_of(cp);
		flag |= cp >= FLAG_FIRST && cp <= FLAG_LAST && before >= FLAG_FIRST;
		columns = more > columns ? more : columns;
		if ((cp == EMOJI_SELECTOR || flag) && columns > 0)
			columns = 2;
		before = cp;
		*at = next;
	}
	return columns;
}

size_t annot_columns(const char *text, size_t len)
{
	size_t n = 0;
	for (size_t at = 0; at < len;)
		n += annot_cluster_next(text, len, &at);
	return n;
}
