#include "annotd/locate.h"

#include <stdlib.h>

/* --- the documents of a request --- */

struct listing {
	struct locate *l;
	enum annot_status status;
};

static bool add_document(void *arg, uint64_t index)
{
	struct listing *listing = arg;
	struct locate *l = listing->l;
	if (l->n_documents == LOCATE_DOCUMENTS_MAX) {
		listing->status = annot_fail(&l->call->err, ANNOT_TOO_LARGE,
					     "documents: these have more than %d versions",
					     LOCATE_DOCUMENTS_MAX);
		return false;
	}
	l->documents[l->n_documents++] = index;
	return true;
}

static enum annot_status find_document(struct locate *l, const char *id)
{
	struct call *c = l->call;
	struct listing listing = {.l = l, .status = ANNOT_OK};
	struct store_row row;
	uint64_t index;
	TRY(reader_resolve(c->reader, id, &index, &c->err));
	TRY(reader_glance(c->reader, index, &row, &c->err));
	if (row.kind != ANNOT_KIND_document)
		return annot_fail(&c->err, ANNOT_INVALID, "%.80s is a %s, not a document", id,
				  annot_kind_def(row.kind)->name);
	if (!l->in->versions || strchr(id, '@')) {
		add_document(&listing, index);
		return listing.status;
	}
	struct store_query query = STORE_QUERY_INIT;
	query.kinds = 1U << ANNOT_KIND_document;
	query.documents = &index;
	query.n_documents = 1;
	query.as_entered = true;
	TRY(reader_list(c->reader, &query, 0, add_document, &listing, &c->err));
	return listing.status;
}

static int by_index(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static enum annot_status find_documents(struct locate *l)
{
	if (l->in->n_documents == 0)
		return ANNOT_OK;
	l->documents = malloc(LOCATE_DOCUMENTS_MAX * sizeof *l->documents);
	if (!l->documents)
		return annot_fail(&l->call->err, ANNOT_NO_MEMORY, "out of memory for documents");
	for (size_t i = 0; i < l->in->n_documents; i++)
		TRY(find_document(l, l->in->documents[i]));
	qsort(l->documents, l->n_documents, sizeof *l->documents, by_index);
	return ANNOT_OK;
}

enum annot_status locate_begin(struct locate *l, struct call *c,
			       const struct annot_locate_request *in)
{
	*l = (struct locate){
		.call = c,
		.in = in,
		.max = in->limit ? (size_t)in->limit : ANNOT_LOCATE_LIMIT,
		.work = LOCATE_WORK_MAX,
		.compare = LOCATE_COMPARE_MAX,
	};
	TRY(annot_wanted_new(annot_bytes_of(in->words), (unsigned)in->max_edits, &l->wanted,
			     &c->err));
	l->places = annot_arena_array(c->arena, l->max, sizeof *l->places);
	if (!l->places)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu places", l->max);
	return find_documents(l);
}

enum annot_status locate_scope(struct locate *l, struct call *c,
			       const struct annot_locate_request *in)
{
	*l = (struct locate){.call = c, .in = in};
	return find_documents(l);
}

void locate_end(struct locate *l)
{
	l->batch = locate_batch_free(l->batch);
	l->wanted = annot_wanted_free(l->wanted);
	free(l->documents);
	l->documents = NULL;
}

enum annot_status locate_wants(struct locate *l, uint64_t document, bool *ret)
{
	struct call *c = l->call;
	struct store_row row;
	if (l->documents) {
		*ret = bsearch(&document, l->documents, l->n_documents, sizeof document, by_index);
		return ANNOT_OK;
	}
	*ret = false;
	if (document >= reader_size(c->reader))
		return ANNOT_OK; /* came in after this answer's moment */
	TRY(reader_glance(c->reader, document, &row, &c->err));
	*ret = row.effect == ANNOT_EFFECTIVE &&
	       (l->in->versions || (row.head && row.retracted == ANNOT_NEVER));
	return ANNOT_OK;
}

struct visit {
	struct locate *l;
	reader_each each;
	void *arg;
	enum annot_status status;
};

static bool visit_wanted(void *arg, uint64_t index)
{
	struct visit *v = arg;
	bool wanted;
	v->status = locate_wants(v->l, index, &wanted);
	return v->status == ANNOT_OK && (!wanted || v->each(v->arg, index));
}

enum annot_status locate_documents(struct locate *l, uint64_t from, reader_each each, void *arg)
{
	struct visit v = {.l = l, .each = each, .arg = arg, .status = ANNOT_OK};
	struct store_query query = STORE_QUERY_INIT;
	for (size_t i = 0; l->documents && i < l->n_documents; i++) {
		bool again = i > 0 && l->documents[i] == l->documents[i - 1];
		if (l->documents[i] >= from && !again && !each(arg, l->documents[i]))
			break;
	}
	if (l->documents)
		return ANNOT_OK;
	query.kinds = 1U << ANNOT_KIND_document;
	query.as_entered = l->in->versions;
	TRY(reader_list(l->call->reader, &query, from, visit_wanted, &v, &l->call->err));
	return v.status;
}

/* --- places --- */

/* By descending score, then in log order. */
static int compare_places(const void *a, const void *b)
{
	const struct locate_place *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	if (x->how != y->how)
		return x->how > y->how ? 1 : -1;
	if (x->document != y->document)
		return x->document > y->document ? 1 : -1;
	return (x->start > y->start) - (x->start < y->start);
}

static void swap(struct locate_place *a, struct locate_place *b)
{
	struct locate_place c = *a;
	*a = *b;
	*b = c;
}

void locate_keep(struct locate *l, const struct locate_place *place)
{
	size_t at = l->n, child;
	l->n_kept++;
	l->best = place->score > l->best ? place->score : l->best;
	if (l->n < l->max) {
		l->places[l->n++] = *place;
		for (; at > 0 && compare_places(&l->places[at], &l->places[(at - 1) / 2]) > 0;
		     at = (at - 1) / 2)
			swap(&l->places[at], &l->places[(at - 1) / 2]);
		return;
	}
	l->more = true;
	if (compare_places(place, &l->places[0]) >= 0)
		return;
	l->places[0] = *place;
	for (at = 0; (child = 2 * at + 1) < l->n; at = child) {
		if (child + 1 < l->n &&
		    compare_places(&l->places[child + 1], &l->places[child]) > 0)
			child++;
		if (compare_places(&l->places[child], &l->places[at]) <= 0)
			break;
		swap(&l->places[child], &l->places[at]);
	}
}

void locate_forget(struct locate *l)
{
	l->n = 0;
	l->n_kept = l->best = 0;
	l->more = l->cut = false;
	l->work = LOCATE_WORK_MAX;
	l->compare = LOCATE_COMPARE_MAX;
	l->searched = l->indexed = 0;
	l->batch = locate_batch_free(l->batch);
}

void locate_sort(struct locate *l)
{
	qsort(l->places, l->n, sizeof *l->places, compare_places);
}
