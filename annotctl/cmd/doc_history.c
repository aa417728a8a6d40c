#include "../out/out.h"
#include "../out/record.h"

static enum annot_status print(struct ctl *ctl, const struct annot_row *row)
{
	const struct annot_record *r;
	TRY(record_of_row(ctl, row, &r));
	if (!r || r->kind->kind != ANNOT_KIND_document)
		return ANNOT_OK;
	if (ctl->format != FORMAT_TEXT)
		out_list_item(ctl, record_json(ctl, row, r, false));
	else
		out_text(ctl, "%s@%llu  #%-5llu %s  %-12s %8s bytes  %.16s…\n",
			 annot_record_text(r, "name"), (unsigned long long)row->version,
			 (unsigned long long)row->index, r->time, out_safe(ctl, row->author_name),
			 annot_record_text(r, "length"), annot_record_text(r, "sha256"));
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_history_request request = {.id = args[0]};
	enum annot_status status;
	(void)argc;
	if (ctl->format != FORMAT_TEXT)
		out_list_begin(ctl);
	do {
		const struct annot_rows_reply *reply;
		status = annot_call_history(ctl->annot, &request, ctl->arena, &reply, &ctl->err);
		for (size_t i = 0; status == ANNOT_OK && i < reply->n_rows; i++)
			status = print(ctl, &reply->rows[i]);
		request.from = status == ANNOT_OK ? reply->next : 0;
	} while (request.from != 0);
	if (ctl->format != FORMAT_TEXT && status == ANNOT_OK)
		out_list_end(ctl);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_doc_history = {
	"doc history",
	"DOC",
	"List the versions of a document",
	NULL,
	run,
	NEEDS_DAEMON | LISTS,
	1,
	1,
};
