/*
 * How far two people who marked spans in one text agree. There is no number of things that neither
 * marked, so there is no chance agreement and no kappa; the F-measure of one against the other is
 * the positive specific agreement of the two, and what kappa tends to as that number grows:
 * Hripcsak, G. and Rothschild, A. S. (2005). Agreement, the F-measure, and reliability in
 * information retrieval. Journal of the American Medical Informatics Association 12, 296-298.
 */
#ifndef ANNOT_AGREEMENT_SPANS_H
#define ANNOT_AGREEMENT_SPANS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { ANNOT_SPANS_MAX = 1 << 20 };

/* Half-open, in any unit. */
struct annot_span {
	uint64_t start, end;
};

struct annot_span_matches {
	size_t a, b;    /* different spans of each */
	size_t exact;   /* spans that both have */
	size_t overlap; /* the most pairs, no span in two of them, that share at least one unit */
};

/*
 * Compares the spans that two people marked in one text, in any order; a span that one of them
 * marked twice counts once. Time n log n. INVALID: an empty span; TOO_LARGE: more than
 * ANNOT_SPANS_MAX of one person; NO_MEMORY.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_spans_match(const struct annot_span *a, size_t n_a,
							    const struct annot_span *b, size_t n_b,
							    struct annot_span_matches *ret,
							    struct annot_error *err);

/* 2 matched / (a + b), the harmonic mean of matched / a and matched / b; NaN where neither has any.
 * Numbers of several texts or pairs added up give the micro-average. */
ANNOT_API double annot_f1(size_t matched, size_t a, size_t b);

#endif
