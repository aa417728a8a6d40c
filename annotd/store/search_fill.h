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
/* Ends a transaction that was begun, one way or the other; returns status, or why it could not be
 * committed. */
enum annot_status search_done(struct search *s, enum annot_status status, struct annot_error *err);

#endif
