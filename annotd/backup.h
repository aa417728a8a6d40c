/* Copies of a corpus, also while an annotd serves it. */
#ifndef ANNOTD_BACKUP_H
#define ANNOTD_BACKUP_H

#include "base/bytes.h"
#include "base/error.h"

/*
 * annotd backup: makes the folder `to` (0700) with the records as of one moment, genesis and
 * genesis.sig. log.key and the checkpoint file stay out of it: what is restored must not sign
 * unasked. REFUSED if it is there, INVALID if dir is no corpus; on failure nothing is left of it.
 */
ANNOT_CHECKED enum annot_status corpus_backup(const char *dir, const char *to,
					      uint64_t *ret_records, struct annot_error *err);

#endif
