/*
 * The thread that fills search.db (store/search.h) behind the writer's back: while nothing is
 * written, or not for long, with the lowest priority, in transactions of a megabyte of text. What
 * it has not done yet is looked through by whoever searches, so nobody waits for it.
 */
#ifndef ANNOTD_INDEXER_H
#define ANNOTD_INDEXER_H

#include "annotd/corpus.h"
#include "annotd/rebuild.h"

enum {
	INDEXER_QUIET_MS = 200,  /* without a commit, before it begins */
	INDEXER_LATE_MS = 2000,  /* it begins after that anyway */
	INDEXER_AGAIN_MS = 5000, /* after a failure */
};

struct indexer;

/* Opens search.db and starts the thread. The corpus must outlive it. Where search.db cannot be
 * opened or made, that is logged, and there is no index: *ret is then NULL. */
ANNOT_CHECKED enum annot_status indexer_start(struct corpus *corpus, struct indexer **ret,
					      struct annot_error *err);
/* For writer_on_commit and writer_on_content; takes NULL. */
void indexer_committed(void *indexer, uint64_t size);
void indexer_stored(void *indexer, uint64_t document_index);
/* Of a corpus that nobody serves: makes search.db, all of it. */
ANNOT_CHECKED enum annot_status indexer_remake(const char *dir, const struct rebuild *how,
					       struct annot_error *err);
/* Ends the thread; takes NULL, returns NULL. */
struct indexer *indexer_stop(struct indexer *i);

#endif
