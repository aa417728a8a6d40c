/*
 * The bare letters of a text: what is left when nothing counts but letters and digits, without
 * case, accents, and compatibility forms. Coarser than the folded view (fold.h), and each code
 * point stands for itself, so that equal words have equal letters whatever stands around and
 * between them.
 */
#ifndef ANNOT_TEXT_BARE_H
#define ANNOT_TEXT_BARE_H

#include "base/bytes.h"

enum { ANNOT_BARE_MAX = 4 };

/*
 * The letters and digits (general categories L* and N*) that a code point stands for, at most
 * ANNOT_BARE_MAX, the first ones, into ret; returns how many, 0 for marks, spaces and all else. By
 * the Unicode data of the utf8proc in use: no rule of the log depends on them.
 */
size_t annot_bare_letters(uint32_t code_point, uint32_t ret[ANNOT_BARE_MAX]);

#endif
