/* Keys, persons and policy, replayed from authority records alone: as of now, or of some size. */
#include "client/internal.h"

#include "base/auto.h"
#include "record/sshsig.h"

void annot_authority_forget(struct annot *a)
{
	a->authority = annot_memory_free(a->authority);
	a->authority_next = 0;
}

enum annot_status annot_authority_record(const struct annot_memory *memory,
					 const struct annot_raw *raw, struct annot_bytes line,
					 struct annot_arena *arena, const struct annot_record **ret,
					 struct annot_error *err)
{
	AUTO_BUF struct annot_buf own = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	const struct annot_record *record;
	struct annot_leaf leaf;
	if (raw->signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(err, ANNOT_PROTOCOL, "record #%llu has no signature",
				  (unsigned long long)raw->index);
	if (!raw->record.data)
		return ANNOT_OK; /* withheld: judged by its leaf */
	TRY(annot_record_parse(arena, raw->record, &record, err));
	annot_leaf_of(record, raw->signature.data, &leaf);
	annot_leaf_write(&leaf, &own);
	TRY(annot_buf_check(&own, "a leaf", err));
	if (own.len != line.len || memcmp(own.data, line.data, line.len) != 0)
		return annot_fail(err, ANNOT_MISMATCH, "record #%llu does not fit its leaf",
				  (unsigned long long)raw->index);
	const struct annot_key_info *key =
		annot_authority_key(annot_memory_authority(memory), &record->author);
	/* Genesis is known by its hash; an author nobody enrolled is void by the rules. */
	if (raw->index > 0 && key)
		TRY(annot_sshsig_verify(key->key, ANNOT_NAMESPACE_RECORD, record->bytes,
					raw->signature.data, err));
	*ret = record;
	return ANNOT_OK;
}

/* A replay under way. */
struct replay {
	struct annot *a;
	struct annot_memory *memory;
	uint64_t next, size; /* the next index at least; where the log ends for this replay */
};

static enum annot_status take(void *arg, const struct annot_raw *raw, struct annot_error *err)
{
	struct replay *r = arg;
	AUTO_ARENA struct annot_arena *arena = NULL;
	struct annot_fact fact = {.index = raw->index};
	struct annot_bytes line = annot_bytes_of(raw->leaf);
	struct annot_judgement judgement;
	if (fact.index < r->next)
		return annot_fail(err, ANNOT_PROTOCOL, "record #%llu is out of order",
				  (unsigned long long)fact.index);
	TRY(annot_client_arena(&arena, err));
	TRY(annot_leaf_parse(line, &fact.leaf, err));
	TRY(annot_authority_record(r->memory, raw, line, arena, &fact.record, err));
	if (fact.index == 0 && !annot_hash_equal(&fact.leaf.record, &r->a->hello.corpus))
		return annot_fail(err, ANNOT_MISMATCH,
				  "record #0 is not the genesis record of corpus %s",
				  annot_hash_hex(&r->a->hello.corpus).text);
	TRY(annot_memory_skip(r->memory, fact.index, err));
	TRY(annot_memory_next(r->memory, &fact, &judgement, err));
	r->next = fact.index + 1;
	return ANNOT_OK;
}

/* How many of the indexes are of the log as far as it is replayed. */
static size_t within(const struct replay *r, const struct annot_authority_reply *page)
{
	size_t n = 0;
	while (n < page->n_indexes && page->indexes[n] < r->size)
		n++;
	return n;
}

static enum annot_status replay(struct replay *r, struct annot_error *err)
{
	for (uint64_t from = r->next;;) {
		AUTO_ARENA struct annot_arena *arena = NULL;
		struct annot_authority_request in = {.from = from};
		const struct annot_authority_reply *page;
		TRY(annot_client_arena(&arena, err));
		TRY(annot_call_authority(r->a, &in, arena, &page, err));
		TRY(annot_raw_each(r->a, page->indexes, within(r, page), take, r, err));
		if (page->next <= from || page->next >= r->size)
			return ANNOT_OK;
		from = page->next;
	}
}

enum annot_status annot_authority_now(struct annot *a, const struct annot_authority **ret,
				      struct annot_error *err)
{
	if (!a->authority)
		a->authority = annot_memory_new();
	if (!a->authority)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	struct replay r = {a, a->authority, a->authority_next, INT64_MAX};
	enum annot_status status = replay(&r, err);
	if (status != ANNOT_OK) {
		annot_authority_forget(a); /* what failed half way cannot be gone on with */
		return status;
	}
	a->authority_next = r.next;
	*ret = annot_memory_authority(a->authority);
	return ANNOT_OK;
}

/* --- the policy of some size --- */

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
	struct annot_memory *memory = annot_memory_new();
	if (!memory)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	struct replay r = {a, memory, 0, size};
	enum annot_status status = replay(&r, err);
	if (status == ANNOT_OK)
		status = copy_policy(annot_authority_policy(annot_memory_authority(memory)), arena,
				     ret, err);
	annot_memory_free(memory);
	return status;
}
