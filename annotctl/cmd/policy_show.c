#include <string.h>

#include "../out/columns.h"
#include "../policy.h"

enum { NAME_WIDTH = 15 };

static void print_source(struct ctl *ctl, const struct annot_rules *r)
{
	out_text(ctl, "policy         ");
	if (!r->by)
		out_text(ctl, "the defaults: no record sets one\n");
	else
		out_text(ctl, "%s %s@%llu by %s, in force since #%llu\n",
			 annot_kind_def(r->kind)->name, annot_short_id(&r->annotation).text,
			 (unsigned long long)r->version, out_safe(ctl, r->by),
			 (unsigned long long)r->policy.effective);
}

static void print_approvals(struct ctl *ctl, const struct annot_policy *p)
{
	struct annot_buf list = ANNOT_BUF_INIT(4096);
	for (int i = 0; i < ANNOT_KIND_COUNT; i++) {
		if (!policy_counts((enum annot_kind)i))
			continue;
		annot_buf_printf(&list, "%s%s %u", list.len ? ", " : "",
				 annot_kind_def((enum annot_kind)i)->name, p->approvals[i]);
	}
	out_text(ctl, "%-*s", NAME_WIDTH, "approvals");
	out_folded(ctl, NAME_WIDTH, list.data ? list.data : "");
	annot_buf_free(&list);
}

static void print_scale(struct ctl *ctl, const struct annot_scale *scale)
{
	struct annot_buf list = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	annot_buf_puts(&list, out_safe(ctl, scale->name));
	for (size_t i = 0; i < scale->n; i++)
		annot_buf_printf(&list, " %s:%c", out_safe(ctl, scale->ratings[i].name),
				 scale->ratings[i].pole);
	out_text(ctl, "%-*s", NAME_WIDTH, "scale");
	out_folded(ctl, NAME_WIDTH, list.data ? list.data : "");
	annot_buf_free(&list);
}

static void print_pending(struct ctl *ctl, const struct annot_rules *r,
			  const struct annot_rules_pending *p)
{
	const char *text = annot_arena_printf(
		ctl->arena, "policy %s@%llu by %s, #%llu: %s", annot_short_id(&p->annotation).text,
		(unsigned long long)p->version, out_safe(ctl, p->by), (unsigned long long)p->index,
		policy_waits(ctl, r, p));
	out_text(ctl, "%-*s", NAME_WIDTH, "pending");
	out_folded(ctl, NAME_WIDTH, text ? text : "");
}

static void print(struct ctl *ctl, const struct annot_rules *r)
{
	const struct annot_policy *p = &r->policy;
	print_source(ctl, r);
	print_approvals(ctl, p);
	out_text(ctl, "self-approval  %s\nbots-count     %s\nsecond-reader  %s\n",
		 p->self_approval ? "yes" : "no", p->bots_count ? "yes" : "no",
		 p->second_reader ? "yes" : "no");
	for (size_t i = 0; i < p->n_scales; i++)
		print_scale(ctl, &p->scales[i]);
	for (size_t i = 0; i < r->n_pending; i++)
		print_pending(ctl, r, &r->pending[i]);
	out_text(ctl, "checked        here, from all records of authority as of %s #%llu\n",
		 out_safe(ctl, r->checkpoint.origin), (unsigned long long)r->checkpoint.size);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	const struct annot_rules *rules;
	(void)argc, (void)args;
	CTL_TRY(ctl, policy_rules(ctl, &rules));
	if (ctl->format != FORMAT_TEXT)
		out_json(ctl, annot_rules_json(rules));
	else if (ctl->quiet)
		out_text(ctl, "%s\n", rules->by ? annot_hash_hex(&rules->annotation).text : "-");
	else
		print(ctl, rules);
	return 0;
}

const struct command cmd_policy_show = {
	"policy show", "", "Show the publication rules in force", NULL, run, NEEDS_DAEMON, 0, 0,
};
