#include "record/versions.h"

#include "base/auto.h"

enum {
	OF_MERGED = 1 << 0, /* it or a descendant is among merged */
	OF_OTHER = 1 << 1,
	BELOW_BASE = 1 << 2, /* an ancestor of a nearest common ancestor */
};

enum annot_status annot_version_bases(const struct annot_version_node *nodes, const size_t *merged,
				      size_t n_merged, size_t other, size_t *ret, size_t max,
				      size_t *ret_n, struct annot_error *err)
{
	size_t top = other, n = 0;
	for (size_t i = 0; i < n_merged; i++)
		top = merged[i] > top ? merged[i] : top;
	AUTO_FREE unsigned char *marks = calloc(top + 1, 1);
	if (!marks)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for %zu versions", top + 1);
	for (size_t i = 0; i < n_merged; i++)
		marks[merged[i]] |= OF_MERGED;
	marks[other] |= OF_OTHER;
	/* Downwards, so that all that replaces a version was looked at before it. */
	for (size_t at = top + 1; at-- > 0;) {
		if (marks[at] == (OF_MERGED | OF_OTHER)) {
			if (n < max)
				ret[n] = at;
			n++;
			marks[at] |= BELOW_BASE;
		}
		for (size_t i = 0; i < nodes[at].n_parents; i++)
			marks[nodes[at].parents[i]] |= marks[at];
	}
	*ret_n = n;
	return ANNOT_OK;
}
