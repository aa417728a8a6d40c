/* get: records by id, in the order asked, as many as fit a frame. */
#include "annotd/view.h"

static enum annot_status get(struct rows *r, const struct annot_get_request *in)
{
	struct call *c = r->call;
	bool full = false;

	for (size_t i = 0; i < in->n_ids && !full; i++) {
		uint64_t index = 0;

		TRY(reader_resolve(c->reader, in->ids[i], &index, &c->err));
		TRY(rows_add(r, index, NULL, &full));
	}
	return ANNOT_OK;
}

enum annot_status on_get(struct call *c, const struct annot_get_request *in,
			 struct annot_rows_reply *ret)
{
	struct rows r;
	enum annot_status status = rows_begin(&r, c, in->n_ids);

	if (status == ANNOT_OK)
		status = get(&r, in);
	rows_end(&r);
	if (status != ANNOT_OK)
		return status;
	ret->rows = r.rows;
	ret->n_rows = r.n;
	ret->size = reader_size(c->reader);
	return ANNOT_OK;
}
