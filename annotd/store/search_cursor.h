/* Cursors over search.db from the inside. Private to annotd/store/. */
#ifndef ANNOTD_STORE_SEARCH_CURSOR_H
#define ANNOTD_STORE_SEARCH_CURSOR_H

#include <sys/types.h>

#include "annotd/store/reader_private.h"
#include "annotd/store/search_private.h"

enum { WORDS_MAX = 64 };

struct finder {
	struct db db;
	dev_t dev;
	ino_t ino;
};

/* Log indexes of the rows of one table that have a word. */
struct stream {
	sqlite3_stmt *st; /* NULL: it is not asked */
	unsigned shift;   /* from its row to a log index */
	bool begun, ended;
	uint64_t at;
};

struct word {
	struct annot_buf match;
	struct stream streams[2];
};

/* The words in one shard. */
struct search_run {
	struct db *db;
	const struct search_words *asked;
	int64_t shard; /* whose tables are being asked; 0: none */
	struct word words[WORDS_MAX];
};

struct search_cursor {
	struct reader *reader;
	struct finder *finder; /* NULL: there is nothing to ask, or it failed */
	struct search_words words;
	struct search_run candidates, pieces;
};

/* Steps to the first log index that is not less than `to`; to the next row. */
enum annot_status stream_seek(struct search_run *run, struct stream *s, uint64_t to,
			      struct annot_error *err);
enum annot_status stream_step(struct search_run *run, struct stream *s, struct annot_error *err);

/* The streams of a shard, unless they are open; said: those of records, too. */
enum annot_status streams_open(struct search_run *run, int64_t shard, bool said,
			       struct annot_error *err);

/* Nothing more is asked of search.db: what cannot be read is as good as not there, but for want of
 * memory. */
enum annot_status cursor_failed(struct search_cursor *c, enum annot_status status,
				const struct annot_error *why, struct annot_error *err);

#endif
