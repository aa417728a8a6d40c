/*
 * Spans of two people, matched.
 *
 * The most overlapping pairs, found greedily: spans of both are taken in the order of their ends,
 * and each that has no partner yet takes, of the other's free spans that it overlaps, the one that
 * ends first. That is optimal: all that it can take reach over its own end, and so the one that
 * ends first overlaps, of the spans still to come, a subset of what any other would.
 */
#include "agreement/spans.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The spans of one person. */
struct side {
	struct annot_span *spans; /* different ones, by start */
	size_t n;
	size_t *by_end; /* their numbers, by end */
	size_t *heap;   /* numbers of those that have begun: the one that ends first on top */
	size_t n_heap, begun;
	bool *done; /* matched, or passed */
};

static int by_start(const void *a, const void *b)
{
	const struct annot_span *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static int by_end(const void *a, const void *b, void *spans)
{
	const struct annot_span *x = (struct annot_span *)spans + *(const size_t *)a,
				*y = (struct annot_span *)spans + *(const size_t *)b;

	return x->end < y->end ? -1 : x->end > y->end;
}

static void side_free(struct side *s)
{
	free(s->spans);
	free(s->by_end);
	free(s->heap);
	free(s->done);
}

static enum annot_status side_make(const struct annot_span *spans, size_t n, struct side *ret,
				   struct annot_error *err)
{
	if (n > ANNOT_SPANS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "%zu spans of one person, at most %d", n,
				  ANNOT_SPANS_MAX);
	ret->spans = calloc(n + 1, sizeof *ret->spans);
	ret->by_end = calloc(n + 1, sizeof *ret->by_end);
	ret->heap = calloc(n + 1, sizeof *ret->heap);
	ret->done = calloc(n + 1, sizeof *ret->done);
	if (!ret->spans || !ret->by_end || !ret->heap || !ret->done)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for %zu spans", n);
	for (size_t i = 0; i < n; i++) {
		if (spans[i].start >= spans[i].end)
			return annot_fail(err, ANNOT_INVALID, "span %zu, %llu to %llu, is empty", i,
					  (unsigned long long)spans[i].start,
					  (unsigned long long)spans[i].end);
		ret->spans[i] = spans[i];
	}
	qsort(ret->spans, n, sizeof *ret->spans, by_start);
	for (size_t i = 0; i < n; i++)
		if (ret->n == 0 || by_start(&ret->spans[ret->n - 1], &ret->spans[i]) != 0)
			ret->spans[ret->n++] = ret->spans[i];
	for (size_t i = 0; i < ret->n; i++)
		ret->by_end[i] = i;
	qsort_r(ret->by_end, ret->n, sizeof *ret->by_end, by_end, ret->spans);
	return ANNOT_OK;
}

static size_t count_exact(const struct side *a, const struct side *b)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		int order = by_start(&a->spans[i], &b->spans[k]);

		n += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return n;
}

/* --- the heap of one side --- */

static void swap(size_t *a, size_t *b)
{
	size_t t = *a;

	*a = *b;
	*b = t;
}

static uint64_t end_at(const struct side *s, size_t at)
{
	return s->spans[s->heap[at]].end;
}

static void heap_push(struct side *s, size_t span)
{
	size_t at = s->n_heap++;

	s->heap[at] = span;
	for (; at > 0 && end_at(s, (at - 1) / 2) > end_at(s, at); at = (at - 1) / 2)
		swap(&s->heap[at], &s->heap[(at - 1) / 2]);
}

static void heap_pop(struct side *s)
{
	s->heap[0] = s->heap[--s->n_heap];
	for (size_t at = 0;;) {
		size_t least = at, child = 2 * at + 1;

		for (size_t c = child; c < child + 2 && c < s->n_heap; c++)
			if (end_at(s, c) < end_at(s, least))
				least = c;
		if (least == at)
			return;
		swap(&s->heap[at], &s->heap[least]);
		at = least;
	}
}

/* --- overlap --- */

/* Takes the free span that ends first of those that began before `end`; false: there is none. */
static bool take_partner(struct side *s, uint64_t end)
{
	for (; s->begun < s->n && s->spans[s->begun].start < end; s->begun++)
		heap_push(s, s->begun);
	while (s->n_heap > 0 && s->done[s->heap[0]])
		heap_pop(s);
	if (s->n_heap == 0)
		return false;
	s->done[s->heap[0]] = true;
	return true;
}

static size_t count_overlap(struct side *a, struct side *b)
{
	size_t n = 0, i = 0, k = 0;

	while (i < a->n && k < b->n) {
		bool first = a->spans[a->by_end[i]].end <= b->spans[b->by_end[k]].end;
		struct side *own = first ? a : b;
		size_t span = own->by_end[first ? i++ : k++];

		if (own->done[span])
			continue;
		own->done[span] = true;
		n += take_partner(first ? b : a, own->spans[span].end);
	}
	return n;
}

enum annot_status annot_spans_match(const struct annot_span *a, size_t n_a,
				    const struct annot_span *b, size_t n_b,
				    struct annot_span_matches *ret, struct annot_error *err)
{
	__attribute__((cleanup(side_free))) struct side x = {0};
	__attribute__((cleanup(side_free))) struct side y = {0};

	TRY(side_make(a, n_a, &x, err));
	TRY(side_make(b, n_b, &y, err));
	*ret = (struct annot_span_matches){.a = x.n, .b = y.n, .exact = count_exact(&x, &y)};
	ret->overlap = count_overlap(&x, &y);
	return ANNOT_OK;
}

double annot_f1(size_t matched, size_t a, size_t b)
{
	return a + b == 0 ? NAN : 2 * (double)matched / (double)(a + b);
}
