/* The terminal that a person reads on. */
#ifndef ANNOTCTL_OUT_TERMINAL_H
#define ANNOTCTL_OUT_TERMINAL_H

#include <stddef.h>

enum { TERMINAL_COLUMNS_MIN = 20, TERMINAL_COLUMNS_MAX = 400, TERMINAL_COLUMNS_DEFAULT = 80 };

/* Columns to fill: COLUMNS, else those of the terminal on stdout or stderr, else 80; within the
 * bounds above. To be asked before a pager takes stdout. */
size_t terminal_columns(void);

#endif
