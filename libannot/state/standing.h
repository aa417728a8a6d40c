/*
 * What a record is worth by the life of the key that signed it: standing.def as a function. Judged
 * at the record's own log index, by key events that came before it; only a compromise reaches back,
 * and it disputes, it never erases. Indexes cannot be chosen by who signs; dates can, so that none
 * is looked at.
 */
#ifndef ANNOT_STATE_STANDING_H
#define ANNOT_STATE_STANDING_H

#include "state/authority.h"

enum annot_standing {
	ANNOT_STANDING_UNAUTHORISED, /* the key did not count there: the record is void */
	ANNOT_STANDING_GOOD,         /* it counted, and still does */
	ANNOT_STANDING_GOOD_ENDED,   /* it counted; rotated, retired, left or removed since */
	ANNOT_STANDING_GOOD_STOLEN,  /* it counted; stolen since, from a later index on */
	ANNOT_STANDING_DISPUTED, /* it counted, and is known to have been stolen by then: anybody
				    may have signed. A later key of the same person can stand by
				    the record (reaffirm) */
	ANNOT_STANDING_NEVER,    /* no key gets there */
};
ANNOT_API const char *annot_standing_name(enum annot_standing standing);

/* Of a record at that index under this enrolment of its author's key, as authority knows it now. */
ANNOT_API enum annot_standing annot_key_standing(const struct annot_key_info *key, uint64_t index);

#endif
