/* What the files of the merge of cards share. */
#ifndef ANNOT_RECORD_MERGE_PRIVATE_H
#define ANNOT_RECORD_MERGE_PRIVATE_H

#include "record/internal.h"
#include "record/merge.h"

/* One merge under way. */
struct merge {
	struct annot_arena *arena;
	const struct annot_merge_cards *bases, *ours, *theirs;
	size_t n_bases;
	struct annot_merged *ret;
	struct annot_merge_clash *clashes; /* of ret, with room for one a card */
	struct annot_error *err;
};

enum annot_status annot_merge_no_memory(struct annot_error *err);
bool annot_merge_same(const struct annot_merge_value *a, const struct annot_merge_value *b);

/* Notes a clash, and takes ours for now. */
void annot_merge_clash(struct merge *m, size_t card, const struct annot_merge_clash *clash);

/* A card that is a set (merge_set.c). */
enum annot_status annot_merge_set(struct merge *m, size_t card);

#endif
