#include "../out/out.h"
#include "../out/record.h"

static enum annot_status print(struct ctl *ctl, const struct annot_row *row)
{
	const struct annot_record *r;
	TRY(record_of_row(ctl, row, &r));
	if (!r)
		return ANNOT_OK;
	const char *title = annot_record_text(r, "title"),
		   *language = annot_record_text(r, "language");
	if (ctl->quiet)
		out_text(ctl, "%s\n", annot_record_text(r, "name"));
	else if (ctl->format == FORMAT_TEXT)
		out_text(ctl, "%-28s @%-3llu %8s bytes  %-3s %s  %s\n",
			 annot_record_text(r, "name"), (unsigned long long)row->version,
			 annot_record_text(r, "length"), language ? language : "",
			 record_short(ctl, &r->annotation, row->version), out_safe(ctl, title));
	else
		out_list_item(ctl, record_json(ctl, row, r, false));
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct annot_list_request request = {
		.query =
			annot_arena_printf(ctl->arena, "kind:document %s", args[0] ? args[0] : "")};
	bool json = ctl->format != FORMAT_TEXT && !ctl->quiet;
	enum annot_status status = ANNOT_OK;
	out_page(ctl);
	if (json)
		out_list_begin(ctl);
	do {
		const struct annot_rows_reply *reply;
		status = annot_call_list(ctl->annot, &request, ctl->arena, &reply, &ctl->err);
		for (size_t i = 0; status == ANNOT_OK && i < reply->n_rows; i++)
			status = print(ctl, &reply->rows[i]);
		request.from = status == ANNOT_OK ? reply->next : 0;
	} while (request.from != 0);
	if (json && status == ANNOT_OK)
		out_list_end(ctl);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_doc_list = {
	"doc list", "[QUERY]", "List documents", NULL, run, NEEDS_DAEMON | LISTS, 0, 1,
};
