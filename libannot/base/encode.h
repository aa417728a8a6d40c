/* Hexadecimal (lower case only) and base64 (RFC 4648 section 4, with padding, canonical only). */
#ifndef ANNOT_BASE_ENCODE_H
#define ANNOT_BASE_ENCODE_H

#include "base/bytes.h"
#include "base/error.h"

/* Writes 2 * len digits and a NUL. */
ANNOT_API void annot_hex(const void *data, size_t len, char *ret);

struct annot_hex {
	char text[ANNOT_HASH_HEX + 1];
};
/* By value, for format arguments: annot_hash_hex(&h).text */
ANNOT_API struct annot_hex annot_hash_hex(const struct annot_hash *h);

/* The first digits of an id, as it is shown wherever it is shortened; fewer are not taken for one.
 */
enum { ANNOT_SHORT_HEX = 8 };
struct annot_short {
	char text[ANNOT_SHORT_HEX + 1];
};
ANNOT_API struct annot_short annot_short_id(const struct annot_hash *h);

/* Exactly 2 * len lower-case digits in text[0..text_len), else false. */
ANNOT_API bool annot_unhex(const char *text, size_t text_len, void *ret, size_t len);
ANNOT_API bool annot_hash_unhex(const char *text, size_t text_len, struct annot_hash *ret);

/* "SHA256:" and base64 without padding, as ssh-keygen -l shows keys; 50 characters and a NUL. */
enum { ANNOT_FINGERPRINT_SIZE = 51 };
ANNOT_API void annot_fingerprint(const struct annot_hash *h, char ret[ANNOT_FINGERPRINT_SIZE]);
ANNOT_API bool annot_fingerprint_parse(const char *text, size_t len, struct annot_hash *ret);

/* Decodes canonical base64 of exactly ret_len bytes, else false: no white space, no lenient
 * padding. */
ANNOT_API bool annot_unbase64_exact(const char *text, size_t text_len, void *ret, size_t ret_len);

/* Decodes canonical base64 of at most max bytes; sets *ret_len. */
ANNOT_API bool annot_unbase64(const char *text, size_t text_len, void *ret, size_t max,
			      size_t *ret_len);

/* Decimal without sign or leading zero, at most INT64_MAX, all of text; else false. */
ANNOT_API bool annot_parse_u64(const char *text, size_t len, uint64_t *ret);

#endif
