/* What did not survive an import or an export: counted, written to --report-loss, refused with
 * --strict. */
#ifndef ANNOTCTL_FORMATS_LOSSES_H
#define ANNOTCTL_FORMATS_LOSSES_H

#include "../ctl.h"

struct losses {
	struct ctl *ctl;
	const char *path; /* of the report; NULL: none */
	FILE *report;
	bool strict;
	uint64_t n, left_out;
};

/* Opens the report (path NULL: none). UNREADABLE. */
enum annot_status losses_open(struct ctl *ctl, const char *path, bool strict, struct losses *ret);
/* Counts one and writes it. REFUSED with --strict: the text names it. UNREADABLE, NO_SPACE. */
enum annot_status losses_add(struct losses *l, const struct annot_loss *loss,
			     struct annot_error *err);
/* Closes the report. UNREADABLE, NO_SPACE: it is not whole. */
enum annot_status losses_close(struct losses *l);

#endif
