/* Listings: page after page of rows from the daemon, in any format, in flat memory. */
#ifndef ANNOTCTL_ROWS_H
#define ANNOTCTL_ROWS_H

#include "ctl.h"

struct rows_request {
	/* One of: */
	const char *query;      /* as in list */
	const char *history_of; /* an id: its versions and what was said on them */
	const struct annot_hash
		*records; /* n_records, which may be 0, by their hashes, in that order */
	size_t n_records;

	uint64_t limit; /* 0: all */
	bool documents; /* only records of kind document */
	bool keep;      /* rows_each: rows stay in ctl's arena */
};

/* The arguments as one query, in the arena: words that the shell split are joined again. */
const char *rows_query(struct ctl *ctl, const char **args);

/* An argument of the characters of ids and documents' names, where either may stand or a query: never a word to
 * search for, so that a misspelt name does not let something else through. */
bool rows_is_id(const char *arg);

/* Whether a term of the query has that key ("state:"); what stands in quotes is a word or a value. */
bool rows_has_term(const char *query, const char *key);

/* Takes one row; record is NULL for a withheld one. Both, and ctl->arena, live until it
 * returns, unless the request says keep. */
typedef enum annot_status (*rows_take)(struct ctl *ctl, const struct annot_row *row,
				       const struct annot_record *record, void *arg);

/* Calls back for each row, page after page; ends early where nobody reads standard output any more.
 * *ret_size (may be NULL): the size of the log that the first page was about. A query that is wrong
 * is USAGE (rows_query_status); PROTOCOL: not the records that were asked for. */
enum annot_status rows_each(struct ctl *ctl, const struct rows_request *request, rows_take take,
			    void *arg, uint64_t *ret_size);

/* What it means for a command that the daemon refused its query: USAGE where it cannot be read, and
 * where it names a person or document that is not there. No script may take that for an answer. */
enum annot_status rows_query_status(enum annot_status status);

/* What a row is about, withheld or not; record is that of rows_take. */
struct row_ids {
	struct annot_hash record, annotation;
};
enum annot_status rows_ids(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record, struct row_ids *ret);

/* Prints one row as text, or with --quiet; record is NULL for a withheld one. */
typedef void (*rows_print)(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record, void *arg);

/* Runs the request and prints each row: JSON in the JSON formats, else through print. Exit code. */
int rows_list(struct ctl *ctl, const struct rows_request *request, rows_print print, void *arg);

/* A rows_print: one line, or with --quiet the annotation's id. */
void rows_print_line(struct ctl *ctl, const struct annot_row *row,
		     const struct annot_record *record, void *arg);

/* How many rows match. Exit code. */
int rows_count(struct ctl *ctl, const char *query);

#endif
