/*
 * Looking for words in the contents of documents: the places found so far, the best of them, and
 * reading through contents piece by piece, so that memory does not grow with the texts.
 */
#ifndef ANNOTD_LOCATE_H
#define ANNOTD_LOCATE_H

#include "annotd/call.h"
#include "annotd/segments.h"
#include "locate/wanted.h"

enum {
	LOCATE_PIECE = 1 << 20, /* bytes of a content that are searched at a time, at least */
	LOCATE_WORK_MAX =
		1 << 28, /* steps of reading through texts for one request, and one piece */
	LOCATE_COMPARE_MAX = 1 << 28, /* steps of comparing for one request, of each thread */
	LOCATE_DOCUMENTS_MAX =
		1 << 20, /* that the documents of a request may mean, in all versions */
};

struct locate_place {
	uint64_t document; /* log index */
	uint64_t start, end;
	uint64_t mark, mark_chars; /* a byte before start or there, and code points before it */
	enum annot_find_how how;
	unsigned score;
};

struct locate {
	struct call *call;
	const struct annot_locate_request *in;
	struct annot_wanted *wanted;
	/* With in->documents: log indexes, ascending; then only these. */
	uint64_t *documents;
	size_t n_documents;
	/* The best so far, a heap with the worst first until locate_sort. */
	struct locate_place *places;
	size_t n, max;
	uint64_t n_kept; /* places that were found, also those that were not among the best */
	unsigned best;   /* score of the best of them */
	bool more, cut;
	size_t work, compare;       /* steps that are left */
	uint64_t searched, indexed; /* bytes */
	struct locate_batch *batch; /* what is being read through; NULL: nothing yet */
};

/* Takes NULL, returns NULL. */
struct locate_batch *locate_batch_free(struct locate_batch *b);

/* Checks the request and looks its documents up. Free with locate_end, after a failure too.
 * INVALID, NOT_FOUND, AMBIGUOUS, NO_MEMORY. */
enum annot_status locate_begin(struct locate *l, struct call *c,
			       const struct annot_locate_request *in);
void locate_end(struct locate *l);

/* Only looks up which documents the request is about, for locate_wants and locate_documents. As
 * locate_begin. */
enum annot_status locate_scope(struct locate *l, struct call *c,
			       const struct annot_locate_request *in);

/*
 * Calls answer with what can be asked of the index, in a snapshot of the contents that has all that
 * the index has (NULL: there is no index). Its status, or NO_MEMORY.
 */
enum annot_status locate_view(struct call *c,
			      enum annot_status (*answer)(struct call *c,
							  const struct segments_view *view,
							  void *arg),
			      void *arg);

/* Whether a document is one that the request is about. */
enum annot_status locate_wants(struct locate *l, uint64_t document, bool *ret);

/* The documents that the request is about, in log order from a log index on. */
enum annot_status locate_documents(struct locate *l, uint64_t from, reader_each each, void *arg);

/* Keeps a place if it is among the best. */
void locate_keep(struct locate *l, const struct locate_place *place);
/* Begins again, without any place. */
void locate_forget(struct locate *l);
/* Best first; of equally good ones in log order. */
void locate_sort(struct locate *l);

/*
 * Reads through the content of a document, of which nothing may be there (not uploaded, withheld),
 * from a byte on; stops when l->work is used up, but not before one piece. *ret_next: the byte to
 * go on from, 0 when all was read. *ret_read: whether any of it was. What is in it is only found
 * when locate_flush has been called behind the last document.
 */
enum annot_status locate_scan(struct locate *l, uint64_t document, uint64_t from,
			      uint64_t *ret_next, bool *ret_read);

enum annot_status locate_flush(struct locate *l);

/* A stretch of a content where words may begin, and what is known of code points before it. */
struct locate_stretch {
	uint64_t document, from, to;
	uint64_t total;            /* bytes of the content */
	uint64_t mark, mark_chars; /* as in a place; mark <= from */
};
/* Takes the places that begin in it. NOT_FOUND: the content is not there. */
enum annot_status locate_look(struct locate *l, const struct locate_stretch *s);

/*
 * Asks the index for places in its documents from in->from on, before the document `until` (0: in
 * all). *ret_sufficed false: it cannot answer for these words, and all texts are to be read
 * through.
 */
enum annot_status locate_ask(struct locate *l, const struct segments_view *v, uint64_t until,
			     bool *ret_sufficed);

/* Bytes at the start of a text that was read from its midst that belong to a code point before it.
 */
size_t locate_torn(struct annot_bytes text);

/* Code points in bytes [from, to) of a content, which begin and end between them. */
enum annot_status locate_count(struct locate *l, uint64_t document, uint64_t from, uint64_t to,
			       uint64_t *ret);

/* The reply: as many places as fit a frame. Sorts. */
enum annot_status locate_reply(struct locate *l, struct annot_locate_reply *ret);

#endif
