/*
 * The store: one narrow interface, no SQL above it. Two SQLite files in the corpus folder:
 *
 *   truth.db   records, signatures, tree nodes, contents, seen notes, (size, root) of each commit.
 *              Append-only, WAL, synchronous=FULL. A withheld record keeps its leaf line only.
 *   index.db   everything that queries need, derived from truth.db; synchronous=OFF. Rows carry
 * from- and to-index. Behind after a crash of annotd: caught up; after a crash of the machine (the
 * boot id in its meta table differs and it was not closed): deleted and rebuilt.
 *
 * One thread writes (struct store); every reading thread has a struct reader of its own. Both
 * databases carry a schema version (PRAGMA user_version): older is migrated, newer refused.
 */
#ifndef ANNOTD_STORE_H
#define ANNOTD_STORE_H

#include <pthread.h>

#include "log/tree.h"
#include "state/judge.h"

struct store;

enum { STORE_CONTENT_MAX = 64 << 20, STORE_PIECE_SIZE = 1 << 20 };

/*
 * Once, before anything else here and before threads start: turns off what SQLite counts under a
 * lock that all connections share. Without it everything works, only slower.
 */
void store_tune(void);

/* Makes empty databases in a corpus folder; REFUSED if truth.db is there. */
enum annot_status store_create(const char *dir, struct annot_error *err);

/* Opens both; *ret_rebuild says that index.db is empty or was dropped and must be filled from 0. */
enum annot_status store_open(const char *dir, struct store **ret, bool *ret_rebuild,
			     struct annot_error *err);

/*
 * Fills index.db from the start of the log, faster than store_begin and store_index_put do: deletes
 * it and begins one that nobody else can open, without a journal, and whose rows are put sorted and
 * indexed at the end. No readers may be open. Then store_index_put and store_index_effect, in the
 * order of the log, and store_fill_end; everything but reading and these waits. When one of them
 * fails, or the process dies, the index is one that was not finished: store_fill_abandon closes it,
 * the next store_open makes it again. Memory: some 30 MB and 24 bytes a record, at the end 48.
 */
enum annot_status store_fill_begin(struct store *s, struct annot_error *err);
enum annot_status store_fill_end(struct store *s, struct annot_error *err);
void store_fill_abandon(struct store *s);
/* Whether the index must be filled: nothing was put into it since store_open made it, or what it
 * holds was to count no more (store_index_reset; nothing else is asked of it before it is filled). */
bool store_index_is_new(const struct store *s);
void store_index_reset(struct store *s);

/* Marks the index clean, truncates the WAL and closes; takes NULL, returns NULL. */
struct store *store_close(struct store *s);

/* Records in truth.db / applied in index.db, as of the last commit. */
uint64_t store_size(const struct store *s);
uint64_t store_index_size(const struct store *s);

/* --- writing: store_begin … store_commit_truth … store_commit_index, or store_rollback
 * --------------------- */

/*
 * To catch the index up: store_begin, store_index_put …, store_commit_index. When the index cannot
 * be committed after truth.db was, store_rollback leaves it behind: it must be caught up before the
 * next record is judged.
 */
enum annot_status store_begin(struct store *s, struct annot_error *err);

/* Appends a record at index store_size() + those put since store_begin, with the nodes that its
 * leaf completes. */
enum annot_status store_put_record(struct store *s, uint64_t index, struct annot_bytes record,
				   const uint8_t signature[ANNOT_SIGNATURE_SIZE],
				   const struct annot_hash *nodes, size_t n_nodes,
				   struct annot_error *err);
/* The same for one that was withheld: its leaf line alone is there. For copies of a log. */
enum annot_status store_put_withheld(struct store *s, uint64_t index, struct annot_bytes leaf,
				     const uint8_t signature[ANNOT_SIGNATURE_SIZE],
				     const struct annot_hash *nodes, size_t n_nodes,
				     struct annot_error *err);
/* Whether a seen note is there, also one put since store_begin. */
enum annot_status store_has_note(struct store *s, const struct annot_hash *hash, bool *ret,
				 struct annot_error *err);
/* Keeps a seen note; nothing happens if it is there. */
enum annot_status store_put_note(struct store *s, const struct annot_hash *hash,
				 struct annot_bytes note, struct annot_error *err);

/* Where a target's words stand in code points, in the order of the record's target groups. */
struct store_chars {
	uint64_t start, end;
};

/* Applies a judged record to the index. chars has one item for each target group, or is NULL. */
enum annot_status store_index_put(struct store *s, const struct annot_fact *fact,
				  const struct annot_judgement *judgement,
				  const struct store_chars *chars, struct annot_error *err);
/* An earlier, pending record took effect (or was voided) at index `at`. */
enum annot_status store_index_effect(struct store *s, const struct annot_hash *record,
				     enum annot_effect effect, uint64_t at,
				     struct annot_error *err);

/* Durable when it returns OK, with the row (size, root) of the new tree. NO_SPACE, STORE: nothing
 * was stored. */
enum annot_status store_commit_truth(struct store *s, const struct annot_hash *root,
				     struct annot_error *err);
enum annot_status store_commit_index(struct store *s, struct annot_error *err);
void store_rollback(struct store *s);

/* --- the write-ahead logs
 * ------------------------------------------------------------------------------------ */

/* Bytes of each, and of truth.db's, beyond which its pages are moved into the database. */
enum { STORE_WAL_GROWN = 64 << 20, STORE_WAL_TRUTH_GROWN = 8 << 20 };

/* Whether one has; from any thread. */
bool store_wal_has_grown(const struct store *s);
/*
 * Moves the pages of those that have (`all`: of both) into their databases, so that they are
 * written from their start again: by one thread beside the writer, on connections of its own; the
 * last of it while it holds the writer's lock. A reader that keeps one from beginning anew is no
 * failure: it grows by as much again first. NO_SPACE, STORE.
 */
enum annot_status store_wal_tend(struct store *s, bool all, pthread_mutex_t *writer,
				 struct annot_error *err);
/* Empties both, durably. BUSY: a long reader kept one from that. */
enum annot_status store_wal_truncate(const char *dir, struct annot_error *err);

/*
 * Copies truth.db of a folder, which an annotd may be serving, into to_dir, as of one moment;
 * durable when it returns OK. *ret_size: its records. NOT_FOUND, NO_SPACE, STORE: nothing is left.
 */
enum annot_status store_backup(const char *dir, const char *to_dir, uint64_t *ret_size,
			       struct annot_error *err);

/* State before the next record, on the writer's connection, for annot_judge. */
const struct annot_view *store_view(struct store *s);

/* The head of an annotation that is latest in the log, on the same connection. NOT_FOUND. */
struct store_head {
	struct annot_hash record;
	uint64_t version;
	uint64_t heads; /* of the annotation */
};
enum annot_status store_newest_head(struct store *s, const struct annot_hash *annotation,
				    struct store_head *ret, struct annot_error *err);

/*
 * A record on the writer's connection, also past what the index holds (for catching it up), and one
 * put since store_begin. NOT_FOUND past the end.
 */
struct store_record;
enum annot_status store_record(struct store *s, uint64_t index, struct annot_arena *arena,
			       struct store_record *ret, struct annot_error *err);
/* A document's content on the writer's connection, as reader_content_length and reader_content. */
enum annot_status store_content_length(struct store *s, uint64_t document_index, uint64_t *ret,
				       struct annot_error *err);
enum annot_status store_content(struct store *s, uint64_t document_index, uint64_t offset,
				size_t len, struct annot_buf *ret, struct annot_error *err);

/* Root of the log of that size, if a commit made it; else NOT_FOUND. */
enum annot_status store_root(struct store *s, uint64_t size, struct annot_hash *ret,
			     struct annot_error *err);

/* Completed nodes, on the writer's connection. */
struct annot_tree_reader store_tree(struct store *s);

/* --- contents
 * ------------------------------------------------------------------------------------------- */

/* What is kept of a document beside its record: the text, and the file that it was made from. */
enum store_part { STORE_TEXT, STORE_ORIGINAL };

/* Stores a document's whole content, durably; idempotent. The caller checked its hashes. */
enum annot_status store_put_content(struct store *s, uint64_t document_index,
				    struct annot_bytes text, struct annot_error *err);
/* The same of the original. */
enum annot_status store_put_original(struct store *s, uint64_t document_index,
				     struct annot_bytes original, struct annot_error *err);

/*
 * Replaces a record's bytes by its leaf line, drops its content and original, its words from the index, and
 * truncates the WALs; outside of a transaction; idempotent. BUSY: it is done, but a long reader
 * kept a WAL from being truncated; call store_wal_truncate again.
 */
enum annot_status store_withhold(struct store *s, uint64_t index, struct annot_error *err);

/* Index of a document whose withheld content, or original, had that SHA-256. NOT_FOUND: there is none. */
enum annot_status store_withheld_content(struct store *s, const struct annot_hash *sha256,
					 uint64_t *ret_index, struct annot_error *err);
/* Remembers one, for copies of a log; between store_begin and store_commit_truth. Nothing happens
 * if the hash is there. */
enum annot_status store_put_withheld_content(struct store *s, uint64_t index,
					     const struct annot_hash *sha256,
					     struct annot_error *err);

/* --- reading: one reader a thread
 * ------------------------------------------------------------------------ */

struct reader;
enum annot_status reader_open(const char *dir, struct reader **ret, struct annot_error *err);
/* The same, of which nothing but reader_log may be asked: then index.db need not be there. */
enum annot_status reader_open_log(const char *dir, struct reader **ret, struct annot_error *err);
struct reader *reader_close(struct reader *r);

/* A snapshot of both databases: what reader_size says is there. End it within 50 ms of work where
 * possible. */
enum annot_status reader_begin(struct reader *r, struct annot_error *err);
void reader_end(struct reader *r);
/*
 * Counts commits: a reader that follows them keeps its snapshot from reader_begin to reader_begin
 * as long as there was none, and must be told to rest before it waits for something to do (a
 * snapshot keeps write-ahead logs from being emptied). The count must stay as long as the reader.
 */
const _Atomic uint64_t *store_commits(const struct store *s);
void reader_follow(struct reader *r, const _Atomic uint64_t *commits);
void reader_rest(struct reader *r);
/* A number of its own for each snapshot: what was read in one is good while it stays the same. */
uint64_t reader_snapshot(const struct reader *r);
uint64_t reader_size(const struct reader *r);
/* Records in truth.db in the snapshot: may be ahead of the index for a moment. */
uint64_t reader_truth_size(const struct reader *r);
/*
 * From here to the next reader_begin, answers are as of that size: only the first `size` records,
 * and heads, effects and retractions as they were. NOT_FOUND: more than there are. (A version that
 * a quorum voided later counts as void at every size.)
 */
enum annot_status reader_as_of(struct reader *r, uint64_t size, struct annot_error *err);
bool reader_is_as_of(const struct reader *r);

/* A record as stored; bytes live in arena. NOT_FOUND past the end of truth.db. */
struct store_record {
	uint64_t index;
	struct annot_bytes record; /* data NULL: withheld */
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	struct annot_bytes leaf; /* the line; data NULL unless withheld */
};
enum annot_status reader_record(struct reader *r, uint64_t index, struct annot_arena *arena,
				struct store_record *ret, struct annot_error *err);

/*
 * A record as it stands in the log, with the tree nodes that its leaf completes (level 0 first, 32
 * bytes each); all of it until the next call on this reader. Quickest in the order of the log.
 * NOT_FOUND past the end of truth.db; STORE: it has no signature.
 */
struct store_log_row {
	struct store_record stored;
	struct annot_bytes nodes;
};
enum annot_status reader_log(struct reader *r, uint64_t index, struct store_log_row *ret,
			     struct annot_error *err);

/* Index of a record by its hash; NOT_FOUND. */
enum annot_status reader_find(struct reader *r, const struct annot_hash *record, uint64_t *ret,
			      struct annot_error *err);

/*
 * What an id means: an annotation id or record hash (or 8 or more digits of one), ID@N, a document
 * name or NAME@N. An annotation id or name without @N is its newest head by log order. NOT_FOUND;
 * AMBIGUOUS names up to four candidates.
 */
enum annot_status reader_resolve(struct reader *r, const char *id, uint64_t *ret,
				 struct annot_error *err);

/* What the index knows of a record beside its bytes. */
struct store_row {
	uint64_t index;
	enum annot_kind kind;
	struct annot_hash record, annotation, author;
	uint64_t version;  /* 0 if void */
	uint64_t versions; /* of the annotation */
	uint64_t heads;    /* of the annotation */
	bool head;
	enum annot_effect effect;
	uint64_t effect_at; /* index since which `effect` holds: its own, or the one given to
			       store_index_effect */
	char reason[ANNOT_ERROR_TEXT_MAX];
	int64_t retracted; /* index of the annotation's retraction, ANNOT_NEVER */
	bool withheld;
};
enum annot_status reader_row(struct reader *r, uint64_t index, struct store_row *ret,
			     struct annot_error *err);

/* The same without hashes: record and annotation are zero, withheld false, effect_at its own index.
 */
enum annot_status reader_glance(struct reader *r, uint64_t index, struct store_row *ret,
				struct annot_error *err);

/* What the index has of that record and the next ones is asked for, one after the other: it is read at
 * once. */
enum annot_status reader_ahead(struct reader *r, uint64_t index, struct annot_error *err);

/* Whether the index has that hash for the record, as far as it keeps hashes: their first 8 bytes. */
enum annot_status reader_is_named(struct reader *r, uint64_t index, const struct annot_hash *record,
				  bool *ret, struct annot_error *err);

/* Code point places of a record's targets, in order; at most max. */
enum annot_status reader_chars(struct reader *r, uint64_t index, struct store_chars *ret,
			       size_t max, size_t *ret_n, struct annot_error *err);

/* As store_withheld_content. */
enum annot_status reader_withheld_content(struct reader *r, const struct annot_hash *sha256,
					  uint64_t *ret_index, struct annot_error *err);
/* Those hashes, ascending, behind one; at most max. */
struct store_withheld {
	struct annot_hash sha256;
	uint64_t index; /* of the document */
};
enum annot_status reader_withheld_contents(struct reader *r, const struct annot_hash *after,
					   struct store_withheld *ret, size_t max, size_t *ret_n,
					   struct annot_error *err);
/* Length of a document's content if it is complete; NOT_FOUND if it was not uploaded (or was
 * withheld). */
enum annot_status reader_content_length(struct reader *r, uint64_t document_index, uint64_t *ret,
					struct annot_error *err);
/* Bytes [offset, offset + len) of a content, fewer at its end, appended to ret. */
enum annot_status reader_content(struct reader *r, uint64_t document_index, uint64_t offset,
				 size_t len, struct annot_buf *ret, struct annot_error *err);

/* The same of the original. */
enum annot_status reader_original_length(struct reader *r, uint64_t document_index, uint64_t *ret,
					 struct annot_error *err);
enum annot_status reader_original(struct reader *r, uint64_t document_index, uint64_t offset,
				  size_t len, struct annot_buf *ret, struct annot_error *err);

enum annot_status reader_note(struct reader *r, const struct annot_hash *hash,
			      struct annot_buf *ret, struct annot_error *err);
struct annot_tree_reader reader_tree(struct reader *r);
/* The first commit that made a log of at least that size; *ret_size UINT64_MAX: there is none. */
enum annot_status reader_next_root(struct reader *r, uint64_t size, uint64_t *ret_size,
				   struct annot_hash *ret, struct annot_error *err);

/* Calls back with record indexes in log order from `from` on; each returns false to stop. */
typedef bool (*reader_each)(void *arg, uint64_t index);

/* Documents of which the content is there. */
enum annot_status reader_contents(struct reader *r, uint64_t from, reader_each each, void *arg,
				  struct annot_error *err);

/* Records that keys and rules follow from (annot_authority_concerns). */
enum annot_status reader_authority(struct reader *r, uint64_t from, reader_each each, void *arg,
				   struct annot_error *err);
/* All versions of an annotation, and every record whose on, from, to, via, evidence or reply-to
 * names one of them. */
enum annot_status reader_history(struct reader *r, const struct annot_hash *annotation,
				 uint64_t from, reader_each each, void *arg,
				 struct annot_error *err);
/* Reviews (or records of another kind) whose `on` is that record and that are heads and not void or
 * retracted. */
enum annot_status reader_about(struct reader *r, uint64_t index, enum annot_kind kind,
			       reader_each each, void *arg, struct annot_error *err);

/* All verdicts whose `on` is that record: later versions, replaced, retracted and void ones too. */
enum annot_status reader_rated(struct reader *r, uint64_t index, reader_each each, void *arg,
			       struct annot_error *err);

/* The newest head, by log order, of the annotation that a record is a version of; itself where there is none. */
enum annot_status reader_newest(struct reader *r, uint64_t index, uint64_t *ret,
				struct annot_error *err);
/*
 * What a query asks of the index alone. Lists of a kind are alternatives, tags are all wanted;
 * absent lists have n 0. Unless more is asked for: heads, not void, not retracted.
 */
struct store_query {
	uint32_t kinds; /* bit 1 << kind */
	const struct annot_hash *authors;
	size_t n_authors;
	const uint64_t *
		documents; /* any version of each: targets in any version, or the document itself */
	size_t n_documents;
	const char *const *tags, *const *speakers, *const *ratings;
	size_t n_tags, n_speakers, n_ratings;
	const char *const *imported, *const *sources, *const *sums; /* imported-from; of documents source, sha256 */
	size_t n_imported, n_sources, n_sums;
	uint64_t since, before;          /* log indexes, since <= index < before */
	int64_t since_time, before_time; /* claimed times */
	bool with_retracted, with_void, with_pending;
	const uint64_t *only; /* of these records, ascending, n_only; NULL: of all */
	size_t n_only;
	bool outdated; /* with a target in a version of a document that was replaced */
	uint64_t likely; /* records that will be looked at, if that is known; 0: many */
	bool as_entered; /* every record, also versions that were replaced; ratings find verdicts
			    alone: whether one matches does not change once it is in the log */
};
#define STORE_QUERY_INIT                                                                           \
	((struct store_query){                                                                     \
		.before = INT64_MAX, .since_time = INT64_MIN, .before_time = INT64_MAX})

/* Records that match, in log order. */
enum annot_status reader_list(struct reader *r, const struct store_query *query, uint64_t from,
			      reader_each each, void *arg, struct annot_error *err);

#endif
