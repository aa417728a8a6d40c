#include "format/fragment.h"

#include <inttypes.h>
#include <strings.h>

#include "base/encode.h"
#include "base/hash.h"
#include "text/utf8.h"

/* --- reading --- */

static enum annot_status not_one(struct annot_bytes part, const char *expected,
				 struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "RFC 5147: expected %s, found \"%.*s\"", expected,
			  (int)(part.len < 80 ? part.len : 80), (const char *)part.data);
}

/* What stands before the next c, or all of it; *rest is what stands behind that, with data NULL if
 * there is no c. */
static struct annot_bytes cut(struct annot_bytes text, char c, struct annot_bytes *rest)
{
	const uint8_t *at = text.len ? memchr(text.data, c, text.len) : NULL;
	*rest = annot_bytes(NULL, 0);
	if (!at)
		return text;
	size_t n = (size_t)(at - text.data);
	*rest = annot_bytes(at + 1, text.len - n - 1);
	return annot_bytes(text.data, n);
}

/* The part behind a name such as "char="; false: it does not begin with it. */
static bool after(struct annot_bytes text, const char *name, struct annot_bytes *ret)
{
	size_t n = strlen(name);
	if (text.len < n || memcmp(text.data, name, n) != 0)
		return false;
	*ret = annot_bytes(text.data + n, text.len - n);
	return true;
}

/* 1*DIGIT: leading zeros are allowed, and what is too large for us is behind the end of any text.
 */
static bool read_number(struct annot_bytes text, uint64_t *ret)
{
	uint64_t n = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';
		if (digit > 9)
			return false;
		n = n > (UINT64_MAX - 9) / 10 - 1 ? n : n * 10 + digit;
	}
	*ret = n;
	return text.len > 0;
}

static bool read_range(struct annot_bytes text, struct fragment *ret)
{
	struct annot_bytes rest, first = cut(text, ',', &rest);
	if (!rest.data) {
		bool ok = read_number(text, &ret->start);
		ret->end = ret->start;
		return ok;
	}
	if (first.len == 0 && rest.len == 0)
		return false;
	ret->start = 0;
	ret->end = UINT64_MAX;
	return (first.len == 0 || read_number(first, &ret->start)) &&
	       (rest.len == 0 || read_number(rest, &ret->end)) && ret->start <= ret->end;
}

static bool is_utf8(struct annot_bytes charset)
{
	static const char *const names[] = {"UTF-8", "US-ASCII"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == charset.len &&
		    strncasecmp(names[i], (const char *)charset.data, charset.len) == 0)
			return true;
	return false;
}

/* 32HEXDIG, of either case. */
static bool read_md5(struct annot_bytes text, uint8_t ret[FRAGMENT_MD5_SIZE])
{
	char low[2 * FRAGMENT_MD5_SIZE];
	if (text.len != sizeof low)
		return false;
	for (size_t i = 0; i < sizeof low; i++) {
		char c = (char)text.data[i];
		low[i] = (char)(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	}
	return annot_unhex(low, sizeof low, ret, FRAGMENT_MD5_SIZE);
}

static enum annot_status read_check(struct annot_bytes check, struct fragment *ret,
				    struct annot_error *err)
{
	struct annot_bytes charset, value = cut(check, ',', &charset), digits;
	bool ours = !charset.data || is_utf8(charset);
	uint64_t length;
	uint8_t md5[FRAGMENT_MD5_SIZE];
	if (charset.data && charset.len == 0)
		return not_one(check, "a charset behind the comma", err);
	if (after(value, "length=", &digits) && read_number(digits, &length)) {
		ret->has_length = ret->has_length || ours;
		ret->length = ours ? length : ret->length;
		return ANNOT_OK;
	}
	if (after(value, "md5=", &digits) && read_md5(digits, md5)) {
		ret->has_md5 = ret->has_md5 || ours;
		if (ours)
			memcpy(ret->md5, md5, sizeof md5);
		return ANNOT_OK;
	}
	return not_one(check, "length=NUMBER or md5=32HEXDIG", err);
}

enum annot_status fragment_parse(const char *value, size_t len, struct fragment *ret,
				 struct annot_error *err)
{
	struct fragment f = {0};
	struct annot_bytes checks, range, scheme = cut(annot_bytes(value, len), ';', &checks);
	f.lines = after(scheme, "line=", &range);
	if (!f.lines && !after(scheme, "char=", &range))
		return not_one(scheme, "char= or line=", err);
	if (!read_range(range, &f))
		return not_one(scheme, "a position or START,END in order", err);
	while (checks.data)
		TRY(read_check(cut(checks, ';', &checks), &f, err));
	*ret = f;
	return ANNOT_OK;
}

bool fragment_fits(const struct fragment *f, struct annot_bytes text)
{
	uint8_t md5[FRAGMENT_MD5_SIZE];
	if (f->has_length && f->length != text.len)
		return false;
	if (!f->has_md5)
		return true;
	annot_md5(text.data, text.len, md5);
	return memcmp(md5, f->md5, sizeof md5) == 0;
}

/* --- places --- */

/* Behind the character (or line ending) at byte `at`. */
static size_t next_char(struct annot_bytes text, size_t at)
{
	bool cr = text.data[at] == '\r';
	annot_utf8_next((const char *)text.data, text.len, &at);
	return cr && at < text.len && text.data[at] == '\n' ? at + 1 : at;
}

/* Behind the line that begins at byte `at`, its ending included. */
static size_t next_line(struct annot_bytes text, size_t at)
{
	while (at < text.len) {
		bool ending = text.data[at] == '\r' || text.data[at] == '\n';
		at = next_char(text, at);
		if (ending)
			break;
	}
	return at;
}

void fragment_bytes(const struct fragment *f, struct annot_bytes text, size_t *ret_start,
		    size_t *ret_end)
{
	size_t (*next)(struct annot_bytes, size_t) = f->lines ? next_line : next_char;
	size_t at = 0;
	uint64_t n = 0;
	for (; n < f->start && at < text.len; n++)
		at = next(text, at);
	*ret_start = at;
	if (f->end == UINT64_MAX)
		at = text.len;
	for (; n < f->end && at < text.len; n++)
		at = next(text, at);
	*ret_end = at;
}

/* How many CR LF end at or before a byte; each is two code points, but one character of a fragment.
 */
static uint64_t pairs_before(struct annot_bytes text, size_t end)
{
	uint64_t n = 0;
	const uint8_t *at = text.data, *cr;
	while (at && (cr = memchr(at, '\r', end - (size_t)(at - text.data)))) {
		at = cr + 1;
		n += at < text.data + end && *at == '\n';
	}
	return n;
}

static bool within_pair(struct annot_bytes text, size_t at)
{
	return at > 0 && at < text.len && text.data[at - 1] == '\r' && text.data[at] == '\n';
}

bool fragment_write(struct annot_bytes text, size_t start, size_t end, uint64_t chars_start,
		    uint64_t chars_end, struct annot_buf *ret)
{
	if (within_pair(text, start) || within_pair(text, end))
		return false;
	annot_buf_printf(ret, "char=%" PRIu64 ",%" PRIu64 ";length=%zu,UTF-8",
			 chars_start - pairs_before(text, start),
			 chars_end - pairs_before(text, end), text.len);
	return true;
}
