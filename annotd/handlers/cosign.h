/* Cosignatures of the newest checkpoint, for those who ask for it. */
#ifndef ANNOTD_HANDLERS_COSIGN_H
#define ANNOTD_HANDLERS_COSIGN_H

#include "annotd/call.h"

/* Appends the lines that witnesses have handed in for the checkpoint of that size to its note.
 * NO_MEMORY. */
enum annot_status cosign_merge(struct call *c, uint64_t size, struct annot_buf *note);

#endif
