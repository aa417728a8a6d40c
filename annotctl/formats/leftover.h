/* A folder that is being filled, and goes if the program is stopped meanwhile. */
#ifndef ANNOTCTL_FORMATS_LEFTOVER_H
#define ANNOTCTL_FORMATS_LEFTOVER_H

#include <stdbool.h>

/*
 * Makes a folder, as mkdtemp does; false and errno. From here on SIGINT, SIGTERM, SIGHUP, SIGQUIT
 * and SIGXFSZ, unless they are ignored, take it away before they end the program. One folder at a
 * time; name must stay where it is.
 */
bool leftover_make(char *name);
/* It is finished, or goes by leftover_remove: signals do as before. */
void leftover_forget(void);
/* Removes a folder and the files in it; folders in it stay. Safe in a signal handler. */
void leftover_remove(const char *folder);

#endif
