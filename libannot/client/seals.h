/*
 * Verdicts given blind, on the side of whoever gives them. The secret of a seal, which opens it, is
 * kept in <state>/seals/<corpus hex>/<commitment hex>, mode 0600: the very bytes that the
 * commitment is the SHA-256 of (record/seal.h), so that sha256sum tells whether it is whole.
 * Nothing of it is sent before it is opened.
 */
#ifndef ANNOT_CLIENT_SEALS_H
#define ANNOT_CLIENT_SEALS_H

#include "client/client.h"
#include "record/seal.h"

/*
 * Makes the draft of a seal, which the caller frees, from a complete draft of a verdict, which gets
 * a random salt. The verdict is built as it will be when it is opened, so that what cannot be
 * opened is not sealed; then its secret is kept, durably, before this returns. Statuses of
 * annot_draft_build; UNREADABLE, NO_SPACE: the secret cannot be kept.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_seal_make(struct annot *a, const struct annot_hash *author, struct annot_draft *verdict,
		struct annot_draft **ret_seal, struct annot_hash *ret_commitment,
		struct annot_error *err);

/*
 * The draft of the verdict that opens a seal, which the caller frees. NOT_FOUND: its secret is not
 * here (the text names the file); MISMATCH: what is here is not what was sealed.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_seal_open(struct annot *a,
							  const struct annot_record *seal,
							  struct annot_draft **ret_verdict,
							  struct annot_error *err);

/* Removes the secret, if it is there. */
ANNOT_API void annot_seal_forget(struct annot *a, const struct annot_hash *commitment);

#endif
