#include <string.h>

#include "../out/columns.h"
#include "../out/record.h"
#include "../rows.h"

enum { NAME_WIDTH = 28, INDENT = 2, TITLE_LEAST = 12 };

/* Behind what takes `taken` columns of the line. On a terminal it is cut to what is left of the
 * line or, where that is too little, to one of its own. */
static void print_title(struct ctl *ctl, size_t taken, const char *title)
{
	size_t left = ctl->width > taken + 2 ? ctl->width - taken - 2 : 0;
	if (!ctl->width) {
		out_text(ctl, "  %s", title);
	} else if (left >= TITLE_LEAST) {
		out_text(ctl, "  %s", out_cut(ctl, title, left));
	} else {
		left = ctl->width > INDENT + TITLE_LEAST ? ctl->width - INDENT : TITLE_LEAST;
		out_text(ctl, "\n%*s%s", INDENT, "", out_cut(ctl, title, left));
	}
}

static void print(struct ctl *ctl, const struct annot_row *row, const struct annot_record *r,
		  void *arg)
{
	(void)arg;
	const char *name = annot_record_text(r, "name"); /* of [a-z0-9._-] only */
	const char *title = annot_record_text(r, "title");
	const char *language = annot_record_text(r, "language");
	if (ctl->quiet) {
		out_text(ctl, "%s\n", name);
		return;
	}
	const char *facts = annot_arena_printf(
		ctl->arena, "@%-3llu %8s bytes  %-3s %s", (unsigned long long)row->version,
		annot_record_text(r, "length"), language ? out_safe(ctl, language) : "",
		record_short(ctl, &r->annotation, row->version));
	size_t len = strlen(name), column = (len > NAME_WIDTH ? len : NAME_WIDTH) + 1;
	size_t wide = strlen(facts ? facts : "");
	/* A name is never cut: with a long one the rest stands below it. */
	if (ctl->width && column + wide > ctl->width) {
		out_text(ctl, "%s\n%*s%s", name, INDENT, "", facts ? facts : "");
		column = INDENT;
	} else {
		out_text(ctl, "%-*s %s", NAME_WIDTH, name, facts ? facts : "");
	}
	if (title)
		print_title(ctl, column + wide, out_safe_flat(ctl, title));
	out_text(ctl, "\n");
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
