/* Help and versions, printed from the command table. */
#ifndef ANNOTCTL_HELP_H
#define ANNOTCTL_HELP_H

#include "ctl.h"

/* All commands by their first word. */
void help_overview(FILE *to);
/* One command: synopsis, summary, options. */
void help_command(const struct command *command, FILE *to);
/* Edit distance of short words (Levenshtein); "did you mean" is for those with at most HELP_NEAR.
 */
enum { HELP_NEAR = 3 };
size_t help_distance(const char *a, const char *b);
/* The command whose name is nearest to what was typed, for "did you mean"; NULL if none is near. */
const struct command *help_nearest(const char *typed);
/* The first word of several commands that is nearest, but one letter; NULL. */
const char *help_nearest_group(struct ctl *ctl, const char *typed);
/* The same of an option as it was typed, "--limt" or "--limt=3": the long name, without dashes. */
const char *help_nearest_option(const struct poptOption *options, const char *typed);

#endif
