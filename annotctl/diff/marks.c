/* Words that two persons marked: alike, differently, overlapping, or only one of them. */
#include <stdlib.h>
#include <string.h>

#include "reviewers.h"

struct mark {
	const struct annot_row *row;
	const struct annot_record *record;
	struct annot_target target;
	const struct annot_target_view *view;
	bool paired;
};

static enum annot_status mark_each(struct ctl *ctl, const struct annot_row *row,
				   const struct annot_record *record, void *arg)
{
	struct side *side = arg;
	if (!record || !diff_is_by(row, side))
		return ANNOT_OK;
	for (size_t i = 0; i < annot_record_targets(record); i++) {
		struct mark mark = {.row = row,
				    .record = record,
				    .view = i < row->n_targets ? &row->targets[i] : NULL};
		annot_record_target(record, i, &mark.target);
		TRY(LIST_ADD(ctl, &side->marks, &mark));
	}
	return ANNOT_OK;
}

enum annot_status diff_marks_collect(struct ctl *ctl, struct reviewers *r, struct side *side)
{
	const char *query = annot_arena_printf(ctl->arena, "author:%s %s", side->name, r->query);
	if (!query)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return rows_each(ctl, &(struct rows_request){.query = query, .keep = true}, mark_each, side,
			 NULL);
}

/* --- showing --- */

static json_t *mark_json(const struct mark *m)
{
	return json_pack("{s:s, s:s, s:I, s:s}", "annotation",
			 annot_hash_hex(&m->record->annotation).text, "record",
			 annot_hash_hex(&m->record->id).text, "version",
			 (json_int_t)m->row->version, "kind", m->record->kind->name);
}

static json_t *place_json(const struct mark *m)
{
	return json_pack(
		"{s:s, s:s?, s:[I,I], s:[I,I], s:s}", "document",
		annot_hash_hex(&m->target.document).text, "name", m->view ? m->view->name : NULL,
		"bytes", (json_int_t)m->target.start, (json_int_t)m->target.end, "chars",
		(json_int_t)(m->view ? m->view->chars_start : 0),
		(json_int_t)(m->view ? m->view->chars_end : 0), "exact", m->target.exact->text);
}

static const char *mark_text(struct ctl *ctl, const struct mark *m)
{
	const char *text = annot_arena_printf(
		ctl->arena, "%s %s  %s [%llu, %llu) “%s”", m->record->kind->name,
		record_short(ctl, &m->record->annotation, m->row->version),
		m->view && m->view->name ? out_safe(ctl, m->view->name) : "?",
		(unsigned long long)m->target.start, (unsigned long long)m->target.end,
		out_safe_flat(ctl, m->target.exact->text));
	return text ? text : "";
}

static void found_marks(struct ctl *ctl, struct reviewers *r, enum found what, const struct mark *a,
			const struct mark *b)
{
	static const char signs[] = "=~x<>";
	json_t *object = NULL;
	if (r->stat || (what == SAME && ctl->format == FORMAT_TEXT)) {
		r->n[what]++;
		return;
	}
	if (ctl->format == FORMAT_TEXT) {
		if (a)
			out_text(ctl, "%c %s: %s\n", signs[what], r->sides[0].name,
				 mark_text(ctl, a));
		if (b)
			out_text(ctl, "%c %s: %s\n", a ? ' ' : signs[what], r->sides[1].name,
				 mark_text(ctl, b));
	} else {
		object = json_pack("{s:o}", "place", place_json(a ? a : b));
		if (what == OVERLAP)
			json_object_set_new(object, "other_place", place_json(b));
		if (a)
			json_object_set_new(object, "a", mark_json(a));
		if (b)
			json_object_set_new(object, "b", mark_json(b));
	}
	diff_found(ctl, r, what, object);
}

/* --- comparing --- */

static int by_place(const void *a, const void *b)
{
	const struct annot_target *x = &((const struct mark *)a)->target;
	const struct annot_target *y = &((const struct mark *)b)->target;
	int order = memcmp(&x->document, &y->document, sizeof x->document);
	if (order == 0)
		order = x->start < y->start ? -1 : x->start > y->start;
	if (order == 0)
		order = x->end < y->end ? -1 : x->end > y->end;
	return order;
}

/* Both marked these words: whether they say the same of them, targets apart. */
static enum annot_status both_marked(struct ctl *ctl, struct reviewers *r, struct mark *a,
				     struct mark *b)
{
	const struct annot_change *changes = NULL;
	size_t n = 0, other = 0;
	a->paired = b->paired = true;
	if (a->record->kind == b->record->kind) {
		TRY(annot_record_compare(ctl->arena, a->record, b->record, &changes, &n,
					 &ctl->err));
		for (size_t i = 0; i < n; i++)
			other += !(changes[i].from.exact || changes[i].to.exact);
	}
	bool same = a->record->kind == b->record->kind && other == 0;
	found_marks(ctl, r, same ? SAME : DIFFER, a, b);
	if (!same && !r->stat && ctl->format == FORMAT_TEXT && n > 0) {
		struct diff_cards cards = {
			.a = a->record, .b = b->record, .indent = "    ", .print = true};
		TRY(diff_cards(ctl, &cards));
	}
	return ANNOT_OK;
}

static struct mark *sorted(const struct side *side, size_t *ret_n)
{
	*ret_n = LIST_COUNT(struct mark, &side->marks);
	struct mark *marks = LIST_ITEMS(struct mark, &side->marks);
	if (*ret_n)
		qsort(marks, *ret_n, sizeof *marks, by_place);
	return marks;
}

/* Whether b is over before a begins, and so before all that are sorted behind a. */
static bool is_over(const struct mark *b, const struct mark *a)
{
	return by_place(b, a) < 0 && (!annot_hash_equal(&b->target.document, &a->target.document) ||
				      b->target.end <= a->target.start);
}

/* One mark of a and those of b from `from` on: pairs the same words, or else what overlaps. */
static enum annot_status compare_one(struct ctl *ctl, struct reviewers *r, struct mark *a,
				     struct mark *from, const struct mark *end, bool overlaps)
{
	for (struct mark *b = from; b < end; b++) {
		if (!annot_hash_equal(&b->target.document, &a->target.document) ||
		    b->target.start >= a->target.end)
			break;
		bool exact = by_place(a, b) == 0;
		if (!overlaps && exact && !a->paired && !b->paired)
			TRY(both_marked(ctl, r, a, b));
		if (overlaps && !exact && b->target.end > a->target.start &&
		    (!a->paired || !b->paired)) {
			found_marks(ctl, r, OVERLAP, a, b);
			a->paired = b->paired = true;
		}
	}
	return ANNOT_OK;
}

/* Marks are sorted: those of b that begin before a ends and have not ended before it begins. */
enum annot_status diff_marks_compare(struct ctl *ctl, struct reviewers *r)
{
	size_t n_a, n_b;
	struct mark *a = sorted(&r->sides[0], &n_a), *b = sorted(&r->sides[1], &n_b);
	for (int overlaps = 0; overlaps < 2; overlaps++) {
		for (size_t i = 0, from = 0; i < n_a; i++) {
			while (from < n_b && is_over(&b[from], &a[i]))
				from++;
			TRY(compare_one(ctl, r, &a[i], b + from, b + n_b, overlaps));
		}
	}
	for (size_t i = 0; i < n_a; i++)
		if (!a[i].paired)
			found_marks(ctl, r, ONLY_A, &a[i], NULL);
	for (size_t i = 0; i < n_b; i++)
		if (!b[i].paired)
			found_marks(ctl, r, ONLY_B, NULL, &b[i]);
	return ANNOT_OK;
}
