/* Which documents may have passages of a text: those that the index finds fingerprints of it in. */
#include "annotd/copies.h"

#include <stdlib.h>

#include "base/auto.h"

static enum annot_status no_memory(struct copies *s)
{
	return annot_fail(&s->call->err, ANNOT_NO_MEMORY, "out of memory for asking the index");
}

/* The chosen fingerprints: two texts with ANNOT_GRAM_SURE letters in common have one in common. */
static enum annot_status read_grams(struct copies *s, struct annot_gram_list *ret)
{
	struct annot_grams *grams;
	struct annot_error *err = &s->call->err;
	TRY(annot_grams_new(&grams, err));
	annot_grams_begin(grams, false);
	enum annot_status status = annot_grams_add(grams, annot_buf_bytes(&s->text), ret, err);
	if (status == ANNOT_OK)
		status = annot_grams_end(grams, ret, err);
	annot_grams_free(grams);
	return status;
}

static enum annot_status add(struct copies *s, struct copies_filter *f, uint64_t document)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 256;
		uint64_t *may = reallocarray(f->may, cap, sizeof *may);
		if (!may)
			return no_memory(s);
		f->may = may;
		f->cap = cap;
	}
	f->may[f->n++] = document;
	return ANNOT_OK;
}

struct asking {
	const struct annot_segment *segment;
	struct annot_segment_group group;
	uint8_t *has; /* by document of the segment */
	bool blind;   /* a fingerprint is too frequent for the index to say where it stands */
};

static enum annot_status ask(struct asking *a, const struct annot_gram_list *grams,
			     struct annot_error *err)
{
	for (size_t i = 0; i < grams->n && !a->blind; i++) {
		TRY(annot_segment_find(a->segment, grams->items[i].hash, &a->group, err));
		a->blind = a->group.count > ANNOT_SEGMENT_FREQUENT;
		for (uint64_t k = 0; k < a->group.count && !a->blind; k++) {
			size_t n = annot_segment_document_at(a->segment, a->group.positions[k]);
			if (n < a->segment->n_documents)
				a->has[n] = 1;
		}
	}
	return ANNOT_OK;
}

/* Where the index cannot say it, all documents of the segment may have passages. */
static enum annot_status ask_segment(struct copies *s, struct copies_filter *f, size_t which,
				     const struct annot_gram_list *grams, uint32_t *positions)
{
	const struct annot_segment *segment = f->view->segments[which];
	AUTO_FREE uint8_t *has = calloc(segment->n_documents + 1, 1);
	struct asking a = {.segment = segment, .group = {.positions = positions}, .has = has};
	struct annot_error err = {0};
	if (!has)
		return no_memory(s);
	if (ask(&a, grams, &err) != ANNOT_OK) {
		segments_damaged(s->call->segments, f->view->files[which]);
		a.blind = true;
	}
	for (size_t i = 0; i < segment->n_documents; i++)
		if (has[i] || a.blind)
			TRY(add(s, f, annot_segment_document(segment, i).index));
	return ANNOT_OK;
}

static int by_index(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

enum annot_status copies_filter(struct copies *s, const struct segments_view *view,
				struct copies_filter *ret)
{
	struct annot_gram_list grams = {0};
	AUTO_FREE uint32_t *positions = calloc(ANNOT_SEGMENT_FREQUENT, sizeof *positions);
	*ret = (struct copies_filter){0};
	if (!view || !view->ready || s->in->exhaustive)
		return ANNOT_OK;
	if (!positions)
		return no_memory(s);
	enum annot_status status = read_grams(s, &grams);
	if (status == ANNOT_OK && grams.n <= COPIES_GRAMS_MAX) {
		ret->view = view;
		for (size_t i = 0; i < view->n_waiting && status == ANNOT_OK; i++)
			status = add(s, ret, view->waiting[i]);
		for (size_t i = 0; i < view->n && status == ANNOT_OK; i++)
			status = ask_segment(s, ret, i, &grams, positions);
		if (status == ANNOT_OK && ret->n > 0)
			qsort(ret->may, ret->n, sizeof *ret->may, by_index);
	}
	free(grams.items);
	return status;
}

void copies_filter_free(struct copies_filter *f)
{
	free(f->may);
	*f = (struct copies_filter){0};
}

bool copies_may(const struct copies_filter *f, uint64_t document)
{
	return !f->view ||
	       (f->n > 0 && bsearch(&document, f->may, f->n, sizeof document, by_index));
}
