/*
 * Rows for people: records with what the daemon derives from the log about them. Its word, not proof.
 * Persons, policy and names are those of now; after reader_as_of, those of that size.
 */
#ifndef ANNOTD_VIEW_H
#define ANNOTD_VIEW_H

#include "annotd/call.h"
#include "annotd/corpus.h"
#include "annotd/query.h"

enum {
	VIEW_SCRATCH_MAX = 32 << 20, /* memory that one row's reviews may take while it is built */
	VIEW_ANCESTORS_MAX = 1024,
	VIEW_DOCUMENTS = 16, /* names of documents that are remembered */
	ROWS_MAX = 1000,
	ROWS_BYTES_MAX = ANNOT_FRAME_MAX - 4096,
};

struct view_document {
	struct annot_hash record;
	const char *name;
	uint64_t version;
	bool used;
};

struct rows {
	struct call *call;
	struct annot_arena *scratch;	   /* reset for each row */
	struct annot_authority *authority; /* as of a size; NULL: the corpus' own */
	struct view_document documents[VIEW_DOCUMENTS];
	struct annot_row *rows; /* in the call's arena */
	size_t n, max, bytes;
};

/* max rows at most (0: ROWS_MAX). Call it after reader_as_of. End with rows_end, also after a failure. */
enum annot_status rows_begin(struct rows *r, struct call *c, uint64_t max);
void rows_end(struct rows *r);

/*
 * Adds the row of a record, unless the query (may be NULL) asks for words or states that it does not have;
 * *ret_full: it did not fit any more and was not added.
 */
enum annot_status rows_add(struct rows *r, uint64_t index, const struct query *query, bool *ret_full);

/* Whether the record matches the words and states of the query, which the store cannot tell. */
enum annot_status rows_match(struct rows *r, uint64_t index, const struct query *query, bool *ret);

/* Bytes that a row takes in a frame, at most. */
size_t rows_size(const struct annot_row *row);

/* --- between view.c and view_review.c --- */

/* A record while its row is built. record is NULL where it was withheld. */
struct view_subject {
	struct store_row row;
	struct store_record stored;
	const struct annot_record *record;
};
enum annot_status view_review(struct rows *r, const struct annot_authority *authority,
			      const struct view_subject *subject, const char **ret_state,
			      bool *ret_disputed);

/* Authority as of the reader's size, replayed; the caller frees it. */
enum annot_status view_authority(struct reader *reader, struct annot_authority **ret,
				 struct annot_error *err);

#endif
