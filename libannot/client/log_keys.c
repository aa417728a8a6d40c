#include "client/log_keys.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/auto.h"
#include "client/audit_source.h"
#include "record/sshsig.h"
#include "state/memory.h"

enum { BATCH_ARENA_MAX = 128 << 20 };

static enum annot_status damaged(const char *dir, const struct annot_checkpoint *c,
				 struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID,
			  "%s: its files do not come to the root of its checkpoint of #%" PRIu64
			  "; make the copy anew in an empty folder",
			  dir, c->size);
}

/* --- keys --- */

static enum annot_status take(struct annot_memory *memory, uint64_t index,
			      struct annot_audit_batch *b, struct annot_audit_item *item,
			      struct annot_error *err)
{
	struct annot_judgement judgement;
	struct annot_leaf leaf;
	TRY(annot_leaf_parse(item->line, &leaf, err));
	if (!annot_authority_concerns(annot_memory_authority(memory), &leaf))
		return ANNOT_OK;
	TRY(annot_audit_check(b->arena, item, true, err));
	if (item->why)
		return annot_fail(err, ANNOT_MISMATCH, "record #%" PRIu64 ": %s", index, item->why);
	struct annot_fact fact = {.index = index, .leaf = leaf, .record = item->record};
	TRY(annot_memory_skip(memory, index, err));
	return annot_memory_next(memory, &fact, &judgement, err);
}

/* Replays what authority follows from in the records that a checkpoint claims, whose leaves must
 * come to its root: else a record that took a log key away could be left out. */
static enum annot_status replay(const char *dir, const struct annot_hash *corpus,
				const struct annot_checkpoint *claimed, struct annot_audit_batch *b,
				struct annot_memory *memory, struct annot_error *err)
{
	struct annot_audit_source source = {.dir = dir};
	struct annot_frontier tree = {.size = 0};
	struct annot_hash nodes[ANNOT_LEVELS];
	for (b->n = 0; b->n < annot_tile_count(0, claimed->size); b->n++) {
		b->width = annot_tile_width(0, b->n, claimed->size);
		TRY(annot_audit_source_read(&source, b, err));
		for (unsigned i = 0; i < b->width; i++) {
			uint64_t index = b->n * ANNOT_TILE_WIDTH + i;
			struct annot_bytes line = b->items[i].line;
			struct annot_hash leaf = annot_leaf_hash(line.data, line.len);
			annot_frontier_append(&tree, &leaf, nodes);
			TRY(take(memory, index, b, &b->items[i], err));
			const struct annot_hash *genesis =
				annot_authority_corpus(annot_memory_authority(memory));
			if (index == 0 && (!genesis || !annot_hash_equal(genesis, corpus)))
				return annot_fail(err, ANNOT_MISMATCH,
						  "%s is a copy of another corpus's log than %s",
						  dir, annot_hash_hex(corpus).text);
		}
	}
	struct annot_hash root = annot_frontier_root(&tree);
	return annot_hash_equal(&root, &claimed->root) ? ANNOT_OK : damaged(dir, claimed, err);
}

static enum annot_status open_under(const struct annot_memory *memory, struct annot_bytes note,
				    struct annot_checkpoint *ret, struct annot_error *err)
{
	const struct annot_vkey *keys;
	size_t n = annot_authority_log_keys(annot_memory_authority(memory), &keys);
	enum annot_status status =
		annot_fail(err, ANNOT_MISMATCH, "the log's records name no log key");
	for (size_t i = 0; i < n; i++) {
		status = annot_checkpoint_open(note, &keys[i], ret, err);
		if (status == ANNOT_OK)
			return status;
	}
	return annot_fail(err, ANNOT_MISMATCH,
			  "the checkpoint is not signed by a log key of this corpus");
}

enum annot_status annot_log_dir_open_note(const char *dir, const struct annot_hash *corpus,
					  struct annot_bytes note, struct annot_checkpoint *ret,
					  struct annot_error *err)
{
	AUTO_FREE struct annot_note *parsed = malloc(sizeof(*parsed));
	AUTO_FREE struct annot_audit_batch *b = calloc(1, sizeof(*b));
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(BATCH_ARENA_MAX);
	struct annot_checkpoint claimed;
	struct annot_memory *memory = annot_memory_new();
	enum annot_status status = annot_crypto_init(err);
	if (!parsed || !b || !arena || !memory)
		status = annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK)
		status = annot_note_parse(note, parsed, err);
	if (status == ANNOT_OK)
		status = annot_checkpoint_parse(parsed->text, &claimed, err);
	if (status == ANNOT_OK) {
		b->arena = arena;
		b->entries = ANNOT_BUF_INIT(ANNOT_TILE_ENTRIES_MAX);
		b->records = ANNOT_BUF_INIT(ANNOT_TILE_RECORDS_MAX);
		status = replay(dir, corpus, &claimed, b, memory, err);
		annot_buf_free(&b->entries);
		annot_buf_free(&b->records);
	}
	if (status == ANNOT_OK)
		status = open_under(memory, note, ret, err);
	annot_memory_free(memory);
	return status;
}

/* --- what a copy was before --- */

struct tiles {
	const char *dir;
	uint64_t size;
};

/* A node is the root over a run of hashes of one tile. */
static enum annot_status read_node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				   struct annot_error *err)
{
	const struct tiles *t = ctx;
	unsigned tile_level = level / ANNOT_TILE_BITS, height = level % ANNOT_TILE_BITS;
	uint64_t first = n << height, tile = first / ANNOT_TILE_WIDTH;
	unsigned width = annot_tile_width(tile_level, tile, t->size);
	struct annot_hash hashes[ANNOT_TILE_WIDTH], nodes[ANNOT_LEVELS];
	struct annot_frontier f = {.size = 0};
	if (first % ANNOT_TILE_WIDTH + (1U << height) > width)
		return annot_fail(err, ANNOT_INVALID, "%s has no such node", t->dir);
	TRY(annot_log_dir_hashes(t->dir, tile_level, tile, width, hashes, err));
	for (uint64_t i = first % ANNOT_TILE_WIDTH; f.size < (1U << height); i++)
		annot_frontier_append(&f, &hashes[i], nodes);
	*ret = annot_frontier_root(&f);
	return ANNOT_OK;
}

enum annot_status annot_log_dir_prefix(const char *dir, uint64_t size,
				       const struct annot_checkpoint *of,
				       struct annot_evidence_path *ret, struct annot_hash *ret_root,
				       struct annot_error *err)
{
	struct tiles tiles = {dir, of->size};
	struct annot_tree_reader reader = {.ctx = &tiles, .node = read_node};
	TRY(annot_tree_inclusion(&reader, size, of->size, ret->path, &ret->n, err));
	TRY(read_node(&tiles, 0, size, &ret->leaf, err));
	enum annot_status status = annot_verify_prefix(size, of->size, &ret->leaf, ret->path,
						       ret->n, &of->root, ret_root, NULL);
	return status == ANNOT_MISMATCH ? damaged(dir, of, err) : status;
}

enum annot_status annot_log_dir_genesis(const char *dir, uint64_t size, struct annot_buf *ret,
					struct annot_error *err)
{
	AUTO_BUF struct annot_buf records = ANNOT_BUF_INIT(ANNOT_TILE_RECORDS_MAX);
	struct annot_tile_record first;
	TRY(annot_log_dir_read(dir, ANNOT_DIR_RECORDS, 0, annot_tile_width(0, 0, size),
			       ANNOT_TILE_RECORDS_MAX, &records, err));
	struct annot_bytes left = annot_buf_bytes(&records);
	if (!annot_tile_record_next(&left, &first))
		return annot_fail(err, ANNOT_INVALID, "%s: its first record is cut off", dir);
	annot_buf_add(ret, first.record.data, first.record.len);
	return annot_buf_check(ret, "the genesis record", err);
}
