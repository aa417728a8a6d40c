#include "annotd/call.h"

enum annot_status call_snapshot(struct call *c, uint64_t size)
{
	if (size > reader_truth_size(c->reader)) {
		reader_end(c->reader);
		TRY(reader_begin(c->reader, &c->err));
	}
	if (size > reader_truth_size(c->reader))
		return annot_fail(&c->err, ANNOT_NOT_FOUND, "the log has %llu record%s, not %llu",
				  (unsigned long long)reader_truth_size(c->reader),
				  annot_plural(reader_truth_size(c->reader)),
				  (unsigned long long)size);
	return ANNOT_OK;
}
