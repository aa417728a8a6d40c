/*
 * Filling index.db from the start of the log. What makes it fast: no journal and no sync, since a
 * half-filled file is thrown away; the indexes that replaying does not need are made at the end,
 * from sorted runs; rows of tables that are ordered by other things than the log wait here and are
 * put in their own order, many a statement; and records are found by their hash in memory.
 */
#include "annotd/store/store_private.h"

#include "anchor/anchor.h"

#include <malloc.h>
#include <stdlib.h>

enum {
	FILL_ROWS = 65536, /* that wait, of a table */
	FILL_AT_ONCE = 64, /* rows a statement */
	FILL_COLUMNS_MAX = 5,
	FILL_SQL_MAX = 1024,
};

struct fill_row {
	int64_t column[FILL_COLUMNS_MAX]; /* those of the key first, in its order; then zero */
};

struct fill_table {
	unsigned put; /* the statement of one row */
	size_t n_columns;
	struct fill_row *rows; /* NULL: none yet */
	size_t n;
	sqlite3_stmt *many; /* NULL: not prepared yet */
};

struct fill {
	struct fill_table edge, target, posting;
};

static struct fill_table *table_of(struct fill *f, unsigned statement)
{
	switch (statement) {
	case INDEX_EDGE_PUT:
		return &f->edge;
	case INDEX_TARGET_PUT:
		return &f->target;
	case INDEX_POSTING_PUT:
		return &f->posting;
	default:
		return NULL;
	}
}

/* --- putting rows --- */

/* "INSERT … VALUES(?,?),(?,?),…", from the statement of one row. */
static enum annot_status prepare_many(struct db *db, struct fill_table *t, struct annot_error *err)
{
	static const char values[] = "VALUES";
	const char *one = db->sql[t->put], *at = strstr(one, values);
	char text[FILL_SQL_MAX];
	struct annot_buf sql = ANNOT_BUF_IN(text);

	annot_buf_add(&sql, one, (size_t)(at - one) + sizeof values - 1);
	for (size_t i = 0; i < FILL_AT_ONCE; i++) {
		annot_buf_puts(&sql, i ? ",(?" : "(?");
		for (size_t k = 1; k < t->n_columns; k++)
			annot_buf_puts(&sql, ",?");
		annot_buf_putc(&sql, ')');
	}
	TRY(annot_buf_check(&sql, "a statement", err));
	if (sqlite3_prepare_v3(db->sq, sql.data, (int)sql.len, SQLITE_PREPARE_PERSISTENT, &t->many,
			       NULL) != SQLITE_OK)
		return db_fail(db, one, err);
	return ANNOT_OK;
}

static int compare_rows(const void *left, const void *right)
{
	const struct fill_row *a = left, *b = right;

	for (size_t i = 0; i < FILL_COLUMNS_MAX; i++)
		if (a->column[i] != b->column[i])
			return a->column[i] < b->column[i] ? -1 : 1;
	return 0;
}

static enum annot_status put_many(struct db *db, struct fill_table *t, const struct fill_row *rows,
				  struct annot_error *err)
{
	int parameter = 0;

	if (!t->many)
		TRY(prepare_many(db, t, err));
	for (size_t i = 0; i < FILL_AT_ONCE; i++)
		for (size_t k = 0; k < t->n_columns; k++)
			sqlite3_bind_int64(t->many, ++parameter, rows[i].column[k]);
	return db_run(db, t->many, err);
}

static enum annot_status flush(struct store *s, struct fill_table *t, struct annot_error *err)
{
	size_t i = 0;

	if (t->n == 0)
		return ANNOT_OK;
	qsort(t->rows, t->n, sizeof *t->rows, compare_rows);
	for (; t->n - i >= FILL_AT_ONCE; i += FILL_AT_ONCE)
		TRY(put_many(&s->core.index, t, t->rows + i, err));
	for (; i < t->n; i++)
		TRY(store_run_row(s, t->put, t->rows[i].column, t->n_columns, err));
	t->n = 0;
	return ANNOT_OK;
}

enum annot_status store_run_row(struct store *s, unsigned statement, const int64_t *numbers,
				size_t n, struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(&s->core.index, statement, &st, err));
	for (size_t i = 0; i < n; i++)
		sqlite3_bind_int64(st, (int)i + 1, numbers[i]);
	return db_run(&s->core.index, st, err);
}

enum annot_status store_put_row(struct store *s, unsigned statement, const int64_t *numbers,
				size_t n, struct annot_error *err)
{
	struct fill_table *t = s->fill ? table_of(s->fill, statement) : NULL;

	if (!t)
		return store_run_row(s, statement, numbers, n, err);
	if (!t->rows && !(t->rows = calloc(FILL_ROWS, sizeof *t->rows)))
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for rows of the index");
	if (t->n == FILL_ROWS)
		TRY(flush(s, t, err));
	memcpy(t->rows[t->n++].column, numbers, n * sizeof *numbers);
	return ANNOT_OK;
}

enum annot_status store_fill_flush(struct store *s, struct annot_error *err)
{
	if (!s->fill)
		return ANNOT_OK;
	TRY(flush(s, &s->fill->edge, err));
	TRY(flush(s, &s->fill->target, err));
	return flush(s, &s->fill->posting, err);
}

/* --- beginning and ending --- */

static void table_free(struct fill_table *t)
{
	sqlite3_finalize(t->many);
	free(t->rows);
}

/* Look-ups go to SQLite again, locks of truth.db are given back. */
static void leave(struct store *s)
{
	if (!s->fill)
		return;
	table_free(&s->fill->edge);
	table_free(&s->fill->target);
	table_free(&s->fill->posting);
	free(s->fill);
	s->fill = NULL;
	s->core.ids = core_ids_free(s->core.ids);
	s->in_index = false;
	if (!sqlite3_get_autocommit(s->core.truth.sq))
		(void)db_exec(&s->core.truth, "COMMIT", NULL);
}

static void give_up(struct store *s)
{
	leave(s);
	db_close(&s->core.index);
	core_forget(&s->core);
	s->index_size = s->next_index_size = 0;
}

void store_fill_abandon(struct store *s)
{
	if (s->fill)
		give_up(s);
}

static enum annot_status begin(struct store *s, struct annot_error *err)
{
	s->core.ids = core_ids_new(s->size);
	if (!s->core.ids)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for %llu records",
				  (unsigned long long)s->size);
	/* One transaction for all that is read: no locks for each record. */
	TRY(db_exec(&s->core.truth, "BEGIN", err));
	TRY(store_index_remake(s, DB_FILL, err));
	s->in_index = true;
	return ANNOT_OK;
}

enum annot_status store_fill_begin(struct store *s, struct annot_error *err)
{
	TRY(store_begin(s, err));
	s->fill = calloc(1, sizeof *s->fill);
	if (!s->fill)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory to fill the index");
	s->fill->edge = (struct fill_table){.put = INDEX_EDGE_PUT, .n_columns = 3};
	s->fill->target = (struct fill_table){.put = INDEX_TARGET_PUT, .n_columns = 5};
	s->fill->posting = (struct fill_table){.put = INDEX_POSTING_PUT, .n_columns = 2};
	enum annot_status status = begin(s, err);

	if (status != ANNOT_OK)
		store_fill_abandon(s);
	return status;
}

static enum annot_status end(struct store *s, struct annot_error *err)
{
	TRY(store_fill_flush(s, err));
	TRY(store_index_mark_new(&s->core.index, err));
	TRY(store_meta_put(&s->core.index, META_APPLIED, (int64_t)s->next_index_size, err));
	TRY(store_meta_put(&s->core.index, META_ANCHORS, ANNOT_ANCHOR_VERSION, err));
	leave(s); /* before what takes memory and time */
	TRY(db_filled(&s->core.index, &store_index_file, err));
	db_close(&s->core.index);
	TRY(db_open(&s->core.index, s->dir, &store_index_file, DB_WRITE, err));
	TRY(db_exec(&s->core.index, "PRAGMA synchronous=OFF", err));
	return store_wal_watch(s, &s->core.index, err);
}

enum annot_status store_fill_end(struct store *s, struct annot_error *err)
{
	enum annot_status status = end(s, err);

	if (status != ANNOT_OK) {
		give_up(s);
		return status;
	}
	s->due = s->due || s->next_due;
	s->next_due = false;
	malloc_trim(0); /* an annotd that goes on serving does not keep what that took */
	s->index_size = s->next_index_size;
	s->index_is_new = false;
	atomic_fetch_add(&s->commits, 1);
	return ANNOT_OK;
}

void store_index_reset(struct store *s)
{
	store_rollback(s);
	s->index_size = s->next_index_size = 0;
	s->index_is_new = true;
}

bool store_index_is_new(const struct store *s)
{
	return s->index_is_new;
}
