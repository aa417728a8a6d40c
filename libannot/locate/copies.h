/*
 * Passages that a text shares with others, as they are or with edits, in whatever order they stand
 * there: every GRAM letters and digits of the other text that stand in this one, too, begin a run;
 * runs go on over words that differ, and are left out if they are short or not much alike. Letters
 * and digits alone are compared, folded (text/fold.h): typography, marks and spaces do not count.
 *
 * Seeds on diagonals and their extension as in S. Altschul et al., "Basic local alignment search
 * tool", J. Mol. Biol. 215, 1990; letters and digits as passages' alphabet as in D. Smith et al.,
 * "Infectious texts" (passim), 2013.
 *
 * Pure: the same texts give the same passages on every machine; work is counted in steps.
 */
#ifndef ANNOT_LOCATE_COPIES_H
#define ANNOT_LOCATE_COPIES_H

#include "base/bytes.h"
#include "base/error.h"

enum {
	ANNOT_COPIES_TEXT_MAX = 2 << 20, /* bytes of the text whose passages are looked for */
	ANNOT_COPIES_GRAM = 12,          /* letters that stand in both as they are, at least once */
	ANNOT_COPIES_LENGTH = 40,        /* letters of a passage, if nobody says how many, … */
	ANNOT_COPIES_LENGTH_LEAST = 16,  /* … and at least */
	ANNOT_COPIES_LENGTH_MAX = 1 << 20,
	ANNOT_COPIES_LIMIT = 20,         /* passages of an answer, if nobody says how many, … */
	ANNOT_COPIES_LIMIT_MAX = 1000,   /* … and at most */
	ANNOT_COPIES_LIKENESS = 600,     /* per mille: less is no copy */
	ANNOT_COPIES_OFTEN = 16,         /* places in this text that a gram is compared with */
	ANNOT_COPIES_PASSAGES_MAX = 256, /* of one other text, the longest ones */
	ANNOT_COPIES_WORK_MAX = 1 << 24, /* steps of comparing for one other text */
};

struct annot_copy {
	uint64_t start, end;             /* bytes of this text, whole code points */
	uint64_t other_start, other_end; /* bytes of the other one */
	uint32_t letters; /* letters and digits of the passage, in the text where it is longer */
	uint32_t edits;   /* of these, inserted, left out or replaced */
};

/* Letters that are the same, per mille. */
unsigned annot_copy_score(const struct annot_copy *c);

/* By how many letters are the same, most first; then by edits, fewest first. */
int annot_copy_compare(const struct annot_copy *a, const struct annot_copy *b);

/* A text, and what of it has been found in the other one. One thread at a time. */
struct annot_copies;

/*
 * text is not needed any more when this returns. min_letters: of a passage; 0: LENGTH, or as many
 * as the text has if these are fewer. INVALID: not UTF-8; TOO_LARGE: more than TEXT_MAX bytes, or
 * min_letters is not within its bounds; NO_MEMORY. Takes 20 bytes for each of the text, and some
 * MiB.
 */
ANNOT_CHECKED enum annot_status annot_copies_new(struct annot_bytes text, size_t min_letters,
						 struct annot_copies **ret,
						 struct annot_error *err);
struct annot_copies *annot_copies_free(struct annot_copies *c);

/* Letters and digits of the text. */
size_t annot_copies_letters(const struct annot_copies *c);

/* Begins another text; its next piece, cut anywhere; its end. It is UTF-8 as a whole. NO_MEMORY:
 * then it has to be begun again. */
void annot_copies_begin(struct annot_copies *c);
ANNOT_CHECKED enum annot_status annot_copies_feed(struct annot_copies *c, struct annot_bytes piece,
						  struct annot_error *err);
ANNOT_CHECKED enum annot_status annot_copies_end(struct annot_copies *c, struct annot_error *err);

/*
 * After the end: the passages, the best first. Where two of them have half of their words in the
 * other text in common, only the better one is here. *ret_cut: WORK_MAX or PASSAGES_MAX was
 * reached, and there may be more.
 */
const struct annot_copy *annot_copies_found(const struct annot_copies *c, size_t *ret_n,
					    bool *ret_cut);

/* Steps taken for this text: letters read, grams looked up, letters compared. */
uint64_t annot_copies_steps(const struct annot_copies *c);

#endif
