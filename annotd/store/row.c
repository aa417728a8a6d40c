/* What the index says of one record, as of the size that the reader looks at. */
#include "annotd/store/reader_private.h"

static enum annot_status row_reason(struct reader *r, uint64_t index,
				    char ret[ANNOT_ERROR_TEXT_MAX], struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	const char *reason;
	bool row = false;

	TRY(db_statement(&r->core.index, INDEX_VOID_GET, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)index);
	TRY(db_step(&r->core.index, st, &row, err));
	reason = row ? (const char *)sqlite3_column_text(st, 0) : NULL;
	snprintf(ret, ANNOT_ERROR_TEXT_MAX, "%s", reason ? reason : "");
	return ANNOT_OK;
}

/* Versions and heads among the first r->size records. */
static enum annot_status ann_as_of(struct reader *r, uint64_t first, struct core_ann *ret,
				   struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;

	TRY(core_ann(&r->core, first, ret, err));
	if (!reader_is_as_of(r))
		return ANNOT_OK;
	if (ret->retracted >= (int64_t)r->size)
		ret->retracted = ANNOT_NEVER;
	TRY(db_statement(&r->core.index, INDEX_ANN_AS_OF, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)first);
	sqlite3_bind_int64(st, 2, (int64_t)r->size);
	TRY(db_step(&r->core.index, st, &row, err));
	ret->versions = row ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
	ret->heads = row ? (uint64_t)sqlite3_column_int64(st, 1) : 0;
	return ANNOT_OK;
}

/* What the index says of a record, as of r->size; *ret_late: where its effect changed. */
static enum annot_status known(struct reader *r, uint64_t index, struct store_row *row,
			       struct core_rec *ret, int64_t *ret_late, struct annot_error *err)
{
	struct page_row *found;
	struct core_ann ann;

	if (index >= r->size)
		return annot_fail(err, ANNOT_NOT_FOUND, "no record #%llu among %llu",
				  (unsigned long long)index, (unsigned long long)r->size);
	TRY(page_row(r, index, &found, err));
	*ret = found->rec;
	if (reader_is_as_of(r))
		TRY(ann_as_of(r, ret->ann, &ann, err));
	else
		TRY(page_ann(r, found, &ann, err));
	if (ret_late)
		TRY(core_late(&r->core, index, ret_late, err));
	if (ret_late && *ret_late >= (int64_t)r->size) {
		ret->effect = ANNOT_PENDING;
		*ret_late = ANNOT_NEVER;
	}
	if (ret->replaced >= (int64_t)r->size)
		ret->replaced = ANNOT_NEVER;
	/* One by one: clearing all of reason for each record of a list would show. */
	row->index = row->effect_at = index;
	row->kind = ret->kind;
	row->effect = ret->effect;
	row->version = 0;
	row->versions = ann.versions;
	row->heads = ann.heads;
	row->head = core_rec_is_head(ret);
	row->retracted = ann.retracted;
	row->withheld = false;
	row->reason[0] = '\0';
	row->record = row->annotation = (struct annot_hash){{0}};
	TRY(core_author(&r->core, ret->author, &row->author, err));
	if (ret->effect == ANNOT_VOID)
		return row_reason(r, index, row->reason, err);
	row->version = ret->version;
	return ANNOT_OK;
}

enum annot_status reader_glance(struct reader *r, uint64_t index, struct store_row *ret,
				struct annot_error *err)
{
	struct core_rec rec;
	int64_t late;

	return known(r, index, ret, &rec, reader_is_as_of(r) ? &late : NULL, err);
}

enum annot_status reader_row(struct reader *r, uint64_t index, struct store_row *ret,
			     struct annot_error *err)
{
	struct store_row row;
	struct core_rec rec;
	int64_t late;

	TRY(known(r, index, &row, &rec, &late, err));
	TRY(core_digest(&r->core, index, &row.record, &row.withheld, err));
	row.annotation = row.record;
	if (!rec.first)
		TRY(core_hash(&r->core, rec.ann, &row.annotation, err));
	if (late != ANNOT_NEVER)
		row.effect_at = (uint64_t)late;
	*ret = row;
	return ANNOT_OK;
}

enum annot_status reader_is_named(struct reader *r, uint64_t index, const struct annot_hash *record,
				  bool *ret, struct annot_error *err)
{
	struct page_row *row;

	TRY(page_row(r, index, &row, err));
	*ret = row->rec.id8 == core_id8(record->b);
	return ANNOT_OK;
}

static bool varint_next(const uint8_t *data, size_t len, size_t *at, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; *at < len && shift < 64; shift += 7) {
		uint8_t byte = data[(*at)++];

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

enum annot_status reader_chars(struct reader *r, uint64_t index, struct store_chars *ret,
			       size_t max, size_t *ret_n, struct annot_error *err)
{
	size_t at = 0, n = 0;
	const uint8_t *data;
	struct page_row *row;

	TRY(page_row(r, index, &row, err));
	const struct page *page = row == &r->one.rows[0] ? &r->one : &r->page;

	*ret_n = 0;
	if (row->length == 0)
		return ANNOT_OK;
	data = (const uint8_t *)page->chars.data + row->at;
	while (n < max && at < row->length) {
		uint64_t start, length;

		if (!varint_next(data, row->length, &at, &start) ||
		    !varint_next(data, row->length, &at, &length))
			return annot_fail(
				err, ANNOT_STORE,
				"index.db: places of #%llu are broken; run annotd rebuild",
				(unsigned long long)index);
		ret[n++] = (struct store_chars){.start = start, .end = start + length};
	}
	*ret_n = n;
	return ANNOT_OK;
}
