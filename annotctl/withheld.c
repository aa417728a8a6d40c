#include "withheld.h"

#include <string.h>

#include "out/out.h"
#include "out/record.h"
#include "rows.h"
#include "versions.h"

struct withholds {
	const struct annot_hash *of;
	json_t *list; /* NULL: print */
	size_t n;
};

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct withholds *w = arg;
	if (!record || record->kind->kind != ANNOT_KIND_withhold ||
	    strcmp(row->effect, "effective") != 0 ||
	    !annot_hash_equal(annot_record_on(record), w->of))
		return ANNOT_OK;
	w->n++;
	const char *by = row->author_name ? row->author_name : "?";
	const char *reason = annot_record_text(record, "reason");
	if (w->list)
		json_array_append_new(w->list, json_pack("{s:s, s:I, s:s, s:s}", "record",
							 annot_hash_hex(&record->id).text, "index",
							 (json_int_t)row->index, "by", by, "reason",
							 reason));
	else
		out_text(ctl, "  withheld     by %s, #%llu (%s): %s\n", out_safe(ctl, by),
			 (unsigned long long)row->index,
			 record_short(ctl, &record->annotation, row->version),
			 out_safe_lines(ctl, reason, strlen(reason)));
	return ANNOT_OK;
}

/* Withhold records are said on the record, as reviews are. */
static enum annot_status each(struct ctl *ctl, const struct annot_fetched *f, json_t *list)
{
	struct annot_hash annotation = versions_annotation(f);
	struct withholds w = {.list = list};
	struct annot_leaf leaf;
	if (f->record || !record_leaf(f->row, &leaf))
		return ANNOT_OK;
	w.of = &leaf.record;
	const char *id = annot_arena_printf(ctl->arena, "%s", annot_hash_hex(&annotation).text);
	TRY(rows_each(ctl, &(struct rows_request){.history_of = id ? id : ""}, take, &w, NULL));
	if (w.n == 0 && !list)
		out_text(ctl, "  withheld     by no decision of the admins: the daemon hides it\n");
	return ANNOT_OK;
}

enum annot_status withheld_text(struct ctl *ctl, const struct annot_fetched *f)
{
	return each(ctl, f, NULL);
}

enum annot_status withheld_json(struct ctl *ctl, const struct annot_fetched *f, json_t *object)
{
	json_t *list = json_array();
	enum annot_status status = f->record ? ANNOT_OK : each(ctl, f, list);
	if (f->record)
		json_decref(list);
	else
		json_object_set_new(object, "withheld", list);
	return status;
}
