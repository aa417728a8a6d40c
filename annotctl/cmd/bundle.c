#include <string.h>

#include "../bundle_arg.h"
#include "../out/out.h"

static char *arg_output;
static int arg_excerpt, arg_no_leaves;

static const struct poptOption options[] = {
	{"output", 'o', POPT_ARG_STRING, &arg_output, 0, "File to write; - is standard output",
	 "FILE"},
	{"excerpt", '\0', POPT_ARG_NONE, &arg_excerpt, 0,
	 "Of the texts only what the words and their context stand in", NULL},
	{"no-leaves", '\0', POPT_ARG_NONE, &arg_no_leaves, 0,
	 "Without the log's leaves, for readers who have an export of it", NULL},
	POPT_TABLEEND,
};

static void say(struct ctl *ctl, const struct annot_buf *bundle, bool to_stdout)
{
	const struct annot_hex hex = annot_hash_hex(&annot_hello(ctl->annot)->corpus);
	const char *corpus = hex.text;
	out_note(ctl, "%zu bytes; check them anywhere with: annotctl verify %s --corpus %s%s",
		 bundle->len, to_stdout ? "FILE" : out_safe(ctl, arg_output), corpus,
		 arg_no_leaves ? " --log DIR" : "");
	if (ctl->format != FORMAT_TEXT && !to_stdout)
		out_json(ctl, json_pack("{s:s, s:I, s:s}", "file", arg_output, "bytes",
					(json_int_t)bundle->len, "corpus", corpus));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	if (!arg_output)
		return ctl_usage(ctl, "where to? say -o FILE");
	struct annot_buf bundle = ANNOT_BUF_INIT(BUNDLE_MAX);
	bool to_stdout = strcmp(arg_output, "-") == 0;
	unsigned parts = (arg_excerpt ? ANNOT_COLLECT_EXCERPT : 0U) |
			 (arg_no_leaves ? ANNOT_COLLECT_NO_LEAVES : 0U);
	enum annot_status status =
		annot_bundle_collect_as(ctl->annot, args[0], parts, &bundle, &ctl->err);
	if (status == ANNOT_OK && to_stdout)
		fwrite(bundle.data, 1, bundle.len, stdout);
	else if (status == ANNOT_OK)
		status = annot_file_replace(arg_output, annot_buf_bytes(&bundle), 0644, &ctl->err);
	if (status == ANNOT_OK)
		say(ctl, &bundle, to_stdout);
	annot_buf_free(&bundle);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_bundle = {
	"bundle",
	"ID -o FILE",
	"Write all that verifying a record offline takes into one file",
	options,
	run,
	NEEDS_DAEMON,
	1,
	1,
};
