#include "resolve.h"

#include <string.h>

#include "../rows.h"

/* What a ref is by now. */
enum resolved {
	RESOLVED,
	LATER,  /* a draft of this batch that is not made yet */
	ABSENT, /* nothing known */
	FAILED, /* a draft that failed */
};

static enum resolved of_draft(const struct group_draft *d, struct annot_hash *ret)
{
	*ret = d->id;
	bool failed = d->state == GROUP_FAILED || d->state == GROUP_BARRED;
	return d->state == GROUP_DONE ? RESOLVED : failed ? FAILED : LATER;
}

/* Whether a card may name a record of that kind. */
static bool may_name(const struct annot_card_def *def, enum annot_kind kind)
{
	const char *name = annot_kind_def(kind)->name;
	return def && annot_word_in(def->values, name, strlen(name));
}

static const struct annot_card_def *def_of(const struct annot_draft *draft, const char *card)
{
	const struct annot_kind_def *kind = annot_kind_def(annot_draft_kind(draft));
	return annot_card_def_find(kind, card, strlen(card));
}

bool resolve_may_name(const struct annot_draft *draft, const char *card, enum annot_kind kind)
{
	return may_name(def_of(draft, card), kind);
}

/* The draft of another item of the batch that the card may name. */
static bool in_batch(struct group *const *groups, size_t n, const struct group_ref *ref,
		     const struct annot_card_def *def, const struct group_draft **ret)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(groups[i]->id, ref->item) != 0)
			continue;
		for (size_t k = 0; k < groups[i]->n; k++)
			if (may_name(def, annot_draft_kind(groups[i]->drafts[k].draft))) {
				*ret = &groups[i]->drafts[k];
				return true;
			}
	}
	return false;
}

static enum resolved resolve(const struct resolve *r, struct group *const *groups, size_t n,
			     const struct group *g, const struct group_draft *d,
			     const struct group_ref *ref, struct annot_hash *ret)
{
	const struct annot_card_def *def = def_of(d->draft, ref->card);
	const struct group_draft *other;
	size_t n_found;
	if (ref->known) {
		*ret = ref->record;
		return RESOLVED;
	}
	if (!*ref->item)
		return ref->draft < (size_t)(d - g->drafts) ? of_draft(&g->drafts[ref->draft], ret)
							    : FAILED;
	if (in_batch(groups, n, ref, def, &other))
		return of_draft(other, ret);
	const struct annot_hash *own = own_of(r->own, ref->item);
	if (own) {
		*ret = *own;
		return RESOLVED;
	}
	const struct found_record *list = found_of(&r->found, ref->item, &n_found);
	for (size_t i = 0; i < n_found; i++) /* what was imported, whatever it was amended to */
		if (may_name(def, list[i].first->kind->kind)) {
			*ret = list[i].first->id;
			return RESOLVED;
		}
	return ABSENT;
}

enum annot_status resolve_begin(struct ctl *ctl, struct resolve *r, struct group *const *groups,
				size_t n)
{
	for (size_t i = 0; i < n; i++) {
		found_want(&r->found, groups[i]->id);
		for (size_t k = 0; k < groups[i]->n; k++)
			for (size_t m = 0; m < groups[i]->drafts[k].n_refs; m++)
				if (*groups[i]->drafts[k].refs[m].item)
					found_want(&r->found, groups[i]->drafts[k].refs[m].item);
	}
	return found_ask(ctl, &r->found);
}

void resolve_free(struct resolve *r)
{
	found_free(&r->found);
}

/* --- what is there already --- */

enum annot_status resolve_built(struct ctl *ctl, const struct annot_draft *draft,
				const struct annot_record **ret, struct annot_error *err)
{
	struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_draft_header header = {.corpus = &annot_hello(ctl->annot)->corpus};
	enum annot_status status = annot_draft_build(draft, &header, ctl->arena, &bytes, ret, err);
	annot_buf_free(&bytes);
	return status;
}

bool resolve_same(struct ctl *ctl, const struct annot_record *a, const struct annot_record *b)
{
	const struct annot_change *changes;
	size_t n = 1;
	return a->kind == b->kind &&
	       annot_record_compare(ctl->arena, a, b, &changes, &n, &ctl->err) == ANNOT_OK &&
	       n == 0;
}

struct looking {
	const struct annot_record *draft;
	struct annot_hash found;
	bool there;
};

static enum annot_status look(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct looking *l = arg;
	(void)row;
	if (record && !l->there && resolve_same(ctl, l->draft, record)) {
		l->found = record->id;
		l->there = true;
	}
	return ANNOT_OK;
}

/* A link has no card for where it came from: it is there if its first record has one like it. */
static enum annot_status link_is_there(struct ctl *ctl, const struct annot_record *draft,
				       struct looking *l)
{
	const struct annot_hash *from = annot_record_on(draft);
	char id[ANNOT_HASH_HEX + 2];
	snprintf(id, sizeof id, "=%s", annot_hash_hex(from).text);
	enum annot_status status =
		rows_each(ctl, &(struct rows_request){.history_of = id}, look, l, NULL);
	/* NOT_FOUND: it is of this batch, and in no log yet. */
	return status == ANNOT_NOT_FOUND ? ANNOT_OK : status;
}

/* *ret: the corpus has a record of this item with the same cards, perhaps amended since. */
static enum annot_status is_there(struct ctl *ctl, const struct resolve *r, const struct group *g,
				  struct group_draft *d, bool *ret)
{
	struct looking l = {0};
	struct annot_error why;
	size_t n;
	*ret = false;
	if (d->amends) /* that was looked at when it came */
		return ANNOT_OK;
	if (resolve_built(ctl, d->draft, &l.draft, &why) != ANNOT_OK)
		return ANNOT_OK; /* signing it says what is wrong */
	if (l.draft->kind->kind == ANNOT_KIND_link)
		TRY(link_is_there(ctl, l.draft, &l));
	const struct found_record *list = found_of(&r->found, g->id, &n);
	for (size_t i = 0; i < n && !l.there; i++)
		if (resolve_same(ctl, l.draft, list[i].first) ||
		    resolve_same(ctl, l.draft, list[i].head)) {
			l.found = list[i].first->id;
			l.there = true;
		}
	if (l.there)
		d->id = l.found;
	*ret = l.there;
	return ANNOT_OK;
}

/* --- a round --- */

/* A record that an item names by its hash is looked at before it is signed, as any. */
static enum annot_status see_known(struct ctl *ctl, const struct group_ref *ref, enum resolved *ret)
{
	char id[ANNOT_HASH_HEX + 2];
	struct annot_fetched fetched;
	snprintf(id, sizeof id, "=%s", annot_hash_hex(&ref->record).text);
	enum annot_status status = annot_fetch(ctl->annot, id, ctl->arena, &fetched, &ctl->err);
	if (status == ANNOT_NOT_FOUND || (status == ANNOT_OK && !fetched.record))
		*ret = ABSENT;
	return status == ANNOT_NOT_FOUND ? ANNOT_OK : status;
}

static enum annot_status put_refs(struct ctl *ctl, const struct resolve *r,
				  struct group *const *groups, size_t n, const struct group *g,
				  struct group_draft *d, enum resolved *ret)
{
	struct annot_hash ids[ANNOT_IMPORT_REFS_MAX];
	*ret = RESOLVED;
	for (size_t i = 0; i < d->n_refs && *ret == RESOLVED; i++) {
		*ret = resolve(r, groups, n, g, d, &d->refs[i], &ids[i]);
		if (d->refs[i].known)
			TRY(see_known(ctl, &d->refs[i], ret));
	}
	for (size_t i = 0; i < d->n_refs && *ret == RESOLVED; i++)
		TRY(annot_draft_add_hash(d->draft, d->refs[i].card, &ids[i], &ctl->err));
	return ANNOT_OK;
}

enum annot_status resolve_round(struct ctl *ctl, struct resolve *r, struct group *const *groups,
				size_t n, uint64_t *there, size_t *ret_ready)
{
	*ret_ready = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < groups[i]->n; k++) {
			struct group_draft *d = &groups[i]->drafts[k];
			enum resolved resolved;
			bool known;
			if (d->state != GROUP_NEW)
				continue;
			TRY(put_refs(ctl, r, groups, n, groups[i], d, &resolved));
			if (resolved == FAILED)
				d->state = GROUP_BARRED;
			if (resolved != RESOLVED)
				continue;
			TRY(is_there(ctl, r, groups[i], d, &known));
			d->state = known ? GROUP_DONE : GROUP_READY;
			*there += known;
			*ret_ready += !known;
		}
	return ANNOT_OK;
}
