#include "../write.h"

static char *arg_reply_to;

static const struct poptOption options[] = {
	{"reply-to", '\0', POPT_ARG_STRING, &arg_reply_to, 0, "The comment that this answers",
	 "ID"},
	POPT_TABLEEND,
};

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	const char *text;
	TRY(ctl_text(ctl, args[1], "TEXT", &text));
	TRY(write_reference(ctl, draft, "on", args[0]));
	TRY(write_reference(ctl, draft, "reply-to", arg_reply_to));
	return write_card(ctl, draft, "text", text);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_comment, fill, args);
}

const struct command cmd_comment_add = {
	"comment add",
	"ID TEXT",
	"Sign a comment on a record",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	1,
	2,
};
