#include "client/log_keys.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/auto.h"
#include "client/audit_source.h"
#include "record/sshsig.h"
#include "state/memory.h"

enum { BATCH_ARENA_MAX = 128 << 20 };

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

/* Replays what authority follows from, in the first size records; only the first with size 1. */
static enum annot_status replay(const char *dir, const struct annot_hash *corpus, uint64_t size,
				struct annot_audit_batch *b, struct annot_memory *memory,
				struct annot_error *err)
{
	struct annot_audit_source source = {.dir = dir};
	uint64_t of = size;
	for (b->n = 0; b->n < annot_tile_count(0, of); b->n++) {
		b->width = annot_tile_width(0, b->n, of);
		TRY(annot_audit_source_read(&source, b, err));
		for (unsigned i = 0; i < b->width; i++) {
			uint64_t index = b->n * ANNOT_TILE_WIDTH + i;
			TRY(take(memory, index, b, &b->items[i], err));
			const struct annot_hash *genesis =
				annot_authority_corpus(annot_memory_authority(memory));
			if (index == 0 && (!genesis || !annot_hash_equal(genesis, corpus)))
				return annot_fail(err, ANNOT_MISMATCH,
						  "%s is a copy of another corpus's log than %s",
						  dir, annot_hash_hex(corpus).text);
		}
	}
	return ANNOT_OK;
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
		status = replay(dir, corpus, claimed.size, b, memory, err);
		annot_buf_free(&b->entries);
		annot_buf_free(&b->records);
	}
	if (status == ANNOT_OK)
		status = open_under(memory, note, ret, err);
	annot_memory_free(memory);
	return status;
}

/* --- consistency --- */

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

enum annot_status annot_log_dir_consistent(const char *dir, const struct annot_checkpoint *from,
					   const struct annot_checkpoint *to,
					   struct annot_error *err)
{
	struct tiles tiles = {dir, to->size};
	struct annot_tree_reader reader = {.ctx = &tiles, .node = read_node};
	struct annot_hash path[ANNOT_CONSISTENCY_MAX];
	size_t n;
	if (from->size == 0)
		return ANNOT_OK;
	if (from->size > to->size)
		return annot_fail(err, ANNOT_MISMATCH,
				  "it has %" PRIu64 " records, before it had %" PRIu64, to->size,
				  from->size);
	TRY(annot_tree_consistency(&reader, from->size, to->size, path, &n, err));
	return annot_verify_consistency(from->size, to->size, path, n, &from->root, &to->root, err);
}
