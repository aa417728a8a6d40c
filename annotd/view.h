/*
 * Rows for people: records with what the daemon derives from the log about them. Its word, not
 * proof. Persons, policy and names are those of now; after reader_as_of, those of that size.
 */
#ifndef ANNOTD_VIEW_H
#define ANNOTD_VIEW_H

#include "annotd/call.h"
#include "annotd/corpus.h"
#include "annotd/query.h"

enum {
	VIEW_SCRATCH_MAX = 32 << 20, /* memory that one row's reviews may take while it is built */
	VIEW_DOCUMENTS = 32,         /* that are remembered */
	VIEW_NAME_MAX = 63,
	ROWS_MAX = 1000,
	ROWS_BYTES_MAX = ANNOT_FRAME_MAX - 4096,
};

struct view_document {
	bool used;
	char hex[ANNOT_HASH_HEX];
	struct annot_hash record;
	uint64_t version;
	char name[VIEW_NAME_MAX + 1]; /* "": it is not there, or was withheld */
	/* Where targets in it are looked for: the newest version's index and record; itself where
	 * it is that. */
	uint64_t index, newest, newest_version;
	struct annot_hash newest_record;
	const char *unanchored; /* why nothing can be: "withheld", "absent"; else NULL */
};

/* Documents that targets named, by a part of their hash; good within one snapshot. And kinds, as a
 * bit each, of which it was looked up whether they are reviewed and whether they are on a record.
 */
struct view_cache {
	uint64_t snapshot;
	uint32_t kinds_known, kinds_reviewed, kinds_on;
	struct view_document documents[VIEW_DOCUMENTS];
};

/* A key's or document's name that the reply has already: the next row mostly names the same. */
struct row_name {
	struct annot_hash of;
	const char *name; /* in the call's arena; NULL: none yet */
};

struct rows {
	struct call *call;
	struct annot_arena *scratch;       /* reset for each row */
	struct annot_authority *authority; /* as of a size; NULL: the corpus' own */
	struct view_cache *cache, own;     /* the call's, or its own */
	struct annot_row *rows;            /* in the call's arena */
	struct row_name author, document;  /* that the last row named */
	size_t n, max, bytes, bytes_max; /* bytes_max: ROWS_BYTES_MAX unless set after rows_begin */
};

/* Looks the names of a query up. As query_bind. */
enum annot_status view_bind(struct call *c, struct query *query);

/* max rows at most (0: ROWS_MAX). Call it after reader_as_of. End with rows_end, also after a
 * failure. */
enum annot_status rows_begin(struct rows *r, struct call *c, uint64_t max);
void rows_end(struct rows *r);

/* A copy of the name of a key or document, in the call's arena: the last one, where it is that one's. NO_MEMORY. */
enum annot_status rows_name(struct rows *r, struct row_name *last, const struct annot_hash *of,
			    const char *name, const char **ret);

/* What is known of a kind: whether it is reviewed, and whether it is on a record. */
bool view_is_reviewed(struct rows *r, enum annot_kind kind);
bool view_is_on(struct rows *r, enum annot_kind kind);

/*
 * Adds the row of a record, unless the query (may be NULL) asks for words or states that it does
 * not have; *ret_full: it did not fit any more and was not added.
 */
enum annot_status rows_add(struct rows *r, uint64_t index, const struct query *query,
			   bool *ret_full);

/* Whether the record matches the words and states of the query, which the store cannot tell. */
enum annot_status rows_match(struct rows *r, uint64_t index, const struct query *query, bool *ret);

/* Bytes that a row takes in a frame, at most. */
size_t rows_size(const struct annot_row *row);

/* --- between view.c, view_review.c, view_on.c and view_target.c --- */

/* A record while its row is built. row has no hashes: reader_glance. */
struct view_subject {
	struct store_row row;
	struct store_record stored;
	const struct annot_record *parsed; /* by view_parse */
};
/* Parses it, into scratch, unless that was done; *ret is NULL where it was withheld. */
enum annot_status view_parse(struct rows *r, struct view_subject *subject,
			     const struct annot_record **ret);
enum annot_status view_review(struct rows *r, const struct annot_authority *authority,
			      struct view_subject *subject, const char **ret_state,
			      bool *ret_disputed);

/* Whether the author's key was stolen when it was signed, and nobody stood by it since. */
enum annot_status view_stolen(struct rows *r, const struct annot_authority *authority,
			      const struct view_subject *subject, bool *ret);

/* Which version of what the record's card `on` names, as of now. */
enum annot_status view_on(struct rows *r, const struct view_subject *subject,
			  struct annot_row *ret);
/* Of a verdict: *ret_blind. Of a seal: *ret_flag is "unopened", "given-up" or, opened, NULL.
 * Outputs that do not apply are left alone. */
enum annot_status view_sealed(struct rows *r, const struct annot_authority *authority,
			      const struct view_subject *subject, bool *ret_blind,
			      const char **ret_flag);

/* Whether a record's targets have an anchor that is wanted, as bits of query_state. BUSY: that
 * cannot be said yet. */
enum annot_status view_anchored(struct rows *r, struct view_subject *subject, unsigned wanted,
				bool *ret);
/* The places of a record's targets, and what became of them. */
enum annot_status view_targets(struct rows *r, const struct view_subject *subject,
			       struct annot_row *ret);

/* Authority as of the reader's size, replayed; the caller frees it. */
enum annot_status view_authority(struct reader *reader, struct annot_authority **ret,
				 struct annot_error *err);

#endif
