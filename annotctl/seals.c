#include "seals.h"

#include "key.h"
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
				  "more than %d unopened seals on versions of %.8s", OWN_SEALS_MAX,
				  annot_hash_hex(own->annotation).text);
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
