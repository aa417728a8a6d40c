/* A record on the page: its cards as fields, its bytes with all that checking them takes, its
 * state. */
#include <string.h>

#include "../out/record.h"
#include "report.h"

/* --- states: the daemon's word --- */

static void put_word(struct html *h, const char *word)
{
	html_put(h, " <span class=\"state ");
	html_attrz(h, word);
	html_put(h, "\">");
	html_textz(h, word);
	html_put(h, "</span>");
}

void report_put_state(struct html *h, const struct report_entry *e)
{
	const struct annot_row *row = e->row;
	if (strcmp(row->effect, "effective") != 0)
		put_word(h, row->effect);
	if (*row->review)
		put_word(h, row->review);
	for (size_t i = 0; i < row->n_flags; i++)
		put_word(h, row->flags[i]);
	if (!row->head && row->versions > row->version)
		put_word(h, "superseded");
	if (e->proved && !e->proved->record && !record_has_flag(row, "withheld"))
		put_word(h, "withheld");
}

/* --- references --- */

/* The entry of a record that has a place on the page: a version of an article's annotation. */
static const struct report_entry *entry_of(const struct report *r, const struct report_record *p,
					   const struct report_item **ret)
{
	if (!p || !p->record)
		return NULL;
	*ret = report_item_of(r, &p->record->annotation);
	for (size_t i = 0; *ret && i < (*ret)->n_entries; i++)
		if (annot_hash_equal(&(*ret)->entries[i].id, &p->id))
			return &(*ret)->entries[i];
	return NULL;
}

void report_put_reference(struct report *r, struct html *h, const struct annot_hash *id)
{
	const struct report_record *p = report_record_of(r, id);
	const struct report_item *item = NULL;
	const struct report_entry *e = entry_of(r, p, &item);
	const char *words = p && p->record ? record_telling(r->ctl, p->record) : "WITHHELD";
	if (e)
		html_put(h, "<a href=\"#a%zu\">%s %s</a> ", item->number,
			 annot_kind_def(e->kind)->name, report_short(r, e));
	else if (p && p->record)
		html_put(h, "<a href=\"#r%llu\">%s %.8s</a> ", (unsigned long long)p->index,
			 p->record->kind->name, annot_hash_hex(id).text);
	else
		html_put(h, "<code>%.8s</code> ", annot_hash_hex(id).text);
	html_textz(h, words);
}

/* --- cards --- */

/* Opens a field whose text must be the value of the record's n-th card of that name. */
static void put_field(struct html *h, const char *element, const char *name, size_t n,
		      const struct annot_card *card)
{
	html_put(h, "<%s class=\"value\" dir=\"auto\" data-f=\"%s\" data-n=\"%zu\">", element, name,
		 n);
	html_text(h, card->text, card->len);
	html_put(h, "</%s>", element);
}

static void put_anchor(struct html *h, const struct annot_row *row, size_t n)
{
	const char *anchor = n < row->n_targets ? row->targets[n].anchor : NULL;
	if (!anchor)
		return;
	html_put(h, ", anchor <span class=\"state ");
	html_attrz(h, anchor);
	html_put(h, "\">");
	html_textz(h, anchor);
	html_put(h, "</span>");
	for (size_t i = 0; i < row->n_anchors; i++)
		if (row->anchors[i].target == n && strcmp(anchor, "exact") != 0)
			html_put(h, " in version %llu, score %llu of 1000",
				 (unsigned long long)row->anchors[i].version,
				 (unsigned long long)row->anchors[i].score);
}

static void put_target(struct report *r, struct html *h, const struct report_entry *e, size_t n)
{
	const struct annot_record *record = e->proved->record;
	const struct annot_row *row = e->row;
	const struct report_item *item = report_item_of(r, &e->annotation);
	struct annot_target target;
	if (!annot_record_target(record, n, &target))
		return;
	html_put(h, "<dt>words</dt><dd class=\"target\"><span class=\"context\">…");
	put_field(h, "span", "prefix", n, target.prefix);
	html_put(h, "</span>");
	put_field(h, "q", "exact", n, target.exact);
	html_put(h, "<span class=\"context\">");
	put_field(h, "span", "suffix", n, target.suffix);
	html_put(h, "…</span><br><span class=\"where\">in ");
	if (n < row->n_targets && row->targets[n].name)
		html_textz(h, row->targets[n].name);
	html_put(h, "@%llu, bytes %llu to %llu",
		 n < row->n_targets ? (unsigned long long)row->targets[n].version : 0ULL,
		 (unsigned long long)target.start, (unsigned long long)target.end);
	put_anchor(h, row, n);
	if (item && item->head == e)
		html_put(h, " <a href=\"#m%zu-%zu\">in the text</a>", item->number, n);
	html_put(h, "</span></dd>\n");
}

/* How many cards of the same name stand before one. */
static size_t nth(const struct annot_record *record, size_t at)
{
	size_t n = 0;
	for (size_t i = 0; i < at; i++)
		n += record->cards[i].def == record->cards[at].def;
	return n;
}

void report_put_cards(struct report *r, struct html *h, const struct report_entry *e)
{
	const struct annot_record *record = e->proved ? e->proved->record : NULL;
	if (!record) {
		html_put(h, "<p class=\"withheld\">WITHHELD: its bytes were taken away; its leaf "
			    "stays in "
			    "the log.</p>\n");
		return;
	}
	html_put(h, "<dl class=\"cards\">\n");
	for (size_t i = 0, targets = 0; i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];
		if (card->def->in_group)
			continue;
		if (card->def->type == ANNOT_CARD_TARGET) {
			put_target(r, h, e, targets++);
			continue;
		}
		html_put(h, "<dt>%s</dt>", card->def->name);
		if (card->def->type == ANNOT_CARD_REF) {
			html_put(h, "<dd>");
			report_put_reference(r, h, &card->hash);
			html_put(h, "</dd>\n");
			continue;
		}
		put_field(h, "dd", card->def->name, nth(record, i), card);
		html_put(h, "\n");
	}
	html_put(h, "</dl>\n");
}

/* --- the record as signed --- */

static enum annot_status put_path(struct report *r, struct html *h, const struct report_record *p)
{
	struct annot_tlogproof *proof = annot_arena_alloc(r->ctl->arena, sizeof *proof);
	if (!proof)
		return annot_fail(&r->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_tlogproof_parse(p->proof, proof, &r->ctl->err));
	for (size_t i = 0; i < proof->n_path; i++) {
		html_put(h, "%s", i ? " " : "");
		html_base64(h, proof->path[i].b, ANNOT_HASH_SIZE);
	}
	return ANNOT_OK;
}

/* Each record stands once; whoever needs it later points to it. */
enum annot_status report_put_record(struct report *r, struct html *h, struct report_record *p)
{
	struct annot_hex hex = annot_hash_hex(&p->id);
	if (p->shown) {
		html_put(h, "<p class=\"fine\"><a href=\"#r%llu\">Record #%llu as signed</a></p>\n",
			 (unsigned long long)p->index, (unsigned long long)p->index);
		return ANNOT_OK;
	}
	p->shown = true;
	html_put(h,
		 "<div class=\"record\" id=\"r%llu\" data-record=\"%s\" data-index=\"%llu\" "
		 "data-key=\"",
		 (unsigned long long)p->index, hex.text, (unsigned long long)p->index);
	html_base64(h, p->key, sizeof p->key);
	html_put(h, "\" data-signature=\"");
	html_base64(h, p->signature, sizeof p->signature);
	html_put(h, "\" data-path=\"");
	TRY(put_path(r, h, p));
	html_put(h,
		 "\"><details><summary>Record #%llu as signed</summary><pre dir=\"ltr\" "
		 "tabindex=\"0\" "
		 "aria-label=\"Record #%llu\">",
		 (unsigned long long)p->index, (unsigned long long)p->index);
	if (p->record)
		html_text(h, (const char *)p->record->bytes.data, p->record->bytes.len);
	else
		html_textz(h, p->leaf);
	html_put(h,
		 "</pre></details>\n"
		 "<button type=\"button\" class=\"check\" "
		 "aria-label=\"Check record #%llu in this browser\">Check in this browser</button>"
		 "<div class=\"result\" role=\"status\"></div></div>\n",
		 (unsigned long long)p->index);
	return ANNOT_OK;
}
