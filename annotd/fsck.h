/* Whether all that a corpus folder says agrees, also while an annotd serves it. */
#ifndef ANNOTD_FSCK_H
#define ANNOTD_FSCK_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/error.h"

enum { FSCK_THREADS_MAX = 64 };

/*
 * annotd fsck: checks that every record parses and is signed, that leaves, nodes, roots and
 * checkpoint file agree, that contents have their hashes and targets their words, and that the
 * index is what a replay gives; and, unless they are deferred, that search.db and the anchors are
 * what records and texts give, as far as they are made. Findings go to `to`, one a line;
 * *ret_findings is how many. threads: that check signatures, 1 to FSCK_THREADS_MAX. Other than OK:
 * the folder could not be read at all.
 */
ANNOT_CHECKED enum annot_status corpus_fsck(const char *dir, unsigned threads, bool defer, FILE *to,
					    uint64_t *ret_findings, struct annot_error *err);
/* The same of a copy that nothing was signed for yet: the checkpoint file is not looked at. */
ANNOT_CHECKED enum annot_status corpus_fsck_copy(const char *dir, unsigned threads, FILE *to,
						 uint64_t *ret_findings, struct annot_error *err);

#endif
