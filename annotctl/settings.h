/* Settings: command line, then ANNOT_SOCKET, ANNOT_KEY and ANNOT_FINGERPRINT, then annotctl.conf, then defaults. */
#ifndef ANNOTCTL_SETTINGS_H
#define ANNOTCTL_SETTINGS_H

#include "ctl.h"

/* Options that every command takes, before or after its name. Destinations are the arg_ variables
 * that settings_apply reads. */
extern const struct poptOption settings_options[];

/* Zeroes the destinations of a popt table (freeing strings), so that a second command line starts
 * clean. */
void settings_reset_options(const struct poptOption *options);

/* Reads configuration file and environment into ctl. USAGE names file, line and what was wrong. */
enum annot_status settings_load(struct ctl *ctl);
/* Whether the options parsed last name a socket. */
bool settings_name_socket(void);
/* Applies what settings_options parsed. USAGE. */
enum annot_status settings_apply(struct ctl *ctl);
/* "annotctl [GLOBAL OPTIONS]" part of help. */
void settings_free(struct ctl *ctl);

#endif
