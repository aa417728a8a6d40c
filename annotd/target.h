/* Targets in texts, as the daemon needs them: where in code points they stand. */
#ifndef ANNOTD_TARGET_H
#define ANNOTD_TARGET_H

#include "annotd/store/store.h"

enum { TARGETS_MAX = 64 };

/* Code points of a target's bytes in its document's text; false if they are not in the text. */
bool target_chars(const struct annot_target *target, struct annot_bytes text,
		  struct store_chars *ret);

#endif
