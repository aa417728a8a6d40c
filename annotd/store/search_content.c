/* Contents of documents into search.db, in pieces. */
#include "annotd/store/search_fill.h"

#include "text/utf8.h"

bool search_content_piece(struct annot_bytes left, bool whole, size_t *ret_len)
{
	if (left.len == 0 || (!whole && left.len <= SEARCH_PIECE + SEARCH_OVERLAP))
		return false;
	*ret_len = search_piece((const char *)left.data, left.len);
	return true;
}

enum annot_status search_piece_grams(struct annot_bytes left, size_t len, struct grams *grams,
				     struct annot_error *err)
{
	const char *at = (const char *)left.data;
	size_t with = len + SEARCH_OVERLAP < left.len ? len + SEARCH_OVERLAP : left.len;

	while (!annot_utf8_boundary(at, left.len, with))
		with--;
	grams_clear(grams);
	return grams_add(grams, at, with, err);
}

/* Indexes a step's worth of what is in hand: text, which begins at w->byte; whole: to its end. */
static enum annot_status pieces_put(struct search *s, struct search_shard *shard,
				    struct search_waiting *w, struct annot_bytes text, bool whole,
				    struct annot_error *err)
{
	size_t len;

	while (search_content_piece(text, whole, &len)) {
		uint64_t row = w->seq << PIECE_BITS | w->pieces++;

		TRY(search_piece_grams(text, len, &s->grams, err));
		TRY(search_put(s, true, shard->id, row, err));
		TRY(search_number(&s->db, SEARCH_PIECE_PUT, (uint64_t[]){row, w->byte, w->chars}, 3,
				  err));
		w->chars += annot_utf8_chars((const char *)text.data, len);
		w->byte += len;
		shard->bytes += len;
		text = annot_bytes(text.data + len, text.len - len);
	}
	return ANNOT_OK;
}

enum annot_status search_content_read(struct reader *reader, const struct search_waiting *w,
				      struct annot_buf *ret, bool *ret_there, bool *ret_whole,
				      struct annot_error *err)
{
	struct annot_error why = {0};
	uint64_t length = 0;
	enum annot_status status = reader_content_length(reader, w->seq, &length, &why);

	*ret_there = status == ANNOT_OK;
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	TRY(reader_content(reader, w->seq, w->byte, SEARCH_STEP + SEARCH_OVERLAP, ret, err));
	*ret_whole = w->byte + ret->len == length;
	if (!*ret_whole)
		annot_buf_truncate(ret, annot_utf8_valid(ret->data, ret->len));
	return ANNOT_OK;
}

static enum annot_status content_put(struct search *s, struct search_waiting *w, bool *ret_done,
				     struct annot_error *err)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(SEARCH_STEP + SEARCH_OVERLAP);
	bool there = false, whole = false, row = false;
	struct search_shard shard;

	*ret_done = true;
	TRY(reader_begin(s->reader, err));
	enum annot_status status = search_content_read(s->reader, w, &text, &there, &whole, err);

	reader_end(s->reader);
	TRY(status);
	if (!there)
		return ANNOT_OK;
	TRY(search_shard(&s->db, SEARCH_SHARD_AT, w->seq, INT64_MAX, &row, &shard, err));
	if (!row || w->seq >= shard.next)
		return annot_fail(err, ANNOT_STORE, "search.db: document #%llu is in no shard",
				  (unsigned long long)w->seq);
	TRY(pieces_put(s, &shard, w, annot_buf_bytes(&text), whole, err));
	TRY(search_shard_set(&s->db, &shard, err));
	*ret_done = whole;
	if (whole)
		return search_number(&s->db, SEARCH_WAITING_DROP, (uint64_t[]){w->seq, w->seq + 1},
				     2, err);
	return search_number(&s->db, SEARCH_WAITING_PUT,
			     (uint64_t[]){w->seq, w->byte, w->chars, w->pieces}, 4, err);
}

/* As many as come to a step's bytes. */
static enum annot_status contents(struct search *s, uint64_t *first, uint64_t end,
				  struct annot_error *err)
{
	uint64_t bytes = 0;

	while (*first < end && bytes < SEARCH_STEP) {
		struct search_waiting w;
		bool row = false, done = true;

		TRY(search_waiting(&s->db, *first, end, &row, &w, err));
		*first = row ? w.seq : end;
		if (!row)
			break;
		bytes -= w.byte;
		TRY(content_put(s, &w, &done, err));
		bytes += w.byte;
		*first = w.seq + done;
	}
	return ANNOT_OK;
}

enum annot_status search_contents(struct search *s, uint64_t *first, uint64_t last,
				  struct annot_error *err)
{
	uint64_t next = *first;

	TRY(db_do(&s->db, SEARCH_WRITE, err));
	TRY(search_done(s, contents(s, &next, last, err), err));
	*first = next;
	return ANNOT_OK;
}
