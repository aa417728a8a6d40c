/* A pager on stdout for long listings. */
#ifndef ANNOTCTL_PAGER_H
#define ANNOTCTL_PAGER_H

/* Starts one if stdout is a terminal; at most once a process. */
void pager_begin(void);
/* Closes stdout and waits until the reader leaves the pager. */
void pager_end(void);

#endif
