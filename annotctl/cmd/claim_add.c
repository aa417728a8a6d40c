#include <string.h>

#include "../write.h"

static char **arg_claimants, **arg_tags, **arg_in;
static char *arg_date, *arg_lang;
static int arg_at;

static const struct poptOption options[] = {
	{"claimant", '\0', POPT_ARG_ARGV, &arg_claimants, 0, "Who asserts it", "NAME"},
	{"date", '\0', POPT_ARG_STRING, &arg_date, 0, "When it was asserted", "DATE"},
	{"in", '\0', POPT_ARG_ARGV, &arg_in, 0, "Document where the next WORDS assert it", "DOC"},
	{"at", '\0', POPT_ARG_INT, &arg_at, COUNT_AT, "Which of several places (1, 2 …)", "N"},
	{"lang", '\0', POPT_ARG_STRING, &arg_lang, 0, "Language of the text", "TAG"},
	{"tag", '\0', POPT_ARG_ARGV, &arg_tags, 0, "A tag", "TAG"},
	POPT_TABLEEND,
};

/* Words of a document. Where they do not stand in it while the text does, they were given in its
 * place: says so. */
static enum annot_status add_words(struct ctl *ctl, struct annot_draft *draft, const char *id,
				   const char *words, const char *text)
{
	struct document doc;
	struct annot_found found;
	struct annot_error ignored;
	size_t n = 0;
	TRY(ctl_text(ctl, words, "WORDS", &words));
	TRY(write_document(ctl, id, &doc));
	enum annot_status status = write_target(ctl, draft, &doc, words, arg_at);
	bool swapped = status == ANNOT_NOT_FOUND &&
		       annot_find((const char *)doc.text.data, doc.text.len, text, strlen(text),
				  &found, 1, &n, &ignored) == ANNOT_OK &&
		       n > 0 && found.how == ANNOT_FIND_EXACT;
	if (!swapped)
		return status;
	return annot_fail(&ctl->err, ANNOT_USAGE,
			  "“%.80s” does not stand in %s, but the text does, “%.80s”: they look "
			  "swapped; it is claim add TEXT --in DOC WORDS",
			  words, id, text);
}

/* The nth --in goes with the nth argument after the text. */
static enum annot_status add_places(struct ctl *ctl, struct annot_draft *draft, const char *text,
				    const char **words)
{
	size_t n = 0;
	for (; arg_in && arg_in[n]; n++) {
		if (!words[n])
			return annot_fail(&ctl->err, ANNOT_USAGE,
					  "--in %s: the words are missing after it", arg_in[n]);
		TRY(add_words(ctl, draft, arg_in[n], words[n], text));
	}
	if (words[n])
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "“%.80s”: words need --in DOC before them", words[n]);
	return ANNOT_OK;
}

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	const char *text;
	TRY(ctl_text(ctl, args[0], "TEXT", &text));
	TRY(write_card(ctl, draft, "text", text));
	TRY(write_cards(ctl, draft, "claimant", arg_claimants));
	TRY(write_card(ctl, draft, "date", arg_date));
	if (args[0])
		TRY(add_places(ctl, draft, text, args + 1));
	TRY(write_card(ctl, draft, "language", arg_lang));
	return write_cards(ctl, draft, "tag", arg_tags);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	return write_new(ctl, ANNOT_KIND_claim, fill, args);
}

const struct command cmd_claim_add = {
	"claim add",
	"TEXT [--in DOC WORDS]…",
	"Sign a checkable assertion and where it appears",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	0,
	65,
};
