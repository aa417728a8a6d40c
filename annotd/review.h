/*
 * Review states and disputes as pure functions of votes and the policy. Persons are counted, not keys: the
 * last vote of a person stands.
 */
#ifndef ANNOTD_REVIEW_H
#define ANNOTD_REVIEW_H

#include "state/authority.h"

enum review_state {
	REVIEW_DRAFT,
	REVIEW_IN_REVIEW,
	REVIEW_APPROVED,
	REVIEW_CHANGES_REQUESTED,
	REVIEW_REJECTED,
	REVIEW_RETRACTED,
};
const char *review_state_name(enum review_state state);

enum { REVIEW_VOTES_MAX = 4096 };

/* A review or verdict that stands, in log order. */
struct review_vote {
	const struct annot_key_info *key;
	const char *decision; /* approve, reject, request-changes; of a verdict: its scale */
	char pole;	      /* of a verdict's rating: '-' '0' '+' '?' */
};

struct review_rules {
	const struct annot_policy *policy;
	enum annot_kind kind;
	const struct annot_hash *authors; /* persons that authored the version or an ancestor of it */
	size_t n_authors;
	bool uncounted;		  /* not all ancestors are known: nobody is counted */
	const char *languages[2]; /* that a second reader must read; NULL: none is needed */
};

/* State of a record that is not retracted. votes is changed: only the last of each person stays. */
enum review_state review_state(struct review_vote *votes, size_t n, const struct review_rules *rules);

/* Whether last verdicts on one scale have opposed poles. votes is changed as above, by person and scale. */
bool review_disputed(struct review_vote *votes, size_t n);

#endif
