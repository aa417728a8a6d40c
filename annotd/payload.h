/* The bytes of a reply that several connections send: freed with the last of them. Any thread. */
#ifndef ANNOTD_PAYLOAD_H
#define ANNOTD_PAYLOAD_H

#include "base/buf.h"

struct payload;

/* Takes over what bytes holds, and leaves it empty; NULL when out of memory: bytes is as it was.
 * The first reference is the caller's. */
struct payload *payload_new(struct annot_buf *bytes);
/* One more; takes NULL. */
struct payload *payload_ref(struct payload *p);
/* One less; takes NULL, returns NULL. */
struct payload *payload_drop(struct payload *p);
/* Empty for NULL. */
struct annot_bytes payload_bytes(const struct payload *p);

#endif
