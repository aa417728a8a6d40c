/* The textbook's table of edit distances (Wagner and Fischer 1974; with a free beginning Sellers
 * 1980), which the faster ways are compared with. */
#ifndef TESTS_LIBANNOT_ANCHOR_PLAIN_H
#define TESTS_LIBANNOT_ANCHOR_PLAIN_H

#include "anchor/letters.h"

/* table[j], j <= n: distance of the pattern to what ends at j; anywhere: it may begin anywhere.
 * column has room for m + 1. */
static inline void plain_table(const annot_letter *p, size_t m, const annot_letter *text, size_t n,
			       bool anywhere, size_t *column, size_t *table)
{
	for (size_t i = 0; i <= m; i++)
		column[i] = i;
	table[0] = m;
	for (size_t j = 1; j <= n; j++) {
		size_t diagonal = column[0];
		column[0] = anywhere ? 0 : j;
		for (size_t i = 1; i <= m; i++) {
			size_t best = diagonal + (p[i - 1] != text[j - 1]);
			if (column[i] + 1 < best)
				best = column[i] + 1;
			if (column[i - 1] + 1 < best)
				best = column[i - 1] + 1;
			diagonal = column[i];
			column[i] = best;
		}
		table[j] = column[m];
	}
}

#endif
