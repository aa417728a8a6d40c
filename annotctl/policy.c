#include "policy.h"

#include <string.h>

#include "bundle_arg.h"
#include "out/out.h"
#include "rows.h"

static enum annot_status read_rules(struct ctl *ctl, struct annot_held *bundle,
				    const struct annot_rules **ret)
{
	struct annot_trust trust = {0};
	struct annot_bytes bytes;
	TRY(bundle_trust_daemon(ctl, NULL, &trust));
	TRY(annot_bundle_collect_records(ctl->annot, &trust.corpus, 1, annot_held_sink(bundle),
					 &ctl->err));
	TRY(annot_held_bytes(bundle, &bytes, &ctl->err));
	return annot_rules_bundle(ctl->arena, bytes, &trust, ret, &ctl->err);
}

enum annot_status policy_rules(struct ctl *ctl, const struct annot_rules **ret)
{
	struct annot_held bundle = ANNOT_HELD_INIT(BUNDLE_IN_MEMORY);
	enum annot_status status = read_rules(ctl, &bundle, ret);
	annot_held_free(&bundle);
	return status;
}

bool policy_counts(enum annot_kind kind)
{
	return annot_review_concerns(kind) && annot_kind_def(kind)->author == ANNOT_AUTHOR_REVIEWER;
}

const char *policy_waits(struct ctl *ctl, const struct annot_rules *rules,
			 const struct annot_rules_pending *pending)
{
	const char *names = "", *ret;
	for (size_t i = 0; names && i < rules->n_admins; i++)
		if (strcmp(rules->admins[i], pending->by) != 0)
			names = annot_arena_printf(ctl->arena, "%s%s%s", names,
						   *names ? " or " : "", rules->admins[i]);
	ret = annot_arena_printf(
		ctl->arena,
		"%u of %u admins approve it; %s approves with: annotctl review "
		"%s@%llu approve",
		pending->approvals, rules->threshold, names ? out_safe(ctl, names) : "",
		annot_short_id(&pending->annotation).text, (unsigned long long)pending->version);
	return ret ? ret : "";
}

static bool has_rating(const struct annot_scale *scale, const char *rating)
{
	for (size_t i = 0; scale && i < scale->n; i++)
		if (strcmp(scale->ratings[i].name, rating) == 0)
			return true;
	return false;
}

struct use {
	const struct annot_scale *before, *after;
};

/* Ends the listing at the first verdict with a rating that would be gone. */
static enum annot_status check_verdict(struct ctl *ctl, const struct annot_row *row,
				       const struct annot_record *r, void *arg)
{
	const struct use *use = arg;
	if (!r)
		return ANNOT_OK;
	const char *scale = annot_record_text(r, "scale"), *rating = annot_record_text(r, "rating");
	if (!scale || !rating || strcmp(scale, use->before->name) != 0 ||
	    has_rating(use->after, rating))
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_REFUSED,
			  "%s %s is the rating of verdict %s@%llu and perhaps of more; amend or "
			  "retract them first, or say --force",
			  scale, rating, annot_short_id(&r->annotation).text,
			  (unsigned long long)row->version);
}

enum annot_status policy_scale_unused(struct ctl *ctl, const struct annot_scale *before,
				      const struct annot_scale *after, bool force)
{
	struct use use = {before, after};
	bool loses = false;
	for (size_t i = 0; i < before->n; i++)
		loses = loses || !has_rating(after, before->ratings[i].name);
	if (!loses || force)
		return ANNOT_OK;
	return rows_each(ctl, &(struct rows_request){.query = "kind:verdict"}, check_verdict, &use,
			 NULL);
}
