#include "format/hypothesis.h"

const struct annot_format annot_format_hypothesis = {
	.name = "hypothesis",
	.doc = "Annotations of Hypothesis: JSON of its API, and files that its client exports",
	.flags = ANNOT_EXPORT_REFERRED | ANNOT_EXPORT_FIRST,
	.kinds = 1u << ANNOT_KIND_quote | 1u << ANNOT_KIND_claim | 1u << ANNOT_KIND_span |
		 1u << ANNOT_KIND_comment,
	.containers = "annotations|rows|replies",
	.export_size = sizeof(uint64_t), /* annotations written */
	.export_begin = hypothesis_begin,
	.export_item = hypothesis_export_item,
	.export_end = hypothesis_end,
	.import_item = hypothesis_import_item,
};
