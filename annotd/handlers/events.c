/* events: records as they entered the log. It does not wait: watch.c does. */
#include "annotd/handlers/events.h"

#include "annotd/wanted.h"

struct events {
	struct rows rows;
	const struct query *query;
	uint64_t seen, next;
	enum annot_status status;
};

static bool each(void *arg, uint64_t index)
{
	struct events *e = arg;
	bool full = ++e->seen > EVENTS_READ_MAX;

	/* Where this reply stops, the next goes on. */
	if (!full)
		e->status = rows_add(&e->rows, index, e->query, &full);
	if (full)
		e->next = index;
	return e->status == ANNOT_OK && !full;
}

/*
 * Whether a record matches must not change once it is in the log: else what was missed while nobody
 * was connected would not be what comes when somebody does.
 */
static enum annot_status as_entered(struct query *query, struct annot_error *err)
{
	if ((query->states & ~(unsigned)QUERY_ANY) || query->anchors)
		return annot_fail(
			err, ANNOT_INVALID,
			"query: state: and anchor: are not for events, which show each record once, as "
			"it enters the log; what changes a state is a record: kind:review, "
			"kind:retract …");
	if (query->has_as_of)
		return annot_fail(err, ANNOT_INVALID,
				  "query: as-of: is not for events, which go on: leave it out");
	if (!query->has_kinds)
		query->store.kinds = QUERY_KINDS_ALL;
	query->store.as_entered = true;
	return ANNOT_OK;
}

enum annot_status on_events(struct call *c, const struct annot_events_request *in,
			    struct annot_events_reply *ret)
{
	struct events e = {.next = reader_size(c->reader)};
	uint64_t limit = in->limit && in->limit < EVENTS_ROWS_MAX ? in->limit : EVENTS_ROWS_MAX;
	struct query *query;
	enum annot_status status;

	TRY(query_parse(c->arena, in->query, &query, &c->err));
	TRY(as_entered(query, &c->err));
	TRY(view_bind(c, query));
	if (in->from > e.next)
		return annot_fail(&c->err, ANNOT_INVALID,
				  "from #%llu lies in the future: the log has %llu record%s",
				  (unsigned long long)in->from, (unsigned long long)e.next,
				  annot_plural(e.next));
	e.query = query;
	status = rows_begin(&e.rows, c, limit);
	e.rows.bytes_max = EVENTS_BYTES_MAX;
	if (status == ANNOT_OK)
		status = wanted_each(c, query, NULL, in->from, each, &e, &e.next);
	rows_end(&e.rows);
	TRY(status);
	TRY(e.status);
	ret->rows = e.rows.rows;
	ret->n_rows = e.rows.n;
	ret->next = e.next;
	ret->size = reader_size(c->reader);
	return ANNOT_OK;
}
