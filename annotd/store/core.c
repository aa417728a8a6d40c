#include "annotd/store/core.h"

#include "base/hash.h"

int64_t core_id8(const uint8_t first[8])
{
	uint64_t id = 0;

	for (size_t i = 0; i < 8; i++)
		id = id << 8 | first[i];
	return (int64_t)(id ^ UINT64_C(1) << 63);
}

void core_forget(struct core *c)
{
	memset(c->found, 0, sizeof c->found);
	memset(c->authors, 0, sizeof c->authors);
	memset(c->author_ids, 0, sizeof c->author_ids);
	cache_forget(c->cache);
}

static size_t hash_slot(const struct annot_hash *hash, size_t slots)
{
	return (hash->b[0] | (size_t)hash->b[1] << 8) % slots;
}

/* Of a row of core_point. */
static enum annot_status hash_of_columns(struct db *db, sqlite3_stmt *st, uint64_t seq,
					 struct annot_hash *ret, struct annot_error *err)
{
	const void *bytes = sqlite3_column_blob(st, 0);
	struct annot_leaf leaf;

	if (bytes) {
		*ret = annot_sha256(bytes, (size_t)sqlite3_column_bytes(st, 0));
		return ANNOT_OK;
	}
	bytes = sqlite3_column_blob(st, 2);
	if (!bytes || annot_leaf_parse(annot_bytes(bytes, (size_t)sqlite3_column_bytes(st, 2)),
				       &leaf, NULL) != ANNOT_OK)
		return annot_fail(err, ANNOT_STORE,
				  "%s: record #%llu has neither bytes nor a leaf; run annotd fsck",
				  db->name, (unsigned long long)seq);
	*ret = leaf.record;
	return ANNOT_OK;
}

enum annot_status core_digest(struct core *c, uint64_t seq, struct annot_hash *ret,
			      bool *ret_withheld, struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(core_point(c, seq, &st, err));
	enum annot_status status = hash_of_columns(&c->truth, st, seq, ret, err);

	*ret_withheld = sqlite3_column_type(st, 0) == SQLITE_NULL;
	core_point_leave(c);
	return status;
}

enum annot_status core_hash(struct core *c, uint64_t seq, struct annot_hash *ret,
			    struct annot_error *err)
{
	bool withheld;

	return core_digest(c, seq, ret, &withheld, err);
}

/* The next record with these first 8 bytes. *at: from the index that is being filled; else st. */
static enum annot_status next_of_id(struct core *c, sqlite3_stmt *st, int64_t id8, uint64_t *at,
				    uint64_t *ret, bool *ret_row, struct annot_error *err)
{
	if (c->ids) {
		*ret_row = core_ids_next(c->ids, id8, at, ret);
		return ANNOT_OK;
	}
	TRY(db_step(&c->index, st, ret_row, err));
	if (*ret_row)
		*ret = (uint64_t)sqlite3_column_int64(st, 0);
	return ANNOT_OK;
}

static enum annot_status seek_stored(struct core *c, const struct annot_hash *hash, uint64_t *ret,
				     bool *ret_found, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	int64_t id8 = core_id8(hash->b);
	uint64_t at = 0, seq = 0;
	bool row = false;

	if (!c->ids) {
		TRY(db_statement(&c->index, INDEX_FIND, &st, err));
		sqlite3_bind_int64(st, 1, id8);
	}
	for (;;) {
		struct annot_hash found;

		TRY(next_of_id(c, st, id8, &at, &seq, &row, err));
		*ret_found = row;
		if (!row)
			return ANNOT_OK;
		TRY(core_hash(c, seq, &found, err));
		if (annot_hash_equal(&found, hash)) {
			*ret = seq;
			return ANNOT_OK;
		}
	}
}

void core_found(struct core *c, const struct annot_hash *hash, uint64_t seq)
{
	c->found[hash_slot(hash, FIND_CACHE)] =
		(struct find_slot){.used = true, .seq = seq, .hash = *hash};
}

enum annot_status core_seek(struct core *c, const struct annot_hash *hash, uint64_t *ret,
			    bool *ret_found, struct annot_error *err)
{
	const struct find_slot *slot = &c->found[hash_slot(hash, FIND_CACHE)];

	*ret_found = slot->used && annot_hash_equal(&slot->hash, hash);
	if (*ret_found) {
		*ret = slot->seq;
		return ANNOT_OK;
	}
	TRY(seek_stored(c, hash, ret, ret_found, err));
	if (*ret_found)
		core_found(c, hash, *ret);
	return ANNOT_OK;
}

enum annot_status core_find(struct core *c, const struct annot_hash *hash, uint64_t *ret,
			    struct annot_error *err)
{
	bool found = false;

	TRY(core_seek(c, hash, ret, &found, err));
	return found ? ANNOT_OK
		     : annot_fail(err, ANNOT_NOT_FOUND, "no record %s in the log",
				  annot_short_id(hash).text);
}

enum annot_status core_rec_columns(struct db *db, sqlite3_stmt *st, struct core_rec *ret,
				   struct annot_error *err)
{
	uint64_t seq = (uint64_t)sqlite3_column_int64(st, 0);
	uint64_t ann = (uint64_t)sqlite3_column_int64(st, 1);

	*ret = (struct core_rec){
		.seq = seq,
		.ann = ann,
		.id8 = sqlite3_column_int64(st, 8),
		.kind = (enum annot_kind)sqlite3_column_int(st, 2),
		.author = sqlite3_column_int64(st, 3),
		.first = ann == seq,
		.version = (uint64_t)sqlite3_column_int64(st, 4),
		.effect = (enum annot_effect)sqlite3_column_int(st, 5),
		.replaced = sqlite3_column_type(st, 6) == SQLITE_NULL ? ANNOT_NEVER
								      : sqlite3_column_int64(st, 6),
	};
	if ((unsigned)ret->kind >= ANNOT_KIND_COUNT)
		return annot_fail(err, ANNOT_STORE,
				  "%s: record #%llu has an unknown kind; run annotd rebuild",
				  db->name, (unsigned long long)seq);
	return ANNOT_OK;
}

enum annot_status core_rec(struct core *c, uint64_t seq, struct core_rec *ret,
			   struct annot_error *err)
{
	const struct core_rec *kept = cache_rec(c->cache, seq);
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	if (kept) {
		*ret = *kept;
		return ANNOT_OK;
	}
	TRY(db_statement(&c->index, INDEX_ROW, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	TRY(db_step(&c->index, st, &row, err));
	if (!row)
		return annot_fail(err, ANNOT_NOT_FOUND, "no record #%llu in the index",
				  (unsigned long long)seq);
	TRY(core_rec_columns(&c->index, st, ret, err));
	cache_put_rec(c->cache, ret);
	return ANNOT_OK;
}

enum annot_status core_late(struct core *c, uint64_t seq, int64_t *ret, struct annot_error *err)
{
	sqlite3_stmt *st;
	bool row = false;
	int64_t at = ANNOT_NEVER;

	TRY(db_statement(&c->index, INDEX_LATE_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	TRY(db_number(&c->index, st, &row, &at, err));
	*ret = at;
	return ANNOT_OK;
}

void core_ann_columns(sqlite3_stmt *st, struct core_ann *ret)
{
	ret->versions = (uint64_t)sqlite3_column_int64(st, 1);
	ret->heads = (uint64_t)sqlite3_column_int64(st, 2);
	if (sqlite3_column_type(st, 3) != SQLITE_NULL)
		ret->retracted = sqlite3_column_int64(st, 3);
}

enum annot_status core_ann(struct core *c, uint64_t first, struct core_ann *ret,
			   struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	TRY(db_statement(&c->index, INDEX_ANN_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)first);
	TRY(db_step(&c->index, st, &row, err));
	*ret = CORE_ANN_ALONE;
	if (row)
		core_ann_columns(st, ret);
	return ANNOT_OK;
}

enum annot_status core_author_id(struct core *c, const struct annot_hash *author, int64_t *ret,
				 struct annot_error *err)
{
	struct find_slot *slot = &c->authors[hash_slot(author, AUTHOR_CACHE)];
	sqlite3_stmt *st;
	bool row = false;
	int64_t id = 0;

	if (!slot->used || !annot_hash_equal(&slot->hash, author)) {
		TRY(db_statement(&c->index, INDEX_AUTHOR_FIND, &st, err));
		sqlite3_bind_blob(st, 1, author->b, sizeof author->b, SQLITE_STATIC);
		TRY(db_number(&c->index, st, &row, &id, err));
		if (!row)
			return annot_fail(err, ANNOT_NOT_FOUND,
					  "no record is signed by the key %.16s…",
					  annot_hash_hex(author).text);
		*slot = (struct find_slot){.used = true, .seq = (uint64_t)id, .hash = *author};
	}
	*ret = (int64_t)slot->seq;
	return ANNOT_OK;
}

enum annot_status core_author(struct core *c, int64_t id, struct annot_hash *ret,
			      struct annot_error *err)
{
	struct find_slot *slot = &c->author_ids[(uint64_t)id % AUTHOR_CACHE];

	if (!slot->used || slot->seq != (uint64_t)id) {
		AUTO_RESET sqlite3_stmt *st = NULL;
		bool row = false;

		TRY(db_statement(&c->index, INDEX_AUTHOR_GET, &st, err));
		sqlite3_bind_int64(st, 1, id);
		TRY(db_step(&c->index, st, &row, err));
		if (!row || sqlite3_column_bytes(st, 0) != ANNOT_HASH_SIZE)
			return annot_fail(err, ANNOT_STORE,
					  "index.db: author %lld is missing; run annotd rebuild",
					  (long long)id);
		slot->used = true;
		slot->seq = (uint64_t)id;
		memcpy(slot->hash.b, sqlite3_column_blob(st, 0), ANNOT_HASH_SIZE);
	}
	*ret = slot->hash;
	return ANNOT_OK;
}

enum annot_status core_term(struct core *c, enum term_kind kind, const char *text, size_t len,
			    int64_t *ret, struct annot_error *err)
{
	sqlite3_stmt *st;
	bool row = false;

	if (cache_term(c->cache, (int)kind, text, len, ret))
		return ANNOT_OK;
	TRY(db_statement(&c->index, INDEX_TERM_FIND, &st, err));
	sqlite3_bind_int(st, 1, kind);
	sqlite3_bind_text(st, 2, text, (int)len, SQLITE_STATIC);
	TRY(db_number(&c->index, st, &row, ret, err));
	if (!row)
		return annot_fail(err, ANNOT_NOT_FOUND, "nothing has \"%.64s\"", text);
	cache_put_term(c->cache, (int)kind, text, len, *ret);
	return ANNOT_OK;
}

enum annot_status core_index_size(struct core *c, uint64_t *ret, struct annot_error *err)
{
	sqlite3_stmt *st;
	bool row = false;
	int64_t n = 0;

	TRY(db_statement(&c->index, INDEX_META_GET, &st, err));
	sqlite3_bind_int(st, 1, META_APPLIED);
	TRY(db_number(&c->index, st, &row, &n, err));
	*ret = (uint64_t)n;
	return ANNOT_OK;
}

enum annot_status core_each(struct db *db, sqlite3_stmt *st, uint64_t from, const int64_t *numbers,
			    size_t n, reader_each each, void *arg, struct annot_error *err)
{
	uint64_t found[CORE_CHUNK];
	size_t n_found;

	do {
		bool row = false;

		n_found = 0;
		sqlite3_reset(st);
		sqlite3_bind_int64(st, 1, (int64_t)from);
		sqlite3_bind_int(st, 2, CORE_CHUNK);
		for (size_t i = 0; i < n; i++)
			sqlite3_bind_int64(st, (int)(3 + i), numbers[i]);
		for (;;) {
			enum annot_status status = db_step(db, st, &row, err);

			if (status != ANNOT_OK) {
				sqlite3_reset(st);
				return status;
			}
			if (!row || n_found == CORE_CHUNK)
				break;
			found[n_found++] = (uint64_t)sqlite3_column_int64(st, 0);
		}
		sqlite3_reset(st);
		for (size_t i = 0; i < n_found; i++) {
			if (!each(arg, found[i]))
				return ANNOT_OK;
			from = found[i] + 1;
		}
	} while (n_found == CORE_CHUNK);
	return ANNOT_OK;
}
