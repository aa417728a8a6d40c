/*
 * Review states and disputes as pure functions of votes and the policy. Persons are counted, not
 * keys: the last vote of a person stands.
 */
#ifndef ANNOT_STATE_REVIEW_H
#define ANNOT_STATE_REVIEW_H

#include "state/authority.h"

enum annot_review_state {
	ANNOT_REVIEW_DRAFT,
	ANNOT_REVIEW_IN_REVIEW,
	ANNOT_REVIEW_APPROVED,
	ANNOT_REVIEW_CHANGES_REQUESTED,
	ANNOT_REVIEW_REJECTED,
	ANNOT_REVIEW_RETRACTED,
};
/* Its name, as in rows and queries. */
ANNOT_API const char *annot_review_state_name(enum annot_review_state state);

enum { ANNOT_REVIEW_VOTES_MAX = 4096 };

/* A review or verdict that stands, in log order. */
struct annot_review_vote {
	const struct annot_key_info *key;
	const char *decision; /* approve, reject, request-changes; of a verdict: its scale */
	char pole;            /* of a verdict's rating: '-' '0' '+' '?' */
};

struct annot_review_rules {
	const struct annot_policy *policy;
	enum annot_kind kind;
	const struct annot_hash
		*authors; /* persons that authored the version or an ancestor of it */
	size_t n_authors;
	bool uncounted;           /* not all ancestors are known: nobody is counted */
	const char *languages[2]; /* that a second reader must read; NULL: none is needed */
};

/* State of a record that is not retracted. votes is changed: only the last of each person stays. */
ANNOT_API enum annot_review_state annot_review_state(struct annot_review_vote *votes, size_t n,
						     const struct annot_review_rules *rules);

/* Whether last verdicts on one scale have opposed poles. votes is changed as above, by person and
 * scale. */
ANNOT_API bool annot_review_disputed(struct annot_review_vote *votes, size_t n);

#endif
