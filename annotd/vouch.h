/* The way out when the checkpoint file does not let a corpus sign. */
#ifndef ANNOTD_VOUCH_H
#define ANNOTD_VOUCH_H

#include "base/bytes.h"
#include "base/error.h"

/*
 * annotd vouch: puts a checkpoint file in place for truth.db as it is, on the word of the operator
 * that nothing beyond it was ever signed. size must be that of truth.db (REFUSED), so that it is
 * not said by accident. REFUSED too when the file that is there agrees already, and, also where it
 * is damaged, when a slot of it says more records than truth.db has or another root.
 */
ANNOT_CHECKED enum annot_status corpus_vouch(const char *dir, uint64_t size,
					     struct annot_error *err);

#endif
