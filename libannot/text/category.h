/* What kind of character a code point is, as far as dividing text into words needs to know. */
#ifndef ANNOT_TEXT_CATEGORY_H
#define ANNOT_TEXT_CATEGORY_H

#include "base/bytes.h"

enum annot_category {
	ANNOT_CATEGORY_SPACE,
	ANNOT_CATEGORY_LETTER, /* lower case or without case */
	ANNOT_CATEGORY_UPPER,  /* a capital */
	ANNOT_CATEGORY_MARK,   /* combines with what stands before it */
	ANNOT_CATEGORY_SIGN,   /* a letter of a script that puts no spaces between words */
	ANNOT_CATEGORY_DIGIT,
	ANNOT_CATEGORY_NUMERAL, /* superscripts, fractions, Roman numerals … */
	ANNOT_CATEGORY_PUNCTUATION,
	ANNOT_CATEGORY_OTHER, /* symbols, controls, what is not assigned */
};

/* By general category (Unicode of the utf8proc in use). */
enum annot_category annot_category(uint32_t code_point);

/* Scripts that do not put spaces between words: each character is compared by itself. */
bool annot_is_unspaced(uint32_t code_point);

/* Whether both are the same letter but for case. */
bool annot_same_but_case(uint32_t a, uint32_t b);

#endif
