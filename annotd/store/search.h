/*
 * Where words may stand: search.db, a file beside index.db that is derived from truth.db alone,
 * with SQLite's FTS5. It answers with candidates; whoever asks reads the text and looks
 * (text/plain.h), so that a letter too many in the index costs time and nothing else. What it does
 * not hold yet are candidates as well: then nothing is missing, it only takes longer.
 *
 * What is indexed are the distinct runs of three code points of a plain view (its last ones
 * shorter): so parts of words are found, and languages without spaces, and a word is an AND of its
 * runs (one of one or two letters the prefix of runs). Texts of records and contents of documents
 * are tables of their own, the latter in pieces; both are divided into shards by log index. Where
 * bytes are withheld, the shard's tables are dropped, pages overwritten, and made again: FTS5
 * before 3.42 leaves the words of a deleted row in its segments. https://sqlite.org/fts5.html
 */
#ifndef ANNOTD_STORE_SEARCH_H
#define ANNOTD_STORE_SEARCH_H

#include "annotd/store/store.h"

enum {
	/* A content is looked at in pieces of about so many bytes, each with so many of the next.
	 */
	SEARCH_PIECE = 8 << 10,
	SEARCH_OVERLAP = 1 << 10,
	/* Letters of a word by which it is found; the rest is only compared. */
	SEARCH_LETTERS = 64,
	/* Bytes of text after which a shard is full. */
	SEARCH_SHARD = 32 << 20,
	/* Of one transaction: bytes of text, records. */
	SEARCH_STEP = 256 << 10,
	SEARCH_STEP_RECORDS = 1024,
};

/* Whether words are looked for in a card's value: not around a target's words, nor in numbers. */
bool search_reads(const struct annot_card *card);

/* Bytes of the first piece of what a text has left; len where that is all. Never 0 unless len is.
 */
size_t search_piece(const char *text, size_t len);

/* --- filling it: one thread --- */

struct search;

/*
 * Opens the file, or makes an empty one where it is not there, cannot be used, or is about other
 * records than reader's (of reader_open_log; used by this handle from then on). shard_bytes:
 * SEARCH_SHARD, or another size for tests.
 */
enum annot_status search_open(const char *dir, struct reader *reader, uint64_t shard_bytes,
			      struct search **ret, struct annot_error *err);
struct search *search_close(struct search *s);

/*
 * Indexes the next records of the log, a transaction's worth. *ret_more: there are some left.
 * Documents among them wait for their contents: *ret_first and *ret_end are widened by these.
 * BUSY: another connection is purging; try again.
 */
enum annot_status search_records(struct search *s, bool *ret_more, uint64_t *ret_first,
				 uint64_t *ret_end, struct annot_error *err);
/*
 * Indexes the contents, as far as they were uploaded, of documents that wait for that and whose log
 * index is *first or more and less than end, a transaction's worth; moves *first on, to end when
 * none is left.
 */
enum annot_status search_contents(struct search *s, uint64_t *first, uint64_t end,
				  struct annot_error *err);
/* Moves its write-ahead log into the file; durable. BUSY where a reader is at it. */
enum annot_status search_tidy(struct search *s, struct annot_error *err);

/*
 * Whether it has what the log gives: calls back with what is wrong, once for each shard, as the
 * range of the log that it is of. A file that is not there, or cannot be opened as one of this
 * annotd's, is none of its business: it is made again. STORE: what is in it cannot be read;
 * NO_MEMORY.
 */
typedef void (*search_finding)(void *arg, uint64_t first, uint64_t end, const char *what);
enum annot_status search_check(const char *dir, search_finding finding, void *arg,
			       struct annot_error *err);

/* Deletes the file, of a corpus that nobody serves. */
enum annot_status search_drop(const char *dir, struct annot_error *err);

/* Takes the words of a record, and of its content, out of the file, durably; by store_withhold,
 * before the bytes go. Nothing happens where there is no file. BUSY: try again. */
enum annot_status search_purge(const char *dir, uint64_t index, struct annot_error *err);

/* --- asking it --- */

struct search_words {
	const char *const *words; /* plain; not empty */
	size_t n;
	bool contents; /* also in the contents of documents */
};

/*
 * Asks for words, in one snapshot of the file, on a reader that is in one too. The words must stay,
 * 1 to 64 of them, until search_end (which takes NULL, returns NULL). Where the file is not there
 * or cannot be read, nothing is known and everything may have them.
 */
struct search_cursor;
enum annot_status search_begin(struct reader *r, const struct search_words *words,
			       struct search_cursor **ret, struct annot_error *err);
struct search_cursor *search_end(struct search_cursor *c);
const struct search_words *search_asked(const struct search_cursor *c);

/*
 * The next records that may have all the words, each in any of their texts: log indexes from `from`
 * on, ascending, max at most. *ret_next: where to go on; at least reader_size when there are no
 * more.
 */
enum annot_status search_candidates(struct search_cursor *c, uint64_t from, uint64_t *ret,
				    size_t max, size_t *ret_n, uint64_t *ret_next,
				    struct annot_error *err);

/* A piece of a content: where it starts, in bytes and code points, and where the next one does. */
struct search_place {
	uint64_t start, chars, end;
};
enum search_piece_is {
	SEARCH_PIECE_NEXT,    /* in *ret */
	SEARCH_PIECE_NONE,    /* there are no more */
	SEARCH_PIECE_UNKNOWN, /* the content is not indexed, and is to be looked through */
};
/*
 * The pieces of a document's content, of `length` bytes, in which a word of the cursor's may begin:
 * one a call, ascending. Documents are to be asked about in log order. After UNKNOWN those that
 * were told before count for nothing.
 */
enum annot_status search_next_piece(struct search_cursor *c, uint64_t document_index, size_t word,
				    uint64_t length, struct search_place *ret,
				    enum search_piece_is *ret_is, struct annot_error *err);

#endif
