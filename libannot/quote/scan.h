/* Inside extract: where quotations begin and end, in one pass over an article. */
#ifndef ANNOT_QUOTE_SCAN_H
#define ANNOT_QUOTE_SCAN_H

#include "quote/extract.h"

/* Bytes from the first mark to behind the last, and between the marks. */
struct annot_scan_span {
	size_t outer[2], inner[2];
	bool block;
};

/* Bytes inside of quotations that are none of their words: markers of block quotes, marks that open
 * a quotation again. Ascending. */
struct annot_scan_hole {
	size_t start, end;
};

struct annot_scanned {
	struct annot_scan_span *spans; /* in the order in which they end */
	size_t n, cap;
	struct annot_scan_hole *holes;
	size_t n_holes, holes_cap;
	bool cut;
};

/* text is UTF-8. NO_MEMORY. Free with annot_scan_free. */
ANNOT_CHECKED enum annot_status annot_scan(struct annot_bytes text,
					   enum annot_article_format format,
					   struct annot_scanned *ret, struct annot_error *err);
void annot_scan_free(struct annot_scanned *s);

#endif
