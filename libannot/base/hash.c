/* The functions below cost no allocation or provider look-up a call, unlike EVP; OpenSSL 3
 * deprecates them. */
#define OPENSSL_API_COMPAT 0x10100000L

#include "base/hash.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

static SHA256_CTX *context(struct annot_sha256 *s)
{
	_Static_assert(sizeof(SHA256_CTX) <= sizeof(s->opaque), "struct annot_sha256 is too small");
	_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct annot_sha256), "alignment");
	return (SHA256_CTX *)(void *)s->opaque;
}

void annot_sha256_init(struct annot_sha256 *s)
{
	SHA256_Init(context(s));
}

void annot_sha256_add(struct annot_sha256 *s, const void *data, size_t len)
{
	if (len > 0)
		SHA256_Update(context(s), data, len);
}

struct annot_hash annot_sha256_final(struct annot_sha256 *s)
{
	struct annot_hash ret;
	SHA256_Final(ret.b, context(s));
	return ret;
}

struct annot_hash annot_sha256(const void *data, size_t len)
{
	struct annot_sha256 s;
	annot_sha256_init(&s);
	annot_sha256_add(&s, data, len);
	return annot_sha256_final(&s);
}

struct annot_hash annot_sha256_prefixed(uint8_t prefix, struct annot_bytes a, struct annot_bytes b)
{
	struct annot_sha256 s;
	annot_sha256_init(&s);
	annot_sha256_add(&s, &prefix, 1);
	annot_sha256_add(&s, a.data, a.len);
	annot_sha256_add(&s, b.data, b.len);
	return annot_sha256_final(&s);
}

void annot_sha512(const void *data, size_t len, uint8_t ret[64])
{
	SHA512_CTX s;
	SHA512_Init(&s);
	if (len > 0)
		SHA512_Update(&s, data, len);
	SHA512_Final(ret, &s);
}

void annot_md5(const void *data, size_t len, uint8_t ret[16])
{
	MD5_CTX s;
	MD5_Init(&s);
	if (len > 0)
		MD5_Update(&s, data, len);
	MD5_Final(ret, &s);
}
