/*
 * The letters of a text (letters.h) without the map back to its bytes: for texts of which it is to
 * be known first whether anything in them is worth a map. Most of most texts needs one look at each
 * code point, which is remembered; what depends on its neighbours is folded as elsewhere
 * (text/fold.h), a stretch at a time, so that the letters are always the same.
 */
#ifndef ANNOT_ANCHOR_SPELLER_H
#define ANNOT_ANCHOR_SPELLER_H

#include "anchor/letters.h"

struct annot_sign; /* what a code point is spelled with */

/* One thread at a time. All zero but for the alphabet, which must be closed, before the first text;
 * letters stay until the next one. */
struct annot_speller {
	const struct annot_alphabet *alphabet;
	annot_letter *letters; /* n, and ANNOT_LETTERS_ROOM zeros */
	size_t n;
	/* its own */
	struct annot_sign *signs; /* by code point of the basic plane */
	struct annot_folded folded;
	size_t cap;
};

/* With vectors where the processor has them (SSE2), or without: the same letters. */
enum annot_speller_path { ANNOT_SPELLER_BEST, ANNOT_SPELLER_PORTABLE };

/* Spells valid UTF-8: the letters that annot_letters_read has. TOO_LARGE (ANNOT_FOLD_TEXT_MAX),
 * NO_MEMORY. Takes some 2 bytes a byte of the text, and half a MiB. */
ANNOT_CHECKED enum annot_status annot_speller_read(struct annot_speller *s, const char *text,
						   size_t len, enum annot_speller_path path,
						   struct annot_error *err);
void annot_speller_free(struct annot_speller *s);

#endif
