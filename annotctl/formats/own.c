#include "own.h"

#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#include "../rows.h"
#include "entry.h"
#include "groups.h"
#include "resolve.h"

enum { OWN_ARENA_MAX = 64 << 20, GOT_MAX = 64 };

/* An item by 8 bytes of a hash of its id, and its record. */
struct alias {
	uint64_t mark; /* 0: free */
	struct annot_hash record;
};
enum { ALIASES = 2 * OWN_ITEMS_MAX };

struct own {
	struct ctl *ctl;
	struct sources *sources;
	struct annot_arena *arena; /* of GOT_MAX records, and one item's */
	size_t n_got;              /* records in it */
	struct annot_fetched last; /* what was asked for last; row NULL: nothing */
	struct annot_hash id;      /* its record */
	struct alias *aliases;     /* ALIASES; NULL: there was no such item yet */
	size_t n_aliases;
};

struct own *own_new(struct ctl *ctl, struct sources *sources)
{
	struct own *o = calloc(1, sizeof *o);
	if (!o)
		return NULL;
	*o = (struct own){.ctl = ctl, .sources = sources, .arena = annot_arena_new(OWN_ARENA_MAX)};
	return o->arena ? o : own_free(o);
}

struct own *own_free(struct own *o)
{
	if (o) {
		annot_arena_free(o->arena);
		free(o->aliases);
	}
	free(o);
	return NULL;
}

/* What was asked for last is kept: an item of brat's is handed over when the next one comes. */
void own_next_item(struct own *o)
{
	if (o->n_got < GOT_MAX)
		return;
	annot_arena_reset(o->arena);
	o->n_got = 0;
	o->last.row = NULL;
}

static enum annot_status fetch(struct own *o, const char *id)
{
	struct row_ids ids;
	struct annot_fetched fetched;
	o->last.row = NULL;
	TRY(annot_fetch(o->ctl->annot, id, o->arena, &fetched, &o->ctl->err));
	TRY(rows_ids(o->ctl, fetched.row, fetched.record, &ids));
	o->last = fetched;
	o->id = ids.record;
	return ANNOT_OK;
}

/* In the arena, which is ctl's meanwhile. */
static enum annot_status get(struct own *o, const char *id, const struct annot_entry **ret)
{
	bool last = o->last.row && *id == '=' && strcmp(id + 1, annot_hash_hex(&o->id).text) == 0;
	o->n_got++;
	if (!last)
		TRY(fetch(o, id));
	struct annot_entry *entry = annot_arena_alloc(o->arena, sizeof *entry);
	if (!entry)
		return annot_fail(&o->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(entry_of(o->ctl, o->last.row, o->last.record, o->sources, entry));
	*ret = entry;
	return ANNOT_OK;
}

enum annot_status own_get(struct own *o, const char *id, const struct annot_entry **ret,
			  struct annot_error *err)
{
	struct annot_arena *before = o->ctl->arena;
	o->ctl->arena = o->arena;
	enum annot_status status = get(o, id, ret);
	o->ctl->arena = before;
	if (status != ANNOT_OK && err != &o->ctl->err)
		annot_fail(err, status, "%s", o->ctl->err.text);
	return status;
}

/* Where an item is, or would be. */
static struct alias *slot_of(const struct own *o, const char *item)
{
	uint64_t mark = group_mark(item);
	size_t at = (size_t)(mark % ALIASES);
	while (o->aliases[at].mark && o->aliases[at].mark != mark)
		at = (at + 1) % ALIASES;
	return &o->aliases[at];
}

enum annot_status own_remember(struct own *o, const char *item, const struct annot_hash *record)
{
	if (!o->aliases)
		o->aliases = calloc(ALIASES, sizeof *o->aliases);
	if (!o->aliases)
		return annot_fail(&o->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	struct alias *a = slot_of(o, item);
	if (!a->mark && o->n_aliases == OWN_ITEMS_MAX)
		return ANNOT_OK;
	o->n_aliases += !a->mark;
	*a = (struct alias){.mark = group_mark(item), .record = *record};
	return ANNOT_OK;
}

const struct annot_hash *own_of(const struct own *o, const char *item)
{
	const struct alias *a = o->aliases ? slot_of(o, item) : NULL;
	return a && a->mark ? &a->record : NULL;
}

struct looking {
	const struct annot_record *made;
	const struct annot_hash *annotation;
	struct annot_hash *record;
	bool found;
};

/* A version that says the same, which an earlier import may have made. */
static enum annot_status look(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct looking *l = arg;
	(void)row;
	if (!l->found && record && annot_hash_equal(&record->annotation, l->annotation) &&
	    resolve_same(ctl, l->made, record)) {
		l->found = true;
		*l->record = record->id;
	}
	return ANNOT_OK;
}

static enum annot_status compare(struct own *o, const struct annot_draft *draft,
				 const struct annot_record *old, bool head, enum own_says *ret,
				 struct annot_hash *ret_record, struct annot_error *err)
{
	struct ctl *ctl = o->ctl;
	struct looking l = {.annotation = &old->annotation, .record = ret_record};
	char id[ANNOT_HASH_HEX + 2];
	enum annot_status status = resolve_built(ctl, draft, &l.made, err);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(&ctl->err, status, "out of memory");
	*ret = status != ANNOT_OK               ? OWN_WRONG
	       : resolve_same(ctl, old, l.made) ? OWN_SAME
	       : head                           ? OWN_NEXT
						: OWN_STALE;
	if (*ret != OWN_STALE)
		return ANNOT_OK;
	snprintf(id, sizeof id, "=%s", annot_hash_hex(&old->id).text);
	TRY(rows_each(ctl, &(struct rows_request){.history_of = id}, look, &l, NULL));
	*ret = l.found ? OWN_SAME : OWN_STALE;
	return ANNOT_OK;
}

enum annot_status own_look(struct own *o, const struct annot_draft *draft,
			   const struct annot_hash *record, enum own_says *ret,
			   struct annot_hash *ret_record, struct annot_error *err)
{
	struct ctl *ctl = o->ctl;
	struct annot_arena *before = ctl->arena;
	const struct annot_entry *old;
	char id[ANNOT_HASH_HEX + 2];
	snprintf(id, sizeof id, "=%s", annot_hash_hex(record).text);
	*ret_record = *record;
	TRY(own_get(o, id, &old, &ctl->err));
	if (!old->record)
		return annot_fail(&ctl->err, ANNOT_NOT_FOUND, "%s is withheld", id + 1);
	ctl->arena = annot_arena_new(OWN_ARENA_MAX);
	enum annot_status status =
		ctl->arena ? compare(o, draft, old->record, old->head, ret, ret_record, err)
			   : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	annot_arena_free(ctl->arena);
	ctl->arena = before;
	return status;
}
