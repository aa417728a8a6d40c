#include "found.h"

#include <stdlib.h>
#include <string.h>

#include "../list.h"
#include "../rows.h"

enum { TERMS_MAX = 32, QUERY_MAX = 4096 }; /* as annot-query(7) says */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void found_want(struct found *f, const char *id)
{
	if (f->n_ids < FOUND_IDS_MAX)
		f->ids[f->n_ids++] = id;
}

/* Adds a term; false: it does not fit any more. */
static bool put_term(struct annot_buf *b, const char *id)
{
	size_t before = b->len;
	annot_buf_puts(b, " imported-from:\"");
	for (; *id; id++) {
		if (*id == '"' || *id == '\\')
			annot_buf_putc(b, '\\');
		annot_buf_putc(b, *id);
	}
	annot_buf_putc(b, '"');
	if (!b->failed)
		return true;
	b->failed = false;
	annot_buf_truncate(b, before);
	return false;
}

static enum annot_status first_version(struct ctl *ctl, const struct annot_record *head,
				       const struct annot_record **ret)
{
	char id[ANNOT_HASH_HEX + 2];
	struct annot_fetched fetched;
	*ret = head;
	if (head->first)
		return ANNOT_OK;
	snprintf(id, sizeof id, "=%s", annot_hash_hex(&head->annotation).text);
	TRY(annot_fetch(ctl->annot, id, ctl->arena, &fetched, &ctl->err));
	if (fetched.record)
		*ret = fetched.record;
	return ANNOT_OK;
}

/* What is referred to is looked at before it is signed: its bytes, its hash and its signature. */
static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct found *f = arg;
	struct annot_fetched checked;
	if (!record || strcmp(row->effect, "void") == 0)
		return ANNOT_OK;
	TRY(annot_check_row(ctl->annot, row, ctl->arena, &checked, &ctl->err));
	struct found_record one = {.id = annot_record_text(checked.record, "imported-from"),
				   .index = row->index,
				   .head = checked.record};
	if (!one.id)
		return ANNOT_OK;
	TRY(first_version(ctl, one.head, &one.first));
	return LIST_ADD(ctl, &f->records, &one);
}

static enum annot_status ask(struct ctl *ctl, struct found *f, const char *query)
{
	const struct rows_request request = {.query = query, .keep = true};
	return rows_each(ctl, &request, take, f, NULL);
}

static int by_id(const void *a, const void *b)
{
	const struct found_record *x = a, *y = b;
	int order = strcmp(x->id, y->id);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

enum annot_status found_ask(struct ctl *ctl, struct found *f)
{
	char text[QUERY_MAX + 1];
	size_t n = 0;
	struct annot_buf query = ANNOT_BUF_IN(text);
	f->records = LIST_INIT;
	qsort(f->ids, f->n_ids, sizeof f->ids[0], by_text);
	annot_buf_puts(&query, "state:any");
	for (size_t i = 0; i < f->n_ids; i++) {
		if (i > 0 && strcmp(f->ids[i], f->ids[i - 1]) == 0)
			continue;
		if (n < TERMS_MAX && put_term(&query, f->ids[i])) {
			n++;
			continue;
		}
		if (n > 0)
			TRY(ask(ctl, f, query.data));
		annot_buf_truncate(&query, sizeof "state:any" - 1);
		n = put_term(&query, f->ids[i]); /* one that fits no query is nowhere */
	}
	if (n > 0)
		TRY(ask(ctl, f, query.data));
	if (f->records.len > 0)
		qsort(f->records.data, LIST_COUNT(struct found_record, &f->records),
		      sizeof(struct found_record), by_id);
	return ANNOT_OK;
}

const struct found_record *found_of(const struct found *f, const char *id, size_t *ret_n)
{
	const struct found_record *list = LIST_ITEMS(struct found_record, &f->records);
	size_t low = 0, high = LIST_COUNT(struct found_record, &f->records), end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(list[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < LIST_COUNT(struct found_record, &f->records); end++)
		if (strcmp(list[end].id, id) != 0)
			break;
	*ret_n = end - low;
	return list ? &list[low] : NULL;
}

void found_free(struct found *f)
{
	annot_buf_free(&f->records);
	f->n_ids = 0;
}
