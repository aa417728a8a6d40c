/*
 * Three-way merge of texts, word by word: diff3 (Khanna, Kunal, Pierce: "A Formal Investigation of
 * Diff3", 2007) on the differences of text/diff.h.
 *
 * Words that one side changed are taken from it, words that both changed alike are taken, and what
 * both changed otherwise is a clash with its readings. Changes that touch (nothing that stayed
 * stands between them) count as one place: who takes "not " out and who writes "fall" for the
 * "rise" behind it do not agree.
 */
#ifndef ANNOT_TEXT_MERGE_H
#define ANNOT_TEXT_MERGE_H

#include "base/arena.h"
#include "base/buf.h"

enum annot_merge_side { ANNOT_MERGE_OURS, ANNOT_MERGE_THEIRS };

/* A piece of the merged text. All bytes point into the three texts. */
struct annot_merge_part {
	bool clash;
	struct annot_bytes text;               /* settled: never empty */
	struct annot_bytes base, ours, theirs; /* a clash: ours and theirs differ; may be empty */
};

/*
 * Parts in order; *ret_clashes counts those that clash. Without clashes they concatenate to the
 * merged text. Every word of a settled part stands in ours or theirs. With the sides exchanged the
 * parts are the same but for their sides. NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_merge_words(struct annot_arena *arena, struct annot_bytes base, struct annot_bytes ours,
		  struct annot_bytes theirs, const struct annot_merge_part **ret, size_t *ret_n,
		  size_t *ret_clashes, struct annot_error *err);

/* Appends the whole text, with the reading of one side where they clash. */
ANNOT_API void annot_merge_text(const struct annot_merge_part *parts, size_t n,
				enum annot_merge_side side, struct annot_buf *ret);

#endif
