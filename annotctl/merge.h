/* The heads of an annotation, on their way to one version. */
#ifndef ANNOTCTL_MERGE_H
#define ANNOTCTL_MERGE_H

#include "versions.h"

struct merge_head {
	size_t at; /* in versions */
	struct annot_merge_cards cards; /* none of one that was withheld */
};

struct merging {
	struct versions versions;
	/* Ours first, then in log order. Ours is the head that the signer's person wrote (of
	 * several the first in the log); else the first in the log. */
	struct merge_head heads[ANNOT_PARENTS_MAX];
	size_t n;         /* of these that are merged */
	size_t n_all;     /* with those behind them that were withheld, and are only replaced */
	size_t left_over; /* heads beyond that: for the next merge */
};

/*
 * Fetches and checks the heads and shows each in a line (nobody signs unseen). REFUSED: there is
 * only one; one was withheld and may not be dropped, or all were; and what annot_fetch and
 * versions_load return.
 */
enum annot_status merge_gather(struct ctl *ctl, const char *id, bool drop_withheld,
			       struct merging *ret);

/* Merges head k (1 …) into the cards of those before it, over their nearest common ancestors. */
enum annot_status merge_head(struct ctl *ctl, const struct merging *m, size_t k,
			     const struct annot_merge_cards *so_far, struct annot_merged *ret);

#endif
