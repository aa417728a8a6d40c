/* search.db from the inside. Private to annotd/store/. */
#ifndef ANNOTD_STORE_SEARCH_PRIVATE_H
#define ANNOTD_STORE_SEARCH_PRIVATE_H

#include "annotd/store/database.h"
#include "annotd/store/search.h"

extern const struct db_file store_search_file;

enum search_statement {
	SEARCH_META_GET,
	SEARCH_META_PUT,
	SEARCH_SHARD_AT,
	SEARCH_SHARD_DUE,
	SEARCH_SHARD_NEW,
	SEARCH_SHARD_SET,
	SEARCH_WAITING,
	SEARCH_WAITING_PUT,
	SEARCH_WAITING_DROP,
	SEARCH_PIECE_PUT,
	SEARCH_PIECE_GET,
	SEARCH_PIECE_DROP,
	SEARCH_GONE_PUT,
	SEARCH_GONE,
	SEARCH_BEGIN,
	SEARCH_WRITE,
	SEARCH_END,
	SEARCH_STATEMENTS
};
_Static_assert((int)SEARCH_STATEMENTS <= (int)DB_STATEMENTS_MAX, "search.db's statements fit");

/* Index and signature of the record that was indexed last: that the file is about this truth.db. */
enum { SEARCH_META_LAST = 1, SEARCH_META_SIGNATURE = 2 };

/* Row of a piece in a table of contents: index << PIECE_BITS | piece. */
enum { PIECE_BITS = 15 };
_Static_assert(STORE_CONTENT_MAX / (SEARCH_PIECE - 512) < 1 << PIECE_BITS, "pieces have numbers");

/* A range of the log, [first, end), of which [first, next) is indexed; the last one has no end yet.
 */
struct search_shard {
	int64_t id;
	uint64_t first, next, end; /* end UINT64_MAX: open */
	uint64_t bytes;
};
/* The first shard for which AT or DUE (of a log of that size) holds; *ret_row false: there is none.
 */
enum annot_status search_shard(struct db *db, enum search_statement which, uint64_t from,
			       uint64_t size, bool *ret_row, struct search_shard *ret,
			       struct annot_error *err);
enum annot_status search_shard_set(struct db *db, const struct search_shard *shard,
				   struct annot_error *err);

/* A document whose content is indexed up to here, and not further. */
struct search_waiting {
	uint64_t seq, byte, chars, pieces;
};
/* The first one of [from, end). */
enum annot_status search_waiting(struct db *db, uint64_t from, uint64_t end, bool *ret_row,
				 struct search_waiting *ret, struct annot_error *err);

/* Runs a statement that takes n numbers. */
enum annot_status search_number(struct db *db, enum search_statement which, const uint64_t *numbers,
				size_t n, struct annot_error *err);

/* The two tables of a shard, by name: "said_7", "content_7". */
enum { SEARCH_TABLE_MAX = 32 };
void search_table(char ret[SEARCH_TABLE_MAX], bool contents, int64_t shard);

/* Opens the file and teaches the connection its tokenizer. As db_open. */
enum annot_status search_db_open(struct db *db, const char *dir, enum db_mode mode,
				 struct annot_error *err);

/* --- search_grams.c --- */

/* The distinct runs of some texts, as the tokenizer takes them. */
struct grams {
	uint64_t *seen; /* a set: open addressing, 0 is free */
	size_t n_seen, cap;
	struct annot_buf text;
};
enum { GRAMS_TEXT_MAX = 8 << 20 };
#define GRAMS_INIT ((struct grams){.text = ANNOT_BUF_INIT(GRAMS_TEXT_MAX)})
void grams_free(struct grams *g);
void grams_clear(struct grams *g);
/* Adds those of a text, valid UTF-8, whose plain view is taken. */
enum annot_status grams_add(struct grams *g, const char *text, size_t len, struct annot_error *err);

/* The next of the runs in hand, from *at on, which moves behind it; false: there are no more. */
bool grams_next(const struct grams *g, size_t *at, struct annot_bytes *ret);

/* What FTS5 is asked for a plain word. Nothing of the word stands outside of its quotes. */
void grams_match(const char *word, struct annot_buf *ret);

/* Registers the tokenizer "runs". */
enum annot_status grams_register(struct db *db, struct annot_error *err);

#endif
