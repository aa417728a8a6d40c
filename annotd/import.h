/* A corpus folder from the lossless form of a log (format/ndjson.h). */
#ifndef ANNOTD_IMPORT_H
#define ANNOTD_IMPORT_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/error.h"

struct import_options {
	const char *dir;  /* the folder to make; not there, or empty */
	const char *file; /* "-": standard input */
	unsigned threads; /* that check signatures, at least 1 */
	FILE *findings;   /* one a line */
};

/*
 * annotd import: everything is checked as in admission: each record against its leaf, every leaf
 * against the root, seen cards against the log and their notes, texts and originals against their
 * records, cosigned checkpoints against the log; then, as fsck does, every signature, every
 * judgement and the words of every target. What no record says any more, hashes of withheld texts
 * and whose cosignatures they are, is taken as it comes. The folder is made beside its place
 * (DIR.importing) and appears there whole or not at all. It has neither log key nor checkpoint
 * file: what is made of it must not sign unasked, as with a backup. It shows the checkpoint that it
 * was exported under (CORPUS_COPIED_NOTE).
 *
 * REFUSED: DIR holds something; a file that is not a whole log. INVALID: names file and line.
 * MISMATCH: what it says does not agree. NO: there were findings. UNREADABLE, NO_SPACE, STORE.
 */
ANNOT_CHECKED enum annot_status corpus_import(const struct import_options *options,
					      uint64_t *ret_records, struct annot_error *err);

#endif
