/*
 * SSHSIG (PROTOCOL.sshsig of OpenSSH): ssh-ed25519 with sha512 only, reserved empty. Only key and the
 * 64 signature bytes count; blob and armor are regenerated and accepted only byte for byte.
 */
#ifndef ANNOT_RECORD_SSHSIG_H
#define ANNOT_RECORD_SSHSIG_H

#include "record/sshkey.h"

#define ANNOT_NAMESPACE_RECORD "annot-record-v1"
#define ANNOT_NAMESPACE_ENROL  "annot-enrol-v1"
#define ANNOT_NAMESPACE_LOGIN  "annot-login-v1"
enum { ANNOT_NAMESPACE_MAX = 64 };

/* The bytes that are signed: 92 + strlen(name_space) of them, at most 92 + ANNOT_NAMESPACE_MAX. Returns the length. */
ANNOT_API size_t annot_sshsig_signed(const char *name_space, struct annot_bytes message,
				     uint8_t ret[92 + ANNOT_NAMESPACE_MAX]);

ANNOT_API void annot_sshsig_sign(const struct annot_secret_key *key, const char *name_space,
				 struct annot_bytes message,
				 uint8_t ret[ANNOT_SIGNATURE_SIZE]);

/*
 * MISMATCH if the signature is not good. key must have passed annot_key_check. Where the start-up
 * self-test finds a libsodium with the cofactored equation, R is checked too, so that all machines agree.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_sshsig_verify(const uint8_t key[ANNOT_KEY_SIZE], const char *name_space,
		    struct annot_bytes message, const uint8_t signature[ANNOT_SIGNATURE_SIZE],
		    struct annot_error *err);

/* Appends the armor that ssh-keygen -Y verify reads. */
ANNOT_API void annot_sshsig_armor(const uint8_t key[ANNOT_KEY_SIZE], const char *name_space,
				  const uint8_t signature[ANNOT_SIGNATURE_SIZE],
				  struct annot_buf *ret);

/* Reads an armor; only the byte-exact form that annot_sshsig_armor writes. INVALID says what differs. */
ANNOT_API enum annot_status annot_sshsig_unarmor(struct annot_bytes armor, const char *name_space,
						 uint8_t ret_key[ANNOT_KEY_SIZE],
						 uint8_t ret_signature[ANNOT_SIGNATURE_SIZE],
						 struct annot_error *err);

/* The enrolment request that a new key signs (namespace annot-enrol-v1), without its signature. */
ANNOT_API void annot_enrolment_request(const struct annot_hash *corpus, const char *name,
				       const uint8_t key[ANNOT_KEY_SIZE], struct annot_buf *ret);

/*
 * What who comes by tls+tcp:// signs (namespace annot-login-v1): "annot-login/v1 LF corpus <hex64> LF
 * binding <hex64> LF nonce <hex64> LF". The binding is the connection's (RFC 9266, tls-exporter), the
 * nonce the daemon's, both of ANNOT_LOGIN_PART_SIZE bytes.
 */
enum { ANNOT_LOGIN_PART_SIZE = 32 };
void annot_login_request(const struct annot_hash *corpus,
			 const uint8_t binding[ANNOT_LOGIN_PART_SIZE],
			 const uint8_t nonce[ANNOT_LOGIN_PART_SIZE], struct annot_buf *ret);

/* Initialises libsodium and runs the self-tests once; INTERNAL if they fail. Idempotent, thread-safe. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_crypto_init(struct annot_error *err);

#endif
