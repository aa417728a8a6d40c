/* What remains of withheld texts and originals: their hashes, in truth.db's table meta. */
#include "annotd/store/reader_private.h"
#include "annotd/store/store_private.h"

enum annot_status core_withheld_content(struct core *c, const struct annot_hash *sha256,
					uint64_t *ret_seq, struct annot_error *err)
{
	sqlite3_stmt *st;
	bool row = false;
	int64_t seq = 0;

	TRY(db_statement(&c->truth, TRUTH_WITHHELD_GET, &st, err));
	sqlite3_bind_blob(st, 1, sha256->b, sizeof sha256->b, SQLITE_STATIC);
	TRY(db_number(&c->truth, st, &row, &seq, err));
	if (!row)
		return annot_fail(err, ANNOT_NOT_FOUND, "no content %.16s… was withheld",
				  annot_hash_hex(sha256).text);
	*ret_seq = (uint64_t)seq;
	return ANNOT_OK;
}

enum annot_status store_withheld_content(struct store *s, const struct annot_hash *sha256,
					 uint64_t *ret_index, struct annot_error *err)
{
	return core_withheld_content(&s->core, sha256, ret_index, err);
}

enum annot_status store_put_withheld_content(struct store *s, uint64_t index,
					     const struct annot_hash *sha256,
					     struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(store_in_truth(s, err));
	TRY(db_statement(&s->core.truth, TRUTH_WITHHELD_PUT, &st, err));
	sqlite3_bind_blob(st, 1, sha256->b, sizeof sha256->b, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, (int64_t)index);
	return db_run(&s->core.truth, st, err);
}

enum annot_status store_remember_withheld(struct store *s, uint64_t index,
					  const struct annot_record *record,
					  struct annot_error *err)
{
	static const char *const cards[] = {"sha256", "original-sha256"};

	if (record->kind->kind != ANNOT_KIND_document)
		return ANNOT_OK;
	for (size_t i = 0; i < COUNT(cards); i++) {
		const struct annot_card *card = annot_record_card(record, cards[i]);

		if (card)
			TRY(store_put_withheld_content(s, index, &card->hash, err));
	}
	return ANNOT_OK;
}

enum annot_status reader_withheld_contents(struct reader *r, const struct annot_hash *after,
					   struct store_withheld *ret, size_t max, size_t *ret_n,
					   struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	bool row = false;
	size_t n = 0;

	TRY(db_statement(&r->core.truth, TRUTH_WITHHELD_LIST, &st, err));
	sqlite3_bind_blob(st, 1, after->b, sizeof after->b, SQLITE_STATIC);
	for (; n < max; n++) {
		TRY(db_step(&r->core.truth, st, &row, err));
		if (!row)
			break;
		if (!annot_hash_unhex((const char *)sqlite3_column_text(st, 0),
				      (size_t)sqlite3_column_bytes(st, 0), &ret[n].sha256))
			return annot_fail(err, ANNOT_STORE,
					  "truth.db: the hash of a withheld text is damaged");
		ret[n].index = (uint64_t)sqlite3_column_int64(st, 1);
	}
	*ret_n = n;
	return ANNOT_OK;
}
