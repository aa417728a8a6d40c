/*
 * The half of submit that needs no order: each record is parsed, its signature checked, its words
 * looked up in their documents, the checkpoint it has seen compared with the log. The other half is
 * corpus_admit.
 */
#ifndef ANNOTD_HANDLERS_SUBMIT_H
#define ANNOTD_HANDLERS_SUBMIT_H

#include "annotd/call.h"
#include "annotd/corpus.h"
#include "annotd/texts.h"

enum { DOCUMENTS_KEPT = 16 };

/* Where a document is, and how long its text, which is there unless something was withheld since.
 */
struct kept_document {
	bool used, has_length;
	struct annot_hash record;
	uint64_t index, length;
	uint64_t withheld; /* corpus_withheld when the length was looked up */
};

/*
 * What a worker remembers from record to record, so that most of them are checked without a look
 * into the databases: the checkpoint note that was checked last (most records of a client have seen
 * the same), where documents are, and texts of them (made when needed; texts_free).
 */
struct submit_cache {
	bool valid;
	struct annot_seen seen;
	struct kept_document documents[DOCUMENTS_KEPT];
	struct texts *texts;
};

struct submission {
	struct corpus_item *items; /* one a record of the request, in its order */
	struct corpus_item **todo; /* those that are still OK */
	struct annot_hash *ids;    /* of the records; of what was sent where that is no record */
	size_t n_items, n_todo;
};

/* Checks all records; *ret lives in c->arena and points into *in. Begins a snapshot of c->reader if
 * it needs one, which the caller ends. Other than OK only for NO_MEMORY and STORE. */
ANNOT_CHECKED enum annot_status submit_check(struct call *c, struct submit_cache *cache,
					     const struct annot_submit_request *in,
					     struct submission *ret);

/* The reply, once what was to be admitted is; note as from corpus_admit. */
ANNOT_CHECKED enum annot_status submit_reply(const struct submission *s, struct annot_bytes note,
					     struct annot_arena *arena,
					     struct annot_submit_reply *ret,
					     struct annot_error *err);

#endif
