#include "../out/out.h"
#include "../out/record.h"
#include "../rows.h"

/* Versions stand at the margin, what was said on them is indented. */
static void print(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r,
		  void *arg)
{
	const struct annot_hash *annotation = arg;
	bool version = r && annot_hash_equal(&r->annotation, annotation);
	if (ctl->quiet) {
		out_text(ctl, "%s\n", r ? annot_hash_hex(&r->id).text : "-");
		return;
	}
	out_text(ctl, "%s#%-5llu %s  ", version ? "" : "    ", (unsigned long long)row->index,
		 r ? r->time : "");
	record_line(ctl, row, r);
	for (size_t i = 0; version && i < r->n_parents; i++)
		out_text(ctl, "       %s %.8s\n", i ? "and    " : "replaces",
			 annot_hash_hex(&r->parents[i]).text);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct annot_fetched f;
	struct annot_hash annotation = {{0}};
	struct rows_request request = {.history_of = args[0]};
	CTL_TRY(ctl, annot_fetch(ctl->annot, args[0], ctl->arena, &f, &ctl->err));
	if (f.record)
		annotation = f.record->annotation;
	return rows_list(ctl, &request, print, &annotation);
}

const struct command cmd_history = {
	"history", "ID", "All versions of an annotation and what was said on them",
	NULL,      run,  NEEDS_DAEMON | LISTS,
	1,         1,
};
