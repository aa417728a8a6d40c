/* How many columns text takes on a terminal. */
#ifndef ANNOT_TEXT_WIDTH_H
#define ANNOT_TEXT_WIDTH_H

#include "base/bytes.h"
#include "base/error.h"

/*
 * Moves *at (< len, on a boundary of valid UTF-8) behind the extended grapheme cluster (UAX 29) that begins
 * there, and says how many columns it takes: the most that one of its characters takes (East Asian
 * Width, by utf8proc), two where it is shown as an emoji (a variation selector 16, a flag). Combining
 * marks take none, controls none.
 */
ANNOT_API unsigned annot_cluster_next(const char *text, size_t len, size_t *at);

/* Columns of all of it. */
ANNOT_API size_t annot_columns(const char *text, size_t len);

#endif
