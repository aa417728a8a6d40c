#include "../write.h"

static char *arg_because;

static const struct poptOption options[] = {
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why", "TEXT"},
	POPT_TABLEEND,
};

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	TRY(write_word(ctl, draft, ANNOT_KIND_review, "decision", args[1]));
	return write_on(ctl, draft, args[0], "reason", arg_because);
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
