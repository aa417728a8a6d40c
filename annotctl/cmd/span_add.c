#include "../write.h"

static char **arg_tags;
static char *arg_text;
static int arg_at;

static const struct poptOption options[] = {
	{"text", '\0', POPT_ARG_STRING, &arg_text, 0, "A note on the words", "TEXT"},
	{"tag", '\0', POPT_ARG_ARGV, &arg_tags, 0, "A tag", "TAG"},
	{"at", '\0', POPT_ARG_INT, &arg_at, COUNT_AT, "Which of several places (1, 2 …)", "N"},
	POPT_TABLEEND,
};

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	TRY(write_words(ctl, draft, args[0], args[1], arg_at));
	TRY(write_card(ctl, draft, "text", arg_text));
	return write_cards(ctl, draft, "tag", arg_tags);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_span, fill, args);
}

const struct command cmd_span_add = {
	"span add", "DOC WORDS", "Sign a highlight, note or tag on words",
	options,    run,         NEEDS_DAEMON | WRITES,
	1,          2,
};
