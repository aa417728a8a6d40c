/* What import and export have in common: options, the format, the losses. */
#ifndef ANNOTCTL_FORMATS_FORMAT_ARG_H
#define ANNOTCTL_FORMATS_FORMAT_ARG_H

#include "losses.h"

struct format_options {
	char *as, *report, *base; /* as given; NULL: not given */
	int strict;
};

/* The rows of a command's options that fill in a struct format_options; what --strict and --base
 * mean there. */
#define FORMAT_OPTIONS(options, strict_doc, base_doc)                                              \
	{"as", '\0', POPT_ARG_STRING, &(options).as, 0, "The format", "FORMAT"},                   \
		{"report-loss",                                                                    \
		 '\0',                                                                             \
		 POPT_ARG_STRING,                                                                  \
		 &(options).report,                                                                \
		 0,                                                                                \
		 "Write what did not survive, one JSON object a line",                             \
		 "FILE"},                                                                          \
		{"strict", '\0', POPT_ARG_NONE, &(options).strict, 0, strict_doc, NULL},           \
	{                                                                                          \
		"base", '\0', POPT_ARG_STRING, &(options).base, 0, base_doc, "IRI"                 \
	}

/* The format, and an open report. USAGE names all formats; UNREADABLE. */
enum annot_status format_begin(struct ctl *ctl, const struct format_options *options,
			       const struct annot_format **ret, struct losses *losses);
/* Closes the report. What was done failed before with that status, or what closing it returns. */
enum annot_status format_end(struct losses *losses, enum annot_status status);

#endif
