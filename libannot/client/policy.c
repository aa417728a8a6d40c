/* The policy in force, from the records that authority follows from, judged here. */
#include "client/collect.h"

#include "state/memory.h"

enum { POLICY_ARENA_MAX = 256 << 20 };

/* The leaf of a record of the chain. Its signature was checked under the author that the daemon's
 * line names, so the record must name the same. */
static enum annot_status leaf_of(const struct annot *a, const struct annot_collected *one,
				 struct annot_leaf *ret, struct annot_error *err)
{
	TRY(annot_leaf_parse(annot_bytes_of(one->leaf), ret, err));
	if (one->index == 0 && !annot_hash_equal(&ret->record, &annot_hello(a)->corpus))
		return annot_fail(err, ANNOT_MISMATCH,
				  "record #0 is not the genesis record of this corpus");
	if (!one->record)
		return ANNOT_OK;
	if (!annot_hash_equal(&one->record->id, &ret->record) ||
	    !annot_hash_equal(&one->record->author, &ret->author))
		return annot_fail(err, ANNOT_MISMATCH, "record #%llu does not fit its leaf",
				  (unsigned long long)one->index);
	annot_leaf_of(one->record, one->signature, ret);
	return ANNOT_OK;
}

static enum annot_status replay(const struct annot_collection *c, struct annot_memory *memory,
				struct annot_error *err)
{
	for (size_t i = 0; i < c->n_chain; i++) {
		const struct annot_collected *one = &c->chain[i];
		struct annot_fact fact = {.index = one->index, .record = one->record};
		struct annot_judgement judgement;
		TRY(leaf_of(c->a, one, &fact.leaf, err));
		TRY(annot_memory_skip(memory, one->index, err));
		TRY(annot_memory_next(memory, &fact, &judgement, err));
	}
	return ANNOT_OK;
}

static enum annot_status copy_policy(const struct annot_policy *policy, struct annot_arena *arena,
				     struct annot_policy *ret, struct annot_error *err)
{
	size_t n = policy->n_scales;
	struct annot_scale *scales = annot_arena_array(arena, n ? n : 1, sizeof(*scales));
	if (!scales)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++)
		scales[i] = policy->scales[i];
	*ret = *policy;
	ret->scales = scales;
	return ANNOT_OK;
}

enum annot_status annot_fetch_policy(struct annot *a, uint64_t size, struct annot_arena *arena,
				     struct annot_policy *ret, struct annot_error *err)
{
	struct annot_collection c = {
		.a = a, .arena = annot_arena_new(POLICY_ARENA_MAX), .checkpoint = {.size = size}};
	struct annot_memory *memory = annot_memory_new();
	enum annot_status status = ANNOT_OK;
	if (!c.arena || !memory)
		status = annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = annot_collect_chain(&c, err);
	if (status == ANNOT_OK)
		status = replay(&c, memory, err);
	if (status == ANNOT_OK)
		status = copy_policy(annot_authority_policy(annot_memory_authority(memory)), arena,
				     ret, err);
	annot_memory_free(memory);
	annot_arena_free(c.arena);
	return status;
}
