/* A web page; the first byte says with which options. */
#include "fuzz.h"

#include "annotctl/html/html.h"
#include "text/escape.h"
#include "text/utf8.h"

static void check(const struct html_text *t)
{
	REQUIRE(!t->text.failed && t->text.len > 0);
	REQUIRE(annot_utf8_valid(t->text.data, t->text.len) == t->text.len);
	REQUIRE(t->text.data[t->text.len - 1] == '\n');
	REQUIRE(!memchr(t->text.data, 0, t->text.len));
	REQUIRE(t->kept > 0 && t->kept <= t->letters);
	REQUIRE(annot_utf8_valid(t->title, strlen(t->title)) == strlen(t->title));
	REQUIRE(annot_utf8_valid(t->source, strlen(t->source)) == strlen(t->source));
	for (size_t at = 0; at < t->text.len;) {
		uint32_t cp = annot_utf8_next(t->text.data, t->text.len, &at);
		REQUIRE(cp == '\n' || cp == '\t' || cp == '\\' || cp == 0x200C || cp == 0x200D ||
			!annot_escape_needed(cp));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const charsets[] = {NULL, "utf-8", "windows-1252", "gb18030"};
	struct html_options options = {0};
	struct html_text text = {0};
	if (size == 0)
		return 0;
	options.whole = data[0] & 1;
	options.charset = charsets[data[0] >> 1 & 3];
	if (html_extract(annot_bytes(data + 1, size - 1), &options, &text, NULL) == ANNOT_OK)
		check(&text);
	annot_buf_free(&text.text);
	return 0;
}
