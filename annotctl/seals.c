#include "seals.h"

#include "key.h"
#include "out/out.h"
#include "out/record.h"
#include "rows.h"

struct own_seals {
	struct annot_arena *arena; /* that outlives the page */
	const struct annot_hash *annotation;
	struct own_seal *list;
	size_t n;
};

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct own_seals *own = arg;
	struct annot_fetched checked;
	if (!record || !annot_hash_equal(&row->on_annotation, own->annotation))
		return ANNOT_OK;
	if (own->n == OWN_SEALS_MAX)
		return annot_fail(&ctl->err, ANNOT_TOO_LARGE,
				  "more than %d unopened seals on versions of %s", OWN_SEALS_MAX,
				  annot_short_id(own->annotation).text);
	TRY(annot_check_row(ctl->annot, row, own->arena, &checked, &ctl->err));
	const char *on = record_short(ctl, &row->on_annotation, row->on_version);
	own->list[own->n++] = (struct own_seal){.record = checked.record,
						.on = annot_arena_printf(own->arena, "%s", on)};
	return ANNOT_OK;
}

enum annot_status seals_own(struct ctl *ctl, const struct annot_hash *annotation,
			    struct own_seal ret[OWN_SEALS_MAX], size_t *ret_n)
{
	struct own_seals own = {.arena = ctl->arena, .annotation = annotation, .list = ret};
	const struct annot_key_info *me;
	struct annot_hash author;
	*ret_n = 0;
	TRY(key_own(ctl, &author));
	TRY(key_person(ctl, &author, &me));
	if (!me)
		return ANNOT_OK;
	struct rows_request request = {
		.query = annot_arena_printf(ctl->arena, "kind:seal state:unopened author:%s",
					    annot_hash_hex(&me->person).text)};
	if (!request.query)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(rows_each(ctl, &request, take, &own, NULL));
	*ret_n = own.n;
	return ANNOT_OK;
}

struct others {
	const struct annot_hash *on;
	struct annot_hash person; /* of who seals; the author hash of a key that is not enrolled */
	bool found;
};

static struct annot_hash person_of(const struct annot_key_info *key,
				   const struct annot_hash *author)
{
	return key ? key->person : *author;
}

/* The first verdict by anyone else is the one that counts. */
static enum annot_status find_other(struct ctl *ctl, const struct annot_row *row,
				    const struct annot_record *record, void *arg)
{
	struct others *o = arg;
	const struct annot_key_info *key;
	if (o->found || !record || record->kind->kind != ANNOT_KIND_verdict ||
	    !annot_hash_equal(annot_record_on(record), o->on))
		return ANNOT_OK;
	TRY(key_person(ctl, &record->author, &key));
	struct annot_hash person = person_of(key, &record->author);
	if (annot_hash_equal(&person, &o->person))
		return ANNOT_OK;
	o->found = true;
	out_warning(ctl,
		    "this seal will not count as blind: the verdict of %s on it can be read since "
		    "#%llu",
		    row->author_name ? out_safe(ctl, row->author_name) : "somebody",
		    (unsigned long long)row->index);
	return ANNOT_OK;
}

enum annot_status seals_warn_late(struct ctl *ctl, const struct annot_fetched *on)
{
	struct others o = {.on = &on->record->id};
	const struct annot_key_info *me;
	struct annot_hash author;
	TRY(key_own(ctl, &author));
	TRY(key_person(ctl, &author, &me));
	o.person = person_of(me, &author);
	struct annot_hex id = annot_hash_hex(&on->record->annotation);
	return rows_each(ctl, &(struct rows_request){.history_of = id.text}, find_other, &o, NULL);
}
