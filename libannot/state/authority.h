/*
 * Who may sign what, at each index of one log: admins and threshold, persons and keys, the policy in
 * force, and authority records that wait for a quorum. Replayed, in log order, from corpus, policy,
 * key-add, key-rotate, key-revoke and withhold records and the reviews of these; all other records
 * leave it unchanged. Kept in memory: it grows with the keys, not with the corpus.
 */
#ifndef ANNOT_STATE_AUTHORITY_H
#define ANNOT_STATE_AUTHORITY_H

#include "log/leaf.h"
#include "log/note.h"

/* A record at its place in the log. record is NULL where its bytes were withheld or not supplied. */
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
	const char *name;       /* of the person */
	const char *display;    /* NULL if none */
	bool admin;             /* the person is an admin now */
	bool bot;
	uint8_t key[ANNOT_KEY_SIZE];
	struct annot_hash author; /* SHA-256 of the key blob */
	struct annot_hash person; /* the key-add record; for an admin of a corpus record the first key's author hash */
	struct annot_hash event;  /* the key event (or corpus record) that brought the key */
	uint64_t index;           /* of that event */
	enum annot_key_state state;
	int64_t effective;        /* from this index on it counts; ANNOT_NEVER while pending */
	int64_t ended;            /* from this index on it no longer counts; ANNOT_NEVER */
	int64_t compromised_from; /* from-index of a compromise; ANNOT_NEVER */
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

/* Whether a fact can change authority (by kind; for a review: by what it is on). Facts for which this is false need not be applied. */
ANNOT_API bool annot_authority_concerns(const struct annot_authority *a,
					const struct annot_leaf *leaf);

/*
 * Applies the next fact that judge found not void, with its effect. Index 0 is the genesis record.
 * INVALID: out of order or inconsistent with what was applied (a programming error or a broken log).
 */
ANNOT_API ANNOT_CHECKED enum annot_status annot_authority_apply(struct annot_authority *a,
								const struct annot_fact *fact,
								enum annot_effect effect,
								struct annot_error *err);

/* Records that took effect because of the last applied fact (a review that completed a quorum). */
ANNOT_API size_t annot_authority_effects(const struct annot_authority *a,
					 const struct annot_hash **ret);
/* Whether a quorum record applied earlier is still pending, effective or void (rejected); effective at *index. */
ANNOT_API enum annot_effect annot_authority_effect(const struct annot_authority *a,
						   const struct annot_hash *record, uint64_t *index);

/* The key of an author card in its newest enrolment; NULL if unknown. Valid until the next apply. */
ANNOT_API const struct annot_key_info *annot_authority_key(const struct annot_authority *a,
							   const struct annot_hash *author);
/* All keys in log order. */
ANNOT_API size_t annot_authority_keys(const struct annot_authority *a);
ANNOT_API const struct annot_key_info *annot_authority_key_at(const struct annot_authority *a,
							      size_t n);
/* The newest active key of an enrolled name; NULL if there is none. */
ANNOT_API const struct annot_key_info *annot_authority_name(const struct annot_authority *a,
							    const char *name);
/* Whether the key counts for a record at index (effective <= index < ended). */
ANNOT_API bool annot_key_in_force(const struct annot_key_info *key, uint64_t index);

ANNOT_API const struct annot_policy *annot_authority_policy(const struct annot_authority *a);
ANNOT_API const struct annot_scale *annot_policy_scale(const struct annot_policy *p, const char *name);
ANNOT_API unsigned annot_authority_threshold(const struct annot_authority *a);
ANNOT_API const struct annot_hash *annot_authority_corpus(const struct annot_authority *a);
/* The log keys that may sign a checkpoint of that size: the one in force and, after a change, the one before. */
ANNOT_API size_t annot_authority_log_keys(const struct annot_authority *a,
					  const struct annot_vkey **ret);

#endif
