/* Line ends as Python and brat see them. */
#include "base/auto.h"
#include "format/brat.h"
#include "text/utf8.h"

bool brat_ends_line(uint32_t c)
{
	return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 ||
	       c == 0x2029;
}

bool brat_is_others_type(const char *text)
{
	static const char *const ours[] = {"Quote", "Claim", "Span"};
	size_t len = strlen(text);
	for (size_t i = 0; i < COUNT(ours); i++)
		if (strcmp(text, ours[i]) == 0)
			return false;
	for (size_t at = 0; at < len;) {
		uint32_t c = annot_utf8_next(text, len, &at);
		if (c <= ' ' || brat_ends_line(c))
			return false;
	}
	return len > 0;
}

bool brat_next_piece(const char *text, size_t end, size_t *at, struct brat_piece *ret)
{
	size_t next = *at;
	while (*at < end && brat_ends_line(annot_utf8_next(text, end, &next)))
		*at = next;
	if (*at >= end)
		return false;
	ret->start = *at;
	next = *at;
	while (*at < end && !brat_ends_line(annot_utf8_next(text, end, &next)))
		*at = next;
	ret->end = *at;
	return true;
}

bool brat_is_universal(struct annot_bytes text)
{
	return !memchr(text.data, '\r', text.len);
}

void brat_universal(struct annot_bytes text, struct annot_buf *ret)
{
	for (size_t at = 0; at < text.len;) {
		const uint8_t *cr = memchr(text.data + at, '\r', text.len - at);
		size_t len = cr ? (size_t)(cr - text.data) - at : text.len - at;
		annot_buf_add(ret, text.data + at, len);
		at += len;
		if (!cr)
			break;
		annot_buf_putc(ret, '\n');
		at += at + 1 < text.len && text.data[at + 1] == '\n' ? 2 : 1;
	}
}

bool brat_is_universal_of(struct annot_bytes universal, struct annot_bytes text)
{
	size_t n = 0;
	for (size_t at = 0; at < text.len; n++) {
		uint8_t c = text.data[at++];
		if (c == '\r') {
			c = '\n';
			at += at < text.len && text.data[at] == '\n';
		}
		if (n == universal.len || universal.data[n] != c)
			return false;
	}
	return n == universal.len;
}

size_t brat_to_universal(struct annot_bytes text, size_t byte)
{
	size_t end = byte < text.len ? byte : text.len, dropped = 0;
	const uint8_t *cr;
	for (size_t at = 0; at + 1 < end && (cr = memchr(text.data + at, '\r', end - 1 - at));
	     at = (size_t)(cr - text.data) + 1)
		dropped += cr[1] == '\n';
	return byte - dropped;
}

size_t brat_from_universal(struct annot_bytes text, size_t byte)
{
	size_t at = 0;
	for (size_t done = 0; done < byte && at < text.len; done++) {
		const uint8_t *cr = memchr(text.data + at, '\r', text.len - at);
		size_t plain = (cr ? (size_t)(cr - text.data) : text.len) - at;
		if (plain > byte - done)
			plain = byte - done;
		at += plain;
		done += plain;
		if (done == byte || at == text.len)
			break;
		at += at + 1 < text.len && text.data[at + 1] == '\n' ? 2 : 1;
	}
	return at;
}
