/* Inside scan: what is known at a byte of the article. */
#ifndef ANNOT_QUOTE_SCAN_PRIVATE_H
#define ANNOT_QUOTE_SCAN_PRIVATE_H

#include "quote/scan.h"

enum { ANNOT_SCAN_TICKS_MAX = 8 };

/* A quotation that was opened and not closed yet. */
struct annot_scan_open {
	uint32_t mark;
	size_t outer, inner;
	size_t line; /* number of the line in which it was opened, or opened again, last */
};

/* The next mark of a kind behind a place, remembered so that no byte is looked at twice. */
struct annot_scan_ahead {
	size_t at; /* where it stands, or the end of the line */
	bool known, closes;
};

struct annot_scanner {
	const char *text;
	size_t len, at, line_end;
	size_t line; /* its number */
	enum annot_article_format format;
	struct annot_scanned *spans;
	struct annot_scan_open stack[ANNOT_EXTRACT_DEPTH_MAX];
	size_t depth;
	struct annot_scan_ahead single, twofold;
	size_t no_ticks[ANNOT_SCAN_TICKS_MAX + 1], no_tag, no_link; /* not found up to this byte */
	bool blank, fence, block, no_memory;
	char fence_mark;
	size_t block_start, block_outer, block_end;
};

/* The code point at a byte; *next moves behind it. */
uint32_t annot_scan_code(const struct annot_scanner *s, size_t at, size_t *next);

/* Adds what stood between two marks, unless it is too long, or there are too many. */
void annot_scan_add(struct annot_scanner *s, struct annot_scan_span span);

/* Room for one more item; NULL, and no_memory is set, if there is none. */
void *annot_scan_grow(struct annot_scanner *s, void *items, size_t n, size_t *cap, size_t size);

/* Goes on behind the mark at s->at, which opens or closes a quotation, or is an apostrophe. */
void annot_scan_mark(struct annot_scanner *s);

#endif
