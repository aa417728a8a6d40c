#include "../write.h"

static char *arg_because;

static const struct poptOption options[] = {
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why", "TEXT"},
	POPT_TABLEEND,
};

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	const char *because = NULL;
	TRY(write_word(ctl, draft, ANNOT_KIND_link, "relation", args[1]));
	TRY(write_reference(ctl, draft, "from", args[0]));
	TRY(write_reference(ctl, draft, "to", args[2]));
	if (arg_because)
		TRY(ctl_text(ctl, arg_because, "--because", &because));
	return write_card(ctl, draft, "reason", because);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_link, fill, args);
}

const struct command cmd_link_add = {
	"link add",
	"ID RELATION ID",
	"Sign how two records relate",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	3,
	3,
};
