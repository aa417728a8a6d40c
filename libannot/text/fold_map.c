/* The way back from a folded text to its source. */
#include <stdlib.h>

#include "text/fold.h"

void annot_folded_free(struct annot_folded *f)
{
	free(f->text);
	free(f->runs);
	*f = (struct annot_folded){0};
}

/* The run that a folded byte belongs to. */
static const struct annot_fold_run *find_run(const struct annot_folded *f, size_t at)
{
	size_t low = 0, high = f->n_runs;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (f->runs[middle].folded <= at)
			low = middle;
		else
			high = middle;
	}
	return &f->runs[low];
}

void annot_folded_source(const struct annot_folded *f, size_t from, size_t to, size_t *start,
			 size_t *end)
{
	const struct annot_fold_run *first = find_run(f, from), *last = find_run(f, to - 1);
	*start = first->source + (first->unit ? 0 : from - first->folded);
	*end = last->source + (last->unit ? last->unit : to - last->folded);
}
