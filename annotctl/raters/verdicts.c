/* What the query selects, and the verdicts on it. */
#include <string.h>

#include "../out/record.h"
#include "../rows.h"
#include "ratings.h"

/* --- what is rated --- */

static bool can_be_rated(const struct annot_kind_def *kind)
{
	const struct annot_card_def *on =
		annot_card_def_find(annot_kind_def(ANNOT_KIND_verdict), "on", 2);
	return annot_word_in(on->values, kind->name, strlen(kind->name));
}

static enum annot_status take_unit(struct ctl *ctl, const struct annot_row *row,
				   const struct annot_record *record, void *arg)
{
	struct ratings *r = arg;
	r->withheld += !record;
	if (!record || !can_be_rated(record->kind))
		return ANNOT_OK;
	struct unit unit = {.record = record->id,
			    .annotation = record->annotation,
			    .index = row->index,
			    .version = row->version,
			    .kind = record->kind->name};
	if (r->a->disagreements) {
		const char *words = record_words(ctl, record);
		unit.words = annot_arena_copy(r->a->arena, words, strlen(words));
	}
	r->amended |= row->version > 1;
	size_t number = n_units(r);
	TRY(LIST_ADD(ctl, &r->units, &unit));
	TRY(numbered_add(ctl, &r->by_record, &unit.record, number));
	return numbered_add(ctl, &r->by_annotation, &unit.annotation, number);
}

static enum annot_status take_vote(struct ctl *ctl, const struct annot_row *row,
				   const struct annot_record *record, void *arg)
{
	struct ratings *r = arg;
	if (!record || record->kind->kind != ANNOT_KIND_verdict)
		return ANNOT_OK;
	const struct annot_hash *on = annot_record_on(record);
	const struct numbered *unit = numbered_find(&r->by_record, on);
	if (!unit)
		return r->amended ? LIST_ADD(ctl, &r->strays, on) : ANNOT_OK;
	struct vote vote = {.unit = unit->number, .index = row->index, .record = record->id};
	if (!people_find(r->a, &record->author, &record->id, row->index, &vote.coder)) {
		r->stolen++;
		return ANNOT_OK;
	}
	snprintf(vote.scale, sizeof vote.scale, "%s", annot_record_text(record, "scale"));
	snprintf(vote.rating, sizeof vote.rating, "%s", annot_record_text(record, "rating"));
	return LIST_ADD(ctl, &r->votes, &vote);
}

/* --- verdicts on other versions of a unit's annotation --- */

static enum annot_status count_stray(struct ctl *ctl, const struct annot_row *row,
				     const struct annot_record *record, void *arg)
{
	struct ratings *r = arg;
	struct row_ids on;
	TRY(rows_ids(ctl, row, record, &on));
	r->other_version += numbered_find(&r->by_annotation, &on.annotation) != NULL;
	return ANNOT_OK;
}

enum annot_status ratings_gather(struct ratings *r)
{
	struct agreement *a = r->a;
	struct rows_request units = {.query = a->query}, votes = {0};
	TRY(rows_each(a->ctl, &units, take_unit, r, NULL));
	if (n_units(r) == 0)
		return annot_fail(&a->ctl->err, ANNOT_REFUSED,
				  "the query selects nothing that can be rated");
	numbered_sort(&r->by_record);
	numbered_sort(&r->by_annotation);
	votes.query = annot_arena_printf(a->arena, "kind:verdict as-of:#%llu",
					 (unsigned long long)a->size);
	TRY(rows_each(a->ctl, &votes, take_vote, r, NULL));
	struct rows_request strays = {.records = LIST_ITEMS(struct annot_hash, &r->strays),
				      .n_records = LIST_COUNT(struct annot_hash, &r->strays)};
	return strays.records ? rows_each(a->ctl, &strays, count_stray, r, NULL) : ANNOT_OK;
}
