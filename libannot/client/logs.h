/*
 * Whole logs: copies of them as static files (c2sp.org/tlog-tiles; log/tiles.h has the layout), and
 * audits, of such a copy or of what a daemon shows.
 */
#ifndef ANNOT_CLIENT_LOGS_H
#define ANNOT_CLIENT_LOGS_H

#include "base/progress.h"
#include "client/client.h"
#include "proof/audit.h"

struct annot_exported {
	struct annot_checkpoint checkpoint;
	uint64_t before; /* records that the copy had */
	bool rewritten;  /* records were withheld since, and are gone from the copy now */
};
/*
 * Brings a copy of the log in dir (made if it is missing) up to the newest checkpoint: only what is
 * new is fetched and written, each record hashed and compared with its leaf, the leaves with the
 * checkpoint, which is written last. Records that were withheld since go from the copy. MISMATCH:
 * the copy is of another log or of another history of this one, or what came does not fit the
 * checkpoint; REFUSED: the folder holds something else; UNREADABLE, NO_SPACE, and statuses of the
 * calls. Another export into the same folder is waited for.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_log_export(struct annot *a, const char *dir,
							   annot_progress progress, void *arg,
							   struct annot_exported *ret,
							   struct annot_error *err);

/* The checkpoint note of a copy, appended. UNREADABLE. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_log_note(const char *dir, struct annot_buf *ret,
							 struct annot_error *err);
/* The first leaf lines of a copy, size of them, appended: for struct annot_trust. UNREADABLE,
 * INVALID (names the file). */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_log_leaves(const char *dir, uint64_t size, struct annot_buf *ret, struct annot_error *err);

struct annot_audit_options {
	struct annot_hash corpus; /* that the reader trusts */
	const char *dir;          /* a copy of the log; NULL: ask the daemon */
	bool again; /* check every signature, also those that an earlier audit here has */
	annot_progress progress; /* may be NULL */
	void *arg;
};
/*
 * Replays a whole log on all cores; a may be NULL with dir. What was checked is noted in the user's
 * state every few seconds (size and root: the leaves commit to every signature), so that the next
 * audit goes on from there. OK whatever was found: look at the verdict. UNREADABLE, INVALID: the
 * copy lacks files or has other files than it should; statuses of the calls.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_log_audit(struct annot *a,
							  const struct annot_audit_options *options,
							  struct annot_arena *arena,
							  const struct annot_audit_report **ret,
							  struct annot_error *err);

#endif
