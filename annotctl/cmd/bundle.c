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

static void say(struct ctl *ctl, uint64_t bytes, bool to_stdout)
{
	const struct annot_hex hex = annot_hash_hex(&annot_hello(ctl->annot)->corpus);
	const char *corpus = hex.text;
	if (to_stdout && !out_flush())
		return;
	out_note(ctl, "%llu bytes; check them anywhere with: annotctl verify %s --corpus %s%s",
		 (unsigned long long)bytes, to_stdout ? "FILE" : out_safe(ctl, arg_output), corpus,
		 arg_no_leaves ? " --log DIR" : "");
	if (ctl->format != FORMAT_TEXT && !to_stdout)
		out_json(ctl, json_pack("{s:s, s:I, s:s}", "file", arg_output, "bytes",
					(json_int_t)bytes, "corpus", corpus));
}

/* A bundle on its way to where it goes. */
struct writing {
	struct ctl *ctl;
	const char *id;
	struct annot_sink to;
	uint64_t bytes;
};

static enum annot_status count(void *arg, struct annot_bytes piece, struct annot_error *err)
{
	struct writing *w = arg;
	w->bytes += piece.len;
	return w->to.put(w->to.arg, piece, err);
}

static enum annot_status write_bundle(void *arg, struct annot_sink to, struct annot_error *err)
{
	struct writing *w = arg;
	unsigned parts = (arg_excerpt ? ANNOT_COLLECT_EXCERPT : 0U) |
			 (arg_no_leaves ? ANNOT_COLLECT_NO_LEAVES : 0U);
	w->to = to;
	return annot_bundle_collect_as(w->ctl->annot, w->id, parts, (struct annot_sink){count, w},
				       err);
}

static enum annot_status print(void *arg, struct annot_bytes piece, struct annot_error *err)
{
	(void)err; /* a closed pipe ends the program, a full disk is noticed at its end */
	out_raw(arg, piece.data, piece.len);
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct writing w = {.ctl = ctl, .id = args[0]};
	(void)argc;
	if (!arg_output)
		return ctl_usage(ctl, "where to? say -o FILE");
	bool to_stdout = strcmp(arg_output, "-") == 0;
	CTL_TRY(ctl, to_stdout ? write_bundle(&w, (struct annot_sink){print, ctl}, &ctl->err)
			       : annot_file_replace_by(arg_output, ANNOT_FILE_MODE_NEW,
						       write_bundle, &w, &ctl->err));
	say(ctl, w.bytes, to_stdout);
	return 0;
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
