#include "../out/out.h"
#include "../out/progress.h"

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct progress progress = {.ctl = ctl, .what = "exported"};
	struct annot_exported done;
	(void)argc;
	progress_begin(&progress);
	enum annot_status status =
		annot_log_export(ctl->annot, args[0], progress_show, &progress, &done, &ctl->err);
	progress_end(&progress);
	CTL_TRY(ctl, status);
	if (done.rewritten)
		out_note(ctl, "records were withheld since; they are gone from the copy");
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl,
			 json_pack("{s:s, s:s, s:I, s:I, s:s, s:b}", "directory", args[0], "origin",
				   done.checkpoint.origin, "size", (json_int_t)done.checkpoint.size,
				   "before", (json_int_t)done.before, "root",
				   annot_hash_hex(&done.checkpoint.root).text, "rewritten",
				   done.rewritten));
	else if (!ctl->quiet)
		out_text(ctl, "%s: %s, %llu record%s, %llu of them new\n", out_safe(ctl, args[0]),
			 done.checkpoint.origin, (unsigned long long)done.checkpoint.size,
			 annot_plural(done.checkpoint.size),
			 (unsigned long long)(done.checkpoint.size - done.before));
	return 0;
}

const struct command cmd_log_export = {
	"log export",
	"DIR",
	"Copy the log into static files (C2SP tlog-tiles), or bring a copy up to date",
	NULL,
	run,
	NEEDS_DAEMON,
	1,
	1,
};
