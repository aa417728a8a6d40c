/* fsck: do leaves, nodes, roots and the checkpoint file agree? */
#include "annotd/fsck_private.h"

#include "annotd/checkpoint_file.h"
#include "annotd/corpus_start.h"
#include "base/auto.h"
#include "base/file.h"

/* The nodes that a leaf completes stand in its row. */
static void check_nodes(struct fsck *f, const struct annot_fact *fact, struct annot_bytes stored)
{
	char line[ANNOT_LEAF_MAX + 1];
	struct annot_buf buf = ANNOT_BUF_IN(line);
	struct annot_hash nodes[ANNOT_LEVELS], there;
	annot_leaf_write(&fact->leaf, &buf);
	struct annot_hash leaf = annot_leaf_hash(buf.data, buf.len);
	size_t n = annot_frontier_append(&f->frontier, &leaf, nodes);
	for (unsigned level = 0; level < n; level++) {
		if (stored.len < (level + 1) * ANNOT_HASH_SIZE) {
			finding(&f->findings, fact->index, "node of level %u is missing", level);
			continue;
		}
		memcpy(&there, stored.data + level * ANNOT_HASH_SIZE, ANNOT_HASH_SIZE);
		if (!annot_hash_equal(&there, &nodes[level]))
			finding(&f->findings, fact->index,
				"node of level %u is %s, the leaf gives %s", level,
				annot_hash_hex(&there).text, annot_hash_hex(&nodes[level]).text);
	}
}

static void compare_root(struct fsck *f, const char *what, const struct annot_hash *said)
{
	struct annot_hash root = annot_frontier_root(&f->frontier);
	if (!annot_hash_equal(&root, said))
		finding(&f->findings, FSCK_WHOLE,
			"%s: at %llu record%s the root is %s, the leaves give %s", what,
			(unsigned long long)f->frontier.size, annot_plural(f->frontier.size),
			annot_hash_hex(said).text, annot_hash_hex(&root).text);
}

/* Sizes that no commit made have no root in truth.db; the last one must. */
static enum annot_status check_roots(struct fsck *f, struct annot_error *err)
{
	uint64_t size = f->frontier.size;
	if (f->root_size < size)
		TRY(reader_next_root(f->reader, size, &f->root_size, &f->root, err));
	if (f->root_size == size)
		compare_root(f, "truth.db", &f->root);
	else if (size == f->size)
		finding(&f->findings, FSCK_WHOLE, "truth.db: no commit made a log of %llu record%s",
			(unsigned long long)size, annot_plural(size));
	if (f->has_slot && f->slot.size == size)
		compare_root(f, "checkpoint", &f->slot.root);
	return ANNOT_OK;
}

enum annot_status fsck_log(struct fsck *f, const struct annot_fact *fact, struct annot_bytes nodes,
			   struct annot_error *err)
{
	check_nodes(f, fact, nodes);
	return check_roots(f, err);
}

/* Before the snapshot: a running annotd commits to truth.db first. */
enum annot_status fsck_read_slot(struct fsck *f, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(CHECKPOINT_FILE_SIZE);
	TRY(corpus_path(f->dir, "checkpoint", path, err));
	if (!corpus_has(f->dir, "checkpoint"))
		return ANNOT_OK;
	TRY(annot_file_read(path, CHECKPOINT_FILE_SIZE, &file, err));
	for (size_t page = 0; page < 2; page++) {
		struct checkpoint_slot slot;
		size_t at = page * CHECKPOINT_PAGE_SIZE;
		if (file.len < at + CHECKPOINT_SLOT_SIZE ||
		    checkpoint_slot_decode((const uint8_t *)file.data + at, &slot) !=
			    CHECKPOINT_SLOT_GOOD)
			continue;
		if (!f->has_slot || slot.generation > f->slot.generation)
			f->slot = slot;
		f->has_slot = true;
	}
	return ANNOT_OK;
}

void fsck_check_slot(struct fsck *f, const struct annot_hash *corpus)
{
	if (f->unsigned_copy)
		return;
	if (!f->has_slot)
		finding(&f->findings, FSCK_WHOLE, "checkpoint: the file is absent or damaged");
	else if (corpus && !annot_hash_equal(&f->slot.corpus, corpus))
		finding(&f->findings, FSCK_WHOLE, "checkpoint: the file is of corpus %s",
			annot_hash_hex(&f->slot.corpus).text);
	else if (f->slot.size > f->size)
		finding(&f->findings, FSCK_WHOLE,
			"checkpoint: signed for %llu record%s, truth.db has %llu",
			(unsigned long long)f->slot.size, annot_plural(f->slot.size),
			(unsigned long long)f->size);
}
