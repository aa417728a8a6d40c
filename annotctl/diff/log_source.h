/* A log to compare: a file of the lossless form (export --as ndjson), or the daemon's. */
#ifndef ANNOTCTL_DIFF_LOG_SOURCE_H
#define ANNOTCTL_DIFF_LOG_SOURCE_H

#include "../ctl.h"

struct log_source {
	const char *path; /* NULL: the daemon's, which is connected */
	/* out, of log_source_each */
	struct annot_hash corpus;
	uint64_t size;
	bool partial; /* what a query found */
};

/* A record of it; all of it until the callback returns, in ctl->arena. */
struct log_record {
	uint64_t index;
	struct annot_leaf leaf;
	const struct annot_record *record; /* NULL: withheld */
};
typedef enum annot_status (*log_source_take)(struct ctl *ctl, const struct log_record *r,
					     void *arg);

/* Whether a file begins as one of the lossless form. */
bool log_source_is_file(const char *path);

/* Calls back for each record, in order. UNREADABLE; INVALID and MISMATCH name file and line;
 * statuses of calls. */
enum annot_status log_source_each(struct ctl *ctl, struct log_source *s, log_source_take take,
				  void *arg);

#endif
