/*
 * Whoever changes the corpus, one thread at a time. It takes all that has queued up while the last commit ran
 * (at most CORPUS_BATCH_MAX records), admits it in one transaction, answers all, and goes on: no
 * timers. A commit costs as much as several records, so while more submissions are still being
 * checked than wait here, it leaves the processor to the checks: with one client it never waits,
 * with many a batch is about half of what is under way. Nobody waits for what came later: the
 * checks go in the order of arrival, and each that ends brings the start nearer.
 *
 * That thread is the writer's own, except for a submission with nothing beside it: the thread that
 * checked it commits it too. Waking another one would take as long as a sixth of the commit.
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
	bool original; /* it is what the document's text was made from */
	/* Or neither, but something else to be done on the thread that writes. */
	enum annot_status (*apply)(struct corpus *corpus, void *arg, struct annot_error *err);
	void *apply_arg;
	bool announced; /* by writer_announce: putting it ends that */
	/*
	 * Called once, on the thread that writes, when it is durable or has failed. note is the signed
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

/*
 * What others hear on the thread that writes: after each commit how many records are in the log and the
 * index, after a content was stored the log index of its document. They must not block. To be set
 * before the first writer_put, WRITER_LISTENERS_MAX of each at most.
 */
typedef void (*writer_hears)(void *arg, uint64_t what);
enum { WRITER_LISTENERS_MAX = 4 };
void writer_on_commit(struct writer *w, writer_hears committed, void *arg);
void writer_on_content(struct writer *w, writer_hears stored, void *arg);

/* A submission is about to be checked. Ends with a writer_put of its job, whatever that returns, or
 * with writer_withdraw. */
void writer_announce(struct writer *w);
void writer_withdraw(struct writer *w);

/*
 * Queues a job. BUSY when the queue is full, READ_ONLY when stopping: then done is not called.
 * *ret_yours (NULL: it may not be): nothing else waits or is on its way, and the caller's thread is to
 * call writer_run at once, which commits it. Until then nobody else writes.
 */
ANNOT_CHECKED enum annot_status writer_put(struct writer *w, struct write_job *job, bool *ret_yours,
					   struct annot_error *err);
/* Commits what waits, at least the caller's job, and lets the writer's thread go on. Blocks for as
 * long as a commit takes. */
void writer_run(struct writer *w);

/* Finishes what is queued and ends the threads; takes NULL, returns NULL. */
struct writer *writer_stop(struct writer *w);

#endif
