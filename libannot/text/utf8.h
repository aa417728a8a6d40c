/*
 * UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF) and its offsets. Bytes are
 * the unit of storage; code points and UTF-16 units are derived.
 */
#ifndef ANNOT_TEXT_UTF8_H
#define ANNOT_TEXT_UTF8_H

#include "base/bytes.h"
#include "base/error.h"

/* Length of the longest valid prefix: equal to len when all is valid. */
ANNOT_API size_t annot_utf8_valid(const void *data, size_t len);

/* Decodes one code point of valid UTF-8 at *at (< len) and moves *at behind it. */
ANNOT_API uint32_t annot_utf8_next(const char *text, size_t len, size_t *at);

/* Writes 1..4 bytes, returns how many. */
ANNOT_API size_t annot_utf8_put(uint32_t code_point, char ret[4]);

/* True when at is 0, len or the first byte of a code point. */
ANNOT_API bool annot_utf8_boundary(const char *text, size_t len, size_t at);

/* Code points / UTF-16 units in valid UTF-8. */
ANNOT_API size_t annot_utf8_chars(const char *text, size_t len);
ANNOT_API size_t annot_utf8_utf16(const char *text, size_t len);

/* Byte offset of the code point (UTF-16 unit) number n, len when n is past the end. */
ANNOT_API size_t annot_utf8_from_chars(const char *text, size_t len, size_t n);
ANNOT_API size_t annot_utf8_from_utf16(const char *text, size_t len, size_t n);

/* Byte offset n code points before at (0 at the least) / after at (len at the most). */
ANNOT_API size_t annot_utf8_back(const char *text, size_t len, size_t at, size_t n);
ANNOT_API size_t annot_utf8_forward(const char *text, size_t len, size_t at, size_t n);

#endif
