/*
 * Which keys may sign this log's checkpoints: that of the genesis record or, once a later corpus
 * record changed it, the one in force and the one before. A later one is believed after replaying
 * the whole log up to the checkpoint: all leaf lines, hashed to the root that the note names, and
 * every record that authority follows from. The result is kept in corpora/<hex>/log-keys, one vkey
 * a line, so that it is done once a log key. Keys before these are not believed any more: one may
 * have been changed because it was stolen.
 */
#include "client/internal.h"

#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"
#include "base/hash.h"
#include "log/leaf.h"
#include "log/tree.h"
#include "state/memory.h"

enum { LEAVES_PAGE = 4096, LOG_KEYS_FILE_MAX = 16384 };

/* Reads the keys of the file, at most max; there may be none. */
static enum annot_status read_log_keys(const struct annot_hash *corpus, struct annot_vkey *ret,
				       size_t max, size_t *ret_n, struct annot_error *err)
{
	size_t n = 0;
	*ret_n = 0;
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(LOG_KEYS_FILE_MAX);
	TRY(annot_corpus_path(corpus, "log-keys", false, &path, err));
	if (access(path.data, F_OK) != 0)
		return ANNOT_OK;
	TRY(annot_file_read(path.data, LOG_KEYS_FILE_MAX, &file, err));
	for (size_t at = 0; at < file.len && n < max;) {
		const char *stop = memchr(file.data + at, '\n', file.len - at);
		size_t len = stop ? (size_t)(stop - file.data) - at : file.len - at;
		TRY(annot_vkey_parse(file.data + at, len, &ret[n++], err));
		at += len + 1;
	}
	*ret_n = n;
	return ANNOT_OK;
}

size_t annot_known_log_keys(const struct annot_hash *corpus, struct annot_vkey *ret, size_t max)
{
	size_t n;
	return read_log_keys(corpus, ret, max, &n, NULL) == ANNOT_OK ? n : 0;
}

static enum annot_status write_log_keys(struct annot *a, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(LOG_KEYS_FILE_MAX);
	TRY(annot_corpus_path(&a->hello.corpus, "log-keys", true, &path, err));
	for (size_t i = 0; i < a->n_log_keys; i++) {
		annot_vkey_write(&a->log_keys[i], &file);
		annot_buf_putc(&file, '\n');
	}
	TRY(annot_buf_check(&file, path.data, err));
	return annot_file_replace(path.data, annot_buf_bytes(&file), 0600, err);
}

static enum annot_status known_log_keys(struct annot *a, struct annot_error *err)
{
	if (a->n_log_keys > 0)
		return ANNOT_OK;
	TRY(read_log_keys(&a->hello.corpus, a->log_keys, ANNOT_LOG_KEYS_MAX, &a->n_log_keys, err));
	if (a->n_log_keys > 0)
		return ANNOT_OK;
	const struct annot_record *genesis;
	TRY(annot_genesis(a, &genesis, err));
	const struct annot_card *log = annot_record_card(genesis, "log");
	if (!log)
		return annot_fail(err, ANNOT_MISMATCH, "the genesis record names no log key");
	TRY(annot_vkey_parse(log->text, log->len, &a->log_keys[0], err));
	a->n_log_keys = 1;
	return ANNOT_OK;
}

/* NOT_FOUND: signed by none of the keys. */
static enum annot_status open_under(const struct annot_vkey *keys, size_t n,
				    struct annot_bytes note, struct annot_checkpoint *ret,
				    struct annot_error *err)
{
	enum annot_status status = ANNOT_NOT_FOUND;
	for (size_t i = 0; i < n && status == ANNOT_NOT_FOUND; i++)
		status = annot_checkpoint_open(note, &keys[i], ret, err);
	return status;
}

/* The record behind a leaf line. */
static enum annot_status authority_record(struct annot *a, const struct annot_memory *memory,
					  uint64_t index, struct annot_bytes line,
					  struct annot_arena *arena,
					  const struct annot_record **ret, struct annot_error *err)
{
	struct annot_raw_request in = {.indexes = &index, .n_indexes = 1};
	const struct annot_raw_reply *reply;
	TRY(annot_call_raw(a, &in, arena, &reply, err));
	if (reply->n_records != 1)
		return annot_fail(err, ANNOT_PROTOCOL, "the daemon does not show record #%llu",
				  (unsigned long long)index);
	return annot_authority_record(memory, &reply->records[0], line, arena, ret, err);
}

static enum annot_status replay_leaf(struct annot *a, struct annot_memory *memory,
				     struct annot_frontier *tree, const char *line,
				     struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = NULL;
	struct annot_hash nodes[ANNOT_LEVELS];
	struct annot_fact fact = {.index = tree->size};
	struct annot_judgement judgement;
	struct annot_bytes bytes = annot_bytes_of(line);
	struct annot_hash hash = annot_leaf_hash(bytes.data, bytes.len);
	TRY(annot_leaf_parse(bytes, &fact.leaf, err));
	if (annot_authority_concerns(annot_memory_authority(memory), &fact.leaf)) {
		TRY(annot_client_arena(&arena, err));
		TRY(authority_record(a, memory, fact.index, bytes, arena, &fact.record, err));
	}
	annot_frontier_append(tree, &hash, nodes);
	return annot_memory_next(memory, &fact, &judgement, err);
}

static enum annot_status replay_pages(struct annot *a, struct annot_memory *memory,
				      const struct annot_checkpoint *claimed,
				      struct annot_error *err)
{
	struct annot_frontier tree = {0};
	while (tree.size < claimed->size) {
		AUTO_ARENA struct annot_arena *arena = NULL;
		uint64_t left = claimed->size - tree.size;
		struct annot_leaves_request in = {.from = tree.size,
						  .limit = left < LEAVES_PAGE ? left : LEAVES_PAGE};
		const struct annot_leaves_reply *reply;
		TRY(annot_client_arena(&arena, err));
		TRY(annot_call_leaves(a, &in, arena, &reply, err));
		if (reply->n_leaves == 0 || reply->n_leaves > in.limit)
			return annot_fail(
				err, ANNOT_MISMATCH, "the daemon shows %llu leaves of %llu",
				(unsigned long long)tree.size, (unsigned long long)claimed->size);
		for (size_t i = 0; i < reply->n_leaves; i++)
			TRY(replay_leaf(a, memory, &tree, reply->leaves[i], err));
	}
	struct annot_hash root = annot_frontier_root(&tree);
	if (!annot_hash_equal(&root, &claimed->root))
		return annot_fail(
			err, ANNOT_MISMATCH,
			"the leaves hash to the root %s; the checkpoint of size %llu has %s",
			annot_hash_hex(&root).text, (unsigned long long)claimed->size,
			annot_hash_hex(&claimed->root).text);
	return ANNOT_OK;
}

/*
 * Remembers the keys of the log at some size. Of an older note than the pin they are those of that
 * time, which say nothing of today: one may have been changed because it was stolen.
 */
static enum annot_status believe(struct annot *a, const struct annot_vkey *keys, size_t n,
				 const struct annot_checkpoint *claimed, struct annot_error *err)
{
	struct annot_checkpoint pin;
	TRY(annot_pin(a, &pin, NULL, err));
	if (claimed->size < pin.size)
		return ANNOT_OK;
	memcpy(a->log_keys, keys, n * sizeof(keys[0]));
	a->n_log_keys = n;
	return write_log_keys(a, err);
}

/* Opens a note under the log keys that the log itself names up to the size that it claims. */
static enum annot_status open_by_replay(struct annot *a, struct annot_bytes note,
					struct annot_checkpoint *ret, struct annot_error *err)
{
	AUTO_FREE struct annot_note *parsed = malloc(sizeof(*parsed));
	struct annot_checkpoint claimed;
	if (!parsed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_note_parse(note, parsed, err));
	TRY(annot_checkpoint_parse(parsed->text, &claimed, err));
	struct annot_memory *memory = annot_memory_new();
	if (!memory)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = replay_pages(a, memory, &claimed, err);
	const struct annot_vkey *keys;
	size_t n = annot_authority_log_keys(annot_memory_authority(memory), &keys);
	n = n < ANNOT_LOG_KEYS_MAX ? n : ANNOT_LOG_KEYS_MAX;
	if (status == ANNOT_OK)
		status = open_under(keys, n, note, ret, err);
	if (status == ANNOT_OK)
		status = believe(a, keys, n, &claimed, err);
	annot_memory_free(memory);
	return status;
}

enum annot_status annot_client_open_note(struct annot *a, struct annot_bytes note,
					 struct annot_checkpoint *ret, struct annot_error *err)
{
	TRY(known_log_keys(a, err));
	enum annot_status status = open_under(a->log_keys, a->n_log_keys, note, ret, err);
	if (status != ANNOT_NOT_FOUND)
		return status;
	status = open_by_replay(a, note, ret, err);
	if (status == ANNOT_NOT_FOUND)
		return annot_fail(err, ANNOT_MISMATCH,
				  "%s: the checkpoint is not signed by a key of corpus %s",
				  a->socket, annot_hash_hex(&a->hello.corpus).text);
	return status;
}
