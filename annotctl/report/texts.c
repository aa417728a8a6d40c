/* Which versions of documents a page shows, and where words stand in them. */
#include <stdlib.h>
#include <string.h>

#include "../list.h"
#include "report.h"

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

/* A mark with the version that it is in, to be sorted. */
struct placed {
	struct annot_hash version;
	struct report_mark mark;
};

static enum annot_status place_item(struct report *r, size_t number, const struct report_item *item,
				    struct annot_buf *ret)
{
	const struct annot_row *row = item->head->row;
	const struct annot_record *record = item->head->proved ? item->head->proved->record : NULL;
	struct annot_target target;
	for (size_t i = 0; record && annot_record_target(record, i, &target); i++) {
		struct placed p = {.version = target.document,
				   .mark = {target.start, target.end, number, i, NULL}};
		TRY(LIST_ADD(r->ctl, ret, &p));
	}
	for (size_t i = 0; record && i < row->n_anchors; i++) {
		const struct annot_anchor_view *a = &row->anchors[i];
		if (a->end == 0 || a->target >= row->n_targets || !row->targets[a->target].anchor)
			continue;
		struct placed p = {.version = a->document,
				   .mark = {a->start, a->end, number, a->target,
					    row->targets[a->target].anchor}};
		TRY(LIST_ADD(r->ctl, ret, &p));
	}
	return ANNOT_OK;
}

/* By version, then by place; of two that begin together the longer first, so that they nest. */
static int by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int version = memcmp(&x->version, &y->version, sizeof x->version);
	if (version != 0)
		return version;
	if (x->mark.start != y->mark.start)
		return x->mark.start < y->mark.start ? -1 : 1;
	if (x->mark.end != y->mark.end)
		return x->mark.end > y->mark.end ? -1 : 1;
	return x->mark.item < y->mark.item ? -1 : x->mark.item > y->mark.item;
}

static enum annot_status place_all(struct report *r, struct annot_buf *ret)
{
	size_t n;
	const struct report_item *items = report_items(r, &n);
	for (size_t i = 0; i < n; i++)
		if (items[i].kind != ANNOT_KIND_document)
			TRY(place_item(r, i, &items[i], ret));
	if (ret->len > 0)
		qsort(ret->data, LIST_COUNT(struct placed, ret), sizeof(struct placed), by_place);
	return ANNOT_OK;
}

/* Those in one version; *ret_n of them. */
static const struct placed *find_placed(const struct annot_buf *all,
					const struct annot_hash *version, size_t *ret_n)
{
	const struct placed *list = LIST_ITEMS(struct placed, all);
	size_t low = 0, high = LIST_COUNT(struct placed, all), n = high;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (memcmp(&list[mid].version, version, sizeof *version) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (*ret_n = 0; low + *ret_n < n; ++*ret_n)
		if (!annot_hash_equal(&list[low + *ret_n].version, version))
			break;
	return list + low;
}

struct annot_bytes report_source(const struct report *r, const struct annot_record *document)
{
	const struct annot_card *card = annot_record_card(document, "sha256");
	for (size_t i = 0; i < r->parsed->n_sources; i++)
		if (annot_hash_equal(&r->parsed->sources[i].sha256, &card->hash))
			return r->parsed->sources[i].text;
	return annot_bytes(NULL, 0);
}

/* Fills text or missing. */
static void read_text(struct report *r, size_t *total, struct report_text *t)
{
	const struct annot_record *record = t->version->proved ? t->version->proved->record : NULL;
	struct annot_bytes text = {0};
	if (record)
		text = report_source(r, record);
	if (!record)
		t->missing = "WITHHELD: its bytes were taken away";
	else if (!text.data)
		t->missing = "not there: withheld, or not uploaded yet";
	else if (text.len > REPORT_TEXT_MAX || *total + text.len > REPORT_TEXTS_MAX)
		t->missing = "too long for this page; the words that were quoted stand below";
	else if (memchr(text.data, '\0', text.len))
		t->missing = "not a text that a page can show: it holds U+0000";
	if (t->missing)
		return;
	t->text = text;
	*total += text.len;
}

/* Words that lie outside of the text (anchors are the daemon's word) are left out. */
static enum annot_status take_marks(struct report *r, const struct placed *list, size_t n,
				    struct report_text *t)
{
	const char *text = (const char *)t->text.data;
	size_t len = t->text.len;
	t->marks = annot_arena_array(r->ctl->arena, n + 1, sizeof *t->marks);
	if (!t->marks)
		return no_memory(r->ctl);
	for (size_t i = 0; text && i < n; i++) {
		const struct report_mark *m = &list[i].mark;
		if (m->start < m->end && m->end <= len &&
		    annot_utf8_boundary(text, len, m->start) &&
		    annot_utf8_boundary(text, len, m->end))
			t->marks[t->n_marks++] = *m;
	}
	return ANNOT_OK;
}

/* The newest version of a document, and every other that words on the page were signed on. */
static enum annot_status show_document(struct report *r, size_t number,
				       const struct report_item *item,
				       const struct annot_buf *placed, size_t *total)
{
	for (size_t i = 0; i < item->n_entries; i++) {
		const struct report_entry *e = &item->entries[i];
		struct report_text t = {.item = number, .version = e};
		size_t n;
		if (!annot_hash_equal(&e->annotation, &item->annotation))
			continue;
		const struct placed *list = find_placed(placed, &e->id, &n);
		if (n == 0 && e != item->head)
			continue;
		read_text(r, total, &t);
		TRY(take_marks(r, list, n, &t));
		TRY(LIST_ADD(r->ctl, &r->texts, &t));
	}
	return ANNOT_OK;
}

/* The document that a record is a version of. */
static int64_t document_of(const struct report *r, const struct annot_hash *version)
{
	const struct report_record *p = report_record_of(r, version);
	struct annot_leaf leaf;
	const struct report_item *item = NULL;
	if (p && p->record)
		item = report_item_of(r, &p->record->annotation);
	else if (p && annot_leaf_parse(annot_bytes_of(p->leaf), &leaf, NULL) == ANNOT_OK)
		item = report_item_of(r, &leaf.annotation);
	return item ? item - LIST_ITEMS(struct report_item, &r->items) : REPORT_NONE;
}

/* Claims first, then each document with the quotes and spans whose first words stand in it. */
static void number_items(struct report *r)
{
	size_t n, next = 1;
	struct report_item *items = report_items(r, &n);
	for (size_t i = 0; i < n; i++)
		if (items[i].kind == ANNOT_KIND_claim)
			items[i].number = next++;
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != ANNOT_KIND_document)
			continue;
		items[i].number = next++;
		for (size_t k = 0; k < n; k++)
			if (items[k].document == (int64_t)i && items[k].number == 0)
				items[k].number = next++;
	}
	for (size_t i = 0; i < n; i++)
		if (items[i].number == 0)
			items[i].number = next++;
}

enum annot_status report_place(struct report *r)
{
	struct annot_buf placed = LIST_INIT;
	size_t n, total = 0;
	struct report_item *items = report_items(r, &n);
	enum annot_status status = place_all(r, &placed);
	for (size_t i = 0; i < n; i++)
		if (items[i].kind != ANNOT_KIND_document && items[i].head->row->n_targets > 0)
			items[i].document =
				document_of(r, &items[i].head->row->targets[0].document);
	for (size_t i = 0; i < n && status == ANNOT_OK; i++)
		if (items[i].kind == ANNOT_KIND_document)
			status = show_document(r, i, &items[i], &placed, &total);
	annot_buf_free(&placed);
	number_items(r);
	return status;
}
