/* Words that two persons marked: alike, differently, overlapping, or only one of them. */
#include <stdlib.h>
#include <string.h>

#include "reviewers.h"

enum { MARKS_MAX = 1 << 20 };

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
		struct mark *marks = diff_grow(ctl, side->marks, side->n_marks, &side->cap_marks,
					       sizeof *marks, MARKS_MAX);
		if (!marks)
			return ANNOT_TOO_LARGE;
		side->marks = marks;
		struct mark *m = &marks[side->n_marks++];
		*m = (struct mark){.row = row,
				   .record = record,
				   .view = i < row->n_targets ? &row->targets[i] : NULL};
		annot_record_target(record, i, &m->target);
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

/* Marks are sorted: those of b that begin before a ends and have not ended before it begins. */
enum annot_status diff_marks_compare(struct ctl *ctl, struct reviewers *r)
{
	struct side *a = &r->sides[0], *b = &r->sides[1];
	for (size_t i = 0; i < 2; i++)
		if (r->sides[i].n_marks)
			qsort(r->sides[i].marks, r->sides[i].n_marks, sizeof(struct mark),
			      by_place);
	for (int overlaps = 0; overlaps < 2; overlaps++) {
		for (size_t i = 0, from = 0; i < a->n_marks; i++) {
			struct mark *m = &a->marks[i];
			while (from < b->n_marks && by_place(&b->marks[from], m) < 0 &&
			       (memcmp(&b->marks[from].target.document, &m->target.document,
				       sizeof m->target.document) != 0 ||
				b->marks[from].target.end <= m->target.start))
				from++;
			for (size_t k = from; k < b->n_marks; k++) {
				struct mark *o = &b->marks[k];
				if (!annot_hash_equal(&o->target.document, &m->target.document) ||
				    o->target.start >= m->target.end)
					break;
				bool exact = by_place(m, o) == 0;
				if (!overlaps && exact && !m->paired && !o->paired)
					TRY(both_marked(ctl, r, m, o));
				if (overlaps && !exact && o->target.end > m->target.start &&
				    (!m->paired || !o->paired)) {
					found_marks(ctl, r, OVERLAP, m, o);
					m->paired = o->paired = true;
				}
			}
		}
	}
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < r->sides[s].n_marks; i++) {
			struct mark *m = &r->sides[s].marks[i];
			if (!m->paired)
				found_marks(ctl, r, s == 0 ? ONLY_A : ONLY_B, s == 0 ? m : NULL,
					    s == 0 ? NULL : m);
		}
	return ANNOT_OK;
}
