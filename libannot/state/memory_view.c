/* The view that judge has of a state in memory. */
#include "state/memory_private.h"

struct memory_record *annot_memory_find(const struct annot_memory *m,
					const struct annot_hash *record)
{
	struct memory_record *r = NULL;

	HASH_FIND(hh, m->records, record, sizeof(*record), r);
	return r;
}

bool annot_memory_counts(const struct annot_memory *m, const struct memory_record *r)
{
	if (r->effect == ANNOT_VOID)
		return false;
	return r->effect == ANNOT_EFFECTIVE ||
	       annot_authority_effect(m->authority, &r->record, NULL) != ANNOT_VOID;
}

static enum annot_status view_record(void *ctx, const struct annot_hash *record,
				     struct annot_known *ret, struct annot_error *err)
{
	const struct annot_memory *m = ctx;
	const struct memory_record *r = annot_memory_find(m, record);

	if (!r)
		return annot_fail(err, ANNOT_NOT_FOUND, "no such record");
	*ret = (struct annot_known){.index = r->index,
				    .kind = r->kind,
				    .annotation = r->annotation ? r->annotation->id : r->record,
				    .author = r->author,
				    .is_void = r->effect == ANNOT_VOID,
				    .head = !r->replaced};
	return ANNOT_OK;
}

static struct memory_annotation *find_annotation(const struct annot_memory *m,
						 const struct annot_hash *id)
{
	struct memory_annotation *a = NULL;

	HASH_FIND(hh, m->annotations, id, sizeof(*id), a);
	return a;
}

static enum annot_status view_retracted(void *ctx, const struct annot_hash *annotation,
					int64_t *ret, struct annot_error *err)
{
	const struct memory_annotation *a = find_annotation(ctx, annotation);

	(void)err;
	*ret = a ? a->retracted : ANNOT_NEVER;
	return ANNOT_OK;
}

static enum annot_status view_authors(void *ctx, const struct annot_hash *annotation,
				      void (*each)(void *arg, const struct annot_hash *author),
				      void *arg, struct annot_error *err)
{
	const struct annot_memory *m = ctx;
	const struct memory_annotation *a = find_annotation(m, annotation);

	(void)err;
	for (const struct memory_record *r = a ? a->first : NULL; r; r = r->next)
		if (annot_memory_counts(m, r))
			each(arg, &r->author);
	return ANNOT_OK;
}

static enum annot_status view_document(void *ctx, const char *name,
				       struct annot_hash *ret_annotation, struct annot_error *err)
{
	const struct annot_memory *m = ctx;
	struct memory_name *n = NULL;

	HASH_FIND(hh, m->names, name, strlen(name), n);
	if (!n || !n->document)
		return annot_fail(err, ANNOT_NOT_FOUND, "no document is named %s", name);
	*ret_annotation = n->document->id;
	return ANNOT_OK;
}

static enum annot_status view_seals(void *ctx, const struct annot_hash *on,
				    void (*each)(void *arg, const struct annot_sealed *item),
				    void *arg, struct annot_error *err)
{
	const struct annot_memory *m = ctx;
	struct memory_seals *all = NULL;

	(void)err;
	HASH_FIND(hh, m->seals, on, sizeof(*on), all);
	for (const struct memory_seal *s = all ? all->first : NULL; s; s = s->next)
		each(arg, &(struct annot_sealed){.record = s->record->record,
						 .author = s->record->author,
						 .kind = s->record->kind});
	return ANNOT_OK;
}

static enum annot_status view_commitment(void *ctx, const struct annot_hash *seal,
					 struct annot_hash *ret, struct annot_error *err)
{
	const struct annot_memory *m = ctx;
	const struct memory_record *r = annot_memory_find(m, seal);
	struct memory_seals *all = NULL;

	if (r)
		HASH_FIND(hh, m->seals, &r->on, sizeof(r->on), all);
	for (const struct memory_seal *s = all ? all->first : NULL; s; s = s->next)
		if (s->record == r && s->commitment) {
			*ret = *s->commitment;
			return ANNOT_OK;
		}
	return annot_fail(err, ANNOT_NOT_FOUND, "no such seal");
}

/* --- walking --- */

static bool is_head(const struct annot_memory *m, const struct memory_record *r)
{
	return !r->replaced && annot_memory_counts(m, r);
}

bool annot_memory_walk(struct annot_memory *m, struct annot_memory_row *row)
{
	const struct memory_record *last = row->at, *r = last ? last->hh.next : m->records;

	if (!r)
		return false;
	struct memory_annotation *a = r->annotation;
	bool counts = annot_memory_counts(m, r);
	if (r == a->first) {
		a->walked = a->heads = 0;
		for (const struct memory_record *v = r; v; v = v->next)
			a->heads += is_head(m, v);
	}
	a->walked += counts;
	*row = (struct annot_memory_row){
		.at = r,
		.index = r->index,
		.record = &r->record,
		.author = &r->author,
		.kind = r->kind,
		.effect = r->effect == ANNOT_PENDING
				  ? annot_authority_effect(m->authority, &r->record, NULL)
				  : r->effect,
		.version = counts ? a->walked : 0,
		.heads = a->heads,
		.head = is_head(m, r),
	};
	return true;
}

void annot_memory_set_view(struct annot_memory *m)
{
	m->view = (struct annot_view){.ctx = m,
				      .record = view_record,
				      .retracted = view_retracted,
				      .authors = view_authors,
				      .document = view_document,
				      .seals = view_seals,
				      .commitment = view_commitment};
}
