/* What import.c, import_line.c and import_beside.c share. */
#ifndef ANNOTD_IMPORT_PRIVATE_H
#define ANNOTD_IMPORT_PRIVATE_H

#include "annotd/cosigned.h"
#include "annotd/import.h"
#include "annotd/store/store.h"
#include "format/ndjson.h"
#include "log/note.h"

enum { IMPORT_BATCH = 4096, IMPORT_LOG_KEYS_MAX = 64 };

/* A text, or the file that it was made from. */
struct import_part {
	bool wanted; /* its pieces may come now */
	uint64_t length;
	struct annot_hash sha256, chunks; /* chunks: of a text */
};

/* A log that is being put together. */
struct importing {
	struct store *store;
	struct cosigned *cosigned;
	struct annot_arena *arena; /* of one line */
	struct annot_frontier frontier;
	bool has_head, ended, in_batch;
	uint64_t committed;                              /* records */
	struct annot_ndjson head;                        /* corpus, size, root alone */
	struct annot_buf note;                           /* the head's checkpoint */
	struct annot_vkey log_keys[IMPORT_LOG_KEYS_MAX]; /* that corpus records have named */
	size_t n_log_keys;
	/* The genesis record, for the files beside the databases. */
	struct annot_buf genesis, genesis_sig;
	/* The document whose text and original come now. */
	uint64_t document_index;
	struct annot_hash document;
	struct import_part parts[2]; /* by enum store_part */
	enum store_part coming;      /* what content is a piece of */
	struct annot_buf content;
	/* The last ones that came: each is larger than the one before. */
	uint64_t cosigned_size;
	struct annot_hash withheld;
};

/* Takes the next line. INVALID, MISMATCH, REFUSED: without file and line. */
enum annot_status import_line(struct importing *i, const struct annot_ndjson *line,
			      struct annot_error *err);
/* Whether all of it came; commits. */
enum annot_status import_whole(struct importing *i, struct annot_error *err);

/* --- import_line.c --- */

enum annot_status import_begin(struct importing *i, struct annot_error *err);
enum annot_status import_commit(struct importing *i, struct annot_error *err);
/* A checkpoint note that one of the log's keys signed; member: where it stands, for errors. */
enum annot_status import_note(const struct importing *i, const char *member,
			      struct annot_bytes note, struct annot_checkpoint *ret,
			      struct annot_error *err);

/* --- import_beside.c: what is kept beside the log --- */

/* Text and original of the document that was put last may come; record NULL: of none. */
void import_expect(struct importing *i, const struct annot_record *record);
enum annot_status import_piece(struct importing *i, enum store_part part,
			       const struct annot_ndjson *line, struct annot_error *err);
/* Whether what was begun is whole. */
enum annot_status import_part_is_over(const struct importing *i, struct annot_error *err);
enum annot_status import_cosigned(struct importing *i, const struct annot_ndjson *line,
				  struct annot_error *err);
enum annot_status import_withheld(struct importing *i, const struct annot_ndjson *line,
				  struct annot_error *err);

#endif
