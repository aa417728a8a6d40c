/* Records as they are stored, made into facts that can be judged. */
#ifndef ANNOTD_REPLAY_H
#define ANNOTD_REPLAY_H

#include "annotd/store/store.h"

/*
 * The fact of a stored record; what it points to lives in arena and in *stored. INVALID: the record
 * (or, where it was withheld, its leaf line) is not well formed.
 */
enum annot_status fact_of(const struct store_record *stored, struct annot_arena *arena,
			  struct annot_fact *ret, struct annot_error *err);

#endif
