/* What drafts of a batch refer to, and which of them the corpus has already. */
#ifndef ANNOTCTL_FORMATS_RESOLVE_H
#define ANNOTCTL_FORMATS_RESOLVE_H

#include "found.h"
#include "groups.h"
#include "own.h"

struct resolve {
	struct found found;
	const struct own *own; /* items that are records of this corpus */
};

/* Whether that card of a draft may name a record of that kind. */
bool resolve_may_name(const struct annot_draft *draft, const char *card, enum annot_kind kind);

/* Asks the corpus for the items of the groups and for what they refer to. */
enum annot_status resolve_begin(struct ctl *ctl, struct resolve *r, struct group *const *groups,
				size_t n);
/*
 * Makes new drafts ready all of whose refs are records by now, and those done that are in the
 * corpus already (*there counts them). *ret_ready: how many are ready to be signed. What refers to
 * a draft that failed is barred: the caller says so of it.
 */
enum annot_status resolve_round(struct ctl *ctl, struct resolve *r, struct group *const *groups,
				size_t n, uint64_t *there, size_t *ret_ready);
void resolve_free(struct resolve *r);

/* The record that a draft would be, in ctl->arena; nobody has signed it. Statuses of
 * annot_draft_build. */
enum annot_status resolve_built(struct ctl *ctl, const struct annot_draft *draft,
				const struct annot_record **ret, struct annot_error *err);
/* Whether two records are of one kind and have the same cards. */
bool resolve_same(struct ctl *ctl, const struct annot_record *a, const struct annot_record *b);

#endif
