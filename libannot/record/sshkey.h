/*
 * OpenSSH ed25519 keys. Public: the line "ssh-ed25519 BASE64 [comment]" (RFC 4253 section 6.6, RFC 8709).
 * Private: the "openssh-key-v1" file format (PROTOCOL.key of OpenSSH), unencrypted only.
 */
#ifndef ANNOT_RECORD_SSHKEY_H
#define ANNOT_RECORD_SSHKEY_H

#include "base/arena.h"
#include "base/buf.h"

enum { ANNOT_KEY_BLOB_SIZE = 51, ANNOT_KEY_COMMENT_MAX = 255 };

struct annot_public_key {
	uint8_t key[ANNOT_KEY_SIZE];
	char comment[ANNOT_KEY_COMMENT_MAX + 1]; /* "" if none */
};

struct annot_secret_key {
	struct annot_public_key public_key;
	uint8_t secret[64]; /* libsodium's form: seed, public key */
};

/* The blob S("ssh-ed25519") || S(key). */
ANNOT_API void annot_key_blob(const uint8_t key[ANNOT_KEY_SIZE], uint8_t ret[ANNOT_KEY_BLOB_SIZE]);

/* SHA-256 of the blob: the author card, and what ssh-keygen -l shows in base64. */
ANNOT_API struct annot_hash annot_key_author(const uint8_t key[ANNOT_KEY_SIZE]);

/* "SHA256:" and 43 base64 digits. */
ANNOT_API void annot_key_fingerprint(const uint8_t key[ANNOT_KEY_SIZE], char ret[51]);

/* "ssh-ed25519 BASE64", without comment. */
ANNOT_API void annot_key_line(const uint8_t key[ANNOT_KEY_SIZE], char ret[96]);

/*
 * Parses a public key line, with or without comment and final LF. INVALID: not one; REFUSED: another
 * key type (named: "sk-ssh-ed25519@openssh.com keys …"), or a weak key (strict rule below).
 */
ANNOT_API enum annot_status annot_key_parse(const char *line, size_t len,
					    struct annot_public_key *ret, struct annot_error *err);

/* Strict Ed25519 rule for keys: a point of the prime-order group, canonical, not small. REFUSED. */
ANNOT_API enum annot_status annot_key_check(const uint8_t key[ANNOT_KEY_SIZE],
					    struct annot_error *err);

/*
 * Parses a private key file. INVALID: not one; REFUSED: another type; DENIED: encrypted (the text says
 * to use ssh-agent). ret->secret is to be wiped by the caller (sodium_memzero).
 */
ANNOT_API enum annot_status annot_secret_parse(const char *file, size_t len,
					       struct annot_secret_key *ret,
					       struct annot_error *err);

/* Appends an unencrypted private key file that ssh-keygen reads; check is any random number. */
ANNOT_API void annot_secret_write(const struct annot_secret_key *key, uint32_t check,
				  struct annot_buf *ret);

#endif
