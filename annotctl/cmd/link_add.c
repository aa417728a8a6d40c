#include "../write.h"

static char *arg_because;

static const struct poptOption options[] = {
	{"because", '\0', POPT_ARG_STRING, &arg_because, 0, "Why", "TEXT"},
	POPT_TABLEEND,
};

/* A link says how one thing relates to another; versions of one annotation are one thing. */
static enum annot_status add_ends(struct ctl *ctl, struct annot_draft *draft, const char *from,
				  const char *to)
{
	struct annot_fetched ends[2];
	TRY(write_see(ctl, from, false, &ends[0]));
	TRY(write_see(ctl, to, false, &ends[1]));
	if (annot_hash_equal(&ends[0].record->annotation, &ends[1].record->annotation))
		return annot_fail(&ctl->err, ANNOT_REFUSED,
				  "%s and %s are the same %s; a link is between two", from, to,
				  ends[0].record->kind->name);
	TRY(annot_draft_add_hash(draft, "from", &ends[0].record->id, &ctl->err));
	return annot_draft_add_hash(draft, "to", &ends[1].record->id, &ctl->err);
}

static enum annot_status fill(struct ctl *ctl, struct annot_draft *draft, const char **args)
{
	const char *because = NULL;
	TRY(write_word(ctl, draft, ANNOT_KIND_link, "relation", args[1]));
	TRY(add_ends(ctl, draft, args[0], args[2]));
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
