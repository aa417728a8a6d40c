/* Which annotations a report is about, and their histories as the daemon lists them. */
#include <stdlib.h>
#include <string.h>

#include "../list.h"
#include "../out/record.h"
#include "../rows.h"
#include "report.h"

enum { CLIMBS_MAX = 4 }; /* from a comment on a verdict on a claim to the claim */

static enum annot_status no_memory(struct ctl *ctl)
{
	return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

static bool has_article(enum annot_kind kind)
{
	return kind == ANNOT_KIND_document || kind == ANNOT_KIND_quote ||
	       kind == ANNOT_KIND_claim || kind == ANNOT_KIND_span;
}

/* --- which annotations --- */

/* An annotation, and the place in the log of the row that it was met by. */
struct met {
	struct annot_hash annotation;
	uint64_t index;
};

struct wanted {
	struct report *report;
	struct annot_buf list; /* of struct met */
	bool selected;
	uint64_t n_rows; /* that were met */
};

static enum annot_status want(struct wanted *w, const struct annot_hash *annotation, uint64_t index)
{
	struct ctl *ctl = w->report->ctl;
	struct met one = {*annotation, index};
	if (LIST_COUNT(struct met, &w->list) == REPORT_ANNOTATIONS_MAX)
		return annot_fail(
			&ctl->err, ANNOT_TOO_LARGE,
			"more than %d annotations and documents for one page; make several, as "
			"with doc:, since: and before:",
			REPORT_ANNOTATIONS_MAX);
	return LIST_ADD(ctl, &w->list, &one);
}

/* What a row stands below on the page: itself, or the annotation that it is about. */
static enum annot_status want_row(struct ctl *ctl, const struct annot_row *row,
				  const struct annot_record *record, void *arg)
{
	struct wanted *w = arg;
	struct row_ids ids;
	struct annot_leaf leaf = {0};
	w->n_rows++;
	enum annot_kind kind = record                    ? record->kind->kind
			       : record_leaf(row, &leaf) ? leaf.kind
							 : ANNOT_KIND_corpus;
	TRY(rows_ids(ctl, row, record, &ids));
	if (has_article(kind))
		return want(w, &ids.annotation, row->index);
	return row->on_version ? want(w, &row->on_annotation, row->index) : ANNOT_OK;
}

static int by_log(const void *a, const void *b)
{
	const struct met *x = a, *y = b;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, ANNOT_HASH_SIZE);
}

/* --- one annotation --- */

struct history {
	struct report *report;
	struct report_item *item;
	struct annot_buf entries;
};

/* Of a document's history the words that others quoted from it are no part here. */
static bool belongs(const struct history *h, const struct report_entry *e)
{
	return annot_hash_equal(&e->annotation, &h->item->annotation) || !has_article(e->kind);
}

static enum annot_status take_entry(struct ctl *ctl, const struct annot_row *row,
				    const struct annot_record *record, void *arg)
{
	struct history *h = arg;
	struct report_entry e = {.row = row};
	struct annot_leaf leaf = {0};
	struct row_ids ids;
	TRY(rows_ids(ctl, row, record, &ids));
	if (record)
		e.kind = record->kind->kind;
	else if (record_leaf(row, &leaf))
		e.kind = leaf.kind;
	e.id = ids.record;
	e.annotation = ids.annotation;
	if (!belongs(h, &e) || strcmp(row->effect, "void") == 0)
		return ANNOT_OK;
	if (++h->report->n_entries > REPORT_RECORDS_MAX)
		return annot_fail(&ctl->err, ANNOT_TOO_LARGE,
				  "more than %d records for one page; make several, as with doc:, "
				  "since: and before:",
				  REPORT_RECORDS_MAX);
	return LIST_ADD(ctl, &h->entries, &e);
}

static const struct report_entry *newest_head(const struct report_item *item)
{
	const struct report_entry *head = NULL;
	for (size_t i = 0; i < item->n_entries; i++) {
		const struct report_entry *e = &item->entries[i];
		bool version = annot_hash_equal(&e->annotation, &item->annotation);
		if (version && (e->row->head || !head || !head->row->head))
			head = e;
	}
	return head;
}

static enum annot_status load(struct report *r, const struct annot_hash *annotation,
			      struct report_item *ret)
{
	struct ctl *ctl = r->ctl;
	struct report_item item = {.annotation = *annotation, .document = REPORT_NONE};
	struct history h = {.report = r, .item = &item, .entries = LIST_INIT};
	struct annot_hex hex = annot_hash_hex(annotation);
	struct rows_request request = {.history_of = hex.text, .keep = true};
	enum annot_status status = rows_each(ctl, &request, take_entry, &h, NULL);
	item.n_entries = LIST_COUNT(struct report_entry, &h.entries);
	if (status == ANNOT_OK && item.n_entries > 0) {
		item.entries = annot_arena_array(ctl->arena, item.n_entries, sizeof *item.entries);
		if (item.entries)
			memcpy(item.entries, h.entries.data, h.entries.len);
		else
			status = no_memory(ctl);
	}
	annot_buf_free(&h.entries);
	TRY(status);
	item.head = newest_head(&item);
	if (item.head)
		item.kind = item.head->kind;
	*ret = item;
	return ANNOT_OK;
}

/* A comment on a verdict stands below what the verdict is on. */
static enum annot_status load_climbing(struct report *r, struct annot_hash annotation,
				       struct report_item *ret)
{
	for (unsigned n = 0; n < CLIMBS_MAX; n++) {
		TRY(load(r, &annotation, ret));
		if (!ret->head || has_article(ret->kind) || !ret->head->row->on_version)
			break;
		r->n_entries -= ret->n_entries;
		annotation = ret->head->row->on_annotation;
	}
	return ANNOT_OK;
}

/* Keeps the list of numbers sorted. */
static enum annot_status add_item(struct report *r, const struct report_item *item)
{
	struct numbered one = {item->annotation, LIST_COUNT(struct report_item, &r->items)};
	size_t at = LIST_COUNT(struct numbered, &r->by_annotation), n = at;
	TRY(LIST_ADD(r->ctl, &r->items, item));
	TRY(LIST_ADD(r->ctl, &r->by_annotation, &one));
	struct numbered *list = LIST_ITEMS(struct numbered, &r->by_annotation);
	while (at > 0 && by_hash(&list[at - 1], &one) > 0)
		at--;
	memmove(list + at + 1, list + at, (n - at) * sizeof *list);
	list[at] = one;
	return ANNOT_OK;
}

static enum annot_status add_items(struct wanted *w)
{
	struct report *r = w->report;
	size_t n = LIST_COUNT(struct met, &w->list);
	struct met *list = LIST_ITEMS(struct met, &w->list);
	if (n > 0)
		qsort(list, n, sizeof *list, by_log);
	for (size_t i = 0; i < n; i++) {
		struct report_item item;
		if (report_item_of(r, &list[i].annotation))
			continue;
		TRY(load_climbing(r, list[i].annotation, &item));
		if (!item.head || !has_article(item.kind) || report_item_of(r, &item.annotation)) {
			r->n_entries -= item.n_entries;
			continue;
		}
		item.selected = w->selected;
		r->n_selected += w->selected;
		TRY(add_item(r, &item));
	}
	return ANNOT_OK;
}

/* A reader of a report wants to see what was taken back, which a query without a state leaves out.
 */
static enum annot_status want_query(struct wanted *w)
{
	struct report *r = w->report;
	struct rows_request request = {.query = r->query};
	if (rows_has_term(r->query, "as-of:"))
		return annot_fail(&r->ctl->err, ANNOT_USAGE,
				  "query: as-of: is not for report, which proves all under today's "
				  "checkpoint");
	TRY(rows_each(r->ctl, &request, want_row, w, &r->size));
	r->n_matched = w->n_rows;
	r->as_of = annot_arena_printf(r->ctl->arena, "%s%sas-of:#%llu", r->query,
				      *r->query ? " " : "", (unsigned long long)r->size);
	if (!r->as_of)
		return no_memory(r->ctl);
	if (rows_has_term(r->query, "state:"))
		return ANNOT_OK;
	request.query = annot_arena_printf(r->ctl->arena, "%s state:retracted", r->query);
	return request.query ? rows_each(r->ctl, &request, want_row, w, NULL) : no_memory(r->ctl);
}

static enum annot_status select_items(struct report *r, const char *id)
{
	struct wanted w = {.report = r, .list = LIST_INIT, .selected = true};
	struct annot_fetched got;
	enum annot_status status;
	if (id)
		status = annot_fetch(r->ctl->annot, id, r->ctl->arena, &got, &r->ctl->err);
	else
		status = want_query(&w);
	if (status == ANNOT_NOT_FOUND && !id) /* an author or document that the query names */
		status = ANNOT_USAGE;
	if (status == ANNOT_OK && id)
		status = want_row(r->ctl, got.row, got.record, &w);
	if (status == ANNOT_OK)
		status = add_items(&w);
	annot_buf_free(&w.list);
	return status;
}

/* The documents that the words of the selection stand in. */
static enum annot_status add_documents(struct report *r)
{
	struct annot_buf hashes = LIST_INIT;
	struct wanted w = {.report = r, .list = LIST_INIT};
	size_t n, kept = 0;
	const struct report_item *items = report_items(r, &n);
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; i < n && status == ANNOT_OK; i++)
		for (size_t t = 0; t < items[i].head->row->n_targets && status == ANNOT_OK; t++)
			status =
				LIST_ADD(r->ctl, &hashes, &items[i].head->row->targets[t].document);
	size_t count = LIST_COUNT(struct annot_hash, &hashes);
	struct annot_hash *list = LIST_ITEMS(struct annot_hash, &hashes);
	if (count > 0)
		qsort(list, count, sizeof *list, by_hash);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || !annot_hash_equal(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	struct rows_request request = {.records = list, .n_records = kept};
	if (status == ANNOT_OK && kept > 0)
		status = rows_each(r->ctl, &request, want_row, &w, NULL);
	if (status == ANNOT_OK)
		status = add_items(&w);
	annot_buf_free(&w.list);
	annot_buf_free(&hashes);
	return status;
}

enum annot_status report_select(struct report *r, const char *id)
{
	TRY(select_items(r, id));
	if (r->n_selected == 0)
		return annot_fail(
			&r->ctl->err, ANNOT_NO,
			"no document, quote, claim or span matches \"%s\"; there is nothing "
			"to report",
			id ? id : r->query);
	return add_documents(r);
}
