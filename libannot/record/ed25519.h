/* Ed25519 (RFC 8032) under the strict rule of docs/records.md: the same answer on every machine. */
#ifndef ANNOT_RECORD_ED25519_H
#define ANNOT_RECORD_ED25519_H

#include "base/bytes.h"
#include "base/error.h"

/*
 * MISMATCH if the signature over message is not good; INTERNAL if the library's self-test failed.
 * key must have passed annot_key_check (sshkey.h).
 */
ANNOT_CHECKED enum annot_status
annot_ed25519_verify(const uint8_t key[ANNOT_KEY_SIZE], struct annot_bytes message,
		     const uint8_t signature[ANNOT_SIGNATURE_SIZE], struct annot_error *err);

/* For tests: the check in a mode of one's choice, after annot_crypto_init. */
bool annot_ed25519_good(const uint8_t *signature, struct annot_bytes message, const uint8_t *key,
			bool check_r);

/*
 * The self-test on any implementation: *ret_check_r tells whether R must be checked beside it.
 * INTERNAL: it refuses a good signature, accepts a wrong one, or the check of points is incomplete.
 */
typedef bool annot_ed25519_fn(const uint8_t *signature, struct annot_bytes message,
			      const uint8_t *key);
enum annot_status annot_ed25519_probe(annot_ed25519_fn *verify, bool *ret_check_r,
				      struct annot_error *err);

#endif
