/* What the beginning of an input looks like, so that a file of another kind is refused in one line.
 */
#ifndef ANNOTCTL_FORMATS_LOOKS_H
#define ANNOTCTL_FORMATS_LOOKS_H

#include "../ctl.h"

/*
 * head: the first bytes of the input, as many as came at once. REFUSED: it is plainly of another
 * kind (a picture, a page, JSON where lines are wanted, another format of ours), which is named
 * with the
 * --as that fits. What is not plain is left to the format.
 */
enum annot_status looks_check(const struct annot_format *format, const char *shown,
			      struct annot_bytes head, struct annot_error *err);

#endif
