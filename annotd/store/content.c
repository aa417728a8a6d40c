/* Records, notes and contents into truth.db; taking withheld bytes out of it. */
#include "annotd/store/search.h"
#include "annotd/store/store_private.h"

/* record or leaf is absent. */
static enum annot_status record_put(struct store *s, const struct store_record *stored,
				    const struct annot_hash *nodes, size_t n_nodes,
				    struct annot_error *err)
{
	uint64_t index = stored->index;
	sqlite3_stmt *st;

	if (index != s->next_size || n_nodes == 0 || n_nodes > ANNOT_LEVELS)
		return annot_fail(err, ANNOT_INTERNAL, "record #%llu put at #%llu with %zu nodes",
				  (unsigned long long)index, (unsigned long long)s->next_size,
				  n_nodes);
	TRY(store_in_truth(s, err));
	TRY(db_statement(&s->core.truth, TRUTH_PUT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)index);
	if (stored->record.data)
		sqlite3_bind_blob(st, 2, stored->record.data, (int)stored->record.len,
				  SQLITE_STATIC);
	sqlite3_bind_blob(st, 3, stored->signature, ANNOT_SIGNATURE_SIZE, SQLITE_STATIC);
	sqlite3_bind_blob(st, 4, nodes, (int)(n_nodes * sizeof *nodes), SQLITE_STATIC);
	if (stored->leaf.data)
		sqlite3_bind_text(st, 5, (const char *)stored->leaf.data, (int)stored->leaf.len,
				  SQLITE_STATIC);
	TRY(db_run(&s->core.truth, st, err));
	s->next_size++;
	return ANNOT_OK;
}

enum annot_status store_put_record(struct store *s, uint64_t index, struct annot_bytes record,
				   const uint8_t signature[ANNOT_SIGNATURE_SIZE],
				   const struct annot_hash *nodes, size_t n_nodes,
				   struct annot_error *err)
{
	struct store_record stored = {.index = index, .record = record};

	memcpy(stored.signature, signature, sizeof stored.signature);
	return record_put(s, &stored, nodes, n_nodes, err);
}

enum annot_status store_put_withheld(struct store *s, uint64_t index, struct annot_bytes leaf,
				     const uint8_t signature[ANNOT_SIGNATURE_SIZE],
				     const struct annot_hash *nodes, size_t n_nodes,
				     struct annot_error *err)
{
	struct store_record stored = {.index = index, .leaf = leaf};

	memcpy(stored.signature, signature, sizeof stored.signature);
	return record_put(s, &stored, nodes, n_nodes, err);
}

enum annot_status store_has_note(struct store *s, const struct annot_hash *hash, bool *ret,
				 struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;

	TRY(db_statement(&s->core.truth, TRUTH_NOTE_GET, &st, err));
	sqlite3_bind_blob(st, 1, hash->b, sizeof hash->b, SQLITE_STATIC);
	return db_step(&s->core.truth, st, ret, err);
}

enum annot_status store_put_note(struct store *s, const struct annot_hash *hash,
				 struct annot_bytes note, struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(store_in_truth(s, err));
	TRY(db_statement(&s->core.truth, TRUTH_NOTE_PUT, &st, err));
	sqlite3_bind_blob(st, 1, hash->b, sizeof hash->b, SQLITE_STATIC);
	sqlite3_bind_blob(st, 2, note.data, (int)note.len, SQLITE_STATIC);
	return db_run(&s->core.truth, st, err);
}

/* Statements for the text and the original of a document. */
static const struct {
	enum truth_statement put, length, row;
	const char *name;
} parts[] = {
	[STORE_TEXT] = {TRUTH_CONTENT_PUT, TRUTH_CONTENT_LENGTH, TRUTH_CONTENT_ROW, "content"},
	[STORE_ORIGINAL] = {TRUTH_ORIGINAL_PUT, TRUTH_ORIGINAL_LENGTH, TRUTH_ORIGINAL_ROW,
			    "original"},
};

static enum annot_status content_length(struct core *c, enum store_part part, uint64_t seq,
					bool *ret_there, uint64_t *ret, struct annot_error *err)
{
	sqlite3_stmt *st;
	int64_t length = 0;

	TRY(db_statement(&c->truth, parts[part].length, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	TRY(db_number(&c->truth, st, ret_there, &length, err));
	*ret = (uint64_t)length;
	return ANNOT_OK;
}

static enum annot_status pieces_put(struct store *s, enum store_part part, uint64_t seq,
				    struct annot_bytes bytes, struct annot_error *err)
{
	size_t at = 0;
	int piece = 0;
	sqlite3_stmt *st;

	/* An empty content is one empty piece: that it is there says that it is complete. */
	do {
		size_t len = bytes.len - at < STORE_PIECE_SIZE ? bytes.len - at : STORE_PIECE_SIZE;

		TRY(db_statement(&s->core.truth, parts[part].put, &st, err));
		sqlite3_bind_int64(st, 1, (int64_t)seq);
		sqlite3_bind_int(st, 2, piece++);
		sqlite3_bind_blob(st, 3, len ? (const char *)bytes.data + at : "", (int)len,
				  SQLITE_STATIC);
		TRY(db_run(&s->core.truth, st, err));
		at += len;
	} while (at < bytes.len);
	return ANNOT_OK;
}

static enum annot_status put_part(struct store *s, enum store_part part, uint64_t seq,
				  struct annot_bytes bytes, bool *ret_stored,
				  struct annot_error *err)
{
	enum annot_status status;
	uint64_t length;
	bool there = false;

	if (s->in_truth || seq >= s->size)
		return annot_fail(err, ANNOT_INTERNAL,
				  "%s of #%llu put within a transaction or before its record",
				  parts[part].name, (unsigned long long)seq);
	if (bytes.len > STORE_CONTENT_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "a content of %zu bytes; at most %d",
				  bytes.len, (int)STORE_CONTENT_MAX);
	TRY(content_length(&s->core, part, seq, &there, &length, err));
	*ret_stored = !there;
	if (there)
		return ANNOT_OK;
	TRY(store_in_truth(s, err));
	status = pieces_put(s, part, seq, bytes, err);
	if (status == ANNOT_OK)
		status = store_commit_truth(s, NULL, err);
	if (status != ANNOT_OK)
		store_rollback(s);
	return status;
}

enum annot_status store_put_content(struct store *s, uint64_t document_index,
				    struct annot_bytes text, struct annot_error *err)
{
	bool stored;

	TRY(put_part(s, STORE_TEXT, document_index, text, &stored, err));
	if (stored)
		s->due = true;
	return ANNOT_OK;
}

enum annot_status store_put_original(struct store *s, uint64_t document_index,
				     struct annot_bytes original, struct annot_error *err)
{
	bool stored;

	return put_part(s, STORE_ORIGINAL, document_index, original, &stored, err);
}

/* --- withholding --- */

static enum annot_status truth_withhold(struct store *s, uint64_t index,
					const struct annot_record *record, struct annot_bytes leaf,
					struct annot_error *err)
{
	static const enum truth_statement drops[] = {TRUTH_CONTENT_DROP, TRUTH_ORIGINAL_DROP};
	sqlite3_stmt *st;

	TRY(store_in_truth(s, err));
	TRY(store_remember_withheld(s, index, record, err));
	for (size_t i = 0; i < COUNT(drops); i++) {
		TRY(db_statement(&s->core.truth, drops[i], &st, err));
		sqlite3_bind_int64(st, 1, (int64_t)index);
		TRY(db_run(&s->core.truth, st, err));
	}
	TRY(db_statement(&s->core.truth, TRUTH_WITHHOLD, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)index);
	sqlite3_bind_text(st, 2, (const char *)leaf.data, (int)leaf.len, SQLITE_STATIC);
	TRY(db_run(&s->core.truth, st, err));
	return store_commit_truth(s, NULL, err);
}

static enum annot_status index_withhold(struct store *s, uint64_t index,
					const struct annot_record *record, struct annot_error *err)
{
	sqlite3_stmt *st;

	if (index >= s->index_size)
		return ANNOT_OK;
	TRY(store_in_index(s, err));
	TRY(store_index_cards(s, index, record, true, err));
	TRY(db_statement(&s->core.index, INDEX_REC_PURGE, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)index);
	TRY(db_run(&s->core.index, st, err));
	TRY(store_run_row(s, INDEX_ANCHOR_DROP, (int64_t[]){(int64_t)index}, 1, err));
	return store_commit_index(s, err);
}

static enum annot_status withhold(struct store *s, uint64_t index, struct annot_arena *arena,
				  struct annot_error *err)
{
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	const struct annot_record *parsed;
	struct store_record stored;
	struct annot_leaf leaf;

	TRY(core_record(&s->core, index, arena, &stored, err));
	if (!stored.record.data)
		return ANNOT_OK;
	TRY(annot_record_parse(arena, stored.record, &parsed, err));
	annot_leaf_of(parsed, stored.signature, &leaf);
	annot_leaf_write(&leaf, &line);
	TRY(annot_buf_check(&line, "leaf line", err));
	/* The indexes first: after a crash before the last the record is still there to be withheld
	 * again. */
	TRY(search_purge(s->dir, index, err));
	TRY(index_withhold(s, index, parsed, err));
	return truth_withhold(s, index, parsed, annot_buf_bytes(&line), err);
}

enum annot_status store_withhold(struct store *s, uint64_t index, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	enum annot_status status;

	if (!arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory to withhold #%llu",
				  (unsigned long long)index);
	if (s->in_truth || s->in_index)
		return annot_fail(err, ANNOT_INTERNAL, "store_withhold within a transaction");
	status = withhold(s, index, arena, err);
	if (status != ANNOT_OK) {
		store_rollback(s);
		return status;
	}
	/* The words may still stand in the write-ahead logs: readers that look at them are waited
	 * for. */
	return store_wal_truncate(s->dir, err);
}

/* --- reading contents --- */

enum annot_status core_content_length(struct core *c, enum store_part part, uint64_t seq,
				      uint64_t *ret, struct annot_error *err)
{
	bool there = false;
	uint64_t length;

	TRY(content_length(c, part, seq, &there, &length, err));
	if (!there)
		return annot_fail(err, ANNOT_NOT_FOUND, "the %s of document #%llu is not here",
				  parts[part].name, (unsigned long long)seq);
	*ret = length;
	return ANNOT_OK;
}

static enum annot_status piece_read(struct core *c, enum store_part part, uint64_t seq,
				    uint64_t offset, size_t len, struct annot_buf *ret,
				    size_t *ret_n, struct annot_error *err)
{
	size_t at = (size_t)(offset % STORE_PIECE_SIZE), n;
	sqlite3_blob *blob = NULL;
	sqlite3_stmt *st;
	int64_t row_id = 0;
	bool row = false;
	int code = SQLITE_OK;
	char *to;

	TRY(db_statement(&c->truth, parts[part].row, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	sqlite3_bind_int64(st, 2, (int64_t)(offset / STORE_PIECE_SIZE));
	TRY(db_number(&c->truth, st, &row, &row_id, err));
	*ret_n = 0;
	if (!row)
		return ANNOT_OK;
	if (sqlite3_blob_open(c->truth.sq, "main", parts[part].name, "data", row_id, 0, &blob) !=
	    SQLITE_OK)
		return db_fail(&c->truth, "content", err);
	n = (size_t)sqlite3_blob_bytes(blob);
	n = n > at ? n - at : 0;
	if (n > len)
		n = len;
	to = annot_buf_extend(ret, n);
	if (to && n > 0)
		code = sqlite3_blob_read(blob, to, (int)n, (int)at);
	sqlite3_blob_close(blob);
	if (code != SQLITE_OK)
		return db_fail(&c->truth, "content", err);
	*ret_n = n;
	return annot_buf_check(ret, "content", err);
}

enum annot_status core_content(struct core *c, enum store_part part, uint64_t seq, uint64_t offset,
			       size_t len, struct annot_buf *ret, struct annot_error *err)
{
	uint64_t total;
	size_t n = 0;

	TRY(core_content_length(c, part, seq, &total, err));
	annot_buf_add(ret, "", 0);
	for (; len > 0 && offset < total; offset += n, len -= n) {
		TRY(piece_read(c, part, seq, offset, len, ret, &n, err));
		if (n == 0)
			return annot_fail(
				err, ANNOT_STORE,
				"truth.db: %s of #%llu ends at %llu of %llu; run annotd fsck",
				parts[part].name, (unsigned long long)seq,
				(unsigned long long)offset, (unsigned long long)total);
	}
	return ANNOT_OK;
}
