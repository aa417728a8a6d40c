/*
 * One run of a witness: c2sp.org/tlog-witness over a daemon's socket or over files. A witness says
 * at what time it had seen which checkpoint of a log, and never says it of two that do not go
 * together: so whoever asks for several witnesses is shown the log that they are shown.
 *
 * State: $XDG_STATE_HOME/annot/witness/<SHA-256 of the verifier key>/<SHA-256 of the
 * origin>/checkpoint, the last note that was cosigned, as the log signed it.
 */
#ifndef ANNOT_CLIENT_WITNESS_H
#define ANNOT_CLIENT_WITNESS_H

#include "client/client.h"

/* Reads a witness's key ("PRIVATE+KEY+…", type 04, a file that others cannot read). The caller
 * wipes ret->secret. UNREADABLE; INVALID: another kind of file; REFUSED: others can read it. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_witness_key_read(const char *path, struct annot_skey *ret, struct annot_error *err);
/* Makes one with that name and writes it, mode 0600; *ret is the public part. REFUSED: the file
 * exists; INVALID: the name. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_witness_key_make(const char *name, const char *path,
								 struct annot_vkey *ret,
								 struct annot_error *err);

struct annot_witnessed {
	struct annot_checkpoint checkpoint;
	uint64_t before; /* size that was cosigned last time; 0: this is the first */
};
/*
 * Takes the daemon's newest checkpoint, checks the log's signature and that it goes on from the
 * last one that this witness cosigned, keeps it, cosigns it at time_s, hands that in, and appends
 * the note. MISMATCH: FORKED or ROLLED-BACK (the evidence is kept, nothing is signed); REFUSED: the
 * daemon does not take this witness's cosignatures (the note is appended all the same).
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_witness(struct annot *a, const struct annot_skey *key, uint64_t time_s,
	      struct annot_witnessed *ret, struct annot_buf *note, struct annot_error *err);
/*
 * The same of a copy of the log in a folder (annot_log_export), whose corpus the witness knows by
 * its hash. MISMATCH also: the copy is of another corpus. INVALID: its files do not fit together.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_witness_copy(const char *dir, const struct annot_hash *corpus, const struct annot_skey *key,
		   uint64_t time_s, struct annot_witnessed *ret, struct annot_buf *note,
		   struct annot_error *err);

#endif
