/* What is wrong with an option, in words that say which and what to do. */
#ifndef ANNOTCTL_OPTION_ERROR_H
#define ANNOTCTL_OPTION_ERROR_H

#include "ctl.h"

/* A usage error for what popt did not take: typed is its poptBadOption, code its error. argv is the
 * command line, NULL-terminated. */
int option_error(struct ctl *ctl, const struct poptOption *table, const char **argv,
		 const char *typed, int code);

#endif
