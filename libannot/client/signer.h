/*
 * Who signs: a private key file read directly, or ssh-agent for encrypted keys, public key files
 * and enrolled names.
 */
#ifndef ANNOT_CLIENT_SIGNER_H
#define ANNOT_CLIENT_SIGNER_H

#include "base/bytes.h"
#include "record/sshkey.h"

struct annot_signer;

/*
 * spec: path of a private key (or of its .pub beside it), or a public key line. An encrypted key
 * file and a .pub file sign through ssh-agent ($SSH_AUTH_SOCK). UNREADABLE, INVALID, REFUSED (key
 * type; the agent does not hold the key; no agent runs: the text says what to do).
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_signer_open(const char *spec, struct annot_signer **ret, struct annot_error *err);
/* For a key that is known by its public half only, through ssh-agent. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_signer_open_agent(const uint8_t key[ANNOT_KEY_SIZE],
								  struct annot_signer **ret,
								  struct annot_error *err);
ANNOT_API struct annot_signer *annot_signer_close(struct annot_signer *s); /* wipes the key */

ANNOT_API const struct annot_public_key *annot_signer_key(const struct annot_signer *s);

/* Whether the secret key is here, and not with an agent: then several threads may sign at once. */
ANNOT_API bool annot_signer_is_local(const struct annot_signer *s);

/* An SSHSIG signature. REFUSED: the agent said no (reply 0x05: the user declined a confirmation,
 * the key is locked, or it is destination-constrained and never signs files: the text says which to
 * check). */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_signer_sign(const struct annot_signer *s, const char *name_space, struct annot_bytes message,
		  uint8_t ret[ANNOT_SIGNATURE_SIZE], struct annot_error *err);

/* Makes a key pair: PATH (0600) and PATH.pub. REFUSED if either exists. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_key_create(const char *path, const char *comment,
							   struct annot_public_key *ret,
							   struct annot_error *err);

#endif
