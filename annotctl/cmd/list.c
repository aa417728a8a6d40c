#include "../out/out.h"
#include "../out/record.h"

static int arg_limit, arg_count;

static const struct poptOption options[] = {
	{"limit", '\0', POPT_ARG_INT, &arg_limit, 0, "At most N", "N"},
	{"count", '\0', POPT_ARG_NONE, &arg_count, 0, "Only how many there are", NULL},
	POPT_TABLEEND,
};

/* The arguments as one query: words that the shell split are joined again. */
static const char *join(struct ctl *ctl, const char **args)
{
	const char *query = "";
	for (; *args; args++)
		query = annot_arena_printf(ctl->arena, "%s%s%s", query, *query ? " " : "", *args);
	return query;
}

static enum annot_status print_row(struct ctl *ctl, const struct annot_row *row)
{
	const struct annot_record *record;
	TRY(record_of_row(ctl, row, &record));
	if (ctl->quiet)
		out_text(ctl, "%s\n", record ? annot_hash_hex(&record->annotation).text : "-");
	else if (ctl->format == FORMAT_TEXT)
		record_line(ctl, row, record);
	else
		out_list_item(ctl, record_json(ctl, row, record, false));
	return ANNOT_OK;
}

/* Page after page, each in an arena of its own, so that memory stays flat however many there are.
 */
static enum annot_status each_page(struct ctl *ctl, struct annot_list_request *request)
{
	uint64_t left = request->limit;
	struct annot_arena *outer = ctl->arena;
	enum annot_status status = ANNOT_OK;
	bool more = true;
	while (more && status == ANNOT_OK && !ferror(stdout)) {
		const struct annot_rows_reply *reply;
		ctl->arena = annot_arena_new(64 << 20);
		request->limit = left && left < 1000 ? left : 0;
		status = annot_call_list(ctl->annot, request, ctl->arena, &reply, &ctl->err);
		for (size_t i = 0; status == ANNOT_OK && i < reply->n_rows; i++)
			status = print_row(ctl, &reply->rows[i]);
		if (status == ANNOT_OK) {
			more = reply->next != 0 && (left == 0 || left > reply->n_rows);
			left = left ? left - reply->n_rows : 0;
			request->from = reply->next;
		}
		annot_arena_free(ctl->arena);
	}
	ctl->arena = outer;
	return status;
}

/* A query that the daemon cannot read is a wrong command line. */
static int fail(struct ctl *ctl, enum annot_status status)
{
	return ctl_fail(ctl, status == ANNOT_INVALID ? ANNOT_USAGE : status);
}

/* The daemon counts a bounded stretch of the log a call. */
static int count(struct ctl *ctl, struct annot_list_request *request)
{
	uint64_t total = 0;
	request->count = true;
	do {
		const struct annot_rows_reply *reply;
		enum annot_status status =
			annot_call_list(ctl->annot, request, ctl->arena, &reply, &ctl->err);
		if (status != ANNOT_OK)
			return fail(ctl, status);
		total += reply->count;
		request->from = reply->next;
	} while (request->from != 0);
	if (ctl->format == FORMAT_TEXT)
		out_text(ctl, "%llu\n", (unsigned long long)total);
	else
		out_json(ctl, json_pack("{s:I}", "count", (json_int_t)total));
	return 0;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	if (arg_limit < 0)
		return ctl_usage(ctl, "--limit %d: expected 1 or more", arg_limit);
	struct annot_list_request request = {.query = join(ctl, args),
					     .limit = (uint64_t)arg_limit};
	if (arg_count)
		return count(ctl, &request);
	out_page(ctl);
	bool json = ctl->format != FORMAT_TEXT && !ctl->quiet;
	if (json)
		out_list_begin(ctl);
	enum annot_status status = each_page(ctl, &request);
	if (json && status == ANNOT_OK)
		out_list_end(ctl);
	return status == ANNOT_OK ? 0 : fail(ctl, status);
}

const struct command cmd_list = {
	"list",  "[QUERY]", "List annotations that match, in log order",
	options, run,       NEEDS_DAEMON | LISTS,
	0,       -1,
};
