/* What the index has of many records at once. */
#include "annotd/store/reader_private.h"

enum {
	/* Records of the log that a page may span for each that it has, for side tables to be read
	 * as ranges. */
	DENSE = 8,
	CHARS_MAX = CORE_CHUNK * ANNOT_CARDS_MAX * 20,
	DISCUSSIONS_MAX = 4 * CORE_CHUNK, /* rows of edge that one page reads */
};

void page_forget(struct page *page)
{
	page->n = page->at = 0;
	annot_buf_truncate(&page->chars, 0);
}

enum annot_status page_add(struct page *page, struct db *db, sqlite3_stmt *st,
			   struct annot_error *err)
{
	struct page_row *row = &page->rows[page->n];
	int chars = sqlite3_column_bytes(st, 7);

	*row = (struct page_row){.at = (uint32_t)page->chars.len, .length = (uint32_t)chars};
	TRY(core_rec_columns(db, st, &row->rec, err));
	page->chars.max = CHARS_MAX;
	if (chars > 0)
		annot_buf_add(&page->chars, sqlite3_column_blob(st, 7), (size_t)chars);
	page->n++;
	return annot_buf_check(&page->chars, "page", err);
}

/* The annotations of first versions. */
static enum annot_status complete_anns(struct reader *r, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	struct page *page = &r->page;
	int64_t first = -1;
	bool row = true;

	TRY(db_statement(&r->core.index, INDEX_ANNS, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)page->rows[0].rec.seq);
	sqlite3_bind_int64(st, 2, (int64_t)page->rows[page->n - 1].rec.seq);
	for (size_t i = 0; i < page->n; i++) {
		struct page_row *p = &page->rows[i];

		while (row && first < (int64_t)p->rec.seq) {
			TRY(db_step(&r->core.index, st, &row, err));
			if (row)
				first = sqlite3_column_int64(st, 0);
		}
		p->has_ann = p->rec.first;
		p->ann = CORE_ANN_ALONE;
		if (row && first == (int64_t)p->rec.seq)
			core_ann_columns(st, &p->ann);
	}
	return ANNOT_OK;
}

static enum annot_status complete_discussed(struct reader *r, struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	struct page *page = &r->page;
	int64_t dst = -1, n = 0;
	bool row = true;

	TRY(db_statement(&r->core.index, INDEX_DISCUSSED, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)page->rows[0].rec.seq);
	sqlite3_bind_int64(st, 2, (int64_t)page->rows[page->n - 1].rec.seq);
	sqlite3_bind_int(st, 3, DISCUSSIONS_MAX);
	for (size_t i = 0; i < page->n; i++) {
		struct page_row *p = &page->rows[i];

		while (row && dst < (int64_t)p->rec.seq) {
			TRY(db_step(&r->core.index, st, &row, err));
			n += row;
			if (row)
				dst = sqlite3_column_int64(st, 0);
		}
		/* Past so many nothing is known. */
		p->undiscussed = row ? dst != (int64_t)p->rec.seq : n < DISCUSSIONS_MAX;
	}
	return ANNOT_OK;
}

static enum annot_status complete(struct reader *r, struct annot_error *err)
{
	const struct page *page = &r->page;

	if (page->n < 2 ||
	    page->rows[page->n - 1].rec.seq - page->rows[0].rec.seq > page->n * DENSE)
		return ANNOT_OK;
	TRY(complete_anns(r, err));
	return complete_discussed(r, err);
}

enum annot_status page_read(struct reader *r, sqlite3_stmt *st, uint64_t from, size_t n,
			    struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	bool row = true;

	page_forget(&r->page);
	sqlite3_bind_int64(st, 1, (int64_t)from);
	sqlite3_bind_int64(st, 2, (int64_t)n);
	while (status == ANNOT_OK && row && r->page.n < n) {
		status = db_step(&r->core.index, st, &row, err);
		if (status == ANNOT_OK && row)
			status = page_add(&r->page, &r->core.index, st, err);
	}
	sqlite3_reset(st);
	return status == ANNOT_OK ? complete(r, err) : status;
}

static struct page_row *find(struct page *page, uint64_t seq)
{
	size_t low = 0, high = page->n;

	/* Most often the same one again, or the next. */
	for (size_t i = page->at; i < page->n && i < page->at + 2; i++)
		if (page->rows[i].rec.seq == seq) {
			page->at = i;
			return &page->rows[i];
		}
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (page->rows[middle].rec.seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == page->n || page->rows[low].rec.seq != seq)
		return NULL;
	page->at = low;
	return &page->rows[low];
}

enum annot_status page_row(struct reader *r, uint64_t seq, struct page_row **ret,
			   struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	*ret = find(&r->page, seq);
	if (!*ret)
		*ret = find(&r->one, seq);
	if (*ret)
		return ANNOT_OK;
	TRY(db_statement(&r->core.index, INDEX_ROW, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)seq);
	TRY(db_step(&r->core.index, st, &row, err));
	if (!row)
		return annot_fail(err, ANNOT_NOT_FOUND, "no record #%llu in the index",
				  (unsigned long long)seq);
	page_forget(&r->one);
	TRY(page_add(&r->one, &r->core.index, st, err));
	*ret = &r->one.rows[0];
	return ANNOT_OK;
}

enum annot_status reader_ahead(struct reader *r, uint64_t index, struct annot_error *err)
{
	sqlite3_stmt *st;

	if (find(&r->page, index))
		return ANNOT_OK;
	TRY(db_statement(&r->core.index, INDEX_ROWS, &st, err));
	return page_read(r, st, index, CORE_CHUNK, err);
}

enum annot_status page_ann(struct reader *r, struct page_row *row, struct core_ann *ret,
			   struct annot_error *err)
{
	if (!row->has_ann)
		TRY(core_ann(&r->core, row->rec.ann, &row->ann, err));
	row->has_ann = true;
	*ret = row->ann;
	return ANNOT_OK;
}

enum annot_status page_discussed(struct reader *r, struct page_row *row, bool *ret,
				 struct annot_error *err)
{
	sqlite3_stmt *st;
	bool found = false;
	int64_t one;

	if (!row->undiscussed) {
		TRY(db_statement(&r->core.index, INDEX_IS_DISCUSSED, &st, err));
		sqlite3_bind_int64(st, 1, (int64_t)row->rec.seq);
		TRY(db_number(&r->core.index, st, &found, &one, err));
		row->undiscussed = !found;
	}
	*ret = !row->undiscussed;
	return ANNOT_OK;
}
