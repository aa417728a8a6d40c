/* A reader from the inside. Private to annotd/store/. */
#ifndef ANNOTD_STORE_READER_PRIVATE_H
#define ANNOTD_STORE_READER_PRIVATE_H

#include <stdatomic.h>

#include "annotd/store/core.h"

/* What the index has of one record, as stored: not as of a size. */
struct page_row {
	struct core_rec rec;
	struct core_ann ann;
	bool has_ann;        /* else it must be looked up */
	bool undiscussed;    /* no record is about it; else it must be looked up */
	uint32_t at, length; /* of its chars in the page's */
};

/*
 * Rows that a list has read at once, so that what is asked of each needs no statement of its own:
 * ascending by seq. Good as long as the snapshot is.
 */
struct page {
	size_t n, at; /* at: the one that was found last */
	struct page_row rows[CORE_CHUNK];
	struct annot_buf chars;
};

/* The statement of a query that was asked lately. */
struct kept_list {
	sqlite3_stmt *st;
	uint64_t used; /* when, in queries */
};
enum { LISTS_KEPT = 8 };

struct finder; /* search_find.c: a connection to search.db */

struct reader {
	struct core core;
	char *dir;
	struct finder *finder; /* NULL until words are looked for */
	uint64_t size;       /* what answers are about: index_size, or less after reader_as_of */
	uint64_t index_size; /* applied in the snapshot */
	uint64_t truth_size;
	uint64_t snapshots; /* how many there were */
	bool open;          /* there is one */
	/* Commits to follow, how many the snapshot has, when it was taken. NULL: each request takes
	 * one. */
	const _Atomic uint64_t *commits;
	uint64_t seen_commits, taken_ms;
	struct page page;
	struct page one; /* the record that was looked up last, beside the page */
	struct kept_list lists[LISTS_KEPT];
	uint64_t n_lists; /* queries so far */
};

/* --- search_find.c --- */

struct finder *finder_close(struct finder *f);

/* --- page.c --- */

void page_forget(struct page *page);
/* Adds a row of INDEX_ROW's columns. Rows must ascend. */
enum annot_status page_add(struct page *page, struct db *db, sqlite3_stmt *st,
			   struct annot_error *err);
/*
 * Reads the next n rows, CORE_CHUNK at most, into the page, from a statement of INDEX_ROW's columns whose ?1 is the first
 * index and ?2 how many, and what they have beside, where that is less work at once.
 */
enum annot_status page_read(struct reader *r, sqlite3_stmt *st, uint64_t from, size_t n,
			    struct annot_error *err);
/* The row of a record, from the page or looked up; good until the next call. NOT_FOUND. */
enum annot_status page_row(struct reader *r, uint64_t seq, struct page_row **ret,
			   struct annot_error *err);
/* Its annotation. */
enum annot_status page_ann(struct reader *r, struct page_row *row, struct core_ann *ret,
			   struct annot_error *err);
/* False: no record is about it. */
enum annot_status page_discussed(struct reader *r, struct page_row *row, bool *ret,
				 struct annot_error *err);

#endif
