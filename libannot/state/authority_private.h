/* What the files of this layer share about keys, persons and quorums; no other layer sees it. */
#ifndef ANNOT_STATE_AUTHORITY_PRIVATE_H
#define ANNOT_STATE_AUTHORITY_PRIVATE_H

#include "base/arena.h"
#include "state/authority.h"
#include "state/table.h"

enum { ANNOT_ADMINS_MAX = 64, ANNOT_AUTHORITY_MEMORY_MAX = 1 << 30 };

struct annot_key;

struct annot_person {
	struct annot_hash id;
	const char *name;
	const char *display; /* NULL if none */
	bool admin;
	bool bot;
	bool by_key_add; /* a corpus record that does not name the person leaves its key alone */
	const char **languages;
	size_t n_languages;
	struct annot_key *active; /* at most one key at a time; NULL */
	UT_hash_handle hh;        /* by name */
};

struct annot_key {
	struct annot_key_info info;
	struct annot_person *person;
	struct annot_key *before; /* an earlier enrolment of the same key */
};

/* All enrolments of one key. */
struct annot_author {
	struct annot_hash author;
	struct annot_key *newest;
	UT_hash_handle hh;
};

enum annot_decision { ANNOT_APPROVE, ANNOT_REJECT, ANNOT_REQUEST_CHANGES };

struct annot_vote {
	const struct annot_person *person;
	const struct annot_key *key;
	uint64_t index;
	struct annot_hash record, annotation;
	enum annot_decision decision;
	bool withdrawn; /* the review was retracted */
};

/* An authority record: effective, void, or pending with its votes. */
struct annot_quorum {
	struct annot_hash record;
	enum annot_kind kind;
	enum annot_effect effect;
	uint64_t settled; /* index where it became effective or void */
	const struct annot_record *copy;
	struct annot_key *key; /* the pending key of a key-add */
	struct annot_vote *votes;
	size_t n_votes, cap_votes;
	UT_hash_handle hh;
};

struct annot_authority {
	struct annot_arena
		*arena; /* records, persons, keys, quorums: all live as long as the authority */
	bool started;
	uint64_t last; /* index of the last applied fact */
	struct annot_hash corpus, corpus_record;
	const char *origin;
	unsigned threshold;
	struct annot_vkey *log_keys; /* all that the log ever had, the one in force first */
	size_t n_log_keys;
	struct annot_policy policy;
	struct annot_key **keys;
	size_t n_keys, cap_keys;
	struct annot_author *authors;
	struct annot_person *persons;
	struct annot_quorum *quorums;
	struct annot_hash settled[1];
	size_t n_settled;
};

/* --- keys.c
 * ------------------------------------------------------------------------------------------ */

struct annot_key *annot_keys_find(const struct annot_authority *a, const struct annot_hash *author);
struct annot_person *annot_person_find(const struct annot_authority *a, const char *name,
				       size_t len);
/* A person that is not yet found by name; NULL when out of memory. */
struct annot_person *annot_person_new(struct annot_authority *a, const struct annot_hash *id,
				      const char *name, size_t len);
/* Makes it found by name. NO_MEMORY. */
enum annot_status annot_person_register(struct annot_authority *a, struct annot_person *p,
					struct annot_error *err);
/* Where a key comes from. */
struct annot_key_event {
	struct annot_hash record, author;
	uint64_t index;
};
/* Adds a pending key; NULL when out of memory. */
struct annot_key *annot_keys_add(struct annot_authority *a, struct annot_person *person,
				 const struct annot_card *card,
				 const struct annot_key_event *event);
void annot_keys_activate(struct annot_key *key, struct annot_person *person, uint64_t index);
/* by: author of the record that ends it. */
void annot_keys_end(struct annot_key *key, enum annot_key_state state, uint64_t index,
		    const struct annot_hash *by);
/* Known by now to be stolen since an index; so in all its enrolments up to this one. */
void annot_keys_taint(struct annot_key *key, int64_t from);
/* Forgets a pending key. */
void annot_keys_drop(struct annot_authority *a, struct annot_key *key);
/* Copies what a person is to the infos of all its keys. */
void annot_keys_refresh(struct annot_authority *a);
void annot_keys_free(struct annot_authority *a);

/* An author as people compare it: "SHA256:" and base64 without padding. */
struct annot_fingerprint {
	char text[51];
};
struct annot_fingerprint annot_author_fingerprint(const struct annot_hash *author);

/* --- authority_rules.c: what a record must meet both when judged and when it takes effect
 * ---------------- */

/* An admin card resolved against what is enrolled. */
struct annot_admin {
	const struct annot_card *card;
	size_t name_len;
	struct annot_person *person; /* NULL: a new one */
};
/* Statuses: REFUSED, MISMATCH, INVALID name the rule that is broken; NO_MEMORY. */
enum annot_status annot_rule_corpus(const struct annot_authority *a, const struct annot_record *r,
				    struct annot_admin ret[ANNOT_ADMINS_MAX], size_t *ret_n,
				    struct annot_error *err);
enum annot_status annot_rule_key_add(const struct annot_authority *a, const struct annot_record *r,
				     struct annot_error *err);
enum annot_status annot_rule_key_rotate(const struct annot_authority *a,
					const struct annot_record *r, const struct annot_key *old,
					struct annot_error *err);
/* index: where the record stands. *ret is the key that it ends. */
enum annot_status annot_rule_key_revoke(const struct annot_authority *a,
					const struct annot_record *r, uint64_t index, struct annot_key **ret,
					struct annot_error *err);
/* Whether a self-revocation: at once, no quorum. */
bool annot_revokes_itself(const struct annot_record *r, const struct annot_key *own);

/* --- authority_effect.c
 * ---------------------------------------------------------------------------------- */

/* Carries out a record that has the quorum. REFUSED, MISMATCH: it can no longer be (nothing was
 * changed). */
enum annot_status annot_effect_take(struct annot_authority *a, struct annot_quorum *q,
				    struct annot_key *own, uint64_t index, struct annot_error *err);
/* Shows the key of a key-add as pending. NO_MEMORY. */
enum annot_status annot_effect_prepare(struct annot_authority *a, struct annot_quorum *q,
				       uint64_t index, struct annot_error *err);

/* --- quorum.c
 * ---------------------------------------------------------------------------------------------- */

struct annot_quorum *annot_quorum_find(const struct annot_authority *a,
				       const struct annot_hash *record);
/* Whether its author's approval alone is enough. */
enum annot_status annot_quorum_alone(const struct annot_authority *a, const struct annot_record *r,
				     const struct annot_person *author, bool *ret,
				     struct annot_error *err);
bool annot_quorum_reached(const struct annot_authority *a, const struct annot_quorum *q,
			  uint64_t index);
/* Applies a review of q. */
enum annot_status annot_quorum_review(struct annot_authority *a, struct annot_quorum *q,
				      const struct annot_fact *review, struct annot_error *err);
/* Marks the votes withdrawn that are reviews of the annotation that `review` is a version of. */
void annot_quorum_withdraw(struct annot_authority *a, const struct annot_hash *review);
bool annot_quorum_has_vote(const struct annot_authority *a, const struct annot_hash *review);
enum annot_status annot_quorum_vote(struct annot_quorum *q, const struct annot_vote *vote,
				    struct annot_error *err);
void annot_quorums_free(struct annot_authority *a);

/* --- policy.c
 * -------------------------------------------------------------------------------------------- */

void annot_policy_default(struct annot_policy *p);
bool annot_policy_cards(const struct annot_record *r);
/* Reads the policy cards of a record that lives as long as the arena. */
enum annot_status annot_policy_read(struct annot_arena *arena, const struct annot_record *r,
				    uint64_t index, struct annot_policy *ret,
				    struct annot_error *err);

#endif
