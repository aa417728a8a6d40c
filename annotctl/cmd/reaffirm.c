#include "../write.h"

static char *arg_because;

static const struct poptOption options[] = {
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why (needed)", "TEXT"},
	POPT_TABLEEND,
};

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	const char *because;
	TRY(ctl_text(ctl, arg_because, "--because", &because));
	return write_on(ctl, draft, args[0], "reason", because);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_reaffirm, fill, args);
}

const struct command cmd_reaffirm = {
	"reaffirm",
	"ID@N --because TEXT",
	"Stand by what your stolen key may not have signed",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	1,
	1,
};
