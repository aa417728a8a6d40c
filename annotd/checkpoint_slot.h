/* One slot of the checkpoint file, to and from its 128 bytes (layout: checkpoint_file.h). */
#ifndef ANNOTD_CHECKPOINT_SLOT_H
#define ANNOTD_CHECKPOINT_SLOT_H

#include "base/bytes.h"
#include "base/error.h"

enum { CHECKPOINT_SLOT_SIZE = 128 };

struct checkpoint_slot {
	struct annot_hash corpus; /* the genesis record */
	uint64_t generation;      /* 1 in a new file, one more with each write */
	uint64_t size;            /* of the log; at most INT64_MAX */
	struct annot_hash root;   /* at that size */
};

enum checkpoint_slot_verdict {
	CHECKPOINT_SLOT_BAD, /* empty, torn, or nothing that the encoder writes */
	CHECKPOINT_SLOT_GOOD,
	CHECKPOINT_SLOT_NEWER, /* whole, but of a later format version */
};

void checkpoint_slot_encode(const struct checkpoint_slot *slot, uint8_t ret[CHECKPOINT_SLOT_SIZE]);

/* Sets *ret only when GOOD. */
enum checkpoint_slot_verdict checkpoint_slot_decode(const uint8_t raw[CHECKPOINT_SLOT_SIZE],
						    struct checkpoint_slot *ret);

/* Whether newer is what an advance writes after older: same corpus, next generation, larger size.
 */
bool checkpoint_slot_follows(const struct checkpoint_slot *newer,
			     const struct checkpoint_slot *older);

#endif
