/* For people: the text in lines, the words of annotations marked, what they say below each
 * paragraph. */
#include <string.h>

#include "../out/record.h"
#include "reading.h"

enum { MARGIN = 5, NOTE_MARGIN = 9 };

/* --- the text --- */

struct painting {
	const struct reading *r;
	struct lines *lines;
	size_t next;              /* the first mark that has not begun */
	const struct mark **open; /* those that have begun and not ended, in that order */
	size_t n_open;
	bool color;
};

/* Where the next mark begins or ends behind a byte; at most `end`. */
static size_t next_edge(const struct painting *p, size_t end)
{
	for (size_t i = 0; i < p->n_open; i++)
		if (p->open[i]->end < end)
			end = p->open[i]->end;
	if (p->next < p->r->n_marks && p->r->marks[p->next].start < end)
		end = p->r->marks[p->next].start;
	return end;
}

/* Marks that end at a byte, then those that begin there. */
static void see_edges(struct painting *p, size_t at)
{
	size_t left = 0;
	for (size_t i = 0; i < p->n_open; i++) {
		const struct mark *m = p->open[i];
		if (m->end > at) {
			p->open[left++] = m;
			continue;
		}
		if (p->color)
			lines_style(p->lines, STYLE_DIM);
		lines_put(p->lines, "%s%zu]", p->color ? "[" : ":", m->noted->number);
	}
	p->n_open = left;
	for (; p->next < p->r->n_marks && p->r->marks[p->next].start <= at; p->next++) {
		p->open[p->n_open++] = &p->r->marks[p->next];
		if (!p->color)
			lines_put(p->lines, "[%zu:", p->r->marks[p->next].noted->number);
	}
	lines_style(p->lines, p->n_open == 0   ? STYLE_PLAIN
			      : p->n_open == 1 ? STYLE_MARKED
					       : STYLE_MARKED_TWICE);
}

static void paint(struct painting *p, struct annot_bytes text, const struct paragraph *at)
{
	for (size_t from = at->start; from < at->end;) {
		see_edges(p, from);
		size_t to = next_edge(p, at->end);
		lines_add(p->lines, (const char *)text.data + from, to - from);
		from = to;
	}
	/* What ends here; what goes on into the next paragraph stays open. */
	see_edges(p, at->end);
	lines_style(p->lines, STYLE_PLAIN);
}

/* --- what annotations say --- */

static void put_cards(struct lines *l, const struct annot_record *record)
{
	static const char *const cards[] = {"speaker", "said", "claimant", "date", "text", "tag"};
	for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
		for (size_t n = 0; n < record->n_cards; n++) {
			const struct annot_card *card = &record->cards[n];
			if (strcmp(card->def->name, cards[i]) != 0)
				continue;
			lines_put(l, "; %s ", cards[i]);
			lines_flat(l, card->text);
		}
}

static bool is_shown(const struct annot_fetched *of, const struct verdict *v)
{
	return v->kind == ANNOT_KIND_verdict && v->counts &&
	       annot_hash_equal(&v->on, &of->record->id);
}

/* Where ratings are of more than one scale, each says of which. */
static bool has_scales(const struct annot_fetched *of, const struct verdicts *v)
{
	const char *first = NULL;
	for (size_t i = 0; i < v->n; i++) {
		if (!is_shown(of, &v->list[i]))
			continue;
		if (first && strcmp(first, v->list[i].scale) != 0)
			return true;
		first = v->list[i].scale;
	}
	return false;
}

static void put_verdicts(struct lines *l, const struct annot_fetched *of, const struct verdicts *v)
{
	bool scales = has_scales(of, v);
	for (size_t i = 0; i < v->n; i++) {
		const struct verdict *one = &v->list[i];
		if (!is_shown(of, one))
			continue;
		lines_put(l, "; ");
		lines_style(l, STYLE_BOLD);
		lines_flat(l, one->rating);
		lines_style(l, STYLE_PLAIN);
		if (scales) {
			lines_put(l, " (");
			lines_flat(l, one->scale);
			lines_put(l, ")");
		}
		lines_put(l, " by ");
		lines_flat(l, one->name ? one->name : "?");
	}
}

static void put_state(struct lines *l, const struct annot_row *row)
{
	lines_put(l, ", ");
	lines_flat(l, row->review);
	for (size_t i = 0; i < row->n_flags; i++) {
		lines_put(l, ", ");
		lines_style(l, STYLE_WARN);
		lines_flat(l, row->flags[i]);
		lines_style(l, STYLE_PLAIN);
	}
}

static enum annot_status show_noted(struct ctl *ctl, const struct reading *r,
				    const struct noted *noted, const char *anchor, size_t columns)
{
	const struct annot_row *row = noted->fetched.row;
	const struct annot_record *record = noted->fetched.record;
	char first[32];
	if (noted->number > 0)
		snprintf(first, sizeof first, "%*s[%zu] ", MARGIN, "", noted->number);
	else
		snprintf(first, sizeof first, "%*s- ", MARGIN, "");
	struct lines *l = lines_begin(ctl, columns - NOTE_MARGIN, first, "         ");
	lines_put(l, "%s %.8s@%llu by ", record->kind->name,
		  annot_hash_hex(&record->annotation).text, (unsigned long long)row->version);
	lines_flat(l, row->author_name ? row->author_name : "?");
	put_state(l, row);
	if (noted->version != r->doc->fetched.row->version && noted->version > 0)
		lines_put(l, "; %s, signed on version %llu", anchor,
			  (unsigned long long)noted->version);
	put_cards(l, record);
	put_verdicts(l, &noted->fetched, &noted->verdicts);
	return lines_end(ctl, l);
}

/* Those whose first words begin in the paragraph. */
static enum annot_status show_notes(struct ctl *ctl, const struct reading *r, size_t *from,
				    size_t end, size_t *shown, size_t columns)
{
	for (; *from < r->n_marks && r->marks[*from].start < end; ++*from) {
		const struct mark *m = &r->marks[*from];
		if (m->noted->number > *shown) {
			*shown = m->noted->number;
			TRY(show_noted(ctl, r, m->noted, m->anchor, columns));
		}
	}
	return ANNOT_OK;
}

static enum annot_status show_elsewhere(struct ctl *ctl, const struct reading *r, size_t columns)
{
	bool any = false;
	for (size_t i = 0; i < r->n_noted; i++) {
		const struct noted *noted = &r->noted[i];
		if (noted->number > 0 || !noted->missing)
			continue;
		if (!any)
			out_text(ctl, "\nNot found in this version:\n");
		any = true;
		TRY(show_noted(ctl, r, noted, noted->missing, columns));
	}
	return ANNOT_OK;
}

static enum annot_status show_head(struct ctl *ctl, const struct reading *r, size_t columns)
{
	const struct annot_fetched *f = &r->doc->fetched;
	const char *title = annot_record_text(f->record, "title");
	struct lines *l = lines_begin(ctl, columns, "", "");
	lines_style(l, STYLE_BOLD);
	lines_flat(l, title ? title : r->doc->name);
	lines_style(l, STYLE_PLAIN);
	TRY(lines_end(ctl, l));
	l = lines_begin(ctl, columns, "", "");
	lines_flat(l, r->doc->name);
	lines_put(l, "@%llu by ", (unsigned long long)f->row->version);
	lines_flat(l, f->row->author_name ? f->row->author_name : "?");
	put_state(l, f->row);
	put_verdicts(l, f, &r->verdicts);
	return lines_end(ctl, l);
}

enum annot_status reading_text(struct ctl *ctl, const struct reading *r, size_t columns)
{
	struct painting p = {.r = r, .color = ctl->color};
	struct paragraph at;
	size_t n = 0, noted = 0, shown = 0;
	p.open = annot_arena_array(ctl->arena, r->n_marks + 1, sizeof(struct mark *));
	if (!p.open)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(show_head(ctl, r, columns));
	for (size_t from = 0; paragraph_next(r->doc->text, from, &at); from = at.end) {
		char first[16];
		snprintf(first, sizeof first, "%4zu ", ++n);
		out_text(ctl, "\n");
		p.lines = lines_begin(ctl, columns - MARGIN, first, "     ");
		paint(&p, r->doc->text, &at);
		TRY(lines_end(ctl, p.lines));
		TRY(show_notes(ctl, r, &noted, at.end, &shown, columns));
	}
	return show_elsewhere(ctl, r, columns);
}
