/* The policy in force, as replayed here and not as the daemon says. */
#ifndef ANNOTCTL_POLICY_H
#define ANNOTCTL_POLICY_H

#include "ctl.h"

/* The rules as of the newest checkpoint, which is then pinned; in the arena. Statuses of
 * annot_bundle_collect and annot_rules_bundle. */
enum annot_status policy_rules(struct ctl *ctl, const struct annot_rules **ret);

/* Whether a kind is one that approvals are counted of: what reviewers write and others review. */
bool policy_counts(enum annot_kind kind);

/* "1 of 2 admins approve; boris or chloe approves with: annotctl review 9f2c41d7@2 approve": what a
 * pending record still needs, in the arena. by: the admin who does not need to be asked. */
const char *policy_waits(struct ctl *ctl, const struct annot_rules *rules,
			 const struct annot_rules_pending *pending);

/*
 * Whether no verdict that stands has a rating of the scale `before` that the scale `after` (NULL:
 * none) lacks. REFUSED names one that has; what the daemon lists is all that is looked at. force:
 * not looked.
 */
enum annot_status policy_scale_unused(struct ctl *ctl, const struct annot_scale *before,
				      const struct annot_scale *after, bool force);

#endif
