/*
 * Passages of a document, or of an annotation's words, in other documents: reading through those in
 * which the index finds some of the same letters, and keeping the best.
 */
#ifndef ANNOTD_COPIES_H
#define ANNOTD_COPIES_H

#include "annotd/locate.h"
#include "locate/copies.h"

enum {
	COPIES_READ_MAX = 1 << 26, /* bytes of other texts for one request, and one text */
	COPIES_PARTS_MAX = 64,     /* targets of a record */
	/* Fingerprints of a text that are looked up in the index: of a longer one (some 70 KB) all
	 * other texts are read. */
	COPIES_GRAMS_MAX = 8192,
};

/* What of the text asked about stands where. */
struct copies_part {
	uint64_t document, start; /* log index, byte of its text */
	uint64_t chars;           /* code points before it */
	size_t at, len;           /* in `text` */
};

struct copies_place {
	uint64_t document; /* log index of the other one */
	const struct copies_part *part;
	struct annot_copy copy;          /* start and end within `text`, and in the part */
	uint64_t chars_start, chars_end; /* of the other one; set by copies_reply */
};

struct copies {
	struct call *call;
	const struct annot_copies_request *in;
	struct annot_locate_request scope;
	struct locate documents;  /* that are asked about */
	struct annot_hash record; /* asked about */
	bool is_document;         /* that is one */
	bool partial;             /* not all of its text is in here */
	struct annot_buf text;
	struct copies_part parts[COPIES_PARTS_MAX];
	size_t n_parts;
	struct annot_hash annotations[COPIES_PARTS_MAX]; /* of the parts' documents */
	struct annot_copies *engine;
	struct copies_place *places; /* the best so far, best first */
	size_t n, max;
	bool more, cut;
	uint64_t compared, indexed; /* bytes */
};

/*
 * Looks up what is asked about, and in which documents. End with copies_finish, after a failure
 * too. INVALID: it has no words, or too few; a bound of the request is not kept. NOT_FOUND:
 * also when its text is not there. AMBIGUOUS, NO_MEMORY.
 */
enum annot_status copies_begin(struct copies *s, struct call *c,
			       const struct annot_copies_request *in);
void copies_finish(struct copies *s);

/* Compares a document, if it is not the one asked about, or another version of that and no versions
 * are asked for; of which the content may not be there. */
enum annot_status copies_compare(struct copies *s, uint64_t document);

/* The documents that the index knows and that have none of the text's letters: all others may have
 * passages. */
struct copies_filter {
	const struct segments_view *view; /* NULL: nothing is known, all are read */
	uint64_t *may; /* log indexes, ascending, of those in the index that have some */
	size_t n, cap;
};
/* NO_MEMORY. End with copies_filter_free, after a failure too. */
enum annot_status copies_filter(struct copies *s, const struct segments_view *view,
				struct copies_filter *ret);
void copies_filter_free(struct copies_filter *f);
bool copies_may(const struct copies_filter *f, uint64_t document);

/* The reply: as many passages as fit a frame. */
enum annot_status copies_reply(struct copies *s, struct annot_copies_reply *ret);

#endif
