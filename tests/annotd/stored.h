/*
 * A test corpus in a store in a temporary folder, with a reader and a call for handlers. What
 * test_put puts into the corpus reaches the store with stored_sync.
 */
#ifndef TESTS_ANNOTD_STORED_H
#define TESTS_ANNOTD_STORED_H

#include "corpus.h"

#include "annotd/call.h"
#include "annotd/corpus_private.h"

struct stored {
	char dir[64];
	struct test_corpus *c;
	struct store *store;
	struct reader *reader; /* in a snapshot */
	struct annot_frontier frontier;
	size_t n_put; /* entries in truth.db */
	struct corpus corpus;
	struct call call;
};

/* Opens a store in a new folder for a corpus with that many admins (keys 1, 2 …) and threshold. */
struct stored *stored_new(unsigned admins, unsigned threshold);
struct stored *stored_free(struct stored *s);
/* The same for cmocka, with one admin. */
int stored_setup(void **state);
int stored_teardown(void **state);

/* So many claims by that admin into the corpus. */
void stored_put_claims(struct stored *s, int n);

/* Puts new entries into both databases, in one transaction, and takes a new snapshot. */
void stored_sync(struct stored *s);
/* The same, by steps. */
void stored_put_truth(struct stored *s);
void stored_put_index(struct stored *s);
struct annot_hash stored_root(const struct stored *s);

/* Ends the snapshot, closes the store, opens it again; whether it says that the index must be
 * rebuilt. */
bool stored_reopen(struct stored *s);

/* Runs SQL on a database of the folder, behind the store's back. */
void stored_sql(const struct stored *s, const char *name, const char *sql);

/* "3 5 8": the indexes of rows that a query lists. */
const char *stored_list(struct stored *s, const char *query);
/* The row of an entry, in the call's arena. */
const struct annot_row *stored_row(struct stored *s, const struct test_entry *e);

#endif
