/* Authority: replaying facts, and what others ask of it. */
#include "state/authority_private.h"

#include <stdlib.h>

struct annot_authority *annot_authority_new(void)
{
	struct annot_authority *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->arena = annot_arena_new(ANNOT_AUTHORITY_MEMORY_MAX);
	if (!a->arena) {
		free(a);
		return NULL;
	}
	annot_policy_default(&a->policy);
	return a;
}

struct annot_authority *annot_authority_free(struct annot_authority *a)
{
	if (!a)
		return NULL;
	annot_quorums_free(a);
	annot_keys_free(a);
	annot_arena_free(a->arena);
	free(a);
	return NULL;
}

const char *annot_effect_name(enum annot_effect effect)
{
	static const char *const names[] = {
		[ANNOT_EFFECTIVE] = "effective",
		[ANNOT_PENDING] = "pending",
		[ANNOT_VOID] = "void",
	};
	return names[effect];
}

static bool is_authority_kind(enum annot_kind kind)
{
	switch (kind) {
	case ANNOT_KIND_corpus:
	case ANNOT_KIND_policy:
	case ANNOT_KIND_key_add:
	case ANNOT_KIND_key_rotate:
	case ANNOT_KIND_key_revoke:
	case ANNOT_KIND_withhold:
		return true;
	default:
		return false;
	}
}

bool annot_authority_concerns(const struct annot_authority *a, const struct annot_leaf *leaf)
{
	const struct annot_quorum *q;

	if (is_authority_kind(leaf->kind))
		return true;
	if (leaf->kind == ANNOT_KIND_retract)
		return leaf->has_on && annot_quorum_has_vote(a, &leaf->on);
	if (leaf->kind != ANNOT_KIND_review || !leaf->has_on)
		return false;
	q = annot_quorum_find(a, &leaf->on);
	return q && q->effect == ANNOT_PENDING;
}

/* --- applying
 * ----------------------------------------------------------------------------------------- */

static enum annot_status broken(const struct annot_fact *fact, const char *what,
				struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "authority record #%llu (%s): %s",
			  (unsigned long long)fact->index, annot_kind_def(fact->leaf.kind)->name,
			  what);
}

static enum annot_status quorum_new(struct annot_authority *a, const struct annot_fact *fact,
				    struct annot_quorum **ret, struct annot_error *err)
{
	struct annot_quorum *q = annot_arena_alloc(a->arena, sizeof(*q));

	if (!q)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for authority");
	q->record = fact->leaf.record;
	q->kind = fact->leaf.kind;
	q->effect = ANNOT_PENDING;
	TRY(annot_record_parse(a->arena, fact->record->bytes, &q->copy, err));
	HASH_ADD(hh, a->quorums, record, sizeof(q->record), q);
	if (annot_table_failed(q))
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for authority");
	*ret = q;
	return ANNOT_OK;
}

static enum annot_status apply_quorum(struct annot_authority *a, const struct annot_fact *fact,
				      enum annot_effect effect, struct annot_error *err)
{
	struct annot_key *own = annot_keys_find(a, &fact->leaf.author);
	struct annot_quorum *q = annot_quorum_find(a, &fact->leaf.record);

	if (q)
		return broken(fact, "stands in the log twice", err);
	if (!fact->record)
		return broken(fact, "its bytes are needed", err);
	if (a->started && !own)
		return broken(fact, "its author's key is unknown", err);
	TRY(quorum_new(a, fact, &q, err));
	TRY(annot_effect_prepare(a, q, fact->index, err));
	if (effect == ANNOT_EFFECTIVE) {
		TRY(annot_effect_take(a, q, own, fact->index, err));
		q->effect = ANNOT_EFFECTIVE;
		q->settled = fact->index;
		return ANNOT_OK;
	}
	struct annot_vote vote = {.person = own ? own->person : NULL,
				  .key = own,
				  .index = fact->index,
				  .record = q->record,
				  .annotation = q->record,
				  .decision = ANNOT_APPROVE};
	return own ? annot_quorum_vote(q, &vote, err)
		   : broken(fact, "a genesis is never pending", err);
}

enum annot_status annot_authority_apply(struct annot_authority *a, const struct annot_fact *fact,
					enum annot_effect effect, struct annot_error *err)
{
	a->n_settled = 0;
	if (effect == ANNOT_VOID || !annot_authority_concerns(a, &fact->leaf))
		return ANNOT_OK;
	if (a->started != (fact->index > 0) || (a->started && fact->index <= a->last))
		return broken(fact, "out of order", err);
	if (!a->started && fact->leaf.kind != ANNOT_KIND_corpus)
		return broken(fact, "not a genesis record", err);
	if (!a->started)
		a->corpus = fact->leaf.record;
	if (fact->leaf.kind == ANNOT_KIND_retract) {
		annot_quorum_withdraw(a, &fact->leaf.on);
	} else if (fact->leaf.kind == ANNOT_KIND_review) {
		if (!fact->record)
			return broken(fact, "its bytes are needed", err);
		TRY(annot_quorum_review(a, annot_quorum_find(a, &fact->leaf.on), fact, err));
	} else {
		TRY(apply_quorum(a, fact, effect, err));
	}
	a->last = fact->index;
	return ANNOT_OK;
}

/* --- asking
 * ------------------------------------------------------------------------------------------- */

size_t annot_authority_effects(const struct annot_authority *a, const struct annot_hash **ret)
{
	*ret = a->settled;
	return a->n_settled;
}

const struct annot_policy *annot_authority_policy(const struct annot_authority *a)
{
	return &a->policy;
}

unsigned annot_authority_threshold(const struct annot_authority *a)
{
	return a->threshold;
}

unsigned annot_authority_admins(const struct annot_authority *a)
{
	struct annot_person *p, *next;
	unsigned n = 0;

	HASH_ITER(hh, a->persons, p, next)
	n += p->admin && p->active;
	return n;
}

const struct annot_hash *annot_authority_corpus(const struct annot_authority *a)
{
	return a->started ? &a->corpus : NULL;
}

const struct annot_hash *annot_authority_corpus_record(const struct annot_authority *a)
{
	return a->started ? &a->corpus_record : NULL;
}

size_t annot_authority_log_keys(const struct annot_authority *a, const struct annot_vkey **ret)
{
	*ret = a->log_keys;
	return a->n_log_keys < 2 ? a->n_log_keys : 2;
}

size_t annot_authority_log_keys_ever(const struct annot_authority *a, const struct annot_vkey **ret)
{
	*ret = a->log_keys;
	return a->n_log_keys;
}
