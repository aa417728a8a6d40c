/* The versions of an annotation, and word by word what each changed. */
#include <string.h>

#include "../diff/diff.h"
#include "report.h"

static void put_parts(struct html *h, const struct annot_diff_part *parts, size_t n)
{
	static const char *const elements[] = {NULL, "del", "ins"};
	for (size_t i = 0; i < n; i++) {
		const char *element = elements[parts[i].op];
		if (element)
			html_put(h, "<%s>", element);
		html_text(h, parts[i].text, parts[i].len);
		if (element)
			html_put(h, "</%s>", element);
	}
}

static enum annot_status put_words(struct report *r, struct html *h, struct annot_bytes from,
				   struct annot_bytes to)
{
	const struct annot_diff_part *parts;
	size_t n;
	TRY(annot_diff_words(r->ctl->arena, from, to, &parts, &n, &r->ctl->err));
	put_parts(h, parts, n);
	return ANNOT_OK;
}

static void put_whole(struct html *h, const char *element, const struct annot_compared *c)
{
	const struct annot_card *shown = c->exact ? c->exact : c->card;
	html_put(h, "<%s>", element);
	html_text(h, shown->text, shown->len);
	html_put(h, "</%s>", element);
}

static enum annot_status put_change(struct report *r, struct html *h, const struct annot_change *c)
{
	const struct annot_card *card = c->from.card ? c->from.card : c->to.card;
	html_put(h, "<dt>%s</dt><dd class=\"value\" dir=\"auto\">", card->def->name);
	if (!c->from.card) {
		put_whole(h, "ins", &c->to);
	} else if (!c->to.card) {
		put_whole(h, "del", &c->from);
	} else {
		const struct annot_card *from = c->from.exact ? c->from.exact : c->from.card;
		const struct annot_card *to = c->to.exact ? c->to.exact : c->to.card;
		TRY(put_words(r, h, annot_bytes(from->text, from->len),
			      annot_bytes(to->text, to->len)));
	}
	html_put(h, "</dd>\n");
	return ANNOT_OK;
}

/* --- texts: a new version of a document says little by its cards --- */

enum { CONTEXT_BYTES = 160 }; /* of what is the same, around what changed */

/* What stands before a change, and what behind the one before it; the middle of much that is the
 * same is left out. */
static void put_same(struct html *h, const struct annot_diff_part *p, bool first, bool last)
{
	size_t head = first ? 0 : annot_utf8_forward(p->text, p->len, 0, CONTEXT_BYTES);
	size_t tail = last ? p->len : annot_utf8_back(p->text, p->len, p->len, CONTEXT_BYTES);
	if (head >= tail) {
		html_text(h, p->text, p->len);
		return;
	}
	html_text(h, p->text, head);
	html_put(h, " <span class=\"state\">…</span> ");
	html_text(h, p->text + tail, p->len - tail);
}

static enum annot_status put_texts(struct report *r, struct html *h,
				   const struct annot_record *from, const struct annot_record *to)
{
	struct annot_bytes a = report_source(r, from), b = report_source(r, to);
	const struct annot_diff_part *parts;
	size_t n;
	if (!a.data || !b.data || a.len > REPORT_TEXT_MAX || b.len > REPORT_TEXT_MAX ||
	    memchr(a.data, '\0', a.len) || memchr(b.data, '\0', b.len))
		return ANNOT_OK;
	TRY(annot_diff_words(r->ctl->arena, a, b, &parts, &n, &r->ctl->err));
	if (n == 0 || (n == 1 && parts[0].op == ANNOT_DIFF_SAME))
		return ANNOT_OK;
	html_put(h, "<dt>text</dt><dd class=\"value\" dir=\"auto\">");
	for (size_t i = 0; i < n; i++)
		if (parts[i].op == ANNOT_DIFF_SAME)
			put_same(h, &parts[i], i == 0, i + 1 == n);
		else
			put_parts(h, &parts[i], 1);
	html_put(h, "</dd>\n");
	return ANNOT_OK;
}

/* --- versions --- */

static enum annot_status put_changes(struct report *r, struct html *h,
				     const struct report_entry *from, const struct report_entry *to)
{
	const struct annot_change *changes;
	size_t n;
	html_put(h, "<p>Compared with <code>%s</code>", report_short(r, from));
	if (!from->proved || !from->proved->record || !to->proved || !to->proved->record) {
		html_put(h, ": WITHHELD</p>\n");
		return ANNOT_OK;
	}
	TRY(annot_record_compare(r->ctl->arena, from->proved->record, to->proved->record, &changes,
				 &n, &r->ctl->err));
	html_put(h, "%s</p>\n", n ? ":" : ": the same");
	if (n == 0)
		return ANNOT_OK;
	html_put(h, "<dl class=\"diff\">\n");
	for (size_t i = 0; i < n; i++)
		if (from->kind != ANNOT_KIND_document || !diff_follows_text(&changes[i]))
			TRY(put_change(r, h, &changes[i]));
	if (from->kind == ANNOT_KIND_document)
		TRY(put_texts(r, h, from->proved->record, to->proved->record));
	html_put(h, "</dl>\n");
	return ANNOT_OK;
}

static const struct report_entry *version_of(const struct report_item *item,
					     const struct annot_hash *id)
{
	for (size_t i = 0; i < item->n_entries; i++)
		if (annot_hash_equal(&item->entries[i].id, id))
			return &item->entries[i];
	return NULL;
}

static enum annot_status put_version(struct report *r, struct html *h,
				     const struct report_item *item, const struct report_entry *e)
{
	const struct annot_record *record = e->proved ? e->proved->record : NULL;
	html_put(h, "<li><p><code>%s</code> by ", report_short(r, e));
	html_textz(h, e->row->author_name ? e->row->author_name : "?");
	html_put(h, ", record #%llu%s%s", (unsigned long long)e->row->index,
		 record ? ", claimed time " : "", record ? record->time : "");
	report_put_state(h, e);
	html_put(h, "</p>\n");
	for (size_t i = 0; record && i < record->n_parents; i++) {
		const struct report_entry *from = version_of(item, &record->parents[i]);
		if (from)
			TRY(put_changes(r, h, from, e));
	}
	if (e != item->head && e->proved)
		TRY(report_put_record(r, h, e->proved));
	html_put(h, "</li>\n");
	return ANNOT_OK;
}

enum annot_status report_put_history(struct report *r, struct html *h,
				     const struct report_item *item)
{
	size_t n = 0;
	for (size_t i = 0; i < item->n_entries; i++)
		n += annot_hash_equal(&item->entries[i].annotation, &item->annotation);
	if (n < 2)
		return ANNOT_OK;
	html_put(h, "<details class=\"history\"%s><summary>History: %zu versions</summary>\n<ol>\n",
		 record_has_flag(item->head->row, "conflict") ? " open" : "", n);
	for (size_t i = 0; i < item->n_entries; i++)
		if (annot_hash_equal(&item->entries[i].annotation, &item->annotation))
			TRY(put_version(r, h, item, &item->entries[i]));
	html_put(h, "</ol></details>\n");
	return ANNOT_OK;
}
