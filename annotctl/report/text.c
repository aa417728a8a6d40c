/*
 * A text as paragraphs with its marks. The textContent of the element is the text, character for
 * character, so that a script can hash what is shown: blank lines stand between the paragraphs, and
 * the numbers that lead to annotations are drawn by the style sheet.
 */
#include <string.h>

#include "report.h"

enum { OVERLAP_MAX = 64 }; /* annotations that one piece of text names */

struct putting {
	struct report *r;
	struct html *h;
	const struct report_text *t;
	const char *text;
	size_t len, at;
	size_t zone_end; /* of the paragraph, or of the blank lines between two */
	bool in_paragraph;
	size_t next;    /* first mark that has not begun */
	size_t *active; /* marks that have begun and not ended */
	size_t n_active;
};

/* Behind a line end, the end of the blank lines that follow; at itself: there are none. */
static size_t blank_end(const struct putting *p, size_t at)
{
	size_t end = at;
	for (size_t i = at; i < p->len && strchr(" \t\r\n", p->text[i]); i++)
		if (p->text[i] == '\n')
			end = i + 1;
	return end;
}

/* Where the paragraph that begins at `at` ends: before blank lines, or before the last line end. */
static size_t paragraph_end(const struct putting *p, size_t at)
{
	const char *line;
	while ((line = memchr(p->text + at, '\n', p->len - at)) != NULL) {
		size_t end = (size_t)(line - p->text);
		if (end + 1 == p->len || blank_end(p, end + 1) > end + 1)
			return end;
		at = end + 1;
	}
	return p->len;
}

/* --- marks --- */

static const struct report_item *item_of(const struct putting *p, const struct report_mark *m)
{
	size_t n;
	return report_items(p->r, &n) + m->item;
}

/* "quote 12 by boris, approved", escaped as an attribute. */
static void put_label(const struct putting *p, const struct report_mark *m)
{
	const struct report_item *item = item_of(p, m);
	const struct annot_row *row = item->head->row;
	html_put(p->h, "%s %zu by ", annot_kind_def(item->kind)->name, item->number);
	html_attrz(p->h, row->author_name ? row->author_name : "?");
	html_put(p->h, ", ");
	html_attrz(p->h, row->review);
	for (size_t i = 0; i < row->n_flags; i++) {
		html_put(p->h, ", ");
		html_attrz(p->h, row->flags[i]);
	}
	if (m->anchor) {
		html_put(p->h, ", ");
		html_attrz(p->h, m->anchor);
	}
}

/* The names of those that were signed here, or of those that were found again here. */
static void put_names(const struct putting *p, const char *attribute, bool anchored)
{
	size_t n = 0;
	for (size_t i = p->n_active; i-- > 0 && n < OVERLAP_MAX;) {
		const struct report_mark *m = &p->t->marks[p->active[i]];
		if ((m->anchor != NULL) != anchored)
			continue;
		if (n++ == 0)
			html_put(p->h, " %s=\"", attribute);
		else
			html_put(p->h, " ");
		html_put(p->h, "%zu.%zu", item_of(p, m)->number, m->target);
	}
	if (n > 0)
		html_put(p->h, "\"");
}

/* The innermost one gives the look; how many there are the depth of it. */
static void open_mark(const struct putting *p)
{
	const struct report_mark *inner = &p->t->marks[p->active[p->n_active - 1]];
	const struct report_item *item = item_of(p, inner);
	html_put(p->h, "<mark class=\"%s%s%s%s\"", annot_kind_def(item->kind)->name,
		 p->n_active > 2   ? " n3"
		 : p->n_active > 1 ? " n2"
				   : "",
		 inner->anchor ? " again" : "",
		 strcmp(item->head->row->review, "retracted") == 0 ? " gone" : "");
	put_names(p, "data-a", false);
	put_names(p, "data-b", true);
	html_put(p->h, " title=\"");
	for (size_t i = p->n_active, n = 0; i-- > 0 && n < OVERLAP_MAX; n++) {
		html_put(p->h, "%s", n ? "; " : "");
		put_label(p, &p->t->marks[p->active[i]]);
	}
	html_put(p->h, "\">");
}

static void put_piece(const struct putting *p, size_t end)
{
	if (p->n_active > 0)
		open_mark(p);
	html_text(p->h, p->text + p->at, end - p->at);
	if (p->n_active > 0)
		html_put(p->h, "</mark>");
}

/* Begins and ends the marks at this place; each that ends leaves a link to its annotation. */
static void turn(struct putting *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->n_active; i++) {
		const struct report_mark *m = &p->t->marks[p->active[i]];
		if (m->end > p->at) {
			p->active[kept++] = p->active[i];
			continue;
		}
		size_t number = item_of(p, m)->number;
		html_put(p->h, "<a class=\"ref\"");
		if (!m->anchor)
			html_put(p->h, " id=\"m%zu-%zu\"", number, m->target);
		html_put(p->h, " href=\"#a%zu\" data-n=\"%zu\" aria-label=\"", number, number);
		put_label(p, m);
		html_put(p->h, "\"></a>");
	}
	p->n_active = kept;
	while (p->next < p->t->n_marks && p->t->marks[p->next].start <= p->at)
		p->active[p->n_active++] = p->next++;
}

/* --- paragraphs --- */

static void close_zone(struct putting *p)
{
	if (p->in_paragraph)
		html_put(p->h, "</p>");
	p->in_paragraph = false;
}

static void open_zone(struct putting *p)
{
	size_t blank = p->text[p->at] == '\n' || p->at == 0 ? blank_end(p, p->at) : p->at;
	p->in_paragraph = blank == p->at;
	p->zone_end = p->in_paragraph ? paragraph_end(p, p->at) : blank;
	if (p->in_paragraph)
		html_put(p->h, "<p dir=\"auto\">");
}

static size_t next_cut(const struct putting *p)
{
	size_t cut = p->zone_end;
	if (p->next < p->t->n_marks && p->t->marks[p->next].start < cut)
		cut = p->t->marks[p->next].start;
	for (size_t i = 0; i < p->n_active; i++)
		if (p->t->marks[p->active[i]].end < cut)
			cut = p->t->marks[p->active[i]].end;
	return cut;
}

enum annot_status report_put_text(struct report *r, struct html *h, size_t n,
				  const struct report_text *t)
{
	struct putting p = {
		.r = r,
		.h = h,
		.t = t,
		.text = (const char *)t->text.data,
		.len = t->text.len,
		.active = annot_arena_array(r->ctl->arena, t->n_marks + 1, sizeof(size_t))};
	const char *language = annot_record_text(t->version->proved->record, "language");
	if (!p.active)
		return annot_fail(&r->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	html_put(h, "<div class=\"text\" id=\"t%zu\" data-document=\"%s\"", n,
		 annot_hash_hex(&t->version->id).text);
	if (language) {
		html_put(h, " lang=\"");
		html_attrz(h, language);
		html_put(h, "\"");
	}
	html_put(h, ">");
	while (p.at < p.len) {
		if (p.at == p.zone_end) {
			close_zone(&p);
			open_zone(&p);
		}
		turn(&p);
		size_t cut = next_cut(&p);
		put_piece(&p, cut);
		p.at = cut;
		if (p.at == p.zone_end)
			turn(&p); /* links of marks that end with the paragraph stand in it */
	}
	close_zone(&p);
	html_put(h, "</div>\n");
	return ANNOT_OK;
}
