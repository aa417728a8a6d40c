/* list: a page of what matches a query. */
#include "annotd/view.h"
#include "annotd/wanted.h"

enum {
	/* Records that one request looks at: where their bytes must be read, and where the index is
	   enough. */
	LIST_READ_MAX = 20000,
	LIST_COUNT_MAX = 500000,
};

struct list {
	struct rows rows;
	const struct query *query;
	bool count_only, by_index;
	uint64_t seen, count, next;
	enum annot_status status;
};

static bool out_of_work(struct list *l)
{
	return ++l->seen > (l->count_only && l->by_index ? LIST_COUNT_MAX : LIST_READ_MAX);
}

static bool each(void *arg, uint64_t index)
{
	struct list *l = arg;
	bool match = false, full = false;

	/* Where this request stops, the next goes on. */
	if (out_of_work(l)) {
		l->next = index;
		return false;
	}
	if (l->count_only) {
		l->status = rows_match(&l->rows, index, l->query, &match);
		l->count += match;
		return l->status == ANNOT_OK;
	}
	l->status = rows_add(&l->rows, index, l->query, &full);
	if (full)
		l->next = index;
	return l->status == ANNOT_OK && !full;
}

enum annot_status on_list(struct call *c, const struct annot_list_request *in,
			  struct annot_rows_reply *ret)
{
	struct list l = {.count_only = in->count};
	struct query *query;
	enum annot_status status;

	TRY(query_parse(c->arena, in->query, &query, &c->err));
	TRY(view_bind(c, query));
	l.query = query;
	if (!in->count && in->limit > 0)
		query->store.likely = in->limit + 1; /* one more says where the next page begins */
	l.by_index = query->words.n == 0 && !(query->states & ~(unsigned)QUERY_ANY) && !query->anchors;
	status = rows_begin(&l.rows, c, in->limit);
	if (status == ANNOT_OK)
		status = wanted_each(c, query, NULL, in->from, each, &l, &l.next);
	rows_end(&l.rows);
	TRY(status);
	TRY(l.status);
	ret->rows = l.rows.rows;
	ret->n_rows = l.rows.n;
	ret->next = l.next;
	ret->count = l.count;
	ret->size = reader_size(c->reader);
	return ANNOT_OK;
}
