#include <string.h>

#include "../out/out.h"
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
	if (arg_svg || (to_stdout && !out_flush()))
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

static enum annot_status write_to(struct report *r, FILE *f)
{
	struct html h = {.f = f};
	if (!f)
		return annot_fail(&r->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	return arg_svg ? report_graph(r, &h) : report_page(r, &h);
}

/* The file is begun last: what cannot be gathered leaves no trace. Of standard output out_finish
 * tells. */
static enum annot_status write_report(struct ctl *ctl, struct report *r)
{
	struct annot_file *file;
	if (strcmp(arg_output, "-") == 0)
		return write_to(r, stdout);
	TRY(annot_file_begin(arg_output, ANNOT_FILE_MODE_NEW, &file, &ctl->err));
	enum annot_status status = write_to(r, annot_file_stream(file));
	return status == ANNOT_OK ? annot_file_finish(file, &ctl->err)
				  : annot_file_abandon(file, status);
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
