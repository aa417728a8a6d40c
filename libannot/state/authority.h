/*
 * Who may sign what, at each index of one log: admins and threshold, persons and keys, the policy
 * in force, and authority records that wait for a quorum. Replayed, in log order, from corpus,
 * policy, key-add, key-rotate, key-revoke and withhold records and the reviews of these; all other
 * records leave it unchanged. Kept in memory: it grows with the keys, not with the corpus.
 *
 * Persons. The person of a key-add is its record hash, and its keys are the added one and those
 * that key-rotate put in its place. An admin named in a corpus record is the person that its key is
 * enrolled for, else a new person whose id is the author hash of that key. Admins are persons: one
 * who rotates keys stays an admin. An admin that a later corpus record no longer names loses the
 * key (ANNOT_KEY_REMOVED) unless a key-add enrolled it; a key-add or corpus record that brings a
 * removed key back continues the person, under the same name. Names are never given twice.
 *
 * Quorum. The author of a quorum record must be an admin and counts as one approval until a review
 * of its own says otherwise. Votes are weighed at the index of the record and of each review of it:
 * it takes effect there when `threshold` distinct persons approve by their latest review of this
 * exact record, are admins and have a key in force. A later corpus record needs the threshold in
 * force among the admins in force and its own threshold among its own admins. An admin's reject
 * before that voids it; so does a change meanwhile that makes it impossible (name taken, key
 * enrolled, corpus record replaced). A retracted review no longer counts.
 *
 * A key counts from `effective` on, up to but not including `ended`: index + 1 of the record that
 * ended it, since that record may itself be signed by the key.
 *
 * Policy in force: the latest effective among policy records and corpus records that carry policy
 * cards. Without any: 1 approval for every kind, no self-approval, bots do not count, no scales.
 */
#ifndef ANNOT_STATE_AUTHORITY_H
#define ANNOT_STATE_AUTHORITY_H

#include "log/leaf.h"
#include "log/note.h"

/* A record at its place in the log. record is NULL where its bytes were withheld or not supplied.
 */
struct annot_fact {
	uint64_t index;
	struct annot_leaf leaf;
	const struct annot_record *record;
};

enum annot_effect { ANNOT_EFFECTIVE, ANNOT_PENDING, ANNOT_VOID };
ANNOT_API const char *annot_effect_name(enum annot_effect effect);

enum annot_key_state {
	ANNOT_KEY_PENDING, /* its key event waits for a quorum */
	ANNOT_KEY_ACTIVE,
	ANNOT_KEY_ROTATED, /* replaced by a later key of the same person */
	ANNOT_KEY_RETIRED,
	ANNOT_KEY_COMPROMISED,
	ANNOT_KEY_LEFT,
	ANNOT_KEY_REMOVED, /* of an admin that a later corpus record no longer names */
};
ANNOT_API const char *annot_key_state_name(enum annot_key_state state);

enum { ANNOT_NEVER = -1 };

struct annot_key_info {
	const char *name;    /* of the person */
	const char *display; /* NULL if none */
	bool admin;          /* the person is an admin now */
	bool bot;
	uint8_t key[ANNOT_KEY_SIZE];
	struct annot_hash author; /* SHA-256 of the key blob */
	struct annot_hash person; /* the key-add record; for an admin of a corpus record the first
				     key's author hash */
	struct annot_hash event;  /* the key event (or corpus record) that brought the key */
	uint64_t index;           /* of that event */
	struct annot_hash by;     /* author of that event */
	enum annot_key_state state;
	int64_t effective;          /* from this index on it counts; ANNOT_NEVER while pending */
	int64_t ended;              /* from this index on it no longer counts; ANNOT_NEVER */
	struct annot_hash ended_by; /* author of the record that ended it: a rotation, revocation
				       or corpus record; zero while it counts */
	struct annot_hash removal;  /* the corpus record that no longer named its admin; zero unless
				       that ended it */
	int64_t compromised_from;   /* from-index of a compromise, `ended` where none was given;
				       ANNOT_NEVER */
	struct annot_hash revocation; /* the last record that revoked it; zero if none */
	struct annot_hash revoked_by; /* its author */
	int64_t revoked;              /* where it took effect, after `ended` if a key that had ended
					 turned out to have been stolen; ANNOT_NEVER */
	const char *const *languages;
	size_t n_languages;
};

struct annot_policy {
	struct annot_hash record; /* the policy or corpus record it comes from */
	uint64_t effective;
	bool self_approval, bots_count, second_reader;
	unsigned approvals[ANNOT_KIND_COUNT];
	const struct annot_scale *scales;
	size_t n_scales;
};

struct annot_authority;
ANNOT_API struct annot_authority *annot_authority_new(void);
ANNOT_API struct annot_authority *annot_authority_free(struct annot_authority *a);

/*
 * Whether a fact can change authority: corpus, policy, key-add, key-rotate, key-revoke and withhold
 * records, reviews of those that are pending, and retractions of such reviews. Decided from the
 * leaf and what was applied so far. Facts for which this is false need not be applied.
 */
ANNOT_API bool annot_authority_concerns(const struct annot_authority *a,
					const struct annot_leaf *leaf);

/*
 * Applies the next fact that judge found not void, with its effect. Index 0 is the genesis record.
 * Indexes ascend, with gaps where facts do not concern authority. fact->record must be there; it is
 * copied. INVALID: out of order or inconsistent with what was applied (a programming error or a
 * broken log); NO_MEMORY. After a failure the authority can only be freed; there is no undo.
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_authority_apply(struct annot_authority *a,
								const struct annot_fact *fact,
								enum annot_effect effect,
								struct annot_error *err);

/*
 * Earlier records that the last applied fact settled: a review that completed a quorum, or voided
 * it. annot_authority_effect says which.
 */
ANNOT_API size_t annot_authority_effects(const struct annot_authority *a,
					 const struct annot_hash **ret);
/*
 * Whether an authority record applied earlier is still pending, effective or void (rejected);
 * *index (may be NULL) is where it became effective or void. A record that was never applied is
 * void.
 */
ANNOT_API enum annot_effect annot_authority_effect(const struct annot_authority *a,
						   const struct annot_hash *record,
						   uint64_t *index);

/* The key of an author card in its newest enrolment (a pending one only if there is no other); NULL
 * if unknown. Valid until the next apply. */
ANNOT_API const struct annot_key_info *annot_authority_key(const struct annot_authority *a,
							   const struct annot_hash *author);
/* DENIED for an author of whom annot_authority_key knows nothing: names the key as ssh-keygen -l
 * does, and what to do. */
enum annot_status annot_fail_not_enrolled(const struct annot_hash *author, struct annot_error *err);
/* All keys in the order of their events; those of a voided key-add are gone. */
ANNOT_API size_t annot_authority_keys(const struct annot_authority *a);
ANNOT_API const struct annot_key_info *annot_authority_key_at(const struct annot_authority *a,
							      size_t n);
/* The newest active key of an enrolled name; NULL if there is none. */
ANNOT_API const struct annot_key_info *annot_authority_name(const struct annot_authority *a,
							    const char *name);
/* Whether the key counts for a record at index (effective <= index < ended). */
ANNOT_API bool annot_key_in_force(const struct annot_key_info *key, uint64_t index);
/* Whether the key of an author, as it was in force at index, is known by now to have been stolen by
 * then: anybody may have signed what stands there. */
ANNOT_API bool annot_key_stolen(const struct annot_authority *a, const struct annot_hash *author,
				uint64_t index);

ANNOT_API const struct annot_policy *annot_authority_policy(const struct annot_authority *a);
ANNOT_API const struct annot_scale *annot_policy_scale(const struct annot_policy *p,
						       const char *name);
/* REFUSED, and the text has what there is: the policy has no such scale, or the scale no such
 * rating. */
ANNOT_API ANNOT_CHECKED enum annot_status annot_policy_rating(const struct annot_policy *p,
							      const char *scale, const char *rating,
							      struct annot_error *err);
ANNOT_API unsigned annot_authority_threshold(const struct annot_authority *a);
/* Admin persons that have a key in force. */
ANNOT_API unsigned annot_authority_admins(const struct annot_authority *a);
/* Distinct admin persons that approve a pending record, its author included; 0 if it is not
 * pending. */
ANNOT_API unsigned annot_authority_approvals(const struct annot_authority *a,
					     const struct annot_hash *record);
/* The genesis record; NULL before it was applied. */
ANNOT_API const struct annot_hash *annot_authority_corpus(const struct annot_authority *a);
/* The corpus record in force, which the next one must name as its only parent. */
ANNOT_API const struct annot_hash *annot_authority_corpus_record(const struct annot_authority *a);
/* The log keys that may sign a checkpoint of that size: the one in force and, after a change, the
 * one before. */
ANNOT_API size_t annot_authority_log_keys(const struct annot_authority *a,
					  const struct annot_vkey **ret);
/* All that ever were, the newest first: who signed a checkpoint that is known to be of this log. */
ANNOT_API size_t annot_authority_log_keys_ever(const struct annot_authority *a,
					       const struct annot_vkey **ret);

#endif
