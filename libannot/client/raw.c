/* Records by log index, many of them. */
#include "base/auto.h"
#include "client/internal.h"

enum { RAW_BATCH = 24 }; /* records of 64 KiB fit one frame */

enum annot_status annot_raw_each(struct annot *a, const uint64_t *indexes, size_t n,
				 annot_raw_take take, void *arg, struct annot_error *err)
{
	for (size_t done = 0; done < n;) {
		AUTO_ARENA struct annot_arena *arena = NULL;
		struct annot_raw_request in = {.indexes = indexes + done,
					       .n_indexes =
						       n - done < RAW_BATCH ? n - done : RAW_BATCH};
		const struct annot_raw_reply *reply;
		TRY(annot_client_arena(&arena, err));
		TRY(annot_call_raw(a, &in, arena, &reply, err));
		if (reply->n_records == 0 || reply->n_records > in.n_indexes)
			return annot_fail(err, ANNOT_PROTOCOL, "asked for %zu record%s, got %zu",
					  in.n_indexes, annot_plural(in.n_indexes),
					  reply->n_records);
		for (size_t i = 0; i < reply->n_records; i++) {
			if (reply->records[i].index != in.indexes[i])
				return annot_fail(err, ANNOT_PROTOCOL,
						  "asked for record #%llu, got #%llu",
						  (unsigned long long)in.indexes[i],
						  (unsigned long long)reply->records[i].index);
			TRY(take(arg, &reply->records[i], err));
		}
		done += reply->n_records;
	}
	return ANNOT_OK;
}
