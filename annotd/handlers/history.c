/* history: all versions of an annotation and what was said on them. */
#include "annotd/view.h"

struct history {
	struct rows rows;
	uint64_t next;
	enum annot_status status;
};

static bool each(void *arg, uint64_t index)
{
	struct history *h = arg;
	bool full = false;

	h->status = rows_add(&h->rows, index, NULL, &full);
	if (full)
		h->next = index;
	return h->status == ANNOT_OK && !full;
}

enum annot_status on_history(struct call *c, const struct annot_history_request *in,
			     struct annot_rows_reply *ret)
{
	struct history h = {0};
	struct store_row row;
	enum annot_status status;
	uint64_t index = 0;

	TRY(reader_resolve(c->reader, in->id, &index, &c->err));
	TRY(reader_row(c->reader, index, &row, &c->err));
	status = rows_begin(&h.rows, c, in->limit);
	if (status == ANNOT_OK)
		status = reader_history(c->reader, &row.annotation, in->from, each, &h, &c->err);
	rows_end(&h.rows);
	TRY(status);
	TRY(h.status);
	ret->rows = h.rows.rows;
	ret->n_rows = h.rows.n;
	ret->next = h.next;
	ret->size = reader_size(c->reader);
	return ANNOT_OK;
}
