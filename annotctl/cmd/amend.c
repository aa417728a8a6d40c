#include <string.h>

#include "../anchors/reanchor.h"
#include "../out/out.h"
#include "../patch.h"
#include "../versions.h"
#include "../write.h"

static char **arg_set, **arg_unset, **arg_add, **arg_remove;
static char *arg_patch, *arg_accept;
static int arg_force, arg_anchor, arg_cautious;

static const struct poptOption options[] = {
	{"set", '\0', POPT_ARG_ARGV, &arg_set, 0, "Replace a card, whatever it held", "CARD=VALUE"},
	{"unset", '\0', POPT_ARG_ARGV, &arg_unset, 0, "Take a card away", "CARD"},
	{"add", '\0', POPT_ARG_ARGV, &arg_add, 0, "Add a card that may repeat", "CARD=VALUE"},
	{"remove", '\0', POPT_ARG_ARGV, &arg_remove, 0, "Take one of several away", "CARD=VALUE"},
	{"patch", '\0', POPT_ARG_STRING, &arg_patch, 0,
	 "Apply the changes that diff --json printed, before all else", "FILE"},
	{"force", '\0', POPT_ARG_NONE, &arg_force, 0, "Amend an outdated version: makes a conflict",
	 NULL},
	{"anchor", '\0', POPT_ARG_NONE, &arg_anchor, 0,
	 "Point to where the words stand in the newest version of the document", NULL},
	{"accept", '\0', POPT_ARG_STRING, &arg_accept, 0,
	 "With --anchor: sign exact, moved, changed without asking; several with commas", "STATUS"},
	{"cautious", '\0', POPT_ARG_NONE, &arg_cautious, 0,
	 "With --anchor: rather an orphan than a place that is not beyond doubt", NULL},
	POPT_TABLEEND,
};

/* Splits CARD=VALUE; *ret_card is in the arena. */
static enum annot_status split(struct ctl *ctl, const char *option, const char *arg,
			       const char **ret_card, const char **ret_value)
{
	const char *equals = strchr(arg, '=');
	if (!equals || equals == arg)
		return annot_fail(&ctl->err, ANNOT_USAGE, "%s %s: expected CARD=VALUE", option,
				  arg);
	*ret_card = annot_arena_copy(ctl->arena, arg, (size_t)(equals - arg));
	*ret_value = equals + 1;
	return *ret_card ? ANNOT_OK : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

/* --add of a card that stands there already. A target and its words are left alone: two targets may
 * share a prefix. */
static enum annot_status check_new(struct ctl *ctl, const struct annot_draft *draft,
				   const struct annot_kind_def *kind, const char *card,
				   const char *value)
{
	const struct annot_card_def *def = annot_card_def_find(kind, card, strlen(card));
	const char *has;
	if (!def || def->in_group || def->type == ANNOT_CARD_TARGET)
		return ANNOT_OK;
	for (size_t n = 0; (has = annot_draft_value(draft, card, n)); n++)
		if (strcmp(has, value) == 0)
			return annot_fail(&ctl->err, ANNOT_REFUSED,
					  "--add %s=%s: it has that card already", card, value);
	return ANNOT_OK;
}

static enum annot_status change(struct ctl *ctl, struct annot_draft *draft,
				const struct annot_kind_def *kind)
{
	const char *card, *value;
	if (arg_patch)
		TRY(patch_apply(ctl, draft, arg_patch));
	for (char **c = arg_unset; c && *c; c++)
		if (annot_draft_unset(draft, *c) == 0)
			return annot_fail(&ctl->err, ANNOT_USAGE, "--unset %s: it has no such card",
					  *c);
	for (char **c = arg_set; c && *c; c++) {
		TRY(split(ctl, "--set", *c, &card, &value));
		annot_draft_unset(draft, card);
		TRY(annot_draft_add(draft, card, value, &ctl->err));
	}
	for (char **c = arg_remove; c && *c; c++) {
		TRY(split(ctl, "--remove", *c, &card, &value));
		if (!annot_draft_remove(draft, card, value))
			return annot_fail(&ctl->err, ANNOT_USAGE,
					  "--remove %s: it has no such card", *c);
	}
	for (char **c = arg_add; c && *c; c++) {
		TRY(split(ctl, "--add", *c, &card, &value));
		TRY(check_new(ctl, draft, kind, card, value));
		TRY(annot_draft_add(draft, card, value, &ctl->err));
	}
	return ANNOT_OK;
}

/* A version that says what the old one says would only take its approvals away. Compared as a
 * record, not as it was typed: under the old one's header, which is signed by nobody. */
static enum annot_status check_differs(struct ctl *ctl, const struct annot_draft *draft,
				       const struct annot_record *old)
{
	struct annot_draft_header header = {
		.corpus = &old->corpus,
		.author = old->author,
		.time_s = old->time_s,
		.seen = old->seen,
	};
	struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX + 1);
	const struct annot_record *new;
	const struct annot_change *changes;
	size_t n;
	enum annot_status status =
		annot_draft_build(draft, &header, ctl->arena, &bytes, &new, &ctl->err);
	annot_buf_free(&bytes);
	TRY(status);
	TRY(annot_record_compare(ctl->arena, old, new, &changes, &n, &ctl->err));
	if (n > 0)
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_REFUSED,
			  "nothing would change: %s has all these values already",
			  annot_short_id(&old->annotation).text);
}

static enum annot_status outdated(struct ctl *ctl, const char *id, const struct annot_fetched *seen)
{
	struct annot_fetched head;
	TRY(annot_fetch(ctl->annot, annot_hash_hex(&seen->record->annotation).text, ctl->arena,
			&head, &ctl->err));
	return annot_fail(&ctl->err, ANNOT_CONFLICT,
			  "%s is outdated; the latest version is %s@%llu. Amend that, "
			  "or say --force to make a conflict that someone merges",
			  id, annot_short_id(&seen->record->annotation).text,
			  (unsigned long long)head.row->version);
}

/* An annotation with two latest versions: the id alone would pick one that nobody named. */
static enum annot_status check_one_head(struct ctl *ctl, const char *id,
					const struct annot_fetched *seen)
{
	struct versions versions;
	if (strchr(id, '@') || *id == '=' || !versions_in_conflict(seen->row))
		return ANNOT_OK;
	TRY(versions_load(ctl, &seen->record->annotation, NULL, NULL, &versions));
	return annot_fail(&ctl->err, ANNOT_CONFLICT,
			  "%s is in conflict: %s stand beside each other; settle it with annotctl "
			  "merge %s, or say which one to amend, as ID@N",
			  id, versions_heads_text(ctl, &versions),
			  annot_short_id(&seen->record->annotation).text);
}

/* Whoever knows what came in between looks at it first; only --force makes a conflict. */
static enum annot_status write_amended(struct ctl *ctl, const struct annot_draft *draft,
				       const struct annot_fetched *old, struct written *ret)
{
	if (arg_force)
		return write_silently(ctl, draft, ret);
	enum annot_status status = write_on_heads(ctl, draft, ret);
	if (status != ANNOT_CONFLICT || old->record->kind->amend == ANNOT_AMEND_LINEAR)
		return status;
	struct annot_error said = ctl->err;
	return annot_fail(&ctl->err, status,
			  "%s. Amend that, or say --force to make a conflict that someone merges",
			  said.text);
}

static int run_anchor(struct ctl *ctl, const char **args, bool cards)
{
	if (cards || arg_force)
		return ctl_usage(ctl, "--anchor changes the targets alone; other options of amend "
				      "do not go with it");
	return reanchor(ctl, args,
			&(struct reanchor_options){.accept = arg_accept, .cautious = arg_cautious});
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_fetched old;
	bool cards = arg_set || arg_unset || arg_add || arg_remove || arg_patch;
	if (arg_anchor)
		return run_anchor(ctl, args, cards);
	if (arg_accept || arg_cautious)
		return ctl_usage(ctl, "--accept and --cautious go with --anchor");
	if (!cards)
		return ctl_usage(ctl, "nothing to change; say --set, --unset, --add, --remove, "
				      "--patch or --anchor");
	if (argc > 1)
		return ctl_usage(ctl, "one annotation at a time, but with --anchor");
	CTL_TRY(ctl, write_see(ctl, args[0], false, &old));
	CTL_TRY(ctl, check_one_head(ctl, args[0], &old));
	if (!old.row->head && !arg_force)
		return ctl_fail(ctl, outdated(ctl, args[0], &old));
	struct annot_draft *draft = annot_draft_amend(old.record);
	enum annot_status status = draft ? change(ctl, draft, old.record->kind)
					 : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	struct written written;
	if (status == ANNOT_OK)
		status = check_differs(ctl, draft, old.record);
	if (status == ANNOT_OK)
		status = write_amended(ctl, draft, &old, &written);
	annot_draft_free(draft);
	return status == ANNOT_OK ? write_print(ctl, &written, "amended") : ctl_fail(ctl, status);
}

const struct command cmd_amend = {
	"amend",
	"ID[@N] --set CARD=VALUE… | ID|QUERY --anchor",
	"Sign a new version of an annotation",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	1,
	-1,
};
