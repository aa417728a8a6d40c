/* Segments of the index from contents that came in. */
#include <stdlib.h>

#include "annotd/segments_private.h"
#include "base/auto.h"
#include "text/utf8.h"

/* Numbers of letters that a document makes at the most, so that memory is bounded. */
static bool has_room(const struct annot_segment_builder *b, uint64_t length)
{
	size_t n = annot_segment_postings(b);
	return n == 0 ||
	       (n < SEGMENTS_BATCH && n + length / ANNOT_GRAM_SPARSE < 2 * SEGMENTS_BATCH);
}

static enum annot_status add_text(struct segments *s, struct annot_segment_builder *b,
				  uint64_t document, uint64_t length, struct annot_error *err)
{
	AUTO_BUF struct annot_buf piece = ANNOT_BUF_INIT(STORE_PIECE_SIZE + 8);
	struct store_row row;
	size_t kept = 0;
	TRY(reader_row(s->reader, document, &row, err));
	TRY(annot_segment_begin(b, document, &row.record, err));
	for (uint64_t at = 0; at < length;) {
		if (segments_stopping(s))
			return annot_fail(err, ANNOT_BUSY, "annotd is stopping");
		uint64_t len = length - at < STORE_PIECE_SIZE ? length - at : STORE_PIECE_SIZE;
		TRY(reader_content(s->reader, document, at, (size_t)len, &piece, err));
		TRY(annot_buf_check(&piece, "content", err));
		at += len;
		/* A code point that is not whole waits for the next piece. */
		size_t last = annot_utf8_back(piece.data, piece.len, piece.len, 1);
		size_t whole = last + annot_utf8_valid(piece.data + last, piece.len - last);
		TRY(annot_segment_add(b, annot_bytes(piece.data, whole), err));
		kept = piece.len - whole;
		memmove(piece.data, piece.data + whole, kept);
		annot_buf_truncate(&piece, kept);
	}
	return annot_segment_finish(b, err);
}

/* *ret_full: it is for the next segment. A document without a content waits no more. */
static enum annot_status add_document(struct segments *s, struct annot_segment_builder *b,
				      uint64_t document, bool *ret_full, struct annot_error *err)
{
	uint64_t length;
	*ret_full = false;
	corpus_await_index(s->corpus);
	TRY(reader_begin(s->reader, err));
	enum annot_status status = reader_content_length(s->reader, document, &length, err);
	if (status == ANNOT_NOT_FOUND || indexes_has(&s->covered, document)) {
		pthread_mutex_lock(&s->lock);
		indexes_remove(&s->waiting, document);
		pthread_mutex_unlock(&s->lock);
		status = ANNOT_OK;
	} else if (status == ANNOT_OK) {
		*ret_full = !has_room(b, length);
		if (!*ret_full)
			status = add_text(s, b, document, length, err);
	}
	reader_end(s->reader);
	return status;
}

/* What waits, at the moment. */
static enum annot_status list_waiting(struct segments *s, struct indexes *ret,
				      struct annot_error *err)
{
	pthread_mutex_lock(&s->lock);
	size_t n = s->waiting.n;
	ret->items = reallocarray(NULL, n + 1, sizeof *ret->items);
	if (ret->items && n > 0)
		memcpy(ret->items, s->waiting.items, n * sizeof *ret->items);
	ret->n = ret->cap = n;
	pthread_mutex_unlock(&s->lock);
	return ret->items ? ANNOT_OK
			  : annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the index");
}

struct built {
	struct annot_segment_builder *builder;
	const struct annot_hash *corpus;
};

static enum annot_status write_built(void *arg, const struct annot_segment_sink *to,
				     struct annot_error *err)
{
	struct built *b = arg;
	return annot_segment_write(b->builder, b->corpus, to, err);
}

static enum annot_status build(struct segments *s, const struct indexes *waiting,
			       struct annot_segment_builder *b, struct annot_error *err)
{
	struct built built = {b, corpus_id(s->corpus)};
	struct segment_file *f;
	bool full = false;
	for (size_t i = 0; i < waiting->n && !full; i++)
		TRY(add_document(s, b, waiting->items[i], &full, err));
	if (annot_segment_documents(b) == 0)
		return ANNOT_OK;
	TRY(segments_make(s, annot_segment_postings(b), write_built, &built, &f, err));
	enum annot_status status = segments_cover(s, f, err);
	if (status == ANNOT_OK)
		status = segments_exchange(s, f, NULL, 0, err);
	if (status != ANNOT_OK) {
		atomic_store(&f->gone, true);
		segment_file_release(f);
	}
	return status;
}

enum annot_status segments_build(struct segments *s, bool *ret_done, struct annot_error *err)
{
	struct indexes waiting = {0};
	struct annot_segment_builder *b = NULL;
	TRY(list_waiting(s, &waiting, err));
	*ret_done = waiting.n > 0;
	enum annot_status status = ANNOT_OK;
	if (waiting.n > 0)
		status = annot_segment_builder_new(&b, err);
	if (status == ANNOT_OK && b)
		status = build(s, &waiting, b, err);
	annot_segment_builder_free(b);
	indexes_free(&waiting);
	return status;
}
