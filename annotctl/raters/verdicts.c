/* What the query selects, and the verdicts on it. */
#include <string.h>

#include "../out/record.h"
#include "../rows.h"
#include "ratings.h"

enum { GET_BATCH = 256 }; /* as in get_request */

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
	struct numbered by_record = {unit.record, n_units(r)};
	struct numbered by_annotation = {unit.annotation, n_units(r)};
	TRY(LIST_ADD(ctl, &r->units, &unit));
	TRY(LIST_ADD(ctl, &r->by_record, &by_record));
	return LIST_ADD(ctl, &r->by_annotation, &by_annotation);
}

static enum annot_status take_vote(struct ctl *ctl, const struct annot_row *row,
				   const struct annot_record *record, void *arg)
{
	struct ratings *r = arg;
	const struct annot_hash *on = record ? annot_record_on(record) : NULL;
	if (!on)
		return ANNOT_OK;
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

static enum annot_status annotation_of(struct ctl *ctl, const struct annot_row *row,
				       struct annot_hash *ret)
{
	const struct annot_record *record;
	struct annot_leaf leaf;
	TRY(record_of_row(ctl, row, &record));
	if (!record)
		TRY(annot_leaf_parse(annot_bytes_of(row->leaf ? row->leaf : ""), &leaf, &ctl->err));
	*ret = record ? record->annotation : leaf.annotation;
	return ANNOT_OK;
}

/* Looks up some of the strays, in ctl->arena; *ret_n: how many were answered. */
static enum annot_status look_up(struct ratings *r, const struct annot_hash *strays, size_t n,
				 size_t *ret_n)
{
	struct ctl *ctl = r->a->ctl;
	const char *ids[GET_BATCH];
	const struct annot_rows_reply *reply;
	for (size_t i = 0; i < n; i++) {
		ids[i] = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(&strays[i]).text);
		if (!ids[i])
			return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	}
	struct annot_get_request in = {.ids = ids, .n_ids = n};
	TRY(annot_call_get(ctl->annot, &in, ctl->arena, &reply, &ctl->err));
	if (reply->n_rows == 0 || reply->n_rows > n)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL, "asked for %zu records, got %zu", n,
				  reply->n_rows);
	for (size_t i = 0; i < reply->n_rows; i++) {
		struct annot_hash annotation;
		TRY(annotation_of(ctl, &reply->rows[i], &annotation));
		r->other_version += numbered_find(&r->by_annotation, &annotation) != NULL;
	}
	*ret_n = reply->n_rows;
	return ANNOT_OK;
}

static enum annot_status count_strays(struct ratings *r)
{
	struct ctl *ctl = r->a->ctl;
	struct annot_arena *outer = ctl->arena;
	size_t n = LIST_COUNT(struct annot_hash, &r->strays);
	enum annot_status status = ANNOT_OK;
	for (size_t at = 0; at < n && status == ANNOT_OK;) {
		size_t took = 0;
		ctl->arena = annot_arena_new(AGREEMENT_MEMORY_MAX);
		status = look_up(r, LIST_ITEMS(struct annot_hash, &r->strays) + at,
				 n - at < GET_BATCH ? n - at : GET_BATCH, &took);
		at += took;
		annot_arena_free(ctl->arena);
	}
	ctl->arena = outer;
	return status;
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
	return count_strays(r);
}
