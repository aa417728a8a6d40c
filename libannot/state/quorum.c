/* Votes on authority records: who approves, and when that is enough. */
#include "state/authority_private.h"

#include <stdlib.h>

struct annot_quorum *annot_quorum_find(const struct annot_authority *a,
				       const struct annot_hash *record)
{
	struct annot_quorum *q = NULL;

	HASH_FIND(hh, a->quorums, record, sizeof(*record), q);
	return q;
}

/* An admin's approval counts while the person can sign at all. */
static bool can_sign(const struct annot_person *p, uint64_t index)
{
	return p->active && annot_key_in_force(&p->active->info, index);
}

static bool approves(const struct annot_quorum *q, const struct annot_person *p, uint64_t index)
{
	const struct annot_vote *latest = NULL;

	for (size_t i = 0; i < q->n_votes; i++)
		if (q->votes[i].person == p && !q->votes[i].withdrawn)
			latest = &q->votes[i];
	if (!latest || latest->decision != ANNOT_APPROVE || !can_sign(p, index))
		return false;
	/* A vote given with a key that is known by now to have been stolen at that time is none. */
	return latest->key->info.compromised_from == ANNOT_NEVER ||
	       latest->index < (uint64_t)latest->key->info.compromised_from;
}

static unsigned approving_admins(const struct annot_authority *a, const struct annot_quorum *q,
				 uint64_t index)
{
	struct annot_person *p, *next;
	unsigned n = 0;

	HASH_ITER(hh, a->persons, p, next)
	n += p->admin && approves(q, p, index);
	return n;
}

/* The new admins' quorum over a later corpus record. */
static bool new_admins_approve(const struct annot_authority *a, const struct annot_quorum *q,
			       uint64_t index)
{
	struct annot_admin admins[ANNOT_ADMINS_MAX];
	uint64_t threshold = annot_record_card(q->copy, "threshold")->start, approving = 0;
	size_t n = 0;

	/* Where it can no longer take effect, let it settle: taking effect says so and voids it. */
	if (annot_rule_corpus(a, q->copy, admins, &n, NULL) != ANNOT_OK)
		return true;
	for (size_t i = 0; i < n; i++)
		approving += admins[i].person && approves(q, admins[i].person, index);
	return approving >= threshold;
}

bool annot_quorum_reached(const struct annot_authority *a, const struct annot_quorum *q,
			  uint64_t index)
{
	if (approving_admins(a, q, index) < a->threshold)
		return false;
	return q->kind != ANNOT_KIND_corpus || new_admins_approve(a, q, index);
}

enum annot_status annot_quorum_alone(const struct annot_authority *a, const struct annot_record *r,
				     const struct annot_person *author, bool *ret,
				     struct annot_error *err)
{
	struct annot_admin admins[ANNOT_ADMINS_MAX];
	size_t n = 0;
	bool named = false;

	*ret = a->threshold == 1;
	if (r->kind->kind != ANNOT_KIND_corpus)
		return ANNOT_OK;
	TRY(annot_rule_corpus(a, r, admins, &n, err));
	for (size_t i = 0; i < n; i++)
		named |= admins[i].person == author;
	*ret = *ret && named && annot_record_card(r, "threshold")->start == 1;
	return ANNOT_OK;
}

enum annot_status annot_quorum_vote(struct annot_quorum *q, const struct annot_vote *vote,
				    struct annot_error *err)
{
	if (q->n_votes == q->cap_votes) {
		size_t cap = q->cap_votes ? 2 * q->cap_votes : 8;
		struct annot_vote *more = realloc(q->votes, cap * sizeof(*more));

		if (!more)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a vote");
		q->votes = more;
		q->cap_votes = cap;
	}
	q->votes[q->n_votes++] = *vote;
	return ANNOT_OK;
}

static void settle(struct annot_authority *a, struct annot_quorum *q, enum annot_effect effect,
		   uint64_t index)
{
	q->effect = effect;
	q->settled = index;
	if (effect == ANNOT_VOID && q->key) {
		annot_keys_drop(a, q->key);
		q->key = NULL;
	}
	free(q->votes);
	q->votes = NULL;
	q->n_votes = q->cap_votes = 0;
	a->settled[0] = q->record;
	a->n_settled = 1;
}

static enum annot_decision decision_of(const struct annot_record *review)
{
	const char *text = annot_record_text(review, "decision");

	if (strcmp(text, "approve") == 0)
		return ANNOT_APPROVE;
	return strcmp(text, "reject") == 0 ? ANNOT_REJECT : ANNOT_REQUEST_CHANGES;
}

enum annot_status annot_quorum_review(struct annot_authority *a, struct annot_quorum *q,
				      const struct annot_fact *review, struct annot_error *err)
{
	const struct annot_key *key = annot_keys_find(a, &review->leaf.author);
	struct annot_vote vote = {.key = key,
				  .index = review->index,
				  .record = review->leaf.record,
				  .annotation = review->leaf.annotation,
				  .decision = decision_of(review->record)};
	enum annot_status s;

	if (!key || !annot_key_in_force(&key->info, review->index))
		return annot_fail(err, ANNOT_INVALID,
				  "review #%llu: its author's key is not in force",
				  (unsigned long long)review->index);
	vote.person = key->person;
	if (vote.decision == ANNOT_REJECT && key->person->admin) {
		settle(a, q, ANNOT_VOID, review->index);
		return ANNOT_OK;
	}
	TRY(annot_quorum_vote(q, &vote, err));
	if (!annot_quorum_reached(a, q, review->index))
		return ANNOT_OK;
	s = annot_effect_take(a, q, NULL, review->index, err);
	if (s == ANNOT_NO_MEMORY || s == ANNOT_INTERNAL)
		return s;
	settle(a, q, s == ANNOT_OK ? ANNOT_EFFECTIVE : ANNOT_VOID, review->index);
	return ANNOT_OK;
}

static struct annot_vote *find_vote(const struct annot_quorum *q, const struct annot_hash *review)
{
	for (size_t i = 0; i < q->n_votes; i++)
		if (annot_hash_equal(&q->votes[i].record, review))
			return &q->votes[i];
	return NULL;
}

bool annot_quorum_has_vote(const struct annot_authority *a, const struct annot_hash *review)
{
	struct annot_quorum *q, *next;

	HASH_ITER(hh, a->quorums, q, next)
	if (find_vote(q, review))
		return true;
	return false;
}

void annot_quorum_withdraw(struct annot_authority *a, const struct annot_hash *review)
{
	struct annot_quorum *q, *next;

	HASH_ITER(hh, a->quorums, q, next)
	{
		const struct annot_vote *vote = find_vote(q, review);
		struct annot_hash annotation;

		if (!vote)
			continue;
		annotation = vote->annotation;
		for (size_t i = 0; i < q->n_votes; i++)
			if (annot_hash_equal(&q->votes[i].annotation, &annotation))
				q->votes[i].withdrawn = true;
	}
}

void annot_quorums_free(struct annot_authority *a)
{
	struct annot_quorum *q, *next;

	HASH_ITER(hh, a->quorums, q, next)
	free(q->votes);
	HASH_CLEAR(hh, a->quorums); /* elements live in the arena */
}

enum annot_effect annot_authority_effect(const struct annot_authority *a,
					 const struct annot_hash *record, uint64_t *index)
{
	const struct annot_quorum *q = annot_quorum_find(a, record);

	if (!q)
		return ANNOT_VOID;
	if (index && q->effect != ANNOT_PENDING)
		*index = q->settled;
	return q->effect;
}

unsigned annot_authority_approvals(const struct annot_authority *a, const struct annot_hash *record)
{
	const struct annot_quorum *q = annot_quorum_find(a, record);

	return q && q->effect == ANNOT_PENDING ? approving_admins(a, q, a->last) : 0;
}
