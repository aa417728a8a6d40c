#include <string.h>

#include "../bundle_arg.h"
#include "../out/out.h"

static char *arg_output;

static const struct poptOption options[] = {
	{"output", 'o', POPT_ARG_STRING, &arg_output, 0, "File to write; - is standard output",
	 "FILE"},
	POPT_TABLEEND,
};

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	if (!arg_output)
		return ctl_usage(ctl, "where to? say -o FILE");
	struct annot_buf bundle = ANNOT_BUF_INIT(BUNDLE_MAX);
	enum annot_status status = annot_bundle_collect(ctl->annot, args[0], &bundle, &ctl->err);
	if (status == ANNOT_OK && strcmp(arg_output, "-") == 0)
		fwrite(bundle.data, 1, bundle.len, stdout);
	else if (status == ANNOT_OK)
		status = annot_file_replace(arg_output, annot_buf_bytes(&bundle), 0644, &ctl->err);
	if (status == ANNOT_OK)
		out_note(ctl, "%zu bytes; check them anywhere with: annotctl verify %s --corpus %s",
			 bundle.len,
			 strcmp(arg_output, "-") == 0 ? "FILE" : out_safe(ctl, arg_output),
			 annot_hash_hex(&annot_hello(ctl->annot)->corpus).text);
	if (status == ANNOT_OK && ctl->format != FORMAT_TEXT && strcmp(arg_output, "-") != 0)
		out_json(ctl, json_pack("{s:s, s:I, s:s}", "file", arg_output, "bytes",
					(json_int_t)bundle.len, "corpus",
					annot_hash_hex(&annot_hello(ctl->annot)->corpus).text));
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
