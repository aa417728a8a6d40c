/* What is done to a corpus folder while no annotd serves it (fsck and backup: also while one does).
 */
#ifndef ANNOTD_MAINTAIN_H
#define ANNOTD_MAINTAIN_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/error.h"

/* annotd rebuild: makes index.db again from truth.db. REFUSED while an annotd has the corpus. */
ANNOT_CHECKED enum annot_status corpus_rebuild(const char *dir, uint64_t *ret_records,
					       struct annot_error *err);

/*
 * annotd backup: makes the folder `to` (0700) with the records as of one moment, genesis and
 * genesis.sig. log.key and the checkpoint file stay out of it: what is restored must not sign
 * unasked. REFUSED if it is there, INVALID if dir is no corpus; on failure nothing is left of it.
 */
ANNOT_CHECKED enum annot_status corpus_backup(const char *dir, const char *to,
					      uint64_t *ret_records, struct annot_error *err);

/*
 * annotd vouch: puts a checkpoint file in place for truth.db as it is, on the word of the operator
 * that nothing beyond it was ever signed. size must be that of truth.db (REFUSED), so that it is
 * not said by accident. REFUSED too when the file that is there agrees already, and, also where it
 * is damaged, when a slot of it says more records than truth.db has or another root.
 */
ANNOT_CHECKED enum annot_status corpus_vouch(const char *dir, uint64_t size,
					     struct annot_error *err);

/*
 * annotd fsck: checks that every record parses and is signed, that leaves, nodes, roots and
 * checkpoint file agree, that contents have their hashes and targets their words, and that the
 * index is what a replay gives. Findings go to `to`, one a line; *ret_findings is how many.
 * threads: that check signatures, at least 1. Other than OK: the folder could not be read at all.
 */
ANNOT_CHECKED enum annot_status corpus_fsck(const char *dir, unsigned threads, FILE *to,
					    uint64_t *ret_findings, struct annot_error *err);

#endif
