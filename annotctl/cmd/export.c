#include <string.h>

#include "../formats/export.h"
#include "../formats/format_arg.h"
#include "../out/out.h"
#include "../rows.h"

static char *arg_output, *arg_publisher, *arg_publisher_url;
static struct format_options arg_format;
static int arg_withheld;

static const struct poptOption options[] = {
	FORMAT_OPTIONS(arg_format, "Export nothing if anything does not survive",
		       "Ids of records begin with that IRI"),
	{"output", 'o', POPT_ARG_STRING, &arg_output, 0,
	 "File or folder to write; - is standard output", "FILE"},
	{"publisher", '\0', POPT_ARG_STRING, &arg_publisher, 0, "Who publishes the export", "NAME"},
	{"publisher-url", '\0', POPT_ARG_STRING, &arg_publisher_url, 0, "Where they publish",
	 "URL"},
	{"withheld", '\0', POPT_ARG_NONE, &arg_withheld, 0,
	 "ndjson: also the hashes of withheld texts, by which guesses can be confirmed", NULL},
	POPT_TABLEEND,
};

/* As for gate: what looks like an id is one. */
static bool all_ids(const char **args)
{
	bool ret = args && *args;
	for (; ret && *args; args++)
		ret = rows_is_id(*args);
	return ret;
}

static enum annot_status export(struct export_task *task) {
	bool folder = task->format->flags & ANNOT_FORMAT_FOLDER;
	TRY(sink_open(task->ctl, arg_output, folder, arg_format.strict, &task->sink));
	TRY(task->format->flags & ANNOT_FORMAT_LOG ? export_log(task) : export_items(task));
	return sink_finish(task->sink);
}

static void say(struct ctl *ctl, const struct export_task *task)
{
	const struct losses *l = task->losses;
	uint64_t exported = task->n - l->left_out, fields = l->n - l->left_out;
	bool to_stdout = !arg_output || strcmp(arg_output, "-") == 0;
	char passed[64] = "";
	if (task->n_passed_over > 0)
		snprintf(passed, sizeof passed, "; %llu of kinds that %s has not were passed over",
			 (unsigned long long)task->n_passed_over, task->format->name);
	out_note(ctl, "%llu exported; %llu field%s did not survive, %llu annotation%s left out%s%s",
		 (unsigned long long)exported, (unsigned long long)fields, annot_plural(fields),
		 (unsigned long long)l->left_out, annot_plural(l->left_out),
		 l->n > 0 && !l->path ? "; --report-loss FILE says which" : "", passed);
	if (ctl->format != FORMAT_TEXT && !to_stdout)
		out_json(ctl, json_pack("{s:s, s:I, s:I, s:I, s:I}", "file", arg_output, "exported",
					(json_int_t)exported, "losses", (json_int_t)l->n,
					"left_out", (json_int_t)l->left_out, "passed_over",
					(json_int_t)task->n_passed_over));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct losses losses;
	(void)argc;
	const struct annot_format *format;
	CTL_TRY(ctl, format_begin(ctl, &arg_format, &format, &losses));
	struct export_task task = {.ctl = ctl,
				   .format = format,
				   .query = rows_query(ctl, args),
				   .ids = all_ids(args) ? args : NULL,
				   .base = arg_format.base,
				   .publisher = arg_publisher,
				   .publisher_url = arg_publisher_url,
				   .withheld = arg_withheld,
				   .losses = &losses};
	enum annot_status status = export(&task);
	sink_free(task.sink);
	CTL_TRY(ctl, format_end(&losses, status));
	say(ctl, &task);
	return 0;
}

const struct command cmd_export = {
	"export",
	"[ID…|QUERY] --as FORMAT [-o FILE]",
	"Write annotations in a format of other programs, or all of the log",
	options,
	run,
	NEEDS_DAEMON,
	0,
	-1,
};
