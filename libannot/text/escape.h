/*
 * Escaping of card values: a bijection over a frozen table. Must be escaped: C0, DEL, C1, the
 * backslash, bidi controls, zero-width and other invisible code points, noncharacters (the list
 * stands in escape.c), a leading or trailing space, a leading combining mark (general categories
 * Mn, Mc, Me of Unicode 15.0, frozen in marks.c). Written as \\ \n \r \t or \u{hex} (lower case, no
 * leading zero).
 */
#ifndef ANNOT_TEXT_ESCAPE_H
#define ANNOT_TEXT_ESCAPE_H

#include "base/buf.h"

/* Whether a code point must be escaped anywhere in a value. */
ANNOT_API bool annot_escape_needed(uint32_t code_point);

/* Appends the escaped form of valid UTF-8. */
ANNOT_API void annot_escape(const char *text, size_t len, struct annot_buf *ret);

/*
 * Appends the text that an escaped value stands for. INVALID with a text that names the position in
 * the value and the code point: not UTF-8, a raw must-escape, an escaped may-not, a malformed
 * escape.
 */
ANNOT_API enum annot_status annot_unescape(const char *value, size_t len, struct annot_buf *ret,
					   struct annot_error *err);

/*
 * Appends text made safe for a terminal: must-escape code points (but not spaces at the ends, nor
 * LF and TAB when keep_lines) and invalid bytes (\x{hex}) are escaped.
 */
ANNOT_API void annot_escape_terminal(const char *text, size_t len, bool keep_lines,
				     struct annot_buf *ret);

#endif
