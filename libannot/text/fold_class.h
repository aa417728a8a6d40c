/* What folding does with a code point (fold.c). */
#ifndef ANNOT_TEXT_FOLD_CLASS_H
#define ANNOT_TEXT_FOLD_CLASS_H

#include "base/bytes.h"

enum annot_fold_class {
	ANNOT_FOLD_LETTER,   /* case folding and normal form, together with the marks behind it */
	ANNOT_FOLD_SPACE,    /* white space */
	ANNOT_FOLD_DASH,     /* a dash, hyphen or minus */
	ANNOT_FOLD_DROPPED,  /* invisible; the soft hyphen too */
	ANNOT_FOLD_REPLACED, /* another spelling in ASCII */
};

enum { ANNOT_SOFT_HYPHEN = 0xAD, ANNOT_HYPHEN = 0x2010 };

/* Sets *to for REPLACED, else leaves it alone. */
enum annot_fold_class annot_fold_class(uint32_t code_point, const char **to);

/* Whether a code point may join the one before it: a combining mark, or a Hangul vowel or final. */
bool annot_fold_joins(uint32_t code_point);

/* Whether white space breaks the line. */
bool annot_fold_breaks_line(uint32_t code_point);

#endif
