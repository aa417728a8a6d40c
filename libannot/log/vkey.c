/* Verifier keys and their private counterparts (c2sp.org/signed-note v1.0.0). */
#include <sodium.h>

#include "base/encode.h"
#include "base/hash.h"
#include "log/note.h"
#include "record/sshkey.h"
#include "record/sshsig.h"
#include "text/utf8.h"

enum {
	ID_SIZE = 4,
	ID_HEX = 8,
	RAW_MAX = 2048, /* type and key; the longest known key, ML-DSA-44, has 1312 bytes */
	TYPED_KEY_SIZE = 1 + ANNOT_KEY_SIZE,
};
static const char private_prefix[] = "PRIVATE+KEY+";

/* White_Space of Unicode beyond the control characters, which are refused anyway. */
static bool is_space(uint32_t c)
{
	return c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool annot_note_name_valid(const char *name, size_t len)
{
	if (len == 0 || annot_utf8_valid(name, len) != len)
		return false;
	for (size_t at = 0; at < len;) {
		uint32_t c = annot_utf8_next(name, len, &at);
		if (c < 0x20 || c == 0x7F || c == '+' || is_space(c))
			return false;
	}
	return true;
}

/* SHA-256(name LF type key), the first four bytes. Not collision-resistant: a hint, never a proof.
 */
static void key_id(const char *name, uint8_t type, const uint8_t key[ANNOT_KEY_SIZE],
		   uint8_t ret[ID_SIZE])
{
	struct annot_sha256 s;
	annot_sha256_init(&s);
	annot_sha256_add(&s, name, strlen(name));
	annot_sha256_add(&s, "\n", 1);
	annot_sha256_add(&s, &type, 1);
	annot_sha256_add(&s, key, ANNOT_KEY_SIZE);
	struct annot_hash hash = annot_sha256_final(&s);
	memcpy(ret, hash.b, ID_SIZE);
}

enum annot_status annot_vkey_make(const char *name, uint8_t type, const uint8_t key[ANNOT_KEY_SIZE],
				  struct annot_vkey *ret, struct annot_error *err)
{
	struct annot_vkey v = {.type = type};
	size_t len = strlen(name);
	if (len > ANNOT_ORIGIN_MAX)
		return annot_fail(err, ANNOT_INVALID, "key name of %zu bytes, at most %d", len,
				  ANNOT_ORIGIN_MAX);
	if (!annot_note_name_valid(name, len))
		return annot_fail(err, ANNOT_INVALID,
				  "key name: must be UTF-8, not empty, without space and '+'");
	if (type != ANNOT_NOTE_ED25519 && type != ANNOT_NOTE_COSIGNATURE)
		return annot_fail(err, ANNOT_REFUSED,
				  "key %s: type %02x, only 01 (log) and 04 (cosigner) are known",
				  name, type);
	TRY(annot_key_check(key, err));
	memcpy(v.name, name, len);
	memcpy(v.key, key, ANNOT_KEY_SIZE);
	key_id(v.name, type, key, v.id);
	*ret = v;
	return ANNOT_OK;
}

/* NAME+HEX8+BASE64 taken apart. */
struct parts {
	char name[ANNOT_ORIGIN_MAX + 1];
	uint8_t id[ID_SIZE];
	uint8_t raw[RAW_MAX]; /* type and key or seed */
	size_t raw_len;
};

static enum annot_status split(const char *text, size_t len, struct parts *ret,
			       struct annot_error *err)
{
	/* Base64 may hold '+' too: only the first two divide. */
	const char *first = len ? memchr(text, '+', len) : NULL;
	size_t name_len = first ? (size_t)(first - text) : 0;
	if (!first || name_len > ANNOT_ORIGIN_MAX || !annot_note_name_valid(text, name_len))
		return annot_fail(err, ANNOT_INVALID,
				  "note key: expected NAME+ID+BASE64, NAME of 1 to %d bytes",
				  ANNOT_ORIGIN_MAX);
	memcpy(ret->name, text, name_len);
	ret->name[name_len] = '\0';

	const char *id = first + 1;
	size_t left = len - name_len - 1;
	if (left <= ID_HEX || id[ID_HEX] != '+' || !annot_unhex(id, ID_HEX, ret->id, ID_SIZE))
		return annot_fail(err, ANNOT_INVALID,
				  "note key %s: the id must be 8 lower-case hex digits", ret->name);
	if (!annot_unbase64(id + ID_HEX + 1, left - ID_HEX - 1, ret->raw, RAW_MAX, &ret->raw_len) ||
	    ret->raw_len == 0)
		return annot_fail(err, ANNOT_INVALID, "note key %s: the key is not base64",
				  ret->name);
	uint8_t type = ret->raw[0];
	if (type != ANNOT_NOTE_ED25519 && type != ANNOT_NOTE_COSIGNATURE)
		return annot_fail(
			err, ANNOT_REFUSED,
			"note key %s: type %02x, only 01 (log) and 04 (cosigner) are known",
			ret->name, type);
	if (ret->raw_len != TYPED_KEY_SIZE)
		return annot_fail(err, ANNOT_INVALID, "note key %s: %zu bytes, expected %d",
				  ret->name, ret->raw_len, TYPED_KEY_SIZE);
	return ANNOT_OK;
}

static enum annot_status make_checked(const struct parts *p, const uint8_t key[ANNOT_KEY_SIZE],
				      struct annot_vkey *ret, struct annot_error *err)
{
	struct annot_vkey v;
	TRY(annot_vkey_make(p->name, p->raw[0], key, &v, err));
	if (memcmp(v.id, p->id, ID_SIZE) != 0) {
		char found[ID_HEX + 1], expected[ID_HEX + 1];
		annot_hex(p->id, ID_SIZE, found);
		annot_hex(v.id, ID_SIZE, expected);
		return annot_fail(err, ANNOT_INVALID, "note key %s: id %s, expected %s", p->name,
				  found, expected);
	}
	*ret = v;
	return ANNOT_OK;
}

enum annot_status annot_vkey_parse(const char *text, size_t len, struct annot_vkey *ret,
				   struct annot_error *err)
{
	struct parts p;
	TRY(split(text, len, &p, err));
	return make_checked(&p, p.raw + 1, ret, err);
}

static void write_key(const struct annot_vkey *v, const uint8_t key[ANNOT_KEY_SIZE],
		      struct annot_buf *ret)
{
	uint8_t raw[TYPED_KEY_SIZE] = {v->type};
	memcpy(raw + 1, key, ANNOT_KEY_SIZE);
	annot_buf_puts(ret, v->name);
	annot_buf_putc(ret, '+');
	annot_buf_hex(ret, v->id, ID_SIZE);
	annot_buf_putc(ret, '+');
	annot_buf_base64(ret, raw, sizeof raw);
	sodium_memzero(raw, sizeof raw);
}

void annot_vkey_write(const struct annot_vkey *v, struct annot_buf *ret)
{
	write_key(v, v->key, ret);
}

enum annot_status annot_skey_parse(const char *text, size_t len, struct annot_skey *ret,
				   struct annot_error *err)
{
	const size_t prefix = sizeof private_prefix - 1;
	if (len < prefix || memcmp(text, private_prefix, prefix) != 0)
		return annot_fail(err, ANNOT_INVALID, "note key: a private one begins with %s",
				  private_prefix);
	struct parts p;
	struct annot_skey s;
	uint8_t key[ANNOT_KEY_SIZE];
	enum annot_status status = split(text + prefix, len - prefix, &p, err);
	if (status == ANNOT_OK) {
		crypto_sign_seed_keypair(key, s.secret, p.raw + 1);
		status = make_checked(&p, key, &s.vkey, err);
	}
	if (status == ANNOT_OK)
		*ret = s;
	sodium_memzero(&p, sizeof p);
	sodium_memzero(&s, sizeof s);
	return status;
}

void annot_skey_write(const struct annot_skey *s, struct annot_buf *ret)
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	crypto_sign_ed25519_sk_to_seed(seed, s->secret);
	annot_buf_puts(ret, private_prefix);
	write_key(&s->vkey, seed, ret);
	sodium_memzero(seed, sizeof seed);
}

enum annot_status annot_skey_new(const char *name, uint8_t type, struct annot_skey *ret,
				 struct annot_error *err)
{
	struct annot_skey s;
	uint8_t key[ANNOT_KEY_SIZE];
	TRY(annot_crypto_init(err));
	crypto_sign_keypair(key, s.secret);
	enum annot_status status = annot_vkey_make(name, type, key, &s.vkey, err);
	if (status == ANNOT_OK)
		*ret = s;
	sodium_memzero(&s, sizeof s);
	return status;
}
