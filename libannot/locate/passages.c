#include "locate/passages.h"

enum { FULL = 1000 };

unsigned annot_copy_score(const struct annot_copy *c)
{
	return c->edits < c->letters
		       ? (unsigned)((uint64_t)(c->letters - c->edits) * FULL / c->letters)
		       : 0;
}

int annot_copy_compare(const struct annot_copy *a, const struct annot_copy *b)
{
	int64_t same_a = (int64_t)a->letters - a->edits, same_b = (int64_t)b->letters - b->edits;
	if (same_a != same_b)
		return same_a > same_b ? -1 : 1;
	return (a->edits > b->edits) - (a->edits < b->edits);
}

/* In the other text's order where they are equal. */
static bool better(const struct annot_copy *a, const struct annot_copy *b)
{
	int order = annot_copy_compare(a, b);
	if (order != 0)
		return order < 0;
	return a->other_start != b->other_start ? a->other_start < b->other_start
						: a->start < b->start;
}

/* Half of the shorter one's words in the other text are the longer one's, too. */
static bool same_place(const struct annot_copy *x, const struct annot_copy *y)
{
	uint64_t from = x->other_start > y->other_start ? x->other_start : y->other_start;
	uint64_t to = x->other_end < y->other_end ? x->other_end : y->other_end;
	uint64_t len_x = x->other_end - x->other_start, len_y = y->other_end - y->other_start;
	return from < to && 2 * (to - from) >= (len_x < len_y ? len_x : len_y);
}

void annot_passages_add(struct annot_passages *p, const struct annot_copy *new)
{
	size_t kept = 0, at = 0;
	for (size_t i = 0; i < p->n; i++)
		if (same_place(&p->found[i], new) && better(&p->found[i], new))
			return;
	for (size_t i = 0; i < p->n; i++)
		if (!same_place(&p->found[i], new))
			p->found[kept++] = p->found[i];
	p->n = kept;
	if (p->n == ANNOT_COPIES_PASSAGES_MAX) {
		p->more = true;
		if (better(&p->found[p->n - 1], new))
			return;
		p->n--;
	}
	while (at < p->n && better(&p->found[at], new))
		at++;
	memmove(p->found + at + 1, p->found + at, (p->n - at) * sizeof(*new));
	p->found[at] = *new;
	p->n++;
}
