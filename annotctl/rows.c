#include "rows.h"

#include <string.h>

#include "out/out.h"
#include "out/record.h"

enum {
	PAGE_ARENA_MAX = 64 << 20,
	PAGE_ROWS_MAX = 1000,
	PAGE_IDS_MAX = 256 /* as in get_request */
};

const char *rows_query(struct ctl *ctl, const char **args)
{
	const char *query = "";
	for (; *args; args++)
		query = annot_arena_printf(ctl->arena, "%s%s%s", query, *query ? " " : "", *args);
	return query;
}

bool rows_is_id(const char *arg)
{
	return *arg && strspn(arg, "abcdefghijklmnopqrstuvwxyz0123456789._-@=") == strlen(arg);
}

bool rows_has_term(const char *query, const char *key)
{
	bool in_quotes = false, start = true;
	for (const char *at = query; *at; at++) {
		if (!in_quotes && start && strncmp(at, key, strlen(key)) == 0)
			return true;
		if (in_quotes && at[0] == '\\' && at[1])
			at++;
		else if (*at == '"')
			in_quotes = !in_quotes;
		start = strchr(" \t\r\n", *at) != NULL;
	}
	return false;
}

enum annot_status rows_ids(struct ctl *ctl, const struct annot_row *row,
			   const struct annot_record *record, struct row_ids *ret)
{
	struct annot_leaf leaf;
	if (record) {
		*ret = (struct row_ids){record->id, record->annotation};
		return ANNOT_OK;
	}
	TRY(annot_leaf_parse(annot_bytes_of(row->leaf ? row->leaf : ""), &leaf, &ctl->err));
	*ret = (struct row_ids){leaf.record, leaf.annotation};
	return ANNOT_OK;
}

/* The daemon sends as many of the records as fit a reply. */
static enum annot_status get_page(struct ctl *ctl, const struct rows_request *request,
				  uint64_t from, const struct annot_rows_reply **ret,
				  uint64_t *ret_next)
{
	const char *ids[PAGE_IDS_MAX];
	size_t n = 0;
	for (; n < PAGE_IDS_MAX && from + n < request->n_records; n++) {
		ids[n] = annot_arena_printf(ctl->arena, "=%s",
					    annot_hash_hex(&request->records[from + n]).text);
		if (!ids[n])
			return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	}
	struct annot_get_request get = {.ids = ids, .n_ids = n};
	TRY(annot_call_get(ctl->annot, &get, ctl->arena, ret, &ctl->err));
	if ((*ret)->n_rows == 0 || (*ret)->n_rows > n)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL,
				  "the daemon was asked for %zu record%s and sent %zu", n,
				  annot_plural(n), (*ret)->n_rows);
	*ret_next = from + (*ret)->n_rows;
	if (*ret_next == request->n_records)
		*ret_next = 0;
	return ANNOT_OK;
}

static enum annot_status fetch_page(struct ctl *ctl, const struct rows_request *request,
				    uint64_t from, uint64_t limit,
				    const struct annot_rows_reply **ret, uint64_t *ret_next)
{
	if (request->records)
		return get_page(ctl, request, from, ret, ret_next);
	if (request->history_of) {
		struct annot_history_request history = {
			.id = request->history_of, .from = from, .limit = limit};
		TRY(annot_call_history(ctl->annot, &history, ctl->arena, ret, &ctl->err));
	} else {
		struct annot_list_request list = {
			.query = request->query, .from = from, .limit = limit};
		ctl->query = request->query;
		TRY(annot_call_list(ctl->annot, &list, ctl->arena, ret, &ctl->err));
	}
	*ret_next = (*ret)->next;
	return ANNOT_OK;
}

static enum annot_status check_asked(struct ctl *ctl, const struct annot_hash *asked,
				     const struct annot_row *row, const struct annot_record *record)
{
	struct row_ids ids;
	TRY(rows_ids(ctl, row, record, &ids));
	if (annot_hash_equal(&ids.record, asked))
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_PROTOCOL,
			  "the daemon was asked for record %s and sent another",
			  annot_hash_hex(asked).text);
}

static enum annot_status take_page(struct ctl *ctl, const struct rows_request *request,
				   uint64_t from, const struct annot_rows_reply *page,
				   rows_take take, void *arg)
{
	for (size_t i = 0; i < page->n_rows; i++)
		record_widen(ctl, &page->rows[i]);
	for (size_t i = 0; i < page->n_rows; i++) {
		const struct annot_record *record;
		TRY(record_of_row(ctl, &page->rows[i], &record));
		if (request->records)
			TRY(check_asked(ctl, &request->records[from + i], &page->rows[i], record));
		if (request->documents && (!record || record->kind->kind != ANNOT_KIND_document))
			continue;
		TRY(take(ctl, &page->rows[i], record, arg));
	}
	return ANNOT_OK;
}

enum annot_status rows_query_status(enum annot_status status)
{
	return status == ANNOT_INVALID || status == ANNOT_NOT_FOUND ? ANNOT_USAGE : status;
}

/* Each page lives in an arena of its own; a reader that went away ends it. */
enum annot_status rows_each(struct ctl *ctl, const struct rows_request *request, rows_take take,
			    void *arg, uint64_t *ret_size)
{
	struct annot_arena *outer = ctl->arena;
	uint64_t from = 0, left = request->limit, size = 0;
	enum annot_status status;
	if (request->records && request->n_records == 0)
		return ANNOT_OK;
	do {
		const struct annot_rows_reply *page;
		uint64_t next = 0;
		if (!request->keep)
			ctl->arena = annot_arena_new(PAGE_ARENA_MAX);
		status = fetch_page(ctl, request, from, left && left < PAGE_ROWS_MAX ? left : 0,
				    &page, &next);
		if (request->query)
			status = rows_query_status(status);
		if (status == ANNOT_OK && from == 0)
			size = page->size;
		if (status == ANNOT_OK)
			status = take_page(ctl, request, from, page, take, arg);
		from = status == ANNOT_OK ? next : 0;
		if (status == ANNOT_OK && left != 0) {
			if (page->n_rows >= left)
				from = 0;
			left -= page->n_rows;
		}
		if (!request->keep)
			annot_arena_free(ctl->arena);
	} while (from != 0 && !ferror(stdout));
	ctl->arena = outer;
	if (status == ANNOT_OK && ret_size)
		*ret_size = size;
	return status;
}

struct printing {
	rows_print print;
	void *arg;
};

static bool as_json(const struct ctl *ctl)
{
	return ctl->format != FORMAT_TEXT && !ctl->quiet;
}

static enum annot_status print_row(struct ctl *ctl, const struct annot_row *row,
				   const struct annot_record *record, void *arg)
{
	const struct printing *p = arg;
	if (as_json(ctl))
		out_list_item(ctl, record_json(ctl, row, record, false));
	else
		p->print(ctl, row, record, p->arg);
	return ANNOT_OK;
}

int rows_list(struct ctl *ctl, const struct rows_request *request, rows_print print, void *arg)
{
	struct printing p = {.print = print, .arg = arg};
	out_page(ctl);
	if (as_json(ctl))
		out_list_begin(ctl);
	CTL_TRY(ctl, rows_each(ctl, request, print_row, &p, NULL));
	if (as_json(ctl))
		out_list_end(ctl);
	return 0;
}

void rows_print_line(struct ctl *ctl, const struct annot_row *row,
		     const struct annot_record *record, void *arg)
{
	struct row_ids ids;
	(void)arg;
	if (ctl->quiet)
		out_text(ctl, "%s\n",
			 rows_ids(ctl, row, record, &ids) == ANNOT_OK
				 ? annot_hash_hex(&ids.annotation).text
				 : "-");
	else
		record_line(ctl, row, record);
}

int rows_count(struct ctl *ctl, const char *query)
{
	struct annot_list_request request = {.query = query, .count = true};
	ctl->query = query;
	uint64_t total = 0;
	do { /* the daemon counts a bounded stretch of the log a call */
		const struct annot_rows_reply *reply;
		enum annot_status status =
			annot_call_list(ctl->annot, &request, ctl->arena, &reply, &ctl->err);
		CTL_TRY(ctl, rows_query_status(status));
		total += reply->count;
		request.from = reply->next;
	} while (request.from != 0);
	if (ctl->format == FORMAT_TEXT)
		out_text(ctl, "%llu\n", (unsigned long long)total);
	else
		out_json(ctl, json_pack("{s:I}", "count", (json_int_t)total));
	return 0;
}
