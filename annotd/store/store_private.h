/* The writer's store from the inside. Private to annotd/store/. */
#ifndef ANNOTD_STORE_STORE_PRIVATE_H
#define ANNOTD_STORE_STORE_PRIVATE_H

#include <stdatomic.h>

#include "annotd/store/core.h"

struct wal {
	const struct db_file *file;
	size_t grown;       /* bytes from which on its pages are moved, … */
	_Atomic size_t max; /* … and those from which on they are next */
	_Atomic int pages;  /* in it, as of the last commit */
};

struct store {
	struct core core;
	struct wal truth_wal, index_wal;
	char *dir;
	uint64_t size, index_size;           /* committed */
	uint64_t next_size, next_index_size; /* with the open transaction */
	bool in_truth, in_index; /* transactions are begun by the first write of a batch */
	bool index_is_new;       /* nothing was committed to it since it was made */
	struct core_cache cache; /* the core's */
	struct fill *fill;       /* between store_fill_begin and its end; else NULL */
	struct annot_view view;
	bool due, next_due; /* documents came due: committed, and in the open transaction */
	_Atomic uint64_t commits;
};

/* Begins the transaction of that database if it is not yet begun. */
enum annot_status store_in_truth(struct store *s, struct annot_error *err);
enum annot_status store_in_index(struct store *s, struct annot_error *err);

/* --- store.c --- */

/* Deletes a database with what SQLite keeps beside it; nothing happens where it is not there. */
enum annot_status store_file_delete(const char *dir, const char *name, struct annot_error *err);
/* Deletes the index and makes an empty one: CREATE or FILL. */
enum annot_status store_index_remake(struct store *s, enum db_mode mode, struct annot_error *err);
enum annot_status store_meta_put(struct db *db, int key, int64_t value, struct annot_error *err);

/* --- fill.c --- */

/* Runs a statement that takes n numbers; put: later, perhaps, where the index is being filled. */
enum annot_status store_put_row(struct store *s, unsigned statement, const int64_t *numbers,
				size_t n, struct annot_error *err);
enum annot_status store_run_row(struct store *s, unsigned statement, const int64_t *numbers,
				size_t n, struct annot_error *err);
/* Puts what waits, so that it can be read. */
enum annot_status store_fill_flush(struct store *s, struct annot_error *err);

/* Fills s->view. */
void store_view_init(struct store *s);

/*
 * Puts (or, when a record's bytes are withheld, drops) what the index derives from a record's cards
 * beside its leaf: references, targets, interned texts.
 */
enum annot_status store_index_cards(struct store *s, uint64_t seq,
				    const struct annot_record *record, bool drop,
				    struct annot_error *err);

/* --- withheld.c --- */

/* Of a document, the hashes of its text and original, so that the same bytes are not taken in
 * again. */
enum annot_status store_remember_withheld(struct store *s, uint64_t index,
					  const struct annot_record *record,
					  struct annot_error *err);

/* --- wal.c --- */

/* Bounds the log of a connection of the store's that was just opened. */
enum annot_status store_wal_watch(struct store *s, struct db *db, struct annot_error *err);
/* Whether the last close was clean, or at least no crash of the machine can have lost pages since.
 */
enum annot_status store_index_trusted(struct db *index, bool *ret, struct annot_error *err);
/* Durably not clean; from then on nothing is synced. */
enum annot_status store_index_mark_open(struct db *index, struct annot_error *err);
/* The same of one that never was clean, within a transaction. */
enum annot_status store_index_mark_new(struct db *index, struct annot_error *err);
/* Its pages are on the disk, and then the mark that vouches for them. */
enum annot_status store_index_mark_clean(struct db *index, struct annot_error *err);
/* All its pages into the database. BUSY: a reader is at some. */
enum annot_status store_wal_empty(struct db *db, struct annot_error *err);

/* --- anchor.c --- */

/* The document of that first version has targets to be looked for, because of record `at`. */
enum annot_status store_due_put(struct store *s, uint64_t document, uint64_t at,
				struct annot_error *err);
/* The same of every document that was replaced, where what is in the index is of another version of the algorithm. */
enum annot_status store_anchors_check(struct store *s, struct annot_error *err);

/* --- index_change.c --- */

enum annot_status store_ann_put(struct store *s, uint64_t first, const struct core_ann *ann,
				struct annot_error *err);
/* A later version takes effect at index `at`: its parents are no heads any more; counts *heads
 * down. */
enum annot_status store_replace_parents(struct store *s, const struct annot_leaf *leaf, uint64_t at,
					uint64_t *heads, struct annot_error *err);
enum annot_status store_void_put(struct store *s, uint64_t seq, const char *reason,
				 struct annot_error *err);

#endif
