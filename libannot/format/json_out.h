/* What formats of JSON write alike. */
#ifndef ANNOT_FORMAT_JSON_OUT_H
#define ANNOT_FORMAT_JSON_OUT_H

#include "format/internal.h"

/*
 * An element of the list that the output is (its bracket is written already), or a line with
 * one_a_line. *written counts them. Takes the reference; NULL is NO_MEMORY.
 */
enum annot_status annot_export_put_element(struct annot_export *x, uint64_t *written,
					   json_t *element, struct annot_error *err);

/* A TextQuoteSelector with the words of a target and what stands around them. NULL: want of memory.
 */
json_t *annot_export_quote_selector(const struct annot_target *target);
/* A TextPositionSelector; the unit is the format's. NULL: want of memory. */
json_t *annot_export_position_selector(uint64_t start, uint64_t end);

#endif
