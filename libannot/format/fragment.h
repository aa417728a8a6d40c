/*
 * Fragments of plain text: RFC 5147, "URI Fragment Identifiers for the text/plain Media Type",
 * which is what a FragmentSelector of the Web Annotation model says about text/plain (char=10,20
 * and line=2,3).
 *
 * Positions stand between characters or lines, from 0 on; a line ending (CR, LF or CR LF) is one
 * character. A missing start is the text's beginning, a missing end its end, and a position behind
 * the end is the end. An integrity check is the length of the text in bytes, or its MD5, in the
 * charset that is named (UTF-8 if none is).
 */
#ifndef ANNOT_FORMAT_FRAGMENT_H
#define ANNOT_FORMAT_FRAGMENT_H

#include "base/buf.h"

/* The specification that a FragmentSelector's conformsTo names. */
#define FRAGMENT_RFC5147 "http://tools.ietf.org/rfc/rfc5147"

enum { FRAGMENT_MD5_SIZE = 16 };

struct fragment {
	bool lines;          /* of lines, else of characters */
	uint64_t start, end; /* end UINT64_MAX: the text's end; equal: a position, not a range */
	bool has_length, has_md5; /* of the text in UTF-8 */
	uint64_t length;
	uint8_t md5[FRAGMENT_MD5_SIZE];
};

/* "char=12,34;length=987". INVALID: not of that grammar; start behind end. Checks in other charsets
 * than UTF-8 and US-ASCII are read and passed over. */
ANNOT_CHECKED enum annot_status fragment_parse(const char *value, size_t len, struct fragment *ret,
					       struct annot_error *err);

/* Whether the text, UTF-8, is the one that the checks are of (true without checks). */
bool fragment_fits(const struct fragment *f, struct annot_bytes text);

/* The bytes of a text, UTF-8, that the fragment means; the same offset twice for a position. */
void fragment_bytes(const struct fragment *f, struct annot_bytes text, size_t *ret_start,
		    size_t *ret_end);

/*
 * "char=12,34;length=987,UTF-8" for bytes of a text, which are its code points [chars_start,
 * chars_end). A range whose edge is within CR LF has no such form: false, nothing is written.
 */
bool fragment_write(struct annot_bytes text, size_t start, size_t end, uint64_t chars_start,
		    uint64_t chars_end, struct annot_buf *ret);

#endif
