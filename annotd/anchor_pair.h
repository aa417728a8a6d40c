/* Two versions of a document, prepared for looking for targets of the one in the other. */
#ifndef ANNOTD_ANCHOR_PAIR_H
#define ANNOTD_ANCHOR_PAIR_H

#include "annotd/store/anchor.h"

enum {
	/* Bytes of both texts: for each some 13 bytes of memory are taken. Targets in larger ones
	 * are "unsearched"; annotctl anchors looks for them. */
	ANCHOR_TEXTS_MAX = 8 << 20,
};

struct anchor_pair;
/* NULL: out of memory. Takes NULL, returns NULL. */
struct anchor_pair *anchor_pair_new(void);
struct anchor_pair *anchor_pair_free(struct anchor_pair *p);

/* Forgets the texts. */
void anchor_pair_forget(struct anchor_pair *p);

/*
 * Reads the texts of two versions, by their indexes, unless it has them; within a snapshot.
 * NOT_FOUND: one is not there (any more), and nothing is kept.
 */
ANNOT_CHECKED enum annot_status anchor_pair_read(struct anchor_pair *p, struct reader *reader,
						 uint64_t old, uint64_t new,
						 struct annot_error *err);

/* Where words of the old text stand in the new one; prepares both when it is asked first. Needs no
 * snapshot. */
ANNOT_CHECKED enum annot_status anchor_pair_find(struct anchor_pair *p,
						 const struct store_todo *todo,
						 struct store_anchor *ret, struct annot_error *err);

#endif
