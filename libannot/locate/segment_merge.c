/* Several segments into one, and fingerprints of documents that are to go. */
#include <stdlib.h>

#include "base/auto.h"
#include "locate/segment_encode.h"

enum { INPUTS_MAX = 64 };

/* Positions [from, to) of an input that are left out. */
struct gap {
	uint32_t from, to;
};

struct input {
	const struct annot_segment *s;
	struct annot_segment_cursor cursor;
	struct annot_segment_group group;
	bool there;      /* the group is */
	uint64_t offset; /* of its positions in the result */
	struct gap *gaps;
	size_t n_gaps, gaps_cap;
};

struct merge {
	struct input inputs[INPUTS_MAX];
	size_t n;
	struct segment_documents documents;
	struct segment_encoder encoder;
	uint32_t *positions; /* of a group of the result */
};

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for merging the index");
}

/* --- documents --- */

static enum annot_status add_gap(struct input *in, const struct annot_segment_document *d,
				 struct annot_error *err)
{
	uint64_t to = d->base + d->length / ANNOT_SEGMENT_GRANULE + 1;
	if (in->n_gaps == in->gaps_cap) {
		size_t cap = in->gaps_cap ? in->gaps_cap * 2 : 16;
		struct gap *gaps = reallocarray(in->gaps, cap, sizeof *gaps);
		if (!gaps)
			return no_memory(err);
		in->gaps = gaps;
		in->gaps_cap = cap;
	}
	in->gaps[in->n_gaps++] = (struct gap){d->base, to > UINT32_MAX ? UINT32_MAX : (uint32_t)to};
	return ANNOT_OK;
}

/* Documents lie in the result where they lay, behind those of the inputs before. */
static enum annot_status add_document(struct merge *m, struct input *in,
				      struct annot_segment_document d, struct annot_error *err)
{
	uint64_t n_marks = d.length / ANNOT_SEGMENT_MARK;
	uint32_t first = (uint32_t)m->documents.n_marks;
	if (d.first_mark + n_marks > in->s->n_marks)
		return annot_fail(err, ANNOT_INVALID,
				  "a segment of the index is damaged: it lacks marks of #%llu",
				  (unsigned long long)d.index);
	for (uint64_t i = 0; i < n_marks; i++) {
		const uint8_t *at = in->s->marks + (d.first_mark + i) * MARK_SIZE;
		TRY(segment_documents_mark(&m->documents, (uint32_t)segment_get(at, MARK_SIZE),
					   err));
	}
	d.first_mark = first;
	d.base += (uint32_t)in->offset;
	m->documents.text += d.length;
	return segment_documents_add(&m->documents, &d, err);
}

static enum annot_status add_documents(struct merge *m, struct input *in, annot_segment_drop drop,
				       void *arg, struct annot_error *err)
{
	in->offset = m->documents.positions;
	if (in->offset + in->s->positions > UINT32_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "a segment of the index would have %llu positions",
				  (unsigned long long)(in->offset + in->s->positions));
	for (size_t i = 0; i < in->s->n_documents; i++) {
		struct annot_segment_document d = annot_segment_document(in->s, i);
		if (drop && drop(arg, d.index))
			TRY(add_gap(in, &d, err));
		else
			TRY(add_document(m, in, d, err));
	}
	m->documents.positions += in->s->positions;
	return ANNOT_OK;
}

/* --- groups --- */

static bool is_gone(const struct input *in, uint32_t position)
{
	size_t low = 0, high = in->n_gaps;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (in->gaps[middle].from <= position)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && position < in->gaps[low - 1].to;
}

/* Adds the positions of an input's group to the n that are there. What is frequent stays so, though
 * some of it may have gone. */
static enum annot_status add_positions(struct merge *m, const struct input *in, uint64_t *n,
				       struct annot_error *err)
{
	if (in->group.count > ANNOT_SEGMENT_FREQUENT || *n > ANNOT_SEGMENT_FREQUENT) {
		*n += in->group.count;
		return ANNOT_OK;
	}
	for (uint64_t i = 0; i < in->group.count; i++) {
		uint32_t position = in->group.positions[i] + (uint32_t)in->offset;
		if (in->n_gaps > 0 && is_gone(in, in->group.positions[i]))
			continue;
		if (*n > 0 && *n <= ANNOT_SEGMENT_FREQUENT && position <= m->positions[*n - 1])
			return annot_fail(err, ANNOT_INVALID,
					  "a segment of the index is damaged: a position is behind "
					  "the last document");
		if (*n < ANNOT_SEGMENT_FREQUENT)
			m->positions[*n] = position;
		++*n;
	}
	return ANNOT_OK;
}

static enum annot_status merge_groups(struct merge *m, struct annot_error *err)
{
	for (;;) {
		uint32_t hash = UINT32_MAX;
		uint64_t n = 0;
		for (size_t i = 0; i < m->n; i++)
			if (m->inputs[i].there && m->inputs[i].group.hash < hash)
				hash = m->inputs[i].group.hash;
		if (hash == UINT32_MAX)
			return ANNOT_OK;
		for (size_t i = 0; i < m->n; i++) {
			struct input *in = &m->inputs[i];
			if (!in->there || in->group.hash != hash)
				continue;
			TRY(add_positions(m, in, &n, err));
			TRY(annot_segment_next(&in->cursor, &in->group, &in->there, err));
		}
		if (n > 0)
			TRY(segment_encode_group(&m->encoder, hash, n, m->positions, err));
	}
}

/* --- the whole --- */

static enum annot_status begin(struct merge *m, const struct annot_segment *const *inputs,
			       annot_segment_drop drop, void *arg, uint64_t *ret_postings,
			       struct annot_error *err)
{
	m->positions = calloc(ANNOT_SEGMENT_FREQUENT, sizeof *m->positions);
	if (!m->positions)
		return no_memory(err);
	*ret_postings = 0;
	for (size_t i = 0; i < m->n; i++) {
		struct input *in = &m->inputs[i];
		in->s = inputs[i];
		in->group.positions = calloc(ANNOT_SEGMENT_FREQUENT, sizeof *m->positions);
		if (!in->group.positions)
			return no_memory(err);
		TRY(add_documents(m, in, drop, arg, err));
		annot_segment_walk(in->s, &in->cursor);
		TRY(annot_segment_next(&in->cursor, &in->group, &in->there, err));
		*ret_postings += in->s->n_postings;
	}
	return ANNOT_OK;
}

static void end(struct merge *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->inputs[i].group.positions);
		free(m->inputs[i].gaps);
	}
	free(m->positions);
	segment_documents_free(&m->documents);
	segment_encode_free(&m->encoder);
}

enum annot_status annot_segment_merge(const struct annot_segment *const *inputs, size_t n,
				      annot_segment_drop drop, void *arg,
				      const struct annot_segment_sink *to, struct annot_error *err)
{
	struct merge m = {.n = n};
	uint64_t n_postings;
	if (n == 0 || n > INPUTS_MAX)
		return annot_fail(err, ANNOT_INTERNAL, "%zu segments to merge; 1 to %d are taken",
				  n, INPUTS_MAX);
	enum annot_status status = begin(&m, inputs, drop, arg, &n_postings, err);
	if (status == ANNOT_OK)
		status = segment_encode_begin(&m.encoder, to, &m.documents, n_postings, err);
	if (status == ANNOT_OK)
		status = merge_groups(&m, err);
	if (status == ANNOT_OK)
		status = segment_encode_end(&m.encoder, &m.documents, &inputs[0]->corpus, err);
	end(&m);
	return status;
}
