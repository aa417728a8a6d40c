/* Words as wanted.c reads them and wanted_find.c looks for them. */
#ifndef ANNOT_LOCATE_WANTED_PRIVATE_H
#define ANNOT_LOCATE_WANTED_PRIVATE_H

#include "anchor/pattern.h"
#include "anchor/speller.h"
#include "locate/wanted.h"

enum { ANNOT_LOCATE_FULL = 1000 }; /* per mille */

struct annot_wanted {
	struct annot_bytes words; /* a copy */
	struct annot_alphabet alphabet;
	struct annot_letters read;
	const annot_letter *letters; /* of read, without spaces at the ends */
	size_t n, edits;
	size_t lead;               /* bytes of the words before the first letter */
	struct annot_bytes folded; /* the bytes of those letters */
	struct annot_pattern head,
		back; /* the first piece, forwards and backwards; n 0: no edits */
	struct annot_speller speller;
	struct annot_letters text; /* that is searched; its memory serves the next one */
	uint16_t *distances;       /* of the first piece to what ends with each of its letters */
	size_t distances_cap;
};

/* Letters of the first piece. */
static inline size_t annot_wanted_head(const struct annot_wanted *w)
{
	return w->n < ANNOT_LOCATE_PIECE ? w->n : ANNOT_LOCATE_PIECE;
}

#endif
