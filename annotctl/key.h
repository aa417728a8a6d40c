/* Keys on this machine, and which of them signs. */
#ifndef ANNOTCTL_KEY_H
#define ANNOTCTL_KEY_H

#include "ctl.h"

/* "$XDG_CONFIG_HOME/annot/keys" (name NULL) or the private key of that name in it, in the arena. */
enum annot_status key_path(struct ctl *ctl, const char *name, const char **ret);

/* Calls back with the name of each private key in that folder that has a .pub beside it, sorted. */
enum annot_status key_each(struct ctl *ctl, void (*each)(void *arg, const char *name), void *arg);

/* Opens another key than the one that signs: a file, or a name in the folder, as for --key. */
enum annot_status key_open(struct ctl *ctl, const char *spec, struct annot_signer **ret);

/* The proof that a key is its owner's: base64 of its signature over the enrolment under a name; in
 * the arena. */
enum annot_status key_proof(struct ctl *ctl, const struct annot_signer *key, const char *name,
			    const char **ret);

/* Reads a public key: of a file (private or .pub), a name in the folder, or a key line. */
enum annot_status key_public(struct ctl *ctl, const char *spec, struct annot_public_key *ret);

/* "SHA256:…" of an author hash, in the arena. */
const char *key_fingerprint(struct ctl *ctl, const struct annot_hash *author);

/* The author hash of the key that signs. */
enum annot_status key_own(struct ctl *ctl, struct annot_hash *ret);

/* What the corpus knows of an author's key, by the records that say so (annot_authority_now); NULL
 * if it is not enrolled. Good until it is asked again. */
enum annot_status key_person(struct ctl *ctl, const struct annot_hash *author,
			     const struct annot_key_info **ret);

/*
 * The enrolled key that is meant: by the name of its person (the key in force, else the last one
 * that was), by its SHA256:… fingerprint, or as for key_public. NOT_FOUND. Good until authority is
 * asked again.
 */
enum annot_status key_meant(struct ctl *ctl, const char *spec, const struct annot_key_info **ret);

/* The enrolled key of an author hash; NULL if there is none. */
const struct annot_key_view *key_enrolled(struct ctl *ctl, const struct annot_hash *author);

#endif
