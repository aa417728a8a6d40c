/* Log keys, and consistency, out of a copy of the log. */
#ifndef ANNOT_CLIENT_LOG_KEYS_H
#define ANNOT_CLIENT_LOG_KEYS_H

#include "client/log_dir.h"

/*
 * Opens a copy's checkpoint note under a log key of the corpus: that of the genesis record, or one
 * that later records brought, for which all records of authority are replayed. MISMATCH: another
 * corpus, or signed by no such key.
 */
enum annot_status annot_log_dir_open_note(const char *dir, const struct annot_hash *corpus,
					  struct annot_bytes note, struct annot_checkpoint *ret,
					  struct annot_error *err);
/* Whether the copy's hash tiles prove that checkpoint `to` goes on from `from`. MISMATCH. */
enum annot_status annot_log_dir_consistent(const char *dir, const struct annot_checkpoint *from,
					   const struct annot_checkpoint *to,
					   struct annot_error *err);

#endif
