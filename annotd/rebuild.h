/* The index of a corpus that nobody serves, made again. */
#ifndef ANNOTD_REBUILD_H
#define ANNOTD_REBUILD_H

#include "base/bytes.h"
#include "base/error.h"

/* annotd rebuild: makes index.db and the index over texts again from truth.db. REFUSED while an annotd has the corpus. */
ANNOT_CHECKED enum annot_status corpus_rebuild(const char *dir, uint64_t *ret_records,
					       struct annot_error *err);

#endif
