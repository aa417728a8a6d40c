/* Text in columns, counted as a terminal shows them: wide characters take two, combining marks
 * none. Texts are escaped already (out_safe); what is returned lives in the arena. */
#ifndef ANNOTCTL_OUT_COLUMNS_H
#define ANNOTCTL_OUT_COLUMNS_H

#include "out.h"

/* The text, padded to that many columns; as it is where it takes more. */
const char *out_cell(struct ctl *ctl, const char *text, size_t columns);

/* The text, or so much of it as takes that many columns with an ellipsis behind it. */
const char *out_cut(struct ctl *ctl, const char *text, size_t columns);

/*
 * Prints the text, which begins in that column, and a line end. On a terminal it is folded between
 * words, further lines beginning in the same column (or, where that leaves little room, near the
 * left); elsewhere it is one line.
 */
void out_folded(struct ctl *ctl, size_t column, const char *text);

#endif
