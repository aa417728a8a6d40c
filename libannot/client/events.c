/* Events: a call that waits. */
#include "client/internal.h"

/* annotd answers within 25 s, with nothing if there is nothing. */
enum { EVENTS_PATIENCE_MS = 45000 };

static enum annot_status check(const struct annot_events_request *in,
			       const struct annot_events_reply *reply, struct annot_error *err)
{
	uint64_t least = in->from;
	for (size_t i = 0; i < reply->n_rows; i++) {
		if (reply->rows[i].index < least)
			return annot_fail(err, ANNOT_PROTOCOL,
					  "event #%llu came out of order, after #%llu",
					  (unsigned long long)reply->rows[i].index,
					  (unsigned long long)least - 1);
		least = reply->rows[i].index + 1;
	}
	if (reply->next < least || reply->next > reply->size)
		return annot_fail(err, ANNOT_PROTOCOL,
				  "the next event is to be #%llu, in a log of %llu records, after "
				  "#%llu",
				  (unsigned long long)reply->next, (unsigned long long)reply->size,
				  (unsigned long long)least - 1);
	return ANNOT_OK;
}

static enum annot_status wait_for_reply(struct annot *a, const struct annot_events_request *in,
					struct annot_arena *arena,
					const struct annot_events_reply **ret,
					struct annot_error *err)
{
	if (!a->connection && a->greeted)
		TRY(annot_client_connect(a, annot_now_ms() + a->timeout_ms, err));
	int kept = a->timeout_ms;
	if (a->timeout_ms < EVENTS_PATIENCE_MS)
		a->timeout_ms = EVENTS_PATIENCE_MS;
	enum annot_status status = annot_call_events(a, in, arena, ret, err);
	a->timeout_ms = kept;
	return status;
}

enum annot_status annot_events(struct annot *a, const struct annot_events_request *in,
			       struct annot_arena *arena, const struct annot_events_reply **ret,
			       struct annot_error *err)
{
	const struct annot_events_reply *reply;
	TRY(wait_for_reply(a, in, arena, &reply, err));
	TRY(check(in, reply, err));
	*ret = reply;
	return ANNOT_OK;
}
