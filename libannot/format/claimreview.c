#include "format/claimreview.h"

const struct annot_format annot_format_claimreview = {
	.name = "claimreview",
	.doc = "ClaimReview of schema.org in JSON-LD, one for each verdict",
	.flags = ANNOT_EXPORT_REFERRED | ANNOT_EXPORT_HISTORY,
	.kinds = 1u << ANNOT_KIND_verdict,
	.containers = "@graph",
	.export_size = sizeof(uint64_t), /* items written */
	.export_begin = claimreview_begin,
	.export_item = claimreview_export_item,
	.export_end = claimreview_end,
	.import_item = claimreview_import_item,
};
