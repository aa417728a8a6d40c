#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

enum { BUF_FIRST = 64 };

/* The largest length: max, but never so much that sizes overflow. */
static size_t limit(const struct annot_buf *b)
{
	return b->max < SIZE_MAX / 4 ? b->max : SIZE_MAX / 4;
}

/* Room for extra bytes and a NUL; false (and failed set) when there is none. */
static bool reserve(struct annot_buf *b, size_t extra)
{
	if (b->failed)
		return false;
	if (extra > limit(b) - b->len) {
		b->failed = true;
		return false;
	}
	size_t need = b->len + extra + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap < BUF_FIRST ? BUF_FIRST : b->cap;
	while (cap < need)
		cap = cap > limit(b) / 2 ? limit(b) + 1 : cap * 2;
	char *data = realloc(b->data, cap);
	if (!data) {
		b->failed = b->no_memory = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

/* Counts len bytes that were written behind the end. */
static void extend(struct annot_buf *b, size_t len)
{
	b->len += len;
	b->data[b->len] = '\0';
}

void annot_buf_add(struct annot_buf *b, const void *data, size_t len)
{
	if (!reserve(b, len))
		return;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	extend(b, len);
}

void annot_buf_reserve(struct annot_buf *b, size_t len)
{
	if (reserve(b, len))
		b->data[b->len] = '\0';
}

char *annot_buf_extend(struct annot_buf *b, size_t len)
{
	if (!reserve(b, len))
		return NULL;
	extend(b, len);
	return b->data + b->len - len;
}

void annot_buf_puts(struct annot_buf *b, const char *text)
{
	annot_buf_add(b, text, strlen(text));
}

void annot_buf_putc(struct annot_buf *b, char c)
{
	annot_buf_add(b, &c, 1);
}

void annot_buf_printf(struct annot_buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		b->failed = true;
		return;
	}
	if (!reserve(b, (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(b->data + b->len, (size_t)len + 1, format, args);
	va_end(args);
	extend(b, (size_t)len);
}

void annot_buf_hex(struct annot_buf *b, const void *data, size_t len)
{
	if (len > limit(b) / 2) {
		b->failed = true;
		return;
	}
	if (!reserve(b, len * 2))
		return;
	sodium_bin2hex(b->data + b->len, len * 2 + 1, data, len);
	extend(b, len * 2);
}

void annot_buf_base64(struct annot_buf *b, const void *data, size_t len)
{
	if (len > limit(b)) {
		b->failed = true;
		return;
	}
	size_t text_len = len / 3 * 4 + (len % 3 ? 4 : 0);
	if (!reserve(b, text_len))
		return;
	sodium_bin2base64(b->data + b->len, text_len + 1, data, len,
			  sodium_base64_VARIANT_ORIGINAL);
	extend(b, text_len);
}

void annot_buf_truncate(struct annot_buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

void annot_buf_free(struct annot_buf *b)
{
	free(b->data);
	*b = ANNOT_BUF_INIT(b->max);
}

enum annot_status annot_buf_check(const struct annot_buf *b, const char *what,
				  struct annot_error *err)
{
	if (!b->failed)
		return ANNOT_OK;
	if (b->no_memory)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %s", what);
	return annot_fail(err, ANNOT_TOO_LARGE, "%s is larger than %zu bytes", what, b->max);
}
