#include <string.h>

#include "../out/out.h"
#include "../report/file.h"
#include "../report/report.h"
#include "../rows.h"

static char *arg_output, *arg_corpus;
static int arg_svg;

static const struct poptOption options[] = {
	{"output", 'o', POPT_ARG_STRING, &arg_output, 0, "File to write; - is standard output",
	 "FILE"},
	{"svg", '\0', POPT_ARG_NONE, &arg_svg, 0,
	 "Draw where one annotation comes from, as SVG, instead", NULL},
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0, "Corpus id that you have from elsewhere",
	 "HASH"},
	POPT_TABLEEND,
};

static void say(struct ctl *ctl, const struct report *r)
{
	struct annot_hex corpus = annot_hash_hex(&r->trust.corpus);
	bool to_stdout = strcmp(arg_output, "-") == 0;
	if (arg_svg)
		return;
	out_note(ctl,
		 "%zu annotations and documents as of record #%llu; tell your readers the corpus "
		 "hash by another way "
		 "than the page: %s",
		 r->n_selected, (unsigned long long)r->gate->checkpoint.size - 1, corpus.text);
	if (ctl->format != FORMAT_TEXT && !to_stdout)
		out_json(ctl,
			 json_pack("{s:s, s:I, s:I, s:s}", "file", arg_output, "annotations",
				   (json_int_t)r->n_selected, "size",
				   (json_int_t)r->gate->checkpoint.size, "corpus", corpus.text));
}

/* The file is opened last: what cannot be gathered leaves no trace. */
static enum annot_status write_report(struct ctl *ctl, struct report *r)
{
	struct report_file file;
	TRY(report_file_open(ctl, arg_output, &file));
	struct html h = {.f = file.f};
	return report_file_close(ctl, &file, arg_svg ? report_graph(r, &h) : report_page(r, &h));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct report report;
	const char *query = arg_svg ? "" : rows_query(ctl, args), *id = NULL;
	if (!arg_output)
		return ctl_usage(ctl, "where to? say -o FILE");
	if (arg_svg && argc != 1)
		return ctl_usage(ctl, "--svg draws one annotation: say its ID");
	if (argc == 1 && (arg_svg || rows_is_id(args[0])))
		id = args[0];
	enum annot_status status = report_gather(ctl, query, id, arg_corpus, &report);
	if (status == ANNOT_OK)
		status = write_report(ctl, &report);
	if (status == ANNOT_OK)
		say(ctl, &report);
	report_free(&report);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_report = {
	"report",
	"[QUERY] -o FILE",
	"Write a page that its readers can check, or draw where a claim comes from",
	options,
	run,
	NEEDS_DAEMON,
	0,
	-1,
};
