/* Escaping is a bijection; what is made safe for a terminal is. */
#include "fuzz.h"

#include "text/escape.h"
#include "text/utf8.h"

static void unescaped(const char *value, size_t len)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4 << 20);
	AUTO_BUF struct annot_buf back = ANNOT_BUF_INIT(16 << 20);
	struct annot_error err;
	if (annot_unescape(value, len, &text, &err) != ANNOT_OK)
		return;
	REQUIRE(annot_utf8_valid(text.data, text.len) == text.len);
	annot_escape(text.data, text.len, &back);
	require_same(&back, value, len);
}

static void escaped(const char *text, size_t len)
{
	AUTO_BUF struct annot_buf value = ANNOT_BUF_INIT(16 << 20);
	AUTO_BUF struct annot_buf back = ANNOT_BUF_INIT(4 << 20);
	if (annot_utf8_valid(text, len) != len)
		return;
	annot_escape(text, len, &value);
	REQUIRE(annot_unescape(value.data, value.len, &back, NULL) == ANNOT_OK);
	require_same(&back, text, len);
}

static void for_terminal(const char *text, size_t len, bool keep_lines)
{
	AUTO_BUF struct annot_buf safe = ANNOT_BUF_INIT(16 << 20);
	annot_escape_terminal(text, len, keep_lines, &safe);
	REQUIRE(!safe.failed && annot_utf8_valid(safe.data, safe.len) == safe.len);
	for (size_t at = 0; at < safe.len;) {
		uint32_t c = annot_utf8_next(safe.data, safe.len, &at);
		bool kept = keep_lines && (c == '\n' || c == '\t');
		REQUIRE(kept || c == '\\' || !annot_escape_needed(c));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	unescaped(text, size);
	escaped(text, size);
	for_terminal(text, size, false);
	for_terminal(text, size, true);
	return 0;
}
