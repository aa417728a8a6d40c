/*
 * Three-way merge of two versions of an annotation, card by card, over their nearest common
 * ancestors. What one side changed is taken from it, what both changed alike is taken, and what
 * both changed otherwise is a clash that a person settles.
 *
 *  - A card that stands at most once is compared by its value; long texts (claim and span text,
 *    rationale, reason, comment) are merged word by word.
 *  - Cards that mean something only together are one unit: scale and rating of a verdict; from,
 *    relation and to of a link. Who changes one of them has changed all.
 *  - Cards that may repeat and hold texts, references or targets are sets: an addition of either
 *    side is kept, and what either side took away goes. Where both took the same away and each put
 *    something else in its place, these clash. A target is one value with its words. Equal values
 *    are told apart by their turn. The order is that of ours, then what theirs adds (the reverse
 *    where only theirs changed the order). Other cards that repeat (admins, approvals, scales) are
 *    one value.
 *  - Of several nearest ancestors (criss-cross merges) only what all of them hold counts as the
 *    base; elsewhere, and where an ancestor was withheld, the base is not known, and whatever
 *    differs clashes. So nobody's decision in an earlier merge is undone in silence.
 *
 * All is kept in the arena, and points into the records.
 */
#ifndef ANNOT_RECORD_MERGE_H
#define ANNOT_RECORD_MERGE_H

#include "record/draft.h"
#include "text/merge.h"

/* A card's value; of a target also its words, else NULL. */
struct annot_merge_value {
	const char *text, *exact, *prefix, *suffix;
};

/* The values of all cards of one name. */
struct annot_merge_list {
	const struct annot_merge_value *values;
	size_t n;
};

/* The cards of a version, or of what is to become one: lists[i] are those of kind->cards[i]; exact,
 * prefix and suffix stand with their targets. */
struct annot_merge_cards {
	const struct annot_kind_def *kind;
	struct annot_merge_list *lists;
};

struct annot_merge_clash {
	const struct annot_card_def *def;
	struct annot_merge_list base, ours, theirs; /* the values at odds; none: no such card */
	/* Of a long text that was merged word by word; else NULL. */
	const struct annot_merge_part *words;
	size_t n_words;
	/* What the whole card becomes with one side's reading: for cards.lists. */
	struct annot_merge_list with_ours, with_theirs;
};

struct annot_merged {
	struct annot_merge_cards cards;          /* with ours where they clash */
	const struct annot_merge_clash *clashes; /* in the order of the table */
	size_t n_clashes;
};

/* The cards of a record. NO_MEMORY. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_merge_cards(struct annot_arena *arena,
							    const struct annot_record *record,
							    struct annot_merge_cards *ret,
							    struct annot_error *err);

/*
 * Merges ours and theirs, all of one kind. bases are their nearest common ancestors; with none the
 * base is not known. NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_merge_versions(struct annot_arena *arena, const struct annot_merge_cards *bases,
		     size_t n_bases, const struct annot_merge_cards *ours,
		     const struct annot_merge_cards *theirs, struct annot_merged *ret,
		     struct annot_error *err);

/*
 * The draft of a version that replaces n heads by these cards; the caller frees it. REFUSED past
 * ANNOT_PARENTS_MAX, TOO_LARGE past ANNOT_CARDS_MAX, NO_MEMORY. How often a card may stand is
 * checked by annot_draft_build.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_merge_draft(const struct annot_merge_cards *cards,
							    const struct annot_hash *annotation,
							    const struct annot_hash *heads,
							    size_t n, struct annot_draft **ret,
							    struct annot_error *err);

#endif
