/* Exports: what a query finds, or the whole log, into a format. */
#ifndef ANNOTCTL_FORMATS_EXPORT_H
#define ANNOTCTL_FORMATS_EXPORT_H

#include "../rows.h"
#include "losses.h"
#include "sink.h"

struct export_task {
	struct ctl *ctl;
	const struct annot_format *format;
	const char *query; /* "": everything that stands */
	const char **ids;  /* these instead, NULL-terminated; NULL: what the query finds */
	const char *base, *publisher, *publisher_url; /* may be NULL */
	bool withheld; /* the hashes of withheld texts too, where the format has a place for them */
	struct losses *losses;
	struct sink *sink;
	uint64_t n;             /* out: items, or records of the log */
	uint64_t n_passed_over; /* out: of kinds that the format has no items for */
};

/* What the query finds, item by item. */
enum annot_status export_items(struct export_task *task);
/* The records that the task's ids name, or what its query finds; lives in arena. */
enum annot_status export_request(const struct export_task *task, struct annot_arena *arena,
				 struct rows_request *ret);
/* For a format of the log: every record in order, with contents; or, with a query, the records that
 * it finds. */
enum annot_status export_log(struct export_task *task);

#endif
