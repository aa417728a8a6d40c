/* The state of a corpus in memory: what each record does to it. */
#include "state/memory_private.h"

#include <stdlib.h>

struct annot_memory *annot_memory_new(void)
{
	struct annot_memory *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->arena = annot_arena_new(ANNOT_MEMORY_MAX);
	m->authority = annot_authority_new();
	annot_memory_set_view(m);
	if (!m->arena || !m->authority)
		return annot_memory_free(m);
	return m;
}

struct annot_memory *annot_memory_free(struct annot_memory *m)
{
	if (!m)
		return NULL;
	/* Elements live in the arena. */
	HASH_CLEAR(hh, m->records);
	HASH_CLEAR(hh, m->annotations);
	HASH_CLEAR(hh, m->seals);
	HASH_CLEAR(hh, m->names);
	annot_authority_free(m->authority);
	annot_arena_free(m->arena);
	free(m);
	return NULL;
}

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the corpus's state");
}

static enum annot_status get_annotation(struct annot_memory *m, const struct annot_hash *id,
					struct memory_annotation **ret, struct annot_error *err)
{
	struct memory_annotation *a = NULL;

	HASH_FIND(hh, m->annotations, id, sizeof(*id), a);
	if (!a) {
		a = annot_arena_alloc(m->arena, sizeof(*a));
		if (!a)
			return no_memory(err);
		a->id = *id;
		a->retracted = ANNOT_NEVER;
		HASH_ADD(hh, m->annotations, id, sizeof(a->id), a);
		if (annot_table_failed(a))
			return no_memory(err);
	}
	*ret = a;
	return ANNOT_OK;
}

static enum annot_status copy_parents(struct annot_memory *m, const struct annot_leaf *leaf,
				      struct memory_record *r, struct annot_error *err)
{
	struct annot_hash *parents;

	if (!leaf->n_parents)
		return ANNOT_OK;
	parents = annot_arena_array(m->arena, leaf->n_parents, sizeof(*parents));
	if (!parents)
		return no_memory(err);
	memcpy(parents, leaf->parents, leaf->n_parents * sizeof(*parents));
	r->parents = parents;
	r->n_parents = leaf->n_parents;
	return ANNOT_OK;
}

static enum annot_status add_record(struct annot_memory *m, const struct annot_fact *fact,
				    enum annot_effect effect, struct memory_record **ret,
				    struct annot_error *err)
{
	struct memory_record *r = annot_arena_alloc(m->arena, sizeof(*r));

	if (!r)
		return no_memory(err);
	r->record = fact->leaf.record;
	r->index = fact->index;
	r->kind = fact->leaf.kind;
	r->author = fact->leaf.author;
	if (fact->leaf.has_on)
		r->on = fact->leaf.on;
	r->effect = effect;
	TRY(copy_parents(m, &fact->leaf, r, err));
	HASH_ADD(hh, m->records, record, sizeof(r->record), r);
	if (annot_table_failed(r))
		return no_memory(err);
	TRY(get_annotation(m, &fact->leaf.annotation, &r->annotation, err));
	if (r->annotation->last)
		r->annotation->last->next = r;
	else
		r->annotation->first = r;
	r->annotation->last = r;
	*ret = r;
	return ANNOT_OK;
}

/* --- what records do
 * ---------------------------------------------------------------------------------- */

static void replace_parents(struct annot_memory *m, const struct memory_record *r)
{
	for (size_t i = 0; i < r->n_parents; i++) {
		struct memory_record *parent = annot_memory_find(m, &r->parents[i]);

		if (parent)
			parent->replaced = true;
	}
}

static void free_name(struct annot_memory *m, const struct memory_annotation *document)
{
	struct memory_name *n, *next;

	HASH_ITER(hh, m->names, n, next)
	if (n->document == document)
		n->document = NULL;
}

static enum annot_status take_name(struct annot_memory *m, struct memory_record *r,
				   const struct annot_record *record, struct annot_error *err)
{
	const char *name = record ? annot_record_text(record, "name") : NULL;
	struct memory_name *n = NULL;

	if (r->n_parents)
		free_name(m, r->annotation);
	if (!name)
		return ANNOT_OK;
	HASH_FIND(hh, m->names, name, strlen(name), n);
	if (!n) {
		n = annot_arena_alloc(m->arena, sizeof(*n));
		if (!n)
			return no_memory(err);
		n->name = annot_arena_copy(m->arena, name, strlen(name));
		if (!n->name)
			return no_memory(err);
		HASH_ADD_KEYPTR(hh, m->names, n->name, strlen(n->name), n);
		if (annot_table_failed(n))
			return no_memory(err);
	}
	n->document = r->annotation;
	r->name = n->name;
	return ANNOT_OK;
}

static enum annot_status get_seals(struct annot_memory *m, const struct annot_hash *on,
				   struct memory_seals **ret, struct annot_error *err)
{
	struct memory_seals *all = NULL;

	HASH_FIND(hh, m->seals, on, sizeof(*on), all);
	if (!all) {
		all = annot_arena_alloc(m->arena, sizeof(*all));
		if (!all)
			return no_memory(err);
		all->on = *on;
		HASH_ADD(hh, m->seals, on, sizeof(all->on), all);
		if (annot_table_failed(all))
			return no_memory(err);
	}
	*ret = all;
	return ANNOT_OK;
}

/* A seal, or what opens one. */
static enum annot_status add_seal(struct annot_memory *m, const struct memory_record *r,
				  const struct annot_record *record, struct annot_error *err)
{
	const struct annot_card *c = record ? annot_record_card(record, "commitment") : NULL;
	struct memory_seal *seal = annot_arena_alloc(m->arena, sizeof(*seal));
	struct memory_seals *all;

	if (!seal)
		return no_memory(err);
	seal->record = r;
	if (c) {
		seal->commitment = (const struct annot_hash *)annot_arena_copy(m->arena, &c->hash,
									       sizeof(c->hash));
		if (!seal->commitment)
			return no_memory(err);
	}
	TRY(get_seals(m, &r->on, &all, err));
	if (all->last)
		all->last->next = seal;
	else
		all->first = seal;
	all->last = seal;
	return ANNOT_OK;
}

static void retract(struct annot_memory *m, const struct annot_fact *fact)
{
	const struct memory_record *on = annot_memory_find(m, &fact->leaf.on);

	if (on)
		on->annotation->retracted = (int64_t)fact->index;
}

/* A withheld version of a document carries no name any more. */
static void withhold(struct annot_memory *m, const struct annot_hash *on)
{
	struct memory_record *r = annot_memory_find(m, on), *newest = NULL;

	if (!r || r->kind != ANNOT_KIND_document)
		return;
	r->name = NULL;
	for (struct memory_record *v = r->annotation->first; v; v = v->next)
		if (annot_memory_counts(m, v))
			newest = v;
	if (newest == r)
		free_name(m, r->annotation);
}

/* What a record does from the index on where it is effective. */
static void take_effect(struct annot_memory *m, struct memory_record *r)
{
	replace_parents(m, r);
	if (r->kind == ANNOT_KIND_withhold)
		withhold(m, &r->on);
}

static enum annot_status apply(struct annot_memory *m, const struct annot_fact *fact,
			       struct memory_record *r, struct annot_error *err)
{
	switch (r->kind) {
	case ANNOT_KIND_document:
		TRY(take_name(m, r, fact->record, err));
		break;
	case ANNOT_KIND_seal:
		TRY(add_seal(m, r, fact->record, err));
		break;
	case ANNOT_KIND_verdict:
		if (r->n_parents == 0)
			TRY(add_seal(m, r, NULL, err));
		break;
	case ANNOT_KIND_retract:
		retract(m, fact);
		break;
	default:
		break;
	}
	if (r->effect == ANNOT_EFFECTIVE)
		take_effect(m, r);
	return ANNOT_OK;
}

static void apply_settled(struct annot_memory *m)
{
	const struct annot_hash *settled;
	size_t n = annot_authority_effects(m->authority, &settled);

	for (size_t i = 0; i < n; i++) {
		struct memory_record *r = annot_memory_find(m, &settled[i]);

		if (r && annot_authority_effect(m->authority, &settled[i], NULL) == ANNOT_EFFECTIVE)
			take_effect(m, r);
	}
}

enum annot_status annot_memory_next(struct annot_memory *m, const struct annot_fact *fact,
				    struct annot_judgement *ret, struct annot_error *err)
{
	struct annot_judgement judgement;
	struct memory_record *r;

	if (fact->index != m->size)
		return annot_fail(err, ANNOT_INVALID, "record #%llu: expected the next one, #%llu",
				  (unsigned long long)fact->index, (unsigned long long)m->size);
	TRY(annot_judge(m->authority, &m->view, fact, &judgement, err));
	/* A record that stands in the log twice is void the second time; the first one keeps its
	 * place. */
	if (judgement.effect != ANNOT_VOID || !annot_memory_find(m, &fact->leaf.record)) {
		TRY(add_record(m, fact, judgement.effect, &r, err));
		if (judgement.effect != ANNOT_VOID)
			TRY(apply(m, fact, r, err));
	}
	if (judgement.effect != ANNOT_VOID && annot_authority_concerns(m->authority, &fact->leaf)) {
		TRY(annot_authority_apply(m->authority, fact, judgement.effect, err));
		apply_settled(m);
	}
	m->size++;
	*ret = judgement;
	return ANNOT_OK;
}

enum annot_status annot_memory_skip(struct annot_memory *m, uint64_t index, struct annot_error *err)
{
	if (index < m->size)
		return annot_fail(err, ANNOT_INVALID, "record #%llu: %llu records were judged",
				  (unsigned long long)index, (unsigned long long)m->size);
	m->size = index;
	return ANNOT_OK;
}

/* --- asking
 * ------------------------------------------------------------------------------------------- */

const struct annot_authority *annot_memory_authority(const struct annot_memory *m)
{
	return m->authority;
}

const struct annot_view *annot_memory_view(const struct annot_memory *m)
{
	return &m->view;
}

size_t annot_memory_heads(const struct annot_memory *m, const struct annot_hash *annotation,
			  struct annot_hash *ret, size_t max)
{
	struct memory_annotation *a = NULL;
	size_t n = 0;

	HASH_FIND(hh, m->annotations, annotation, sizeof(*annotation), a);
	for (const struct memory_record *r = a ? a->first : NULL; r; r = r->next) {
		if (r->replaced || !annot_memory_counts(m, r))
			continue;
		if (n < max)
			ret[n] = r->record;
		n++;
	}
	return n;
}

uint64_t annot_memory_version(const struct annot_memory *m, const struct annot_hash *record)
{
	const struct memory_record *wanted = annot_memory_find(m, record);
	uint64_t n = 0;

	if (!wanted || !annot_memory_counts(m, wanted))
		return 0;
	for (const struct memory_record *r = wanted->annotation->first; r; r = r->next) {
		n += annot_memory_counts(m, r);
		if (r == wanted)
			break;
	}
	return n;
}
