#include "../out/out.h"
#include "../out/record.h"
#include "../rows.h"

static void print(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r,
		  void *arg)
{
	(void)arg;
	const char *title = annot_record_text(r, "title");
	const char *language = annot_record_text(r, "language");
	if (ctl->quiet)
		out_text(ctl, "%s\n", annot_record_text(r, "name"));
	else
		out_text(ctl, "%-28s @%-3llu %8s bytes  %-3s %s%s%s\n",
			 annot_record_text(r, "name"), (unsigned long long)row->version,
			 annot_record_text(r, "length"), language ? language : "",
			 record_short(ctl, &r->annotation, row->version), title ? "  " : "",
			 title ? out_safe_flat(ctl, title) : "");
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct rows_request request = {
		.query = annot_arena_printf(ctl->arena, "kind:document %s", rows_query(ctl, args)),
		.documents = true};
	return rows_list(ctl, &request, print, NULL);
}

const struct command cmd_doc_list = {
	"doc list", "[QUERY]", "List documents", NULL, run, NEEDS_DAEMON | LISTS, 0, -1,
};
