/* All that follows from the truth of a corpus that nobody serves, made again. */
#ifndef ANNOTD_REBUILD_H
#define ANNOTD_REBUILD_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/error.h"

/* How far something is: of 0 where that is not known. */
typedef void (*rebuild_progress)(void *arg, const char *what, uint64_t done, uint64_t of);

struct rebuild {
	bool defer; /* anchors and search.db are left to annotd, which makes them while it serves */
	rebuild_progress progress; /* may be NULL */
	void *arg;
};

/*
 * annotd rebuild: makes index.db, the index over texts, search.db and the anchors again from
 * truth.db; how may be NULL. REFUSED while an annotd has the corpus.
 */
ANNOT_CHECKED enum annot_status corpus_rebuild(const char *dir, const struct rebuild *how,
					       uint64_t *ret_records, struct annot_error *err);

#endif
