/* Comparing two short rows of letters with edits: what lies between two runs that are the same, and
 * what a run goes on with at its ends. */
#ifndef ANNOT_LOCATE_STRETCH_H
#define ANNOT_LOCATE_STRETCH_H

#include "anchor/letters.h"

enum {
	ANNOT_STRETCH_GAP = 48,   /* letters on either side of a gap */
	ANNOT_STRETCH_REACH = 96, /* letters that a run is stretched by, at most */
};

/* Edits between two rows of at most ANNOT_STRETCH_GAP letters; (na + 1) * (nb + 1) steps. */
size_t annot_stretch_edits(const annot_letter *a, size_t na, const annot_letter *b, size_t nb);

struct annot_stretch {
	size_t a, b;  /* letters that the run gains */
	size_t edits; /* in them */
	size_t steps;
};

/*
 * Goes on from a run's end, at a and b, with na and nb letters behind it (backwards: from its
 * beginning, with so many before it), as long as it is worth while: a letter that is the same
 * counts one, an edit takes two away, and it ends where that is most, before it falls too far.
 */
struct annot_stretch annot_stretch_on(const annot_letter *a, size_t na, const annot_letter *b,
				      size_t nb, bool backwards);

#endif
