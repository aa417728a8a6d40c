/*
 * A growing byte buffer with a maximum. Appends may be chained and checked once: after a failed one
 * (out of memory or over max) `failed` is set and further appends do nothing. data is
 * NUL-terminated whenever it is not NULL, and not NULL after any append that did not fail, even of
 * nothing.
 */
#ifndef ANNOT_BASE_BUF_H
#define ANNOT_BASE_BUF_H

#include "base/bytes.h"
#include "base/error.h"

struct annot_buf {
	char *data;
	size_t len, cap, max;
	bool failed;
	bool no_memory; /* why it failed; else over max */
};

#define ANNOT_BUF_INIT(max_bytes) ((struct annot_buf){.max = (max_bytes)})

/*
 * A buffer in an array of chars that the caller has, "" at first: takes no memory, holds at most
 * sizeof array - 1 bytes, and is not freed.
 */
#define ANNOT_BUF_IN(array)                                                                        \
	((struct annot_buf){.data = (array), .cap = sizeof(array), .max = sizeof(array) - 1})

ANNOT_API void annot_buf_add(struct annot_buf *b, const void *data, size_t len);
/* Makes room for len bytes more, so that appending them moves nothing. As a failed append, if there
 * is none. */
ANNOT_API void annot_buf_reserve(struct annot_buf *b, size_t len);
/* Room for len bytes more behind the end, which the caller writes at once; NULL if that failed. */
ANNOT_API char *annot_buf_extend(struct annot_buf *b, size_t len);
ANNOT_API void annot_buf_puts(struct annot_buf *b, const char *text);
ANNOT_API void annot_buf_putc(struct annot_buf *b, char c);
ANNOT_API void annot_buf_printf(struct annot_buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
ANNOT_API void annot_buf_hex(struct annot_buf *b, const void *data, size_t len);
ANNOT_API void annot_buf_base64(struct annot_buf *b, const void *data, size_t len);

/* Shortens to len bytes. */
ANNOT_API void annot_buf_truncate(struct annot_buf *b, size_t len);

/* Frees the memory and leaves an empty buffer with the same max. */
ANNOT_API void annot_buf_free(struct annot_buf *b);

/* ANNOT_OK, or NO_MEMORY / TOO_LARGE if an append failed; what names the buffer's content. */
ANNOT_API enum annot_status annot_buf_check(const struct annot_buf *b, const char *what,
					    struct annot_error *err);

static inline struct annot_bytes annot_buf_bytes(const struct annot_buf *b)
{
	return annot_bytes(b->data, b->len);
}

#endif
