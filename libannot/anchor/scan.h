/*
 * Every place of a text where some words stand, unchanged or with a few edits, without an index:
 * the text is handed over in pieces, of which no more than one block is kept, and all of it is
 * compared. Words and text are compared as folded (text/fold.h), letter by letter; an edit is a
 * letter that is inserted, left out or replaced.
 *
 * A place is where the distance is least for half the words' length around it, as the text goes on:
 * of places whose ends are nearer to each other than that, the better one counts, of equal ones the
 * first. Which places are found depends on the text alone, not on how it was cut into pieces. (What
 * blocks.h says of text most of which is left out in folding is the one exception to all.)
 */
#ifndef ANNOT_ANCHOR_SCAN_H
#define ANNOT_ANCHOR_SCAN_H

#include "anchor/lanes.h"

enum {
	ANNOT_SCAN_LETTERS_MAX = ANNOT_PATTERN_MAX, /* of the words, folded */
	ANNOT_SCAN_PLACES_MAX = 4096,
};

struct annot_scan_place {
	uint64_t start, end; /* bytes of the text, whole code points */
	unsigned edits;
};

/* Words that are looked for in one text after the other. One thread at a time may use a scanner;
 * several may look for the same words with one each. */
struct annot_scanner;

/*
 * White space at the ends of the words is not looked for. INVALID: the words are not UTF-8, or
 * nothing is left of them; TOO_LARGE: they have more than LETTERS_MAX letters; NO_MEMORY. Takes
 * some 512 KiB, three times as much for the longest words.
 */
ANNOT_CHECKED enum annot_status
annot_scanner_new(struct annot_bytes words, struct annot_scanner **ret, struct annot_error *err);
void annot_scanner_free(struct annot_scanner *s);

/* The letters of the words, folded. */
size_t annot_scanner_letters(const struct annot_scanner *s);

/* Leaves AVX2 alone, for tests. */
void annot_scanner_portable(struct annot_scanner *s);

/* Begins a text, in which the max best places with at most max_edits edits are wanted; no more than
 * PLACES_MAX, and half of the letters are edited at most. */
void annot_scan_begin(struct annot_scanner *s, size_t max_edits, size_t max);

/* The next piece of a text that is UTF-8 as a whole, and its end. NO_MEMORY: the text has to be
 * begun again. */
ANNOT_CHECKED enum annot_status annot_scan_feed(struct annot_scanner *s, struct annot_bytes piece,
						struct annot_error *err);
ANNOT_CHECKED enum annot_status annot_scan_end(struct annot_scanner *s, struct annot_error *err);

/* The places found, the fewest edits first, of equal ones in the text's order; the scanner's, until
 * the next text is begun. */
const struct annot_scan_place *annot_scan_places(const struct annot_scanner *s, size_t *ret_n);

/* Work on this text: letters times words of 64 letters that they were compared with. */
uint64_t annot_scan_steps(const struct annot_scanner *s);

#endif
