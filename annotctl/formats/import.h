/* Imports: input item by item, signed and sent in batches. */
#ifndef ANNOTCTL_FORMATS_IMPORT_H
#define ANNOTCTL_FORMATS_IMPORT_H

#include "losses.h"
#include "own.h"

struct import_counts {
	uint64_t items;    /* read */
	uint64_t imported; /* first versions that are in the log now */
	uint64_t
		amended; /* versions of records that were exported from here and edited elsewhere */
	uint64_t there;  /* records that were there before */
	uint64_t broken; /* items that break a rule of the format, or input that cannot be read */
	uint64_t refused; /* records that the daemon refused */
	/* Where it stands, for who must be told how far it came. */
	uint64_t first, last; /* log indexes of those imported and amended */
	uint64_t waiting;     /* items that wait for others */
	const char *file; /* where the first item stands that was not sent; NULL: there is none */
	size_t line;
};

struct import_task {
	struct ctl *ctl;
	const struct annot_format *format;
	const char *base, *document; /* may be NULL */
	struct losses *losses;
	bool dry;                    /* nothing is signed */
	bool amend;                  /* what was exported from here and edited elsewhere too */
	struct own *own;             /* while it runs: what was exported from here (own.h) */
	struct import_counts counts; /* out */
};

/*
 * Reads all of the files (none: standard input); with --strict twice, so that all that can be known
 * before is known before the first record is signed. Other than OK: it ended before their end; the
 * text says what is in the log and what is not.
 */
enum annot_status import_files(struct import_task *task, const char **paths);

/* --- between import.c, import_read.c and import_batch.c --- */

struct batch;

/* NULL: out of memory. */
struct batch *batch_new(struct import_task *task);
struct batch *batch_free(struct batch *b);
/* Takes what an item became; signs and sends when there is enough of it. */
enum annot_status batch_take(struct batch *b, const struct annot_import_item *item, const char *id,
			     const struct annot_import_draft *drafts, size_t n);
/* If items were taken and not sent, where the first of them stands. */
void batch_unsent(const struct batch *b, struct import_counts *c);
/* Signs and sends what is left; what still waits for other items is reported. */
enum annot_status batch_end(struct batch *b);

#endif
