/* Inclusion proofs as files: c2sp.org/tlog-proof@v1. */
#ifndef ANNOT_LOG_TLOGPROOF_H
#define ANNOT_LOG_TLOGPROOF_H

#include "log/note.h"
#include "log/tree.h"

/* Bytes of extra data, decoded, and of a file. */
enum { ANNOT_TLOGPROOF_EXTRA_MAX = 4096, ANNOT_TLOGPROOF_MAX = 32768 };

struct annot_tlogproof {
	struct annot_bytes extra; /* base64 as it stands, not authenticated; data NULL if absent */
	uint64_t index;
	size_t n_path;
	struct annot_hash path[ANNOT_PATH_MAX];
	struct annot_bytes note; /* verbatim */
};

/* Views point into file; the note is not parsed. INVALID names the line, TOO_LARGE: over
 * ANNOT_TLOGPROOF_MAX. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_tlogproof_parse(struct annot_bytes file,
								struct annot_tlogproof *ret,
								struct annot_error *err);
ANNOT_API void annot_tlogproof_write(const struct annot_tlogproof *p, struct annot_buf *ret);

#endif
