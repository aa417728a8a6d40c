/* Log keys, and what the log was before, out of a copy of it. */
#ifndef ANNOT_CLIENT_LOG_KEYS_H
#define ANNOT_CLIENT_LOG_KEYS_H

#include "client/log_dir.h"
#include "proof/evidence.h"

/*
 * Opens a copy's checkpoint note under a log key of the corpus: that of the genesis record, or one
 * that later records brought, for which all records of authority are replayed. MISMATCH: another
 * corpus, or signed by no such key; INVALID: the copy's leaves do not come to the note's root.
 */
enum annot_status annot_log_dir_open_note(const char *dir, const struct annot_hash *corpus,
					  struct annot_bytes note, struct annot_checkpoint *ret,
					  struct annot_error *err);
/*
 * The root that a copy with checkpoint `of` had when it had size records (0 < size < of->size),
 * from the inclusion path of the record that came next, which shows it to anybody. INVALID: the
 * hash tiles do not fit the checkpoint; UNREADABLE.
 */
enum annot_status annot_log_dir_prefix(const char *dir, uint64_t size,
				       const struct annot_checkpoint *of,
				       struct annot_evidence_path *ret, struct annot_hash *ret_root,
				       struct annot_error *err);
/* Appends the first record of a copy of so many. UNREADABLE, INVALID. */
enum annot_status annot_log_dir_genesis(const char *dir, uint64_t size, struct annot_buf *ret,
					struct annot_error *err);

#endif
