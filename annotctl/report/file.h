/* A file that is written as a stream and appears at once, or not at all. */
#ifndef ANNOTCTL_REPORT_FILE_H
#define ANNOTCTL_REPORT_FILE_H

#include "../ctl.h"

struct report_file {
	FILE *f;
	const char *path; /* "-": standard output */
	char *temporary;  /* in the arena; NULL: written to as it comes */
};

/* Opens a temporary file beside path, standard output for "-", or path itself if it is a device or
 * pipe. UNREADABLE, NO_MEMORY. */
enum annot_status report_file_open(struct ctl *ctl, const char *path, struct report_file *ret);

/*
 * Ends it. With status OK the file is made durable and put in the place of path; else, or if that
 * fails, nothing of it is left. Returns status, or why the end failed: NO_SPACE, UNREADABLE.
 */
enum annot_status report_file_close(struct ctl *ctl, struct report_file *file,
				    enum annot_status status);

#endif
