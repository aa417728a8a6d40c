/* A pager on stdout for long listings. */
#ifndef ANNOTCTL_PAGER_H
#define ANNOTCTL_PAGER_H

#include <stdbool.h>

/* Starts one if stdout is a terminal; at most once a process. */
void pager_begin(void);
/* Whether one has the terminal. */
bool pager_runs(void);
/* Closes stdout and waits until the reader leaves the pager. */
void pager_end(void);

#endif
