/*
 * What differs between two records of one kind, card by card. Cards that may repeat are compared as
 * multisets: their order is no difference. A target and its words (exact, prefix, suffix) are one.
 */
#ifndef ANNOT_RECORD_COMPARE_H
#define ANNOT_RECORD_COMPARE_H

#include "record/record.h"

/* A card, and the words behind it if it is a target (else NULL); card NULL: nothing. */
struct annot_compared {
	const struct annot_card *card, *exact, *prefix, *suffix;
};

/*
 * from without card: added; to without card: removed; else replaced. Of the cards of one name that
 * stand in one record only, the first of the one is taken to have become the first of the other,
 * and so on.
 */
struct annot_change {
	struct annot_compared from, to;
};

/*
 * All changes from a to b: what was replaced or removed in the order of a, then what was added in
 * that of b. They point into the records; the list lives in arena. INVALID: of two kinds.
 * NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_record_compare(struct annot_arena *arena, const struct annot_record *a,
		     const struct annot_record *b, const struct annot_change **ret, size_t *ret_n,
		     struct annot_error *err);

#endif
