/*
 * The one thread that changes the corpus. It takes all that has queued up while the last commit ran
 * (at most CORPUS_BATCH_MAX records), admits it in one transaction, answers all, and goes on: no
 * timers.
 */
#ifndef ANNOTD_WRITER_H
#define ANNOTD_WRITER_H

#include "annotd/corpus.h"

enum {
	WRITER_JOBS_MAX = 1024,
	WRITER_RECORDS_MAX = 8192, /* in all queued jobs */
};

/* What is asked of the writer. Owned by whoever made it; done is its last use by the writer. */
struct write_job {
	struct write_job *next;
	/* Records to admit, at most CORPUS_BATCH_MAX; or none: then a document's content. */
	struct corpus_item **items;
	size_t n_items;
	uint64_t document_index;
	struct annot_bytes content;
	/*
	 * Called once, on the writer's thread, when it is durable or has failed. note is the signed
	 * checkpoint (of items that were admitted), valid during the call. Must not block; may free
	 * the job.
	 */
	void (*done)(struct write_job *job, enum annot_status status, const char *message,
		     struct annot_bytes note);
};

struct writer;

/* Starts the thread, and one that keeps the write-ahead logs short. The corpus must outlive the
 * writer. */
ANNOT_CHECKED enum annot_status writer_start(struct corpus *corpus, struct writer **ret,
					     struct annot_error *err);

/* Queues a job. BUSY when the queue is full, READ_ONLY when stopping: then done is not called. */
ANNOT_CHECKED enum annot_status writer_put(struct writer *w, struct write_job *job,
					   struct annot_error *err);

/* Finishes what is queued and ends the threads; takes NULL, returns NULL. */
struct writer *writer_stop(struct writer *w);

#endif
