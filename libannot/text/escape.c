#include "text/escape.h"

#include "base/auto.h"
#include "text/marks.h"
#include "text/utf8.h"

enum { ESCAPE_HEX_MAX = 6 };

/*
 * The frozen table of the record format v1, from U+0080 on; C0, DEL, the backslash and the
 * noncharacters at the end of each plane are tested by rule.
 */
static const struct annot_range hidden[] = {
	{0x0080, 0x009F},   /* C1 */
	{0x00AD, 0x00AD},   /* soft hyphen */
	{0x034F, 0x034F},   /* combining grapheme joiner */
	{0x061C, 0x061C},   /* Arabic letter mark */
	{0x115F, 0x1160},   /* Hangul fillers */
	{0x17B4, 0x17B5},   /* Khmer inherent vowels */
	{0x180B, 0x180F},   /* Mongolian variation selectors, vowel separator */
	{0x200B, 0x200F},   /* zero width, direction marks */
	{0x2028, 0x202E},   /* line and paragraph separator, bidi embedding */
	{0x2060, 0x206F},   /* word joiner, invisible operators, bidi isolates */
	{0x3164, 0x3164},   /* Hangul filler */
	{0xFDD0, 0xFDEF},   /* noncharacters */
	{0xFE00, 0xFE0F},   /* variation selectors */
	{0xFEFF, 0xFEFF},   /* byte order mark */
	{0xFFA0, 0xFFA0},   /* half-width Hangul filler */
	{0xFFF0, 0xFFFB},   /* unassigned specials, interlinear annotation */
	{0x1BCA0, 0x1BCA3}, /* shorthand format controls */
	{0x1D173, 0x1D17A}, /* musical format controls */
	{0xE0000, 0xE0FFF}, /* tags, variation selectors supplement */
};

bool annot_escape_needed(uint32_t cp)
{
	if (cp < 0x80)
		return cp < 0x20 || cp == 0x7F || cp == '\\';
	return (cp & 0xFFFE) == 0xFFFE || annot_in_ranges(hidden, COUNT(hidden), cp);
}

/* Whether a code point must be escaped where it stands. */
static bool must_escape(uint32_t cp, bool first, bool last)
{
	if (cp == ' ')
		return first || last;
	return annot_escape_needed(cp) || (first && annot_is_mark(cp));
}

/* Length of the bytes from at on that stand for themselves where they are: printable ASCII but
 * \ and a space at either end. */
static size_t plain_run(const char *text, size_t len, size_t at)
{
	size_t start = at;
	if (at == 0 && len > 0 && text[0] == ' ')
		return 0;
	while (at < len && text[at] >= ' ' && text[at] < 0x7F && text[at] != '\\')
		at++;
	if (at == len && at > start && text[at - 1] == ' ')
		at--;
	return at - start;
}

static const char short_names[] = "\\nrt";
static const char short_codes[] = "\\\n\r\t";

static void put_escape(uint32_t cp, struct annot_buf *ret)
{
	const char *code = cp && cp < 0x80 ? strchr(short_codes, (int)cp) : NULL;
	if (code)
		annot_buf_printf(ret, "\\%c", short_names[code - short_codes]);
	else
		annot_buf_printf(ret, "\\u{%x}", (unsigned)cp);
}

void annot_escape(const char *text, size_t len, struct annot_buf *ret)
{
	size_t at = 0;
	annot_buf_add(ret, "", 0); /* an empty text is "", not NULL */
	while (at < len) {
		size_t run = plain_run(text, len, at);
		annot_buf_add(ret, text + at, run);
		at += run;
		if (at == len)
			break;
		size_t start = at;
		uint32_t cp = annot_utf8_next(text, len, &at);
		if (must_escape(cp, start == 0, at == len))
			put_escape(cp, ret);
		else
			annot_buf_add(ret, text + start, at - start);
	}
}

/* Reads the digits and the brace of \u{hex} at *at; false unless it is the one spelling of a code
 * point. */
static bool read_hex(const char *value, size_t len, size_t *at, uint32_t *ret)
{
	size_t digits = 0;
	uint32_t cp = 0;
	for (; *at < len && value[*at] != '}'; ++*at, digits++) {
		char c = value[*at];
		bool letter = c >= 'a' && c <= 'f';
		if (digits == ESCAPE_HEX_MAX || (!letter && (c < '0' || c > '9')))
			return false;
		if (digits == 1 && cp == 0)
			return false; /* a leading zero */
		cp = cp << 4 | (uint32_t)(letter ? c - 'a' + 10 : c - '0');
	}
	if (digits == 0 || *at == len || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return false;
	++*at;
	*ret = cp;
	return true;
}

/* Reads the escape at *at, behind its backslash. */
static bool read_escape(const char *value, size_t len, size_t *at, uint32_t *ret)
{
	if (*at == len)
		return false;
	char c = value[(*at)++];
	const char *name = c ? strchr(short_names, c) : NULL;
	if (name) {
		*ret = (unsigned char)short_codes[name - short_names];
		return true;
	}
	if (c != 'u' || *at == len || value[(*at)++] != '{' || !read_hex(value, len, at, ret))
		return false;
	return *ret == 0 || *ret >= 0x80 || !strchr(short_codes, (int)*ret);
}

/* Reads the unit at *at, a code point or an escape, and refuses what annot_escape would not write.
 */
static enum annot_status read_unit(const char *value, size_t len, size_t *at, uint32_t *ret,
				   struct annot_error *err)
{
	size_t start = *at;
	uint32_t cp = 0;
	bool escaped = value[*at] == '\\';
	if (!escaped) {
		cp = annot_utf8_next(value, len, at);
	} else {
		++*at;
		if (!read_escape(value, len, at, &cp))
			return annot_fail(err, ANNOT_INVALID,
					  "byte %zu: malformed escape; known are \\\\ \\n \\r \\t "
					  "and \\u{hex} in lower case without leading zeros",
					  start);
	}
	bool must = must_escape(cp, start == 0, *at == len);
	if (must && !escaped)
		return annot_fail(err, ANNOT_INVALID, "byte %zu: U+%04X must be escaped here",
				  start, (unsigned)cp);
	if (escaped && !must)
		return annot_fail(err, ANNOT_INVALID, "byte %zu: U+%04X may not be escaped here",
				  start, (unsigned)cp);
	*ret = cp;
	return ANNOT_OK;
}

enum annot_status annot_unescape(const char *value, size_t len, struct annot_buf *ret,
				 struct annot_error *err)
{
	size_t valid = annot_utf8_valid(value, len);
	if (valid < len)
		return annot_fail(err, ANNOT_INVALID, "byte %zu: not UTF-8 (byte 0x%02X)", valid,
				  (unsigned)(uint8_t)value[valid]);
	const size_t before = ret->len;
	annot_buf_add(ret, "", 0);
	for (size_t at = 0; at < len;) {
		size_t run = plain_run(value, len, at);
		annot_buf_add(ret, value + at, run);
		at += run;
		if (at == len)
			break;
		uint32_t cp = 0;
		char bytes[4];
		enum annot_status status = read_unit(value, len, &at, &cp, err);
		if (status != ANNOT_OK) {
			annot_buf_truncate(ret, before);
			return status;
		}
		annot_buf_add(ret, bytes, annot_utf8_put(cp, bytes));
	}
	return ANNOT_OK;
}

void annot_escape_terminal(const char *text, size_t len, bool keep_lines, struct annot_buf *ret)
{
	size_t at = 0, line = 0;
	annot_buf_add(ret, "", 0);
	while (at < len) {
		size_t run = plain_run(text, len, at);
		annot_buf_add(ret, text + at, run);
		at += run;
		if (at == len)
			break;
		size_t start = at;
		size_t longest = len - at < 4 ? len - at : 4;
		if ((uint8_t)text[at] >= 0x80 && !annot_utf8_valid(text + at, longest)) {
			annot_buf_printf(ret, "\\x{%02x}", (unsigned)(uint8_t)text[at++]);
			continue;
		}
		uint32_t cp = annot_utf8_next(text, len, &at);
		bool kept = keep_lines && (cp == '\n' || cp == '\t');
		/* A mark after a kept line end would join what the terminal shows before it. */
		if (cp == ' ' || kept || !must_escape(cp, start == line, false))
			annot_buf_add(ret, text + start, at - start);
		else
			put_escape(cp, ret);
		if (kept)
			line = at;
	}
}
