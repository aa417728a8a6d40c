/* upload: which document, whose, and is it there already; the pieces are upload.c's. */
#ifndef ANNOTD_HANDLERS_UPLOAD_H
#define ANNOTD_HANDLERS_UPLOAD_H

#include "annotd/call.h"
#include "annotd/corpus.h"
#include "annotd/upload.h"

struct upload_step {
	uint64_t index; /* of the document's record */
	struct upload_document document;
	struct annot_bytes content; /* complete and checked, to be stored; data NULL: not yet, or
				       stored before */
	struct annot_upload_reply reply;
};

/*
 * Takes a piece. NOT_FOUND: no such record; REFUSED: not a document, or withheld; and as
 * uploads_piece.
 */
ANNOT_CHECKED enum annot_status upload_take(struct call *c, struct uploads *uploads,
					    const struct annot_upload_request *in,
					    struct upload_step *ret);

#endif
