#include "../out/out.h"
#include "../out/record.h"
#include "../rows.h"

static void print(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r,
		  void *arg)
{
	(void)arg;
	if (ctl->quiet)
		out_text(ctl, "%s\n", annot_hash_hex(&r->id).text);
	else
		out_text(ctl, "%s@%llu  #%-5llu %s  %-12s %8s bytes  %.16s…\n",
			 annot_record_text(r, "name"), (unsigned long long)row->version,
			 (unsigned long long)row->index, r->time, out_safe(ctl, row->author_name),
			 annot_record_text(r, "length"), annot_record_text(r, "sha256"));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct rows_request request = {.history_of = args[0], .documents = true};
	return rows_list(ctl, &request, print, NULL);
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
