#include <string.h>

#include "../write.h"

static char *arg_scale, *arg_because;
static char **arg_evidence;

static const struct poptOption options[] = {
	{"scale", '\0', POPT_ARG_STRING, &arg_scale, 0, "Scale of the rating (google5)", "NAME"},
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why", "TEXT"},
	{"evidence", '\0', POPT_ARG_ARGV, &arg_evidence, 0, "A record that it rests on", "ID"},
	POPT_TABLEEND,
};

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	TRY(write_on(ctl, draft, args[0], "rationale", arg_because));
	TRY(write_card(ctl, draft, "scale", arg_scale ? arg_scale : "google5"));
	TRY(write_card(ctl, draft, "rating", args[1]));
	for (char **id = arg_evidence; id && *id; id++)
		TRY(write_reference(ctl, draft, "evidence", *id));
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_verdict, fill, args);
}

const struct command cmd_verdict_add = {
	"verdict add",
	"ID@N RATING",
	"Sign a rating of one exact version",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	2,
	2,
};
