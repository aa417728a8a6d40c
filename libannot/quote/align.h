/*
 * Alignment of the words of a quote with those of its source: the cheapest way to make one of the
 * other (Needleman and Wunsch, 1970), where small words and marks cost little, what stands for an
 * ellipsis or an editor's brackets next to nothing, and the ends of the quote may lie before and
 * behind the place of the source that was named.
 */
#ifndef ANNOT_QUOTE_ALIGN_H
#define ANNOT_QUOTE_ALIGN_H

#include "quote/tokens.h"

enum {
	/* Pairs of words that are compared; beyond it long runs of equal words are taken as
	 * settled, and stretches between them that are still too long as replaced. */
	ANNOT_ALIGN_CELLS_MAX = 1 << 20,
	ANNOT_ALIGN_RUN_MIN = 12, /* words of such a run */
};

enum annot_align_op {
	ANNOT_ALIGN_SAME,
	ANNOT_ALIGN_REPLACE,
	ANNOT_ALIGN_QUOTE,
	ANNOT_ALIGN_SOURCE
};

/* SAME and REPLACE: a word of each; QUOTE, SOURCE: a word that only this side has, and the place
 * (number of the next word) on the other. */
struct annot_align_step {
	enum annot_align_op op;
	uint32_t quote, source;
};

struct annot_alignment {
	struct annot_align_step *steps; /* in order; every word of the quote is in one */
	size_t n;
	bool cut; /* a stretch was too long to compare */
};

/* Costs, for tests. */
unsigned annot_align_gap(const struct annot_token *t);
unsigned annot_align_replace(const struct annot_token *quote, const struct annot_token *source);
/* What a word that only the source has costs behind `after` and before `before` of the quote (each
 * may be NULL). */
unsigned annot_align_left_out(const struct annot_token *source, const struct annot_token *after,
			      const struct annot_token *before);

/* What it costs to begin at source word j (to end before it) where the place that was named begins
 * at word from (ends before to): words of the place that are passed over cost what they are, words
 * of the context that are taken in next to nothing. */
unsigned annot_align_lead(const struct annot_tokens *source, size_t from, size_t j);
unsigned annot_align_trail(const struct annot_tokens *source, size_t to, size_t j);

/*
 * The place that was named is source words [from, to). NO_MEMORY. The steps live in the arena, the
 * work takes as many bytes as CELLS_MAX.
 */
ANNOT_CHECKED enum annot_status annot_align(struct annot_arena *arena,
					    const struct annot_tokens *quote,
					    const struct annot_tokens *source, size_t from,
					    size_t to, struct annot_alignment *ret,
					    struct annot_error *err);

#endif
