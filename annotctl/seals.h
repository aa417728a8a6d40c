/* The seals of the person who signs. */
#ifndef ANNOTCTL_SEALS_H
#define ANNOTCTL_SEALS_H

#include "ctl.h"

/* An unopened seal, its record in ctl->arena. */
struct own_seal {
	const struct annot_record *record; /* hash and signature checked */
	const char *on;                    /* "7067a6a2@1" */
};

enum { OWN_SEALS_MAX = 64 };

/*
 * Own unopened seals on versions of an annotation, in log order: one at most on each version.
 * TOO_LARGE past OWN_SEALS_MAX. None for a key that is not enrolled.
 */
enum annot_status seals_own(struct ctl *ctl, const struct annot_hash *annotation,
			    struct own_seal ret[OWN_SEALS_MAX], size_t *ret_n);

/*
 * Warns if somebody else's verdict on that record can be read already: a seal given now never makes
 * its verdict blind (libannot/state/blind.h), whatever became of the other one since.
 */
enum annot_status seals_warn_late(struct ctl *ctl, const struct annot_fetched *on);

#endif
