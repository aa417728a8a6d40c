#include <string.h>

#include "../key.h"
#include "../out/out.h"
#include "../out/record.h"

static void line(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r,
		 const struct annot_hash *annotation)
{
	bool version = r && annot_hash_equal(&r->annotation, annotation);
	out_text(ctl, "%s#%-5llu %s  ", version ? "" : "    ", (unsigned long long)row->index,
		 r ? r->time : "");
	record_line(ctl, row, r);
	if (!r || !version)
		return;
	for (size_t i = 0; i < r->n_parents; i++)
		out_text(ctl, "       %s %.8s\n", i ? "and    " : "replaces",
			 annot_hash_hex(&r->parents[i]).text);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct annot_fetched f;
	struct annot_history_request request = {.id = args[0]};
	CTL_TRY(ctl, annot_fetch(ctl->annot, args[0], ctl->arena, &f, &ctl->err));
	struct annot_hash annotation = {{0}};
	if (f.record)
		annotation = f.record->annotation;
	bool json = ctl->format != FORMAT_TEXT;
	out_page(ctl);
	if (json)
		out_list_begin(ctl);
	do {
		const struct annot_rows_reply *reply;
		CTL_TRY(ctl,
			annot_call_history(ctl->annot, &request, ctl->arena, &reply, &ctl->err));
		for (size_t i = 0; i < reply->n_rows; i++) {
			const struct annot_record *record;
			CTL_TRY(ctl, record_of_row(ctl, &reply->rows[i], &record));
			if (json)
				out_list_item(ctl,
					      record_json(ctl, &reply->rows[i], record, false));
			else
				line(ctl, &reply->rows[i], record, &annotation);
		}
		request.from = reply->next;
	} while (request.from != 0);
	if (json)
		out_list_end(ctl);
	return 0;
}

const struct command cmd_history = {
	"history", "ID", "All versions of an annotation and what was said on them",
	NULL,      run,  NEEDS_DAEMON | LISTS,
	1,         1,
};
