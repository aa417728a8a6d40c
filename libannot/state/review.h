/*
 * Review states and disputes as pure functions of votes and the policy: the daemon's views and the
 * gate run the same. Persons are counted, not keys: the last vote of a person stands.
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

enum {
	ANNOT_REVIEW_VOTES_MAX = 4096,     /* on one record */
	ANNOT_REVIEW_ANCESTORS_MAX = 1024, /* versions that one descends from, itself included */
};

/* A review or verdict that stands (a head, not void, not retracted), in log order. */
struct annot_review_vote {
	const struct annot_key_info *key;
	uint64_t index;
	const char *decision; /* approve, reject, request-changes; of a verdict: its scale */
	char pole;            /* of a verdict's rating: '-' '0' '+' '?' */
};

struct annot_review_rules {
	const struct annot_policy *policy;
	enum annot_kind kind;
	const struct annot_hash
		*authors; /* persons that authored the version or an ancestor of it */
	size_t n_authors;
	bool uncounted; /* not all ancestors are known: nobody is counted */
	/* It takes a second reader, who reads both languages. One that is not known (NULL) is read
	 * by nobody: who leaves a language out does not get around the rule. */
	bool second_reader;
	const char *languages[2];
};

/* Keeps only the last vote of each person; returns how many that are. */
size_t annot_review_last(struct annot_review_vote *votes, size_t n);

/* Whether the kind has a review state: something that `review` may be on. */
ANNOT_API bool annot_review_concerns(enum annot_kind kind);

/* What a vote is worth. */
enum annot_review_weight {
	ANNOT_REVIEW_COUNTS,
	ANNOT_REVIEW_OWN,       /* an approval by somebody who authored it or an ancestor */
	ANNOT_REVIEW_BOT,       /* nothing that a bot decides counts */
	ANNOT_REVIEW_UNCOUNTED, /* an approval, but not all ancestors are known */
};
ANNOT_API enum annot_review_weight annot_review_weigh(const struct annot_review_vote *vote,
						      const struct annot_review_rules *rules);

struct annot_review_count {
	enum annot_review_state state;
	size_t n;                   /* votes that are left: the last one of each person */
	unsigned approvals, needed; /* approvals that count */
	bool second_reader_missing; /* it takes one, and none of those who approve is */
};
/*
 * Counts the votes on a record that is not retracted: rejected where a person rejects it, else
 * changes-requested where one wants that, else approved where the policy's quota for its kind (and
 * the second reader) is there, else in-review, or draft where nobody voted. votes is changed: only
 * the last of each person stays.
 */
ANNOT_API struct annot_review_count annot_review_count(struct annot_review_vote *votes, size_t n,
						       const struct annot_review_rules *rules);

/* Whether last verdicts on one scale have opposed poles. votes is changed as above, by person and
 * scale. */
ANNOT_API bool annot_review_disputed(struct annot_review_vote *votes, size_t n);

/* The persons that authored a version or one that it descends from. */
struct annot_review_authors {
	struct annot_hash records[ANNOT_REVIEW_ANCESTORS_MAX]; /* itself first */
	struct annot_hash persons[ANNOT_REVIEW_ANCESTORS_MAX];
	size_t n_records, n_persons;
	bool incomplete; /* there are more */
};
/* Finds the leaf of a record. */
typedef enum annot_status (*annot_review_leaf)(void *ctx, const struct annot_hash *record,
					       struct annot_leaf *ret, struct annot_error *err);
/* Walks the versions of a record back; what ret held is forgotten. Statuses of the callback. */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_review_authors(const struct annot_authority *authority, const struct annot_hash *record,
		     annot_review_leaf leaf, void *ctx, struct annot_review_authors *ret,
		     struct annot_error *err);

#endif
