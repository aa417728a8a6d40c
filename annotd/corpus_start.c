/* The first start of a corpus folder. */
#include "annotd/corpus_start.h"

#include <errno.h>
#include <fcntl.h>

#include "base/auto.h"
#include "base/file.h"
#include "record/sshsig.h"

enum { ARMOR_FILE_MAX = 4096 };

struct genesis {
	const struct annot_record *record;
	uint8_t key[ANNOT_KEY_SIZE], signature[ANNOT_SIGNATURE_SIZE];
};

static enum annot_status read_file(struct corpus *c, const char *name, size_t max,
				   struct annot_buf *ret, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	TRY(corpus_path(c->dir, name, path, err));
	return annot_file_read(path, max, ret, err);
}

/* Reads and checks genesis and genesis.sig; the record lives in c->arena. */
static enum annot_status read_genesis(struct corpus *c, struct genesis *ret,
				      struct annot_error *err)
{
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(ARMOR_FILE_MAX);
	struct annot_error why = {0};
	TRY(read_file(c, "genesis", ANNOT_RECORD_MAX, &bytes, err));
	TRY(read_file(c, "genesis.sig", ARMOR_FILE_MAX, &armor, err));
	annot_arena_reset(c->arena);
	enum annot_status status =
		annot_record_parse(c->arena, annot_buf_bytes(&bytes), &ret->record, &why);
	if (status == ANNOT_OK)
		status = annot_sshsig_unarmor(annot_buf_bytes(&armor), ANNOT_NAMESPACE_RECORD,
					      ret->key, ret->signature, &why);
	if (status == ANNOT_OK)
		status = annot_key_check(ret->key, &why);
	if (status == ANNOT_OK)
		status = annot_sshsig_verify(ret->key, ANNOT_NAMESPACE_RECORD, ret->record->bytes,
					     ret->signature, &why);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s/genesis: %s", c->dir, why.text);
	struct annot_hash author = annot_key_author(ret->key);
	if (!ret->record->genesis || !annot_hash_equal(&author, &ret->record->author))
		return annot_fail(err, ANNOT_INVALID,
				  "%s/genesis is not a genesis record signed by its author",
				  c->dir);
	return ANNOT_OK;
}

static enum annot_status check_log_card(struct corpus *c, const struct annot_record *genesis,
					struct annot_error *err)
{
	const char *log = annot_record_text(genesis, "log");
	struct annot_vkey vkey;
	if (c->n_keys == 0)
		return annot_fail(err, ANNOT_REFUSED,
				  "%s/log.key is not there: a new corpus needs it", c->dir);
	TRY(annot_vkey_parse(log, strlen(log), &vkey, err));
	if (memcmp(vkey.key, c->keys[0].vkey.key, ANNOT_KEY_SIZE) != 0 ||
	    strcmp(vkey.name, c->keys[0].vkey.name) != 0)
		return annot_fail(err, ANNOT_REFUSED,
				  "%s/log.key is not the key that the genesis record names",
				  c->dir);
	return ANNOT_OK;
}

static enum annot_status put_genesis(struct corpus *c, const struct annot_fact *fact,
				     const struct genesis *g, struct annot_error *err)
{
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_frontier frontier = {0};
	struct annot_hash nodes[ANNOT_LEVELS];
	struct annot_judgement judgement;
	TRY(annot_judge(c->authority, store_view(c->store), fact, &judgement, err));
	if (judgement.effect != ANNOT_EFFECTIVE)
		return annot_fail(err, ANNOT_INVALID, "%s/genesis: %s", c->dir,
				  judgement.effect == ANNOT_VOID
					  ? judgement.reason
					  : "its one signature does not make its own threshold");
	annot_leaf_write(&fact->leaf, &line);
	TRY(annot_buf_check(&line, "leaf line", err));
	struct annot_hash leaf = annot_leaf_hash(line.data, line.len);
	size_t n = annot_frontier_append(&frontier, &leaf, nodes);
	TRY(store_put_record(c->store, 0, g->record->bytes, g->signature, nodes, n, err));
	TRY(corpus_apply(c, fact, &judgement, NULL, err));
	struct annot_hash root = annot_frontier_root(&frontier);
	TRY(store_commit_truth(c->store, &root, err));
	return store_commit_index(c->store, err);
}

static enum annot_status fill_store(struct corpus *c, const struct genesis *g,
				    struct annot_hash *ret_root, struct annot_error *err)
{
	struct annot_fact fact = {.record = g->record};
	annot_leaf_of(g->record, g->signature, &fact.leaf);
	c->authority = annot_authority_new();
	if (!c->authority)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (store_size(c->store) == 0) {
		TRY(store_begin(c->store, err));
		enum annot_status status = put_genesis(c, &fact, g, err);
		if (status != ANNOT_OK) {
			store_rollback(c->store);
			return status;
		}
	}
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(CORPUS_ARENA_MAX);
	struct store_record stored;
	if (!arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(store_record(c->store, 0, arena, &stored, err));
	if (store_size(c->store) != 1 || stored.record.len != g->record->bytes.len ||
	    memcmp(stored.record.data, g->record->bytes.data, stored.record.len) != 0)
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s has the marker of a new corpus, but its truth.db has other records: "
			"remove " FIRST_START " if this is not a new corpus",
			c->dir);
	struct annot_tree_reader tree = store_tree(c->store);
	return annot_tree_root(&tree, 1, ret_root, err);
}

static enum annot_status cover_genesis(struct corpus *c, const struct annot_hash *id,
				       const struct annot_hash *root, struct annot_error *err)
{
	const struct checkpoint_slot *slot = checkpoint_file_current(c->file);
	if (checkpoint_file_state(c->file) == CHECKPOINT_FILE_ABSENT)
		return checkpoint_file_reset(c->file, id, 1, root, err);
	if (!slot || slot->size != 1 || !annot_hash_equal(&slot->corpus, id) ||
	    !annot_hash_equal(&slot->root, root))
		return annot_fail(err, ANNOT_REFUSED,
				  "%s has the marker of a new corpus, but its checkpoint file says "
				  "otherwise: remove " FIRST_START " if this is not a new corpus",
				  c->dir);
	return ANNOT_OK;
}

static enum annot_status remove_marker(struct corpus *c, struct annot_error *err)
{
	AUTO_CLOSE int dir = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || unlinkat(dir, FIRST_START, 0) != 0 || fsync(dir) != 0)
		return annot_fail(err, ANNOT_UNREADABLE, "%s/" FIRST_START " cannot be removed: %s",
				  c->dir, strerror(errno));
	return ANNOT_OK;
}

enum annot_status corpus_first_start(struct corpus *c, struct annot_error *err)
{
	struct genesis genesis;
	struct annot_hash root;
	bool rebuild = false;
	TRY(read_genesis(c, &genesis, err));
	TRY(check_log_card(c, genesis.record, err));
	/* REFUSED: a start that was cut short made it already. */
	enum annot_status created = store_create(c->dir, err);
	if (created != ANNOT_OK && created != ANNOT_REFUSED)
		return created;
	TRY(store_open(c->dir, &c->store, &rebuild, err));
	TRY(fill_store(c, &genesis, &root, err));
	TRY(cover_genesis(c, &genesis.record->id, &root, err));
	c->store = store_close(c->store);
	c->authority = annot_authority_free(c->authority);
	return remove_marker(c, err);
}
