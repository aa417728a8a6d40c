/* Lines of a log, checked one by one and put into truth.db. */
#include "annotd/import_private.h"

#include "base/encode.h"
#include "base/hash.h"
#include "record/sshkey.h"
#include "record/sshsig.h"

enum annot_status import_begin(struct importing *i, struct annot_error *err)
{
	if (!i->in_batch)
		TRY(store_begin(i->store, err));
	i->in_batch = true;
	return ANNOT_OK;
}

enum annot_status import_commit(struct importing *i, struct annot_error *err)
{
	if (!i->in_batch)
		return ANNOT_OK;
	struct annot_hash root = annot_frontier_root(&i->frontier);
	TRY(store_commit_truth(i->store, i->frontier.size > i->committed ? &root : NULL, err));
	i->in_batch = false;
	i->committed = i->frontier.size;
	return ANNOT_OK;
}

static enum annot_status take_head(struct importing *i, const struct annot_ndjson *line,
				   struct annot_error *err)
{
	if (i->has_head)
		return annot_fail(err, ANNOT_INVALID, "a second head");
	if (line->partial)
		return annot_fail(err, ANNOT_REFUSED,
				  "it was exported with a query and is not the whole log: export "
				  "it without one");
	i->head = (struct annot_ndjson){
		.corpus = line->corpus, .size = line->size, .root = line->root};
	i->has_head = true;
	annot_buf_add(&i->note, line->checkpoint.data, line->checkpoint.len);
	return annot_buf_check(&i->note, "a checkpoint", err);
}

/* --- records --- */

/* The leaf that the line has must be what record and signature make, or one that can stand alone.
 */
static enum annot_status leaf_of(const struct annot_ndjson *line, const struct annot_record *record,
				 struct annot_leaf *ret, struct annot_error *err)
{
	char text[ANNOT_LEAF_MAX + 1];
	struct annot_buf made = ANNOT_BUF_IN(text);
	struct annot_hash signature = annot_sha256(line->signature, sizeof line->signature);
	TRY(annot_leaf_parse(annot_bytes_of(line->leaf), ret, err));
	if (record)
		annot_leaf_of(record, line->signature, ret);
	annot_leaf_write(ret, &made);
	if (strcmp(text, line->leaf) != 0 || !annot_hash_equal(&signature, &ret->signature))
		return annot_fail(err, ANNOT_MISMATCH,
				  "its leaf is not that of its record and signature");
	if (!annot_hash_equal(&ret->record, &line->id))
		return annot_fail(err, ANNOT_MISMATCH, "\"id\" says %s, its record is %s",
				  annot_hash_hex(&line->id).text,
				  annot_hash_hex(&ret->record).text);
	return ANNOT_OK;
}

/* The key of the line, which only the genesis record needs: all others are enrolled. */
static enum annot_status keep_genesis(struct importing *i, const struct annot_ndjson *line,
				      const struct annot_record *record, struct annot_error *err)
{
	const uint8_t *key = NULL;
	if (!record || !record->genesis || !annot_hash_equal(&record->id, &i->head.corpus))
		return annot_fail(err, ANNOT_MISMATCH,
				  "the first record is not the genesis record of corpus %s",
				  annot_hash_hex(&i->head.corpus).text);
	for (const struct annot_card *admin = annot_record_card(record, "admin"); admin;
	     admin = annot_record_card_next(record, admin))
		if (annot_hash_equal(&admin->hash, &record->author))
			key = admin->key;
	if (!key)
		return annot_fail(err, ANNOT_MISMATCH,
				  "the genesis record is by nobody whom it names as admin");
	annot_buf_add(&i->genesis, line->record.data, line->record.len);
	annot_sshsig_armor(key, ANNOT_NAMESPACE_RECORD, line->signature, &i->genesis_sig);
	TRY(annot_buf_check(&i->genesis, "genesis", err));
	return annot_buf_check(&i->genesis_sig, "genesis.sig", err);
}

static enum annot_status keep_log_key(struct importing *i, const struct annot_record *record,
				      struct annot_error *err)
{
	const char *log = annot_record_text(record, "log");
	if (record->kind->kind != ANNOT_KIND_corpus || !log)
		return ANNOT_OK;
	if (i->n_log_keys == IMPORT_LOG_KEYS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "more than %d log keys",
				  IMPORT_LOG_KEYS_MAX);
	TRY(annot_vkey_parse(log, strlen(log), &i->log_keys[i->n_log_keys], err));
	i->n_log_keys++;
	return ANNOT_OK;
}

enum annot_status import_note(const struct importing *i, const char *member,
			      struct annot_bytes note, struct annot_checkpoint *ret,
			      struct annot_error *err)
{
	struct annot_error why = {0};
	enum annot_status status =
		annot_fail(&why, ANNOT_MISMATCH, "no corpus record before it names a log key");
	for (size_t k = 0; k < i->n_log_keys && status != ANNOT_OK; k++)
		status = annot_checkpoint_open(note, &i->log_keys[k], ret, &why);
	return status == ANNOT_OK ? ANNOT_OK
				  : annot_fail(err, status, "\"%s\": %s", member, why.text);
}

static enum annot_status check_note(struct importing *i, const struct annot_seen *seen,
				    struct annot_bytes note, struct annot_error *err)
{
	struct annot_checkpoint checkpoint;
	struct annot_hash hash = annot_sha256(note.data, note.len);
	if (!annot_hash_equal(&hash, &seen->note))
		return annot_fail(err, ANNOT_MISMATCH,
				  "\"note\" is not the one that its seen card names");
	TRY(import_note(i, "note", note, &checkpoint, err));
	if (checkpoint.size != seen->size || !annot_hash_equal(&checkpoint.root, &seen->root))
		return annot_fail(err, ANNOT_MISMATCH,
				  "\"note\" is of another checkpoint than its seen card");
	return store_put_note(i->store, &hash, note, err);
}

/* What the author had seen must be this log, with the note that says so. */
static enum annot_status check_seen(struct importing *i, const struct annot_record *record,
				    struct annot_bytes note, struct annot_error *err)
{
	const struct annot_seen *seen = &record->seen;
	struct annot_tree_reader tree = store_tree(i->store);
	struct annot_hash root;
	bool there;
	if (seen->size == 0)
		return ANNOT_OK;
	if (seen->size > i->frontier.size)
		return annot_fail(
			err, ANNOT_MISMATCH,
			"its author had seen %llu record%s, but before it there are only %llu",
			(unsigned long long)seen->size, annot_plural(seen->size),
			(unsigned long long)i->frontier.size);
	TRY(annot_tree_root(&tree, seen->size, &root, err));
	if (!annot_hash_equal(&root, &seen->root))
		return annot_fail(err, ANNOT_MISMATCH,
				  "its author had seen another log of %llu record%s",
				  (unsigned long long)seen->size, annot_plural(seen->size));
	TRY(store_has_note(i->store, &seen->note, &there, err));
	if (there)
		return ANNOT_OK;
	if (!note.data)
		return annot_fail(err, ANNOT_INVALID,
				  "\"note\" is missing: its seen card names one that no record "
				  "before it brought");
	return check_note(i, seen, note, err);
}

static enum annot_status put(struct importing *i, const struct annot_ndjson *line,
			     const struct annot_record *record, struct annot_error *err)
{
	struct annot_hash leaf = annot_leaf_hash(line->leaf, strlen(line->leaf)),
			  nodes[ANNOT_LEVELS];
	size_t n = annot_frontier_append(&i->frontier, &leaf, nodes);
	if (!record)
		return store_put_withheld(i->store, line->index, annot_bytes_of(line->leaf),
					  line->signature, nodes, n, err);
	TRY(store_put_record(i->store, line->index, line->record, line->signature, nodes, n, err));
	import_expect(i, record);
	return keep_log_key(i, record, err);
}

static enum annot_status take_record(struct importing *i, const struct annot_ndjson *line,
				     struct annot_error *err)
{
	const struct annot_record *record = NULL;
	struct annot_leaf leaf;
	TRY(import_part_is_over(i, err));
	import_expect(i, NULL);
	if (line->index != i->frontier.size)
		return annot_fail(err, ANNOT_INVALID, "expected record #%llu, found #%llu",
				  (unsigned long long)i->frontier.size,
				  (unsigned long long)line->index);
	if (line->record.data)
		TRY(annot_record_parse(i->arena, line->record, &record, err));
	TRY(leaf_of(line, record, &leaf, err));
	if (line->index == 0)
		TRY(keep_genesis(i, line, record, err));
	if (record && !annot_hash_equal(&record->corpus, &i->head.corpus))
		return annot_fail(err, ANNOT_MISMATCH, "it is of another corpus: %s",
				  annot_hash_hex(&record->corpus).text);
	TRY(import_begin(i, err));
	if (record)
		TRY(check_seen(i, record, line->note, err));
	TRY(put(i, line, record, err));
	return i->frontier.size - i->committed >= IMPORT_BATCH ? import_commit(i, err) : ANNOT_OK;
}

/* --- the end --- */

/* What is served of it shows the checkpoint that it was exported under. */
static enum annot_status check_checkpoint(const struct importing *i, struct annot_error *err)
{
	struct annot_checkpoint checkpoint;
	if (i->note.len == 0)
		return ANNOT_OK;
	TRY(import_note(i, "checkpoint", annot_buf_bytes(&i->note), &checkpoint, err));
	if (checkpoint.size != i->head.size || !annot_hash_equal(&checkpoint.root, &i->head.root))
		return annot_fail(
			err, ANNOT_MISMATCH,
			"\"checkpoint\" of the head is of another size or root than it says");
	return ANNOT_OK;
}

static enum annot_status take_end(struct importing *i, const struct annot_ndjson *line,
				  struct annot_error *err)
{
	struct annot_hash root = annot_frontier_root(&i->frontier);
	TRY(import_part_is_over(i, err));
	if (line->size != i->frontier.size || i->head.size != i->frontier.size)
		return annot_fail(err, ANNOT_MISMATCH,
				  "%llu record%s came, head and end say %llu "
				  "and %llu",
				  (unsigned long long)i->frontier.size,
				  annot_plural(i->frontier.size), (unsigned long long)i->head.size,
				  (unsigned long long)line->size);
	if (!annot_hash_equal(&root, &i->head.root) || !annot_hash_equal(&root, &line->root))
		return annot_fail(err, ANNOT_MISMATCH,
				  "the records make another root than the file says: %s",
				  annot_hash_hex(&root).text);
	TRY(check_checkpoint(i, err));
	i->ended = true;
	return ANNOT_OK;
}

enum annot_status import_line(struct importing *i, const struct annot_ndjson *line,
			      struct annot_error *err)
{
	if (i->ended)
		return annot_fail(err, ANNOT_INVALID, "a line behind the end");
	if (line->kind != ANNOT_NDJSON_HEAD && !i->has_head)
		return annot_fail(err, ANNOT_INVALID, "expected the line with \"annot\" first");
	switch (line->kind) {
	case ANNOT_NDJSON_HEAD:
		return take_head(i, line, err);
	case ANNOT_NDJSON_RECORD:
		return take_record(i, line, err);
	case ANNOT_NDJSON_TEXT:
		return import_piece(i, STORE_TEXT, line, err);
	case ANNOT_NDJSON_ORIGINAL:
		return import_piece(i, STORE_ORIGINAL, line, err);
	case ANNOT_NDJSON_COSIGNED:
		return import_cosigned(i, line, err);
	case ANNOT_NDJSON_WITHHELD:
		return import_withheld(i, line, err);
	case ANNOT_NDJSON_END:
		return take_end(i, line, err);
	}
	return annot_fail(err, ANNOT_INTERNAL, "a line of kind %d", (int)line->kind);
}

enum annot_status import_whole(struct importing *i, struct annot_error *err)
{
	if (!i->ended)
		return annot_fail(err, ANNOT_INVALID, "it is cut short: its last line is missing");
	if (i->frontier.size == 0)
		return annot_fail(err, ANNOT_INVALID, "it has no records");
	TRY(import_commit(i, err));
	return cosigned_sync(i->cosigned, err);
}
