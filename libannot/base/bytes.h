/* Plain views and hashes: the small vocabulary that all layers share. */
#ifndef ANNOT_BASE_BYTES_H
#define ANNOT_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ANNOT_HASH_SIZE = 32, ANNOT_HASH_HEX = 64, ANNOT_SIGNATURE_SIZE = 64, ANNOT_KEY_SIZE = 32 };

/* Bytes owned by someone else. Absent bytes have data NULL. */
struct annot_bytes {
	const uint8_t *data;
	size_t len;
};

/* A SHA-256 value. All zero stands for "absent" in messages; no record has that hash in practice.
 */
struct annot_hash {
	uint8_t b[ANNOT_HASH_SIZE];
};

static inline bool annot_hash_equal(const struct annot_hash *a, const struct annot_hash *b)
{
	return memcmp(a->b, b->b, ANNOT_HASH_SIZE) == 0;
}

static inline bool annot_hash_is_zero(const struct annot_hash *a)
{
	static const struct annot_hash zero = {{0}};
	return annot_hash_equal(a, &zero);
}

static inline struct annot_bytes annot_bytes(const void *data, size_t len)
{
	struct annot_bytes bytes = {(const uint8_t *)data, len}; /* as C++ reads it too */
	return bytes;
}

static inline struct annot_bytes annot_bytes_of(const char *text)
{
	return annot_bytes(text, strlen(text));
}

/* Big-endian numbers of 1 to 8 bytes, as SSH, SP frames, cosignatures and the checkpoint file write
 * them. */
static inline void annot_put_be(uint8_t *at, size_t width, uint64_t n)
{
	while (width-- > 0) {
		at[width] = (uint8_t)n;
		n >>= 8;
	}
}

static inline uint64_t annot_get_be(const uint8_t *at, size_t width)
{
	uint64_t n = 0;
	while (width-- > 0)
		n = n << 8 | *at++;
	return n;
}

#endif
