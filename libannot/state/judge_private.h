/* What the files of judge share. */
#ifndef ANNOT_STATE_JUDGE_PRIVATE_H
#define ANNOT_STATE_JUDGE_PRIVATE_H

#include "base/encode.h"
#include "state/authority_private.h"
#include "state/judge.h"

/*
 * One judgement under way. A rule returns other than OK only when a callback or memory failed; what
 * breaks the rule is written to ret (judge_void).
 */
struct judge {
	const struct annot_authority *a;
	const struct annot_view *view;
	const struct annot_fact *fact;
	const struct annot_leaf *leaf;
	const struct annot_record *record; /* NULL: withheld; only the leaf is known */
	struct annot_key *key;             /* the author's, once it was found in force */
	struct annot_judgement *ret;
	struct annot_error *err;
};

/* The record is void, for this reason. */
enum annot_status annot_judge_void(struct judge *j, enum annot_status status, const char *format,
				   ...) __attribute__((format(printf, 3, 4)));
/* Turns the status of a rule of authority into void, but passes lack of memory up. */
enum annot_status annot_judge_take(struct judge *j, enum annot_status status,
				   const struct annot_error *why);
/* Looks an earlier record up, with what quorums made of it since. NOT_FOUND is returned as it is.
 */
enum annot_status annot_judge_known(struct judge *j, const struct annot_hash *record,
				    struct annot_known *ret);
/* The person of an author hash; NULL if it was never enrolled. */
const struct annot_person *annot_judge_person(const struct judge *j,
					      const struct annot_hash *author);

/* Runs a rule; ends the judgement when it failed or voided. */
#define RULE(call)                                                                                 \
	do {                                                                                       \
		TRY(call);                                                                         \
		if (j->ret->effect == ANNOT_VOID)                                                  \
			return ANNOT_OK;                                                           \
	} while (0)

enum annot_status annot_judge_versions(struct judge *j);   /* judge_versions.c */
enum annot_status annot_judge_references(struct judge *j); /* judge_references.c */
enum annot_status annot_judge_kind(struct judge *j);       /* judge_kinds.c */

#endif
