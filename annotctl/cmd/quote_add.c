#include "../write.h"

static char **arg_speakers, **arg_tags;
static char *arg_role, *arg_said, *arg_form, *arg_via, *arg_lang;
static int arg_at;

static const struct poptOption options[] = {
	{"speaker", '\0', POPT_ARG_ARGV, &arg_speakers, 0, "Who said it", "NAME"},
	{"role", '\0', POPT_ARG_STRING, &arg_role, 0, "In what capacity", "TEXT"},
	{"said", '\0', POPT_ARG_STRING, &arg_said, 0, "When it was said", "DATE"},
	{"form", '\0', POPT_ARG_STRING, &arg_form, 0, "direct (default), indirect or mixed",
	 "FORM"},
	{"via", '\0', POPT_ARG_STRING, &arg_via, 0, "The record through which it came", "ID"},
	{"lang", '\0', POPT_ARG_STRING, &arg_lang, 0, "Language of the words", "TAG"},
	{"tag", '\0', POPT_ARG_ARGV, &arg_tags, 0, "A tag", "TAG"},
	{"at", '\0', POPT_ARG_INT, &arg_at, COUNT_AT, "Which of several places (1, 2 …)", "N"},
	POPT_TABLEEND,
};

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	TRY(write_words(ctl, draft, args[0], args[1], arg_at));
	TRY(write_cards(ctl, draft, "speaker", arg_speakers));
	TRY(write_card(ctl, draft, "role", arg_role));
	TRY(write_card(ctl, draft, "said", arg_said));
	TRY(write_card(ctl, draft, "form", arg_form ? arg_form : "direct"));
	TRY(write_reference(ctl, draft, "via", arg_via));
	TRY(write_card(ctl, draft, "language", arg_lang));
	return write_cards(ctl, draft, "tag", arg_tags);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_quote, fill, args);
}

const struct command cmd_quote_add = {
	"quote add", "DOC WORDS", "Sign that these words of a document are someone's",
	options,     run,         NEEDS_DAEMON | WRITES,
	1,           2,
};
