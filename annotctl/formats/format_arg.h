/* The format that --as names. */
#ifndef ANNOTCTL_FORMATS_FORMAT_ARG_H
#define ANNOTCTL_FORMATS_FORMAT_ARG_H

#include "../ctl.h"

/* as: NULL if the option was not given. USAGE names all formats. */
enum annot_status format_arg(struct ctl *ctl, const char *as, const struct annot_format **ret);

#endif
