/* Records that a query may mean: those that the store lists and, where words are asked for, that
 * may have them by search.db. Whoever takes them looks whether they do. */
#ifndef ANNOTD_WANTED_H
#define ANNOTD_WANTED_H

#include "annotd/call.h"
#include "annotd/query.h"
#include "annotd/store/search.h"

enum {
	WANTED_AT_ONCE = 256,
	/* How often one request asks search.db for so many. */
	WANTED_ROUNDS = 256,
};

/*
 * As reader_list, for a query that is bound. cursor NULL: the words are those of the query.
 * *ret_next: 0, or where the next request goes on because this one has asked often enough; left
 * alone where each said stop.
 */
enum annot_status wanted_each(struct call *c, const struct query *query,
			      struct search_cursor *cursor, uint64_t from, reader_each each,
			      void *arg, uint64_t *ret_next);

#endif
