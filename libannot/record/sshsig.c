/* SSHSIG: what is signed, and the armor around a signature (PROTOCOL.sshsig of OpenSSH). */
#include <sodium.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "record/ed25519.h"
#include "record/internal.h"
#include "record/sshsig.h"

static const char MAGIC[] = "SSHSIG";
static const char HASH_NAME[] = "sha512";
static const char BEGIN[] = "-----BEGIN SSH SIGNATURE-----\n";
static const char END[] = "-----END SSH SIGNATURE-----\n";
enum {
	SHA512_SIZE = 64,
	LINE_DIGITS = 70, /* base64 digits a line, as ssh-keygen breaks them */
	SIGNATURE_BLOB_SIZE = 4 + 11 + 4 + ANNOT_SIGNATURE_SIZE,
	BLOB_MIN = 170, /* and the namespace's length */
	BLOB_MAX = BLOB_MIN + ANNOT_NAMESPACE_MAX,
	BLOB_KEY_AT = 6 + 4 + 4 + ANNOT_KEY_BLOB_SIZE - ANNOT_KEY_SIZE,
	ARMOR_MAX = 4096, /* so that what another key type signed is named as such */
	READ_MAX = ARMOR_MAX / 4 * 3,
};

static uint8_t *put(uint8_t *to, const void *data, size_t len)
{
	memcpy(to, data, len);
	return to + len;
}

static uint8_t *put_u32(uint8_t *to, size_t value)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> (24 - 8 * i));
	return to + 4;
}

/* S(x): length and bytes, RFC 4251 section 5. */
static uint8_t *put_string(uint8_t *to, const void *data, size_t len)
{
	return put(put_u32(to, len), data, len);
}

/* Namespaces are constants of the program; a longer one would be a mistake in it. */
static size_t name_space_len(const char *name_space)
{
	return strnlen(name_space, ANNOT_NAMESPACE_MAX);
}

size_t annot_sshsig_signed(const char *name_space, struct annot_bytes message,
			   uint8_t ret[92 + ANNOT_NAMESPACE_MAX])
{
	uint8_t hash[SHA512_SIZE];
	uint8_t *at = put(ret, MAGIC, sizeof(MAGIC) - 1);
	annot_sha512(message.data, message.len, hash);
	at = put_string(at, name_space, name_space_len(name_space));
	at = put_u32(at, 0); /* reserved */
	at = put_string(at, HASH_NAME, sizeof(HASH_NAME) - 1);
	at = put_string(at, hash, sizeof(hash));
	return (size_t)(at - ret);
}

void annot_sshsig_sign(const struct annot_secret_key *key, const char *name_space,
		       struct annot_bytes message, uint8_t ret[ANNOT_SIGNATURE_SIZE])
{
	uint8_t tbs[92 + ANNOT_NAMESPACE_MAX];
	size_t len = annot_sshsig_signed(name_space, message, tbs);
	crypto_sign_detached(ret, NULL, tbs, len, key->secret);
}

enum annot_status annot_sshsig_verify(const uint8_t key[ANNOT_KEY_SIZE], const char *name_space,
				      struct annot_bytes message,
				      const uint8_t signature[ANNOT_SIGNATURE_SIZE],
				      struct annot_error *err)
{
	uint8_t tbs[92 + ANNOT_NAMESPACE_MAX];
	size_t len = annot_sshsig_signed(name_space, message, tbs);
	return annot_ed25519_verify(key, annot_bytes(tbs, len), signature, err);
}

/* The signature file's content before armoring; returns its length. */
static size_t write_blob(const uint8_t *key, const char *name_space, const uint8_t *signature,
			 uint8_t ret[BLOB_MAX])
{
	uint8_t key_blob[ANNOT_KEY_BLOB_SIZE];
	annot_key_blob(key, key_blob);
	uint8_t *at = put(ret, MAGIC, sizeof(MAGIC) - 1);
	at = put_u32(at, 1); /* version */
	at = put_string(at, key_blob, sizeof(key_blob));
	at = put_string(at, name_space, name_space_len(name_space));
	at = put_u32(at, 0); /* reserved */
	at = put_string(at, HASH_NAME, sizeof(HASH_NAME) - 1);
	at = put_u32(at, SIGNATURE_BLOB_SIZE);
	at = put_string(at, "ssh-ed25519", 11);
	at = put_string(at, signature, ANNOT_SIGNATURE_SIZE);
	return (size_t)(at - ret);
}

void annot_sshsig_armor(const uint8_t key[ANNOT_KEY_SIZE], const char *name_space,
			const uint8_t signature[ANNOT_SIGNATURE_SIZE], struct annot_buf *ret)
{
	uint8_t blob[BLOB_MAX];
	size_t len = write_blob(key, name_space, signature, blob);
	char digits[ARMOR_MAX + 1] = "";
	struct annot_buf text = ANNOT_BUF_IN(digits);
	annot_buf_base64(&text, blob, len);
	if (text.failed) {
		ret->failed = true;
		return;
	}
	annot_buf_puts(ret, BEGIN);
	for (size_t at = 0; at < text.len; at += LINE_DIGITS) {
		size_t n = text.len - at < LINE_DIGITS ? text.len - at : LINE_DIGITS;
		annot_buf_add(ret, text.data + at, n);
		annot_buf_putc(ret, '\n');
	}
	annot_buf_puts(ret, END);
}

static bool starts_with(struct annot_bytes text, const char *prefix)
{
	return text.len >= strlen(prefix) && memcmp(text.data, prefix, strlen(prefix)) == 0;
}

/* Joins the lines between header and footer and decodes them; 0: not possible. */
static size_t read_blob(struct annot_bytes armor, uint8_t ret[READ_MAX])
{
	char text[ARMOR_MAX];
	size_t n = 0, len;
	const char *end = memmem(armor.data, armor.len, END, sizeof(END) - 2);
	if (!starts_with(armor, BEGIN) || !end)
		return 0;
	for (const char *at = (const char *)armor.data + sizeof(BEGIN) - 1; at < end; at++) {
		if (*at == '\n' || *at == '\r')
			continue;
		if (n == sizeof(text))
			return 0;
		text[n++] = *at;
	}
	return annot_unbase64(text, n, ret, READ_MAX, &len) ? len : 0;
}

/* Says in which respect a blob is not the one that write_blob makes. */
static enum annot_status blame(const uint8_t *blob, size_t len, const char *name_space,
			       struct annot_error *err)
{
	size_t at = 6 + 4 + 4 + ANNOT_KEY_BLOB_SIZE, ns_len = name_space_len(name_space);
	if (len < at + 4 || memcmp(blob, MAGIC, 6) != 0)
		return annot_fail(err, ANNOT_INVALID, "expected an SSH signature (SSHSIG)");
	if (memcmp(blob + 6, "\0\0\0\1", 4) != 0)
		return annot_fail(err, ANNOT_INVALID, "expected SSHSIG version 1");
	if (memcmp(blob + 10, "\0\0\0\x33\0\0\0\x0bssh-ed25519\0\0\0\x20", 23) != 0)
		return annot_fail(err, ANNOT_INVALID, "expected a signature by an ssh-ed25519 key");
	size_t found = (size_t)blob[at + 2] << 8 | blob[at + 3];
	if (blob[at] || blob[at + 1] || found > len - at - 4)
		found = 0;
	if (found != ns_len || memcmp(blob + at + 4, name_space, ns_len) != 0)
		return annot_fail(err, ANNOT_INVALID, "expected namespace \"%s\", found \"%s\"",
				  name_space, annot_excerpt(blob + at + 4, found).text);
	return annot_fail(err, ANNOT_INVALID,
			  "expected hash sha512, no reserved bytes, a signature of 64 bytes and "
			  "nothing behind it");
}

enum annot_status annot_sshsig_unarmor(struct annot_bytes armor, const char *name_space,
				       uint8_t ret_key[ANNOT_KEY_SIZE],
				       uint8_t ret_signature[ANNOT_SIGNATURE_SIZE],
				       struct annot_error *err)
{
	uint8_t blob[READ_MAX], again[BLOB_MAX];
	char armored[ARMOR_MAX + 1] = "";
	struct annot_buf text = ANNOT_BUF_IN(armored);
	size_t len = armor.len > ARMOR_MAX ? 0 : read_blob(armor, blob);
	if (len == 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"expected an SSH signature in armor, as ssh-keygen -Y sign writes "
			"it");
	if (len != BLOB_MIN + name_space_len(name_space))
		return blame(blob, len, name_space, err);
	const uint8_t *key = blob + BLOB_KEY_AT, *signature = blob + len - ANNOT_SIGNATURE_SIZE;
	write_blob(key, name_space, signature, again);
	if (memcmp(blob, again, len) != 0)
		return blame(blob, len, name_space, err);
	annot_sshsig_armor(key, name_space, signature, &text);
	TRY(annot_buf_check(&text, "a signature", err));
	if (text.len != armor.len || memcmp(text.data, armor.data, text.len) != 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"the armor is not the one that ssh-keygen -Y sign writes: expected "
			"lines of %d digits that end with LF, and nothing around them",
			LINE_DIGITS);
	memcpy(ret_key, key, ANNOT_KEY_SIZE);
	memcpy(ret_signature, signature, ANNOT_SIGNATURE_SIZE);
	return ANNOT_OK;
}

void annot_enrolment_request(const struct annot_hash *corpus, const char *name,
			     const uint8_t key[ANNOT_KEY_SIZE], struct annot_buf *ret)
{
	char line[96];
	annot_key_line(key, line);
	annot_buf_printf(ret, "annot-enrol/v1\ncorpus %s\nname %s\nkey %s\n",
			 annot_hash_hex(corpus).text, name, line);
}

void annot_login_request(const struct annot_hash *corpus,
			 const uint8_t binding[ANNOT_LOGIN_PART_SIZE],
			 const uint8_t nonce[ANNOT_LOGIN_PART_SIZE], struct annot_buf *ret)
{
	annot_buf_printf(ret, "annot-login/v1\ncorpus %s\nbinding ", annot_hash_hex(corpus).text);
	annot_buf_hex(ret, binding, ANNOT_LOGIN_PART_SIZE);
	annot_buf_puts(ret, "\nnonce ");
	annot_buf_hex(ret, nonce, ANNOT_LOGIN_PART_SIZE);
	annot_buf_putc(ret, '\n');
}
