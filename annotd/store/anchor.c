/*
 * Anchors in the index. They follow from the log and the contents as all of it does, but are dear
 * to make: a thread beside the writer does it (annotd/anchors.h), when the index says that a
 * document is due. What makes one due is put in the transaction of the record that does, so that no
 * crash forgets it.
 */
#include "annotd/store/anchor.h"

#include "annotd/store/reader_private.h"
#include "annotd/store/store_private.h"

#include "anchor/anchor.h"

_Static_assert(STORE_UNSEARCHED == ANNOT_ANCHOR_ORPHAN + 1, "statuses are stored as numbers");
_Static_assert(ANNOT_KIND_document == 5, "list.c names documents by number");

/* --- writing --- */

enum annot_status store_due_put(struct store *s, uint64_t document, uint64_t at,
				struct annot_error *err)
{
	s->next_due = true;
	return store_run_row(s, INDEX_DUE_PUT, (int64_t[]){(int64_t)document, (int64_t)at}, 2, err);
}

static enum annot_status anchor_put(struct store *s, const struct store_todo *todo,
				    const struct store_anchor *a, struct annot_error *err)
{
	const int64_t numbers[] = {
		(int64_t)todo->index,
		(int64_t)todo->n,
		(int64_t)a->document,
		a->status,
		a->cut,
		a->score,
		(int64_t)a->start,
		(int64_t)a->end,
		(int64_t)a->chars.start,
		(int64_t)a->chars.end,
	};
	enum { WITHOUT_PLACE = 6 };

	return store_run_row(s, INDEX_ANCHOR_PUT, numbers,
			     a->placed ? COUNT(numbers) : WITHOUT_PLACE, err);
}

enum annot_status store_anchors_put(struct store *s, const struct store_todo *todo,
				    const struct store_anchor *anchors, size_t n,
				    struct annot_error *err)
{
	TRY(store_in_index(s, err));
	for (size_t i = 0; i < n; i++)
		TRY(anchor_put(s, &todo[i], &anchors[i], err));
	return ANNOT_OK;
}

enum annot_status store_anchors_done(struct store *s, const struct store_due *due,
				     struct annot_error *err)
{
	TRY(store_in_index(s, err));
	return store_run_row(s, INDEX_DUE_DROP,
			     (int64_t[]){(int64_t)due->document, (int64_t)due->at}, 2, err);
}

bool store_anchors_due(struct store *s)
{
	bool due = s->due;

	s->due = false;
	return due;
}

static enum annot_status is_current(struct db *db, bool *ret, struct annot_error *err)
{
	int64_t version = 0;
	sqlite3_stmt *st;
	bool row = false;

	TRY(db_statement(db, INDEX_META_GET, &st, err));
	sqlite3_bind_int(st, 1, META_ANCHORS);
	TRY(db_number(db, st, &row, &version, err));
	*ret = version == ANNOT_ANCHOR_VERSION;
	return ANNOT_OK;
}

enum annot_status reader_anchors_current(struct reader *r, bool *ret, struct annot_error *err)
{
	return is_current(&r->core.index, ret, err);
}

enum annot_status store_anchors_check(struct store *s, struct annot_error *err)
{
	struct db *db = &s->core.index;
	bool current = false;
	char sql[512];

	TRY(is_current(db, &current, err));
	if (current)
		return ANNOT_OK;
	snprintf(sql, sizeof sql,
		 "BEGIN IMMEDIATE; DELETE FROM anchor; DELETE FROM due;"
		 "INSERT INTO due SELECT DISTINCT coalesce(ann,seq), 0 FROM rec INDEXED BY rec_kind"
		 " WHERE kind=%d AND to_index IS NOT NULL;"
		 "INSERT OR REPLACE INTO meta VALUES(%d,%d); COMMIT",
		 ANNOT_KIND_document, META_ANCHORS, ANNOT_ANCHOR_VERSION);
	enum annot_status status = db_exec(db, sql, err);

	if (status != ANNOT_OK && !sqlite3_get_autocommit(db->sq))
		(void)db_exec(db, "ROLLBACK", NULL);
	return status;
}

/* --- reading --- */

enum annot_status reader_anchor(struct reader *r, uint64_t index, uint64_t n,
				struct store_anchor *ret, bool *ret_found, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;

	TRY(db_statement(&r->core.index, INDEX_ANCHOR_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)index);
	sqlite3_bind_int64(st, 2, (int64_t)n);
	TRY(db_step(&r->core.index, st, ret_found, err));
	if (!*ret_found)
		return ANNOT_OK;
	*ret = (struct store_anchor){
		.document = (uint64_t)sqlite3_column_int64(st, 0),
		.status = sqlite3_column_int(st, 1),
		.cut = sqlite3_column_int(st, 2),
		.score = (unsigned)sqlite3_column_int(st, 3),
		.placed = sqlite3_column_type(st, 4) != SQLITE_NULL,
		.start = (uint64_t)sqlite3_column_int64(st, 4),
		.end = (uint64_t)sqlite3_column_int64(st, 5),
		.chars.start = (uint64_t)sqlite3_column_int64(st, 6),
		.chars.end = (uint64_t)sqlite3_column_int64(st, 7),
	};
	return ANNOT_OK;
}

enum annot_status reader_due(struct reader *r, uint64_t from, struct store_due *ret,
			     bool *ret_found, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;

	TRY(db_statement(&r->core.index, INDEX_DUE_NEXT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)from);
	TRY(db_step(&r->core.index, st, ret_found, err));
	if (*ret_found)
		*ret = (struct store_due){.document = (uint64_t)sqlite3_column_int64(st, 0),
					  .at = (uint64_t)sqlite3_column_int64(st, 1)};
	return ANNOT_OK;
}

enum annot_status reader_old_version(struct reader *r, uint64_t document, int64_t after,
				     uint64_t *ret, bool *ret_found, struct annot_error *err)
{
	sqlite3_stmt *st;
	int64_t seq = 0;

	TRY(db_statement(&r->core.index, INDEX_OLD_VERSION, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)document);
	sqlite3_bind_int64(st, 2, after);
	TRY(db_number(&r->core.index, st, ret_found, &seq, err));
	*ret = (uint64_t)seq;
	return ANNOT_OK;
}

enum annot_status reader_todo(struct reader *r, uint64_t version, uint64_t newest,
			      const struct store_todo *after, struct store_todo *ret, size_t max,
			      size_t *ret_n, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = true;

	*ret_n = 0;
	TRY(db_statement(&r->core.index, INDEX_ANCHOR_TODO, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)version);
	sqlite3_bind_int64(st, 2, (int64_t)newest);
	sqlite3_bind_int64(st, 3, after ? (int64_t)after->start : -1);
	sqlite3_bind_int64(st, 4, after ? (int64_t)after->index : -1);
	sqlite3_bind_int64(st, 5, after ? (int64_t)after->n : -1);
	sqlite3_bind_int64(st, 6, (int64_t)max);
	for (;;) {
		TRY(db_step(&r->core.index, st, &row, err));
		if (!row || *ret_n == max)
			return ANNOT_OK;
		ret[(*ret_n)++] = (struct store_todo){
			.index = (uint64_t)sqlite3_column_int64(st, 0),
			.n = (uint64_t)sqlite3_column_int64(st, 1),
			.start = (uint64_t)sqlite3_column_int64(st, 2),
			.end = (uint64_t)sqlite3_column_int64(st, 3),
		};
	}
}
