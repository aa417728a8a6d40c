#include "annotd/vouch.h"

#include "annotd/corpus_private.h"

/* What stands in the file was signed, even if the file is damaged: truth.db must have it. */
static enum annot_status check_signed(struct corpus *c, const struct checkpoint_slot *slot,
				      struct annot_error *err)
{
	struct annot_tree_reader tree = store_tree(c->store);
	struct annot_hash root;
	if (slot->size > store_size(c->store))
		return annot_fail(
			err, ANNOT_REFUSED,
			"a checkpoint of %llu record%s was signed: vouching for %llu would fork "
			"the log; put back the truth.db that has them all",
			(unsigned long long)slot->size, annot_plural(slot->size),
			(unsigned long long)store_size(c->store));
	TRY(annot_tree_root(&tree, slot->size, &root, err));
	if (!annot_hash_equal(&root, &slot->root))
		return annot_fail(err, ANNOT_REFUSED,
				  "the signed checkpoint of %llu record%s has another root: "
				  "vouching for truth.db would fork the log",
				  (unsigned long long)slot->size, annot_plural(slot->size));
	return ANNOT_OK;
}

static enum annot_status vouch(struct corpus *c, uint64_t size, struct annot_error *err)
{
	const struct checkpoint_slot *current = checkpoint_file_current(c->file);
	struct checkpoint_slot slots[CHECKPOINT_SLOTS];
	size_t n = checkpoint_file_readable(c->file, slots);
	uint64_t have = store_size(c->store);
	if (size != have)
		return annot_fail(err, ANNOT_REFUSED, "truth.db has %llu record%s, not %llu",
				  (unsigned long long)have, annot_plural(have),
				  (unsigned long long)size);
	TRY(corpus_load(c, err));
	const struct annot_hash *id = annot_authority_corpus(c->authority);
	if (!id)
		return annot_fail(err, ANNOT_REFUSED, "truth.db has no genesis record");
	for (size_t i = 0; i < n; i++) {
		if (annot_hash_equal(&slots[i].corpus, id))
			TRY(check_signed(c, &slots[i], err));
	}
	if (current && annot_hash_equal(&current->corpus, id))
		return annot_fail(err, ANNOT_REFUSED, "the checkpoint file agrees with truth.db");
	struct annot_hash root = annot_frontier_root(&c->frontier);
	return checkpoint_file_reset(c->file, id, have, &root, err);
}

enum annot_status corpus_vouch(const char *dir, uint64_t size, struct annot_error *err)
{
	struct corpus *c;
	TRY(corpus_open_offline(dir, &c, err));
	enum annot_status status = vouch(c, size, err);
	corpus_close(c);
	return status;
}
