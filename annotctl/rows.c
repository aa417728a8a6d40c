#include "rows.h"

#include "out/out.h"
#include "out/record.h"

enum { PAGE_ARENA_MAX = 64 << 20, PAGE_ROWS_MAX = 1000 };

static enum annot_status fetch_page(struct ctl *ctl, const struct rows_request *request,
				    uint64_t from, uint64_t limit,
				    const struct annot_rows_reply **ret)
{
	if (request->history_of) {
		struct annot_history_request history = {
			.id = request->history_of, .from = from, .limit = limit};
		return annot_call_history(ctl->annot, &history, ctl->arena, ret, &ctl->err);
	}
	struct annot_list_request list = {.query = request->query, .from = from, .limit = limit};
	return annot_call_list(ctl->annot, &list, ctl->arena, ret, &ctl->err);
}

static bool as_json(const struct ctl *ctl)
{
	return ctl->format != FORMAT_TEXT && !ctl->quiet;
}

static enum annot_status print_page(struct ctl *ctl, const struct rows_request *request,
				    const struct annot_rows_reply *page, rows_print print,
				    void *arg)
{
	for (size_t i = 0; i < page->n_rows; i++) {
		const struct annot_record *record;
		TRY(record_of_row(ctl, &page->rows[i], &record));
		if (request->documents && (!record || record->kind->kind != ANNOT_KIND_document))
			continue;
		if (as_json(ctl))
			out_list_item(ctl, record_json(ctl, &page->rows[i], record, false));
		else
			print(ctl, &page->rows[i], record, arg);
	}
	return ANNOT_OK;
}

/* Each page lives in an arena of its own; a reader that went away ends it. */
static enum annot_status each_page(struct ctl *ctl, const struct rows_request *request,
				   rows_print print, void *arg)
{
	struct annot_arena *outer = ctl->arena;
	uint64_t from = 0, left = request->limit;
	enum annot_status status;
	do {
		const struct annot_rows_reply *page;
		ctl->arena = annot_arena_new(PAGE_ARENA_MAX);
		status = fetch_page(ctl, request, from, left && left < PAGE_ROWS_MAX ? left : 0,
				    &page);
		if (status == ANNOT_OK)
			status = print_page(ctl, request, page, print, arg);
		from = status == ANNOT_OK ? page->next : 0;
		if (status == ANNOT_OK && left != 0 && (left -= page->n_rows) == 0)
			from = 0;
		annot_arena_free(ctl->arena);
	} while (from != 0 && !ferror(stdout));
	ctl->arena = outer;
	return status;
}

/* A query that the daemon cannot read is a wrong command line. */
static int fail(struct ctl *ctl, enum annot_status status)
{
	return ctl_fail(ctl, status == ANNOT_INVALID ? ANNOT_USAGE : status);
}

int rows_list(struct ctl *ctl, const struct rows_request *request, rows_print print, void *arg)
{
	out_page(ctl);
	if (as_json(ctl))
		out_list_begin(ctl);
	enum annot_status status = each_page(ctl, request, print, arg);
	if (status != ANNOT_OK)
		return fail(ctl, status);
	if (as_json(ctl))
		out_list_end(ctl);
	return 0;
}

int rows_count(struct ctl *ctl, const char *query)
{
	struct annot_list_request request = {.query = query, .count = true};
	uint64_t total = 0;
	do { /* the daemon counts a bounded stretch of the log a call */
		const struct annot_rows_reply *reply;
		enum annot_status status =
			annot_call_list(ctl->annot, &request, ctl->arena, &reply, &ctl->err);
		if (status != ANNOT_OK)
			return fail(ctl, status);
		total += reply->count;
		request.from = reply->next;
	} while (request.from != 0);
	if (ctl->format == FORMAT_TEXT)
		out_text(ctl, "%llu\n", (unsigned long long)total);
	else
		out_json(ctl, json_pack("{s:I}", "count", (json_int_t)total));
	return 0;
}
