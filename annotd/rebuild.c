/* annotd rebuild and annotd vouch. */
#include "annotd/corpus_start.h"
#include "annotd/maintain.h"
#include "record/sshsig.h"

/* The lock, and the store, of a corpus that nobody serves. */
static enum annot_status open_offline(const char *dir, struct corpus **ret, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	bool rebuild;
	TRY(annot_crypto_init(err));
	if (!corpus_has(dir, "truth.db"))
		return annot_fail(err, ANNOT_INVALID,
				  "%s is not a corpus folder: it has no truth.db", dir);
	TRY(corpus_path(dir, "checkpoint", path, err));
	struct corpus *c = corpus_new(dir);
	if (!c)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = checkpoint_file_open(path, &c->file, err);
	if (status == ANNOT_OK)
		status = store_open(dir, &c->store, &rebuild, err);
	if (status != ANNOT_OK) {
		corpus_close(c);
		return status;
	}
	*ret = c;
	return ANNOT_OK;
}

enum annot_status corpus_rebuild(const char *dir, uint64_t *ret_records, struct annot_error *err)
{
	struct corpus *c;
	TRY(open_offline(dir, &c, err));
	enum annot_status status = store_index_reset(c->store, err);
	if (status == ANNOT_OK)
		status = corpus_load(c, err);
	if (status == ANNOT_OK)
		*ret_records = store_size(c->store);
	corpus_close(c);
	return status;
}

/* What stands in the file was signed, even if the file is damaged: truth.db must have it. */
static enum annot_status check_signed(struct corpus *c, const struct checkpoint_slot *slot,
				      struct annot_error *err)
{
	struct annot_tree_reader tree = store_tree(c->store);
	struct annot_hash root;
	if (slot->size > store_size(c->store))
		return annot_fail(
			err, ANNOT_REFUSED,
			"a checkpoint of %llu records was signed: vouching for %llu would fork "
			"the log; put back the truth.db that has them all",
			(unsigned long long)slot->size, (unsigned long long)store_size(c->store));
	TRY(annot_tree_root(&tree, slot->size, &root, err));
	if (!annot_hash_equal(&root, &slot->root))
		return annot_fail(err, ANNOT_REFUSED,
				  "the signed checkpoint of %llu records has another root: "
				  "vouching for truth.db would fork the log",
				  (unsigned long long)slot->size);
	return ANNOT_OK;
}

static enum annot_status vouch(struct corpus *c, uint64_t size, struct annot_error *err)
{
	const struct checkpoint_slot *current = checkpoint_file_current(c->file);
	struct checkpoint_slot slots[CHECKPOINT_SLOTS];
	size_t n = checkpoint_file_readable(c->file, slots);
	uint64_t have = store_size(c->store);
	if (size != have)
		return annot_fail(err, ANNOT_REFUSED, "truth.db has %llu records, not %llu",
				  (unsigned long long)have, (unsigned long long)size);
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
	TRY(open_offline(dir, &c, err));
	enum annot_status status = vouch(c, size, err);
	corpus_close(c);
	return status;
}
