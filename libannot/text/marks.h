/* Combining marks, frozen: what must be escaped at the start of a value may never change. */
#ifndef ANNOT_TEXT_MARKS_H
#define ANNOT_TEXT_MARKS_H

#include "base/bytes.h"

/* Whether a code point has the general category Mn, Mc or Me in Unicode 15.0. */
bool annot_is_mark(uint32_t code_point);

/* First and last code point of a range. */
struct annot_range {
	uint32_t first, last;
};

/* Whether one of n ascending ranges holds the code point. */
bool annot_in_ranges(const struct annot_range *ranges, size_t n, uint32_t code_point);

#endif
