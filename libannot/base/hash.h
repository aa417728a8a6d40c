/* SHA-256 and SHA-512 (FIPS 180-4) through libcrypto, which uses SHA-NI where the processor has it.
 */
#ifndef ANNOT_BASE_HASH_H
#define ANNOT_BASE_HASH_H

#include "base/bytes.h"
#include "base/error.h"

ANNOT_API struct annot_hash annot_sha256(const void *data, size_t len);

/* SHA-256 of prefix byte and two pieces without copying: RFC 6962 leaves and nodes. b may be empty.
 */
struct annot_hash annot_sha256_prefixed(uint8_t prefix, struct annot_bytes a, struct annot_bytes b);

void annot_sha512(const void *data, size_t len, uint8_t ret[64]);

/* MD5 (RFC 1321): no protection against anybody, but what others' formats check texts by. */
void annot_md5(const void *data, size_t len, uint8_t ret[16]);

/* Streaming SHA-256. */
struct annot_sha256 {
	uint64_t opaque[16];
};
ANNOT_API void annot_sha256_init(struct annot_sha256 *s);
ANNOT_API void annot_sha256_add(struct annot_sha256 *s, const void *data, size_t len);
ANNOT_API struct annot_hash annot_sha256_final(struct annot_sha256 *s);

#endif
