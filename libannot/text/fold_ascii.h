/* The bulk of folding in most texts, many bytes at a time (fold.c has the rules). */
#ifndef ANNOT_TEXT_FOLD_ASCII_H
#define ANNOT_TEXT_FOLD_ASCII_H

#include "base/bytes.h"

/* How a byte of ASCII folds; 0 for what needs a look at its neighbours: white space, the hyphen,
 * NUL.
 */
extern const char annot_fold_byte[128];

/*
 * Folds from s[at] on, at < len, as far as there is ASCII that goes byte for byte whatever else
 * stands around it, to out, where len - at bytes have room. Returns how many bytes it was: 0 does
 * not mean that the next one is different, but that it has to be looked at alone.
 */
size_t annot_fold_ascii(const uint8_t *s, size_t len, size_t at, char *out);

#endif
