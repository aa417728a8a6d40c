/* What import.c and import_line.c share. */
#ifndef ANNOTD_IMPORT_PRIVATE_H
#define ANNOTD_IMPORT_PRIVATE_H

#include "annotd/import.h"
#include "annotd/store/store.h"
#include "format/ndjson.h"
#include "log/note.h"

enum { IMPORT_BATCH = 4096, IMPORT_LOG_KEYS_MAX = 64 };

/* A log that is being put together. */
struct importing {
	struct store *store;
	struct annot_arena *arena; /* of one line */
	struct annot_frontier frontier;
	bool has_head, ended, in_batch;
	uint64_t committed;                              /* records */
	struct annot_ndjson head;                        /* corpus, size, root alone */
	struct annot_vkey log_keys[IMPORT_LOG_KEYS_MAX]; /* that corpus records have named */
	size_t n_log_keys;
	/* The genesis record, for the files beside the databases. */
	struct annot_buf genesis, genesis_sig;
	/* The document whose text comes now. */
	bool in_text;
	uint64_t document_index, length;
	struct annot_hash document, sha256, chunks;
	struct annot_buf text;
};

/* Takes the next line. INVALID, MISMATCH, REFUSED: without file and line. */
enum annot_status import_line(struct importing *i, const struct annot_ndjson *line,
			      struct annot_error *err);
/* Whether all of it came; commits. */
enum annot_status import_whole(struct importing *i, struct annot_error *err);

#endif
