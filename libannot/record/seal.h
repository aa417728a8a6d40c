/*
 * Verdicts given blind (docs/records.md): what a seal commits to. The bytes are "annot-seal/v1",
 * then author, on, scale, rating, rationale, evidence and salt of the verdict as cards, LF behind
 * each; the commitment is their SHA-256. The salt makes it unguessable.
 */
#ifndef ANNOT_RECORD_SEAL_H
#define ANNOT_RECORD_SEAL_H

#include "base/buf.h"
#include "record/draft.h"

enum { ANNOT_SEAL_MAX = ANNOT_RECORD_MAX };

/* Appends the bytes, taken from a verdict that opens a seal. INVALID: not a verdict, or without
 * salt. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_seal_write(const struct annot_record *verdict,
							   struct annot_buf *ret,
							   struct annot_error *err);

/* Their SHA-256. Statuses of annot_seal_write. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_seal_commitment(const struct annot_record *verdict,
								struct annot_hash *ret,
								struct annot_error *err);

/*
 * Reads such bytes: a draft of the verdict that they seal, without `opens`, which the caller frees,
 * and who sealed it. Bytes that do not hash to the commitment are not worth reading. INVALID: not
 * of that form; NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_seal_read(struct annot_bytes bytes,
							  struct annot_draft **ret,
							  struct annot_hash *ret_author,
							  struct annot_error *err);

#endif
