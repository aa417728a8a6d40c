/*
 * Anchors in the index: where targets in replaced versions of documents stand in the newest
 * (anchor/anchor.h). Derived, never signed, and worked out by a thread of their own
 * (annotd/anchors.h).
 */
#ifndef ANNOTD_STORE_ANCHOR_H
#define ANNOTD_STORE_ANCHOR_H

#include "annotd/store/store.h"

/* Of one target; derived, never signed. */
enum {
	STORE_UNSEARCHED = 5
}; /* a status beside those of annot_anchor_status: the daemon's bounds forbid it */
struct store_anchor {
	uint64_t document; /* index of the version that it was looked for in: good while that is the
			      newest */
	int status;        /* enum annot_anchor_status, or STORE_UNSEARCHED */
	bool cut;          /* a bound of the search was reached */
	bool placed;       /* it has a place: the status is EXACT, MOVED or CHANGED */
	unsigned score;
	uint64_t start, end; /* bytes */
	struct store_chars chars;
};

/*
 * Which documents have targets that are to be looked for is kept in the index with what makes it
 * so: a new version, or an annotation on an old one. Nothing is looked for until the new text is
 * there.
 */
struct store_due {
	uint64_t document; /* index of its first version */
	uint64_t at;       /* of the record that made it due last */
};

/* A target that is to be looked for, and where it stands in its own version. */
struct store_todo {
	uint64_t index; /* of its record */
	uint64_t n;     /* which of its targets */
	uint64_t start, end;
};

/* Keeps them, in the transaction that is open, or in a new one. */
enum annot_status store_anchors_put(struct store *s, const struct store_todo *todo,
				    const struct store_anchor *anchors, size_t n,
				    struct annot_error *err);
/* Nothing of that document is left to be looked for, unless something came since `due`. */
enum annot_status store_anchors_done(struct store *s, const struct store_due *due,
				     struct annot_error *err);
/* Whether documents came due, or a content came, since it was asked last; from the thread that
 * writes. */
bool store_anchors_due(struct store *s);

/* Whether the anchors that are there are of ANNOT_ANCHOR_VERSION; else all are to be made again. */
enum annot_status reader_anchors_current(struct reader *r, bool *ret, struct annot_error *err);
/* Of target n of that record, as of now. */
enum annot_status reader_anchor(struct reader *r, uint64_t index, uint64_t n,
				struct store_anchor *ret, bool *ret_found, struct annot_error *err);
/* The first due document from that first version on. */
enum annot_status reader_due(struct reader *r, uint64_t from, struct store_due *ret,
			     bool *ret_found, struct annot_error *err);
/* The first version of a document that was replaced, of those behind `after` (-1: of all) in the
 * log. */
enum annot_status reader_old_version(struct reader *r, uint64_t document, int64_t after,
				     uint64_t *ret, bool *ret_found, struct annot_error *err);
/* The next targets, of annotations that stand, in that version of a document, that were not looked
 * for in `newest`, behind *after (NULL: from the first on), in the order of the text; at most max.
 */
enum annot_status reader_todo(struct reader *r, uint64_t version, uint64_t newest,
			      const struct store_todo *after, struct store_todo *ret, size_t max,
			      size_t *ret_n, struct annot_error *err);

#endif
