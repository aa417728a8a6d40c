/* Who fills search.db from the inside. Private to annotd/store/. */
#ifndef ANNOTD_STORE_SEARCH_FILL_H
#define ANNOTD_STORE_SEARCH_FILL_H

#include "annotd/store/search_private.h"

struct search {
	char *dir;
	struct db db;
	struct reader *reader;
	struct grams grams;
	uint64_t shard_bytes;
	struct annot_arena *raw, *arena; /* records, and the one that is parsed */
	/* "INSERT" into the tables of a shard; NULL: not prepared, or dropped by a purge */
	sqlite3_stmt *put[2];
	int64_t shard; /* that they are of */
};

/* A row of the runs in hand, if there are any, into a table of a shard. */
enum annot_status search_put(struct search *s, bool contents, int64_t shard, uint64_t row,
			     struct annot_error *err);
enum { SEARCH_ARENA_MAX = 1 << 20 /* a record, parsed */ };

/* --- what is put, for who puts it and who checks it --- */

/* Whether a record was purged, and is not to be put again. */
enum annot_status search_is_gone(struct db *db, uint64_t seq, bool *ret, struct annot_error *err);
/* The runs of a record's cards, of ret_bytes bytes, and whether it is a document. */
enum annot_status search_record_grams(const struct store_record *stored, struct annot_arena *arena,
				      struct grams *grams, uint64_t *ret_bytes, bool *ret_document,
				      struct annot_error *err);
/* Up to a step of a content from w->byte on, to the end of a code point; *ret_there false: there is
 * none, *ret_whole: to its end. */
enum annot_status search_content_read(struct reader *reader, const struct search_waiting *w,
				      struct annot_buf *ret, bool *ret_there, bool *ret_whole,
				      struct annot_error *err);
/* The next piece of it, if it can be told: its length, its runs. */
bool search_content_piece(struct annot_bytes left, bool whole, size_t *ret_len);
enum annot_status search_piece_grams(struct annot_bytes left, size_t len, struct grams *grams,
				     struct annot_error *err);

/* Ends a transaction that was begun, one way or the other; returns status, or why it could not be
 * committed. */
enum annot_status search_done(struct search *s, enum annot_status status, struct annot_error *err);

#endif
