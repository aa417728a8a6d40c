#include <string.h>

#include "../out/out.h"
#include "../policy.h"
#include "../write.h"

static char **arg_approvals, **arg_scales, **arg_removed;
static char *arg_self, *arg_bots, *arg_second;
static int arg_force;

enum { APPROVALS_MAX = 16 }; /* docs/records.md, type approvals */

static const struct poptOption options[] = {
	{"approvals", '\0', POPT_ARG_ARGV, &arg_approvals, 0,
	 "Approvals that a kind needs; the kind default stands for all without their own",
	 "KIND=N"},
	{"self-approval", '\0', POPT_ARG_STRING, &arg_self, 0,
	 "Whether authors of a version or its ancestors count", "yes|no"},
	{"bots-count", '\0', POPT_ARG_STRING, &arg_bots, 0, "Whether approvals by bots count",
	 "yes|no"},
	{"second-reader", '\0', POPT_ARG_STRING, &arg_second, 0,
	 "Whether a translation needs an approver who reads both languages", "yes|no"},
	{"scale", '\0', POPT_ARG_ARGV, &arg_scales, 0,
	 "Add a scale, or replace the one of that name: 'NAME RATING:POLE…'", "SCALE"},
	{"remove-scale", '\0', POPT_ARG_ARGV, &arg_removed, 0, "Take a scale away", "NAME"},
	{"force", '\0', POPT_ARG_NONE, &arg_force, 0,
	 "Take a scale or rating away although verdicts use it", NULL},
	POPT_TABLEEND,
};

struct change {
	struct ctl *ctl;
	const struct annot_rules *rules;   /* in force */
	const struct annot_record *record; /* that sets them; NULL */
	struct annot_draft *draft;         /* of the next */
	unsigned changed;
	unsigned most; /* the most approvals that were asked for of a kind */
	const char *most_kind;
};

/* --- what is kept --- */

static enum annot_status keep_cards(struct change *c)
{
	static const char *const kept[] = {"approvals", "self-approval", "bots-count",
					   "second-reader", "scale"};
	for (size_t i = 0; c->record && i < sizeof kept / sizeof *kept; i++)
		for (const struct annot_card *card = annot_record_card(c->record, kept[i]); card;
		     card = annot_record_card_next(c->record, card))
			TRY(annot_draft_add(c->draft, kept[i], card->text, &c->ctl->err));
	if (!c->record || !annot_record_card(c->record, "self-approval"))
		TRY(annot_draft_add(c->draft, "self-approval", "no", &c->ctl->err));
	if (!c->record || !annot_record_card(c->record, "bots-count"))
		TRY(annot_draft_add(c->draft, "bots-count", "no", &c->ctl->err));
	return ANNOT_OK;
}

/* A policy record gets a next version; what a corpus record says, a first one repeats. */
static enum annot_status start(struct change *c)
{
	const struct annot_rules *r = c->rules;
	struct annot_fetched got = {0};
	if (r->by) {
		const char *id = annot_arena_printf(c->ctl->arena, "=%s",
						    annot_hash_hex(&r->policy.record).text);
		TRY(annot_fetch(c->ctl->annot, id ? id : "", c->ctl->arena, &got, &c->ctl->err));
		c->record = got.record;
	}
	bool amends = c->record && r->kind == ANNOT_KIND_policy;
	c->draft = amends ? annot_draft_amend(c->record) : annot_draft_new(ANNOT_KIND_policy);
	if (!c->draft)
		return annot_fail(&c->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (!amends)
		return keep_cards(c);
	/* Two that were decided on at once stand beside each other: the next replaces both. */
	for (size_t i = 0; i < r->n_heads; i++)
		if (!annot_hash_equal(&r->heads[i], &c->record->id))
			TRY(annot_draft_parent(c->draft, &r->heads[i], &c->ctl->err));
	return ANNOT_OK;
}

static void told(struct change *c, const char *what, const char *before, const char *after)
{
	if (strcmp(before, after) == 0)
		return;
	c->changed++;
	out_note(c->ctl, "%s: %s -> %s", out_safe(c->ctl, what), out_safe(c->ctl, before),
		 out_safe(c->ctl, after));
}

/* --- approvals --- */

static const char *kinds(struct ctl *ctl)
{
	const char *ret = "default";
	for (int i = 0; ret && i < ANNOT_KIND_COUNT; i++)
		if (policy_counts((enum annot_kind)i))
			ret = annot_arena_printf(ctl->arena, "%s, %s", ret,
						 annot_kind_def((enum annot_kind)i)->name);
	return ret ? ret : "";
}

/* The card of a kind in the policy in force; NULL. */
static const struct annot_card *approvals_of(const struct change *c, const char *kind)
{
	size_t len = strlen(kind);
	const struct annot_card *card =
		c->record ? annot_record_card(c->record, "approvals") : NULL;
	while (card && (strncmp(card->text, kind, len) != 0 || card->text[len] != ' '))
		card = annot_record_card_next(c->record, card);
	return card;
}

static bool named_before(char *const *list, char *const *at, size_t len)
{
	for (; list < at; list++)
		if (strncmp(*list, *at, len) == 0)
			return true;
	return false;
}

static enum annot_status set_approvals(struct change *c, char *const *arg)
{
	struct ctl *ctl = c->ctl;
	size_t len = strcspn(*arg, "=");
	const struct annot_kind_def *kind = annot_kind_find(*arg, len);
	bool all = len == 7 && strncmp(*arg, "default", len) == 0;
	uint64_t n;
	if ((!all && (!kind || !policy_counts(kind->kind))) || (*arg)[len] != '=')
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--approvals %s: expected KIND=N, with a kind of %s", *arg,
				  kinds(ctl));
	if (!annot_parse_u64(*arg + len + 1, strlen(*arg + len + 1), &n) || n > APPROVALS_MAX)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--approvals %s: expected a number from 0 to %d", *arg,
				  APPROVALS_MAX);
	if (named_before(arg_approvals, arg, len + 1))
		return annot_fail(&ctl->err, ANNOT_USAGE, "--approvals %s: that kind is set twice",
				  *arg);
	const char *name = annot_arena_copy(ctl->arena, *arg, len);
	const struct annot_card *old = approvals_of(c, name);
	const struct annot_card *rest = approvals_of(c, "default");
	uint64_t before = old ? old->start : rest ? rest->start : 1;
	if (old)
		annot_draft_remove(c->draft, "approvals", old->text);
	if (n >= c->most) {
		c->most = (unsigned)n;
		c->most_kind = name;
	}
	told(c, annot_arena_printf(ctl->arena, "approvals of %s", name),
	     annot_arena_printf(ctl->arena, "%llu", (unsigned long long)before), *arg + len + 1);
	return annot_draft_add(c->draft, "approvals",
			       annot_arena_printf(ctl->arena, "%s %s", name, *arg + len + 1),
			       &ctl->err);
}

/* --- yes or no --- */

static enum annot_status set_word(struct change *c, const char *card, const char *word, bool *now)
{
	if (!word)
		return ANNOT_OK;
	if (strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
		return annot_fail(&c->ctl->err, ANNOT_USAGE, "--%s %s: expected yes or no", card,
				  word);
	told(c, card, *now ? "yes" : "no", word);
	*now = strcmp(word, "yes") == 0;
	annot_draft_unset(c->draft, card);
	return annot_draft_add(c->draft, card, word, &c->ctl->err);
}

/* --- scales --- */

static const struct annot_scale *scale_of(const struct change *c, const char *name)
{
	return annot_policy_scale(&c->rules->policy, name);
}

static const char *scale_text(struct ctl *ctl, const struct annot_scale *scale)
{
	const char *ret = scale ? scale->name : "none";
	for (size_t i = 0; scale && ret && i < scale->n; i++)
		ret = annot_arena_printf(ctl->arena, "%s %s:%c", ret, scale->ratings[i].name,
					 scale->ratings[i].pole);
	return ret ? ret : "";
}

static enum annot_status set_scale(struct change *c, char *const *arg)
{
	struct ctl *ctl = c->ctl;
	struct annot_scale *scale = annot_arena_alloc(ctl->arena, sizeof *scale);
	struct annot_error why = {0};
	if (!scale)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (annot_scale_parse(*arg, strlen(*arg), scale, &why) != ANNOT_OK)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--scale \"%s\": %s", *arg, why.text);
	if (named_before(arg_scales, arg, strlen(scale->name) + 1))
		return annot_fail(&ctl->err, ANNOT_USAGE, "--scale %s: it is set twice",
				  scale->name);
	const struct annot_scale *before = scale_of(c, scale->name);
	if (before)
		TRY(policy_scale_unused(ctl, before, scale, arg_force));
	if (before)
		annot_draft_remove(c->draft, "scale", scale_text(ctl, before));
	told(c, "scale", scale_text(ctl, before), *arg);
	return annot_draft_add(c->draft, "scale", *arg, &ctl->err);
}

static enum annot_status remove_scale(struct change *c, const char *name)
{
	struct ctl *ctl = c->ctl;
	const struct annot_scale *before = scale_of(c, name);
	for (char **s = arg_scales; s && *s; s++)
		if (strcspn(*s, " ") == strlen(name) && strncmp(*s, name, strlen(name)) == 0)
			return annot_fail(&ctl->err, ANNOT_USAGE,
					  "scale %s is both set and taken away", name);
	if (!before)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--remove-scale %s: the policy in force has no such scale "
				  "(annotctl policy show lists them)",
				  name);
	TRY(policy_scale_unused(ctl, before, NULL, arg_force));
	annot_draft_remove(c->draft, "scale", scale_text(ctl, before));
	told(c, "scale", scale_text(ctl, before), "none");
	return ANNOT_OK;
}

/* --- all of it --- */

static enum annot_status make(struct change *c)
{
	struct annot_policy now = c->rules->policy;
	TRY(start(c));
	for (char **a = arg_approvals; a && *a; a++)
		TRY(set_approvals(c, a));
	TRY(set_word(c, "self-approval", arg_self, &now.self_approval));
	TRY(set_word(c, "bots-count", arg_bots, &now.bots_count));
	TRY(set_word(c, "second-reader", arg_second, &now.second_reader));
	for (char **s = arg_scales; s && *s; s++)
		TRY(set_scale(c, s));
	for (char **s = arg_removed; s && *s; s++)
		TRY(remove_scale(c, *s));
	unsigned all = c->rules->people + (now.bots_count ? c->rules->bots : 0);
	unsigned able = now.self_approval || all == 0 ? all : all - 1;
	if (c->most > able)
		out_warning(c->ctl,
			    "%u approvals of %s: only %u could approve what one of those who "
			    "are enrolled wrote, so that nothing of that kind can pass the gate",
			    c->most, out_safe(c->ctl, c->most_kind), able);
	return ANNOT_OK;
}

/* Who must approve a policy that waits. */
static void tell_waiting(struct change *c, const struct annot_record *record)
{
	struct ctl *ctl = c->ctl;
	struct annot_fetched got;
	const char *id = annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(&record->id).text);
	if (annot_fetch(ctl->annot, id ? id : "", ctl->arena, &got, &ctl->err) != ANNOT_OK)
		return; /* write_print has warned */
	out_note(ctl, "the policy before it stays in force: %s",
		 policy_waits(ctl, c->rules,
			      &(struct annot_rules_pending){
				      .annotation = record->annotation,
				      .version = got.row->version,
				      .by = got.row->author_name ? got.row->author_name : "",
				      .approvals = 1}));
}

static int finish(struct change *c)
{
	struct ctl *ctl = c->ctl;
	struct written w;
	if (c->changed == 0) {
		out_note(ctl, "nothing was signed: the policy in force says so already");
		return 0;
	}
	CTL_TRY(ctl, write_silently(ctl, c->draft, &w));
	int code = write_print(ctl, &w, w.record->first ? "added" : "amended");
	if (w.pending)
		tell_waiting(c, w.record);
	return code;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct change c = {.ctl = ctl};
	(void)argc, (void)args;
	if (!arg_approvals && !arg_self && !arg_bots && !arg_second && !arg_scales && !arg_removed)
		return ctl_usage(ctl, "nothing to set; say --approvals, --self-approval, "
				      "--bots-count, --second-reader, --scale or --remove-scale");
	CTL_TRY(ctl, policy_rules(ctl, &c.rules));
	enum annot_status status = make(&c);
	int code = status == ANNOT_OK ? finish(&c) : ctl_fail(ctl, status);
	annot_draft_free(c.draft);
	return code;
}

const struct command cmd_policy_set = {
	"policy set",
	"--approvals KIND=N…",
	"Change the publication rules, as an admin",
	options,
	run,
	NEEDS_DAEMON | WRITES,
	0,
	0,
};
