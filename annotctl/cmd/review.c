#include "../write.h"

static char *arg_because;

static const struct poptOption options[] = {
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why", "TEXT"},
	POPT_TABLEEND,
};

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	struct annot_fetched on;
	const char *because = NULL;
	TRY(write_see(ctl, args[0], true, &on));
	TRY(annot_draft_add_hash(draft, "on", &on.record->id, &ctl->err));
	TRY(write_card(ctl, draft, "decision", args[1]));
	if (arg_because)
		TRY(ctl_text(ctl, arg_because, "--because", &because));
	return write_card(ctl, draft, "reason", because);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_review, fill, args);
}

const struct command cmd_review = {
	"review",
	"ID@N approve|reject|request-changes",
	"Sign a decision on one exact version",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	2,
	2,
};
