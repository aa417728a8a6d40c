/* Inside extract: who is said to have said what stands between quotation marks. */
#ifndef ANNOT_QUOTE_ATTRIBUTE_H
#define ANNOT_QUOTE_ATTRIBUTE_H

#include "quote/extract.h"

/* What a quote's attribution is looked for in: bytes of the article. */
struct annot_surroundings {
	struct annot_bytes text;
	size_t before, start; /* where the words before the quote begin; the quote with its marks */
	size_t end, after;    /* its end; where the words behind it end */
	size_t last_end;      /* where the quote before it ends; 0 if there is none */
	bool near;            /* that is in the same paragraph */
};

/*
 * Sets speaker, verb and inferred of *q. last is the speaker of the quote before, or empty.
 * NO_MEMORY.
 */
ANNOT_CHECKED enum annot_status annot_attribute(struct annot_arena *arena,
						const struct annot_surroundings *s,
						const size_t last[2], struct annot_quoted *q,
						struct annot_error *err);

#endif
