/* What the log shows about the records of a bundle, all of it for one checkpoint. */
#include "client/collect.h"

#include "base/auto.h"
#include "base/hash.h"
#include "log/tlogproof.h"
#include "log/tree.h"
#include "record/sshsig.h"

enum {
	LEAVES_PAGE = 4096,
	ARMOR_MAX = 1024,
	PROOF_MAX = 64 << 10,
};

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

static enum annot_status keep(struct annot_collection *c, const struct annot_buf *b,
			      struct annot_bytes *ret, struct annot_error *err)
{
	TRY(annot_buf_check(b, "a section of the bundle", err));
	char *copy = annot_arena_copy(c->arena, b->data, b->len);
	if (!copy)
		return no_memory(err);
	*ret = annot_bytes(copy, b->len);
	return ANNOT_OK;
}

/* --- chain --- */

static enum annot_status chain_indexes(struct annot_collection *c, uint64_t **ret, size_t *ret_n,
				       struct annot_error *err)
{
	AUTO_BUF struct annot_buf list =
		ANNOT_BUF_INIT(ANNOT_BUNDLE_RECORDS_MAX * sizeof(uint64_t));
	struct annot_bytes kept = {0};
	for (uint64_t from = 0;;) {
		AUTO_ARENA struct annot_arena *arena = NULL;
		struct annot_authority_request in = {.from = from};
		const struct annot_authority_reply *reply;
		TRY(annot_client_arena(&arena, err));
		TRY(annot_call_authority(c->a, &in, arena, &reply, err));
		for (size_t i = 0; i < reply->n_indexes; i++)
			if (reply->indexes[i] < c->checkpoint.size)
				annot_buf_add(&list, &reply->indexes[i], sizeof(uint64_t));
		if (reply->next <= from || reply->next >= c->checkpoint.size)
			break;
		from = reply->next;
	}
	TRY(keep(c, &list, &kept, err));
	*ret = (uint64_t *)(uintptr_t)kept.data;
	*ret_n = kept.len / sizeof(uint64_t);
	return ANNOT_OK;
}

struct raw_list {
	struct annot_collection *c;
	struct annot_collected *list;
	size_t n;
};

/* Takes one record; one by a key that was never enrolled is void and left out. */
static enum annot_status take_raw(void *arg, const struct annot_raw *raw, struct annot_error *err)
{
	struct raw_list *to = arg;
	struct annot_collection *c = to->c;
	struct annot_collected *ret = &to->list[to->n];
	struct annot_public_key key;
	struct annot_leaf leaf;
	if (raw->signature.len != ANNOT_SIGNATURE_SIZE)
		return annot_fail(err, ANNOT_PROTOCOL, "record #%llu has no signature",
				  (unsigned long long)raw->index);
	if (raw->record.data)
		TRY(annot_record_parse(c->arena, raw->record, &ret->record, err));
	TRY(annot_leaf_parse(annot_bytes_of(raw->leaf), &leaf, err));
	enum annot_status status = annot_author_key(c->a, &leaf.author, &key, err);
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(status);
	ret->index = raw->index;
	ret->id = leaf.record;
	ret->leaf = annot_arena_copy(c->arena, raw->leaf, strlen(raw->leaf));
	memcpy(ret->signature, raw->signature.data, ANNOT_SIGNATURE_SIZE);
	memcpy(ret->key, key.key, ANNOT_KEY_SIZE);
	if (!ret->leaf)
		return no_memory(err);
	to->n++;
	if (!ret->record)
		return ANNOT_OK;
	return annot_sshsig_verify(key.key, ANNOT_NAMESPACE_RECORD, ret->record->bytes,
				   ret->signature, err);
}

enum annot_status annot_collect_raw(struct annot_collection *c, const uint64_t *indexes, size_t n,
				    struct annot_collected *ret, size_t *ret_n,
				    struct annot_error *err)
{
	struct raw_list to = {.c = c, .list = ret};
	TRY(annot_raw_each(c->a, indexes, n, take_raw, &to, err));
	*ret_n = to.n;
	return ANNOT_OK;
}

enum annot_status annot_collect_chain(struct annot_collection *c, struct annot_error *err)
{
	uint64_t *indexes;
	size_t n;
	TRY(chain_indexes(c, &indexes, &n, err));
	c->chain = annot_arena_array(c->arena, n ? n : 1, sizeof(*c->chain));
	if (!c->chain)
		return no_memory(err);
	return annot_collect_raw(c, indexes, n, c->chain, &c->n_chain, err);
}

/* --- proofs --- */

static enum annot_status leaf_line(const struct annot_collected *record, struct annot_buf *ret,
				   struct annot_error *err)
{
	struct annot_leaf leaf;
	if (!record->record) {
		annot_buf_puts(ret, record->leaf);
	} else {
		annot_leaf_of(record->record, record->signature, &leaf);
		annot_leaf_write(&leaf, ret);
	}
	return annot_buf_check(ret, "a leaf", err);
}

static enum annot_status prove(struct annot_collection *c, const struct annot_collected *record,
			       struct annot_buf *ret, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_proof_request in = {.index = record->index, .size = c->checkpoint.size};
	const struct annot_proof_reply *reply;
	TRY(annot_client_arena(&arena, err));
	TRY(leaf_line(record, &line, err));
	TRY(annot_call_proof(c->a, &in, arena, &reply, err));
	struct annot_hash hash = annot_leaf_hash(line.data, line.len);
	if (annot_verify_inclusion(in.index, in.size, &hash, reply->path, reply->n_path,
				   &c->checkpoint.root, NULL) != ANNOT_OK)
		return annot_fail(err, ANNOT_MISMATCH,
				  "the daemon does not prove that record %s is in the log at #%llu",
				  annot_hash_hex(&record->id).text,
				  (unsigned long long)record->index);
	struct annot_tlogproof *proof = annot_arena_alloc(arena, sizeof(*proof));
	if (!proof)
		return no_memory(err);
	proof->index = in.index;
	proof->n_path = reply->n_path;
	if (reply->n_path > 0)
		memcpy(proof->path, reply->path, reply->n_path * sizeof(*reply->path));
	proof->note = c->note;
	annot_tlogproof_write(proof, ret);
	return ANNOT_OK;
}

enum annot_status annot_collect_proved(struct annot_collection *c,
				       const struct annot_collected *record,
				       struct annot_bundle_record *ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(ARMOR_MAX);
	AUTO_BUF struct annot_buf proof = ANNOT_BUF_INIT(PROOF_MAX);
	struct annot_bundle_record got = {0};
	if (record->record)
		got.record = record->record->bytes;
	annot_sshsig_armor(record->key, ANNOT_NAMESPACE_RECORD, record->signature, &armor);
	TRY(keep(c, &armor, &got.signature, err));
	TRY(prove(c, record, &proof, err));
	TRY(keep(c, &proof, &got.proof, err));
	*ret = got;
	return ANNOT_OK;
}

/* --- seen --- */

static enum annot_status seen_note(struct annot_collection *c, const struct annot_seen *seen,
				   struct annot_bytes *ret, struct annot_error *err)
{
	struct annot_note_request in = {.hash = seen->note};
	const struct annot_note_reply *reply;
	TRY(annot_call_note(c->a, &in, c->arena, &reply, err));
	struct annot_hash hash = annot_sha256(reply->note.data, reply->note.len);
	if (!annot_hash_equal(&hash, &seen->note))
		return annot_fail(err, ANNOT_MISMATCH,
				  "the daemon shows another note than the one with hash %s",
				  annot_hash_hex(&seen->note).text);
	*ret = reply->note;
	return ANNOT_OK;
}

static enum annot_status seen_path(struct annot_collection *c, const struct annot_seen *seen,
				   struct annot_buf *ret, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	struct annot_consistency_request in = {.from = seen->size, .to = c->checkpoint.size};
	const struct annot_consistency_reply *reply;
	TRY(annot_client_arena(&arena, err));
	TRY(annot_call_consistency(c->a, &in, arena, &reply, err));
	if (annot_verify_consistency(in.from, in.to, reply->path, reply->n_path, &seen->root,
				     &c->checkpoint.root, NULL) != ANNOT_OK)
		return annot_fail(
			err, ANNOT_MISMATCH,
			"FORKED: the checkpoint of size %llu that the record's author had "
			"seen is not of this log",
			(unsigned long long)seen->size);
	for (size_t i = 0; i < reply->n_path; i++) {
		annot_buf_base64(ret, reply->path[i].b, ANNOT_HASH_SIZE);
		annot_buf_putc(ret, '\n');
	}
	annot_buf_add(ret, NULL, 0);
	return ANNOT_OK;
}

enum annot_status annot_collect_seen(struct annot_collection *c, struct annot_bundle *ret,
				     struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PROOF_MAX);
	const struct annot_record *record = c->subject.record;
	struct annot_bytes note, consistency;
	if (!record || record->seen.size == 0)
		return ANNOT_OK;
	TRY(seen_note(c, &record->seen, &note, err));
	TRY(seen_path(c, &record->seen, &path, err));
	TRY(keep(c, &path, &consistency, err));
	ret->seen = note;
	ret->consistency = consistency;
	return ANNOT_OK;
}

/* --- witnesses --- */

static enum annot_status read_cosigned(struct annot_collection *c, struct annot_bytes note,
				       struct annot_checkpoint *ret, struct annot_error *err)
{
	struct annot_note *parsed = annot_arena_alloc(c->arena, sizeof(*parsed));
	if (!parsed)
		return no_memory(err);
	TRY(annot_note_parse(note, parsed, err));
	TRY(annot_checkpoint_parse(parsed->text, ret, err));
	if (ret->size > c->subject.index && ret->size <= c->checkpoint.size)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_PROTOCOL,
			  "the daemon shows a cosigned checkpoint of size %llu that was not asked "
			  "for",
			  (unsigned long long)ret->size);
}

/*
 * A checkpoint of the history that the bundle's has grown from. Its log key may have been changed
 * long since, so that it is the tree that counts; one of another history, signed by a key that is
 * believed, is evidence of a fork.
 */
static enum annot_status take_cosigned(struct annot_collection *c, struct annot_bytes note,
				       struct annot_bundle *ret, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	const struct annot_consistency_reply *reply;
	struct annot_checkpoint covered;
	TRY(read_cosigned(c, note, &covered, err));
	TRY(annot_client_arena(&arena, err));
	struct annot_consistency_request in = {.from = covered.size, .to = c->checkpoint.size};
	TRY(annot_call_consistency(c->a, &in, arena, &reply, err));
	if (annot_verify_consistency(in.from, in.to, reply->path, reply->n_path, &covered.root,
				     &c->checkpoint.root, NULL) != ANNOT_OK)
		TRY(annot_pin_advance(c->a, note, err));
	else if (ret->n_cosigned < ANNOT_BUNDLE_COSIGNED_MAX)
		ret->cosigned[ret->n_cosigned++] = note;
	return ANNOT_OK;
}

enum annot_status annot_collect_cosigned(struct annot_collection *c, struct annot_bundle *ret,
					 struct annot_error *err)
{
	struct annot_cosigned_request in = {.index = c->subject.index, .size = c->checkpoint.size};
	const struct annot_cosigned_reply *reply;
	TRY(annot_call_cosigned(c->a, &in, c->arena, &reply, err));
	for (size_t i = 0; i < reply->n_notes; i++)
		TRY(take_cosigned(c, reply->notes[i].note, ret, err));
	return ANNOT_OK;
}

/* --- leaves --- */

/* One page of leaves, appended to the lines and to the tree. */
static enum annot_status add_page(struct annot_collection *c, struct annot_frontier *tree,
				  struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	struct annot_hash nodes[ANNOT_LEVELS];
	uint64_t left = c->checkpoint.size - tree->size;
	struct annot_leaves_request in = {.from = tree->size,
					  .limit = left < LEAVES_PAGE ? left : LEAVES_PAGE};
	const struct annot_leaves_reply *reply;
	TRY(annot_client_arena(&arena, err));
	TRY(annot_call_leaves(c->a, &in, arena, &reply, err));
	if (reply->n_leaves == 0 || reply->n_leaves > in.limit)
		return annot_fail(err, ANNOT_MISMATCH, "the daemon shows %llu leaves of %llu",
				  (unsigned long long)tree->size,
				  (unsigned long long)c->checkpoint.size);
	for (size_t i = 0; i < reply->n_leaves; i++) {
		size_t len = strlen(reply->leaves[i]);
		struct annot_hash hash = annot_leaf_hash(reply->leaves[i], len);
		annot_frontier_append(tree, &hash, nodes);
		annot_buf_add(&c->leaves, reply->leaves[i], len);
	}
	return annot_buf_check(&c->leaves, "the leaves", err);
}

enum annot_status annot_collect_leaves(struct annot_collection *c, struct annot_error *err)
{
	struct annot_frontier tree = {0};
	enum annot_status status = ANNOT_OK;
	while (tree.size < c->checkpoint.size && status == ANNOT_OK) {
		status = add_page(c, &tree, err);
		annot_client_step(c->a, "fetched", false, tree.size, c->checkpoint.size);
	}
	annot_client_step(c->a, NULL, false, 0, 0);
	TRY(status);
	struct annot_hash root = annot_frontier_root(&tree);
	if (!annot_hash_equal(&root, &c->checkpoint.root))
		return annot_fail(
			err, ANNOT_MISMATCH,
			"the leaves that the daemon shows are not those of its checkpoint");
	return ANNOT_OK;
}
