#include "annotd/texts.h"

#include <stdlib.h>

#include "base/auto.h"
#include "text/utf8.h"

enum {
	/* Around a target: more than the words of prefix and suffix can take. */
	MARGIN = 4 * ANNOT_CONTEXT_CHARS + TEXTS_STEP,
};

struct text {
	bool used;
	uint64_t index, length, last_use;
	uint32_t *marks;       /* code points before each TEXTS_STEP bytes */
	struct annot_buf text; /* all of it, or nothing where it is large */
};

struct texts {
	struct text kept[TEXTS_KEPT];
	uint64_t uses;
};

/* A piece of a text; offset is a multiple of TEXTS_STEP. */
struct piece {
	struct annot_bytes bytes;
	uint64_t offset;
};

/* --- sources --- */

static enum annot_status reader_length(void *ctx, uint64_t index, uint64_t *ret,
				       struct annot_error *err)
{
	return reader_content_length(ctx, index, ret, err);
}

static enum annot_status reader_read(void *ctx, uint64_t index, uint64_t offset, size_t len,
				     struct annot_buf *ret, struct annot_error *err)
{
	return reader_content(ctx, index, offset, len, ret, err);
}

struct text_source text_source_reader(struct reader *reader)
{
	return (struct text_source){.ctx = reader, .length = reader_length, .read = reader_read};
}

static enum annot_status store_length(void *ctx, uint64_t index, uint64_t *ret,
				      struct annot_error *err)
{
	return store_content_length(ctx, index, ret, err);
}

static enum annot_status store_read(void *ctx, uint64_t index, uint64_t offset, size_t len,
				    struct annot_buf *ret, struct annot_error *err)
{
	return store_content(ctx, index, offset, len, ret, err);
}

struct text_source text_source_store(struct store *store)
{
	return (struct text_source){.ctx = store, .length = store_length, .read = store_read};
}

/* --- what is kept --- */

static void forget(struct text *t)
{
	free(t->marks);
	annot_buf_free(&t->text);
	*t = (struct text){0};
}

struct texts *texts_new(void)
{
	return calloc(1, sizeof(struct texts));
}

struct texts *texts_free(struct texts *t)
{
	for (size_t i = 0; t && i < TEXTS_KEPT; i++)
		forget(&t->kept[i]);
	free(t);
	return NULL;
}

/* Reads all of it once. Pieces end on multiples of TEXTS_STEP. */
static enum annot_status measure(struct text *t, const struct text_source *source,
				 struct annot_error *err)
{
	AUTO_BUF struct annot_buf piece = ANNOT_BUF_INIT(STORE_PIECE_SIZE);
	uint32_t chars = 0;
	t->marks = calloc((size_t)(t->length / TEXTS_STEP) + 1, sizeof *t->marks);
	if (!t->marks)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a text");
	for (uint64_t at = 0; at < t->length; at += piece.len) {
		annot_buf_truncate(&piece, 0);
		TRY(source->read(source->ctx, t->index, at, STORE_PIECE_SIZE, &piece, err));
		for (size_t i = 0; i < piece.len; i += TEXTS_STEP) {
			size_t len = piece.len - i < TEXTS_STEP ? piece.len - i : TEXTS_STEP;
			t->marks[(at + i) / TEXTS_STEP] = chars;
			chars += (uint32_t)annot_utf8_chars(piece.data + i, len);
		}
		if (t->length <= TEXTS_WHOLE_MAX)
			annot_buf_add(&t->text, piece.data, piece.len);
		if (piece.len == 0)
			return annot_fail(err, ANNOT_STORE, "a text ends before its length");
	}
	if (t->length % TEXTS_STEP == 0)
		t->marks[t->length / TEXTS_STEP] = chars;
	return annot_buf_check(&t->text, "text", err);
}

static enum annot_status look_up(struct texts *t, const struct text_source *source, uint64_t index,
				 struct text **ret, struct annot_error *err)
{
	struct text *found = NULL, *oldest = &t->kept[0];
	uint64_t length;
	for (size_t i = 0; i < TEXTS_KEPT; i++) {
		struct text *kept = &t->kept[i];
		if (kept->used && kept->index == index)
			found = kept;
		if (kept->last_use < oldest->last_use)
			oldest = kept;
	}
	if (found && source->steady) {
		found->last_use = ++t->uses;
		*ret = found;
		return ANNOT_OK;
	}
	enum annot_status status = source->length(source->ctx, index, &length, err);
	if (status != ANNOT_OK) {
		if (found)
			forget(found);
		return status;
	}
	if (!found) {
		found = oldest;
		forget(found);
		*found = (struct text){
			.index = index, .length = length, .text = ANNOT_BUF_INIT(TEXTS_WHOLE_MAX)};
		status = measure(found, source, err);
		if (status != ANNOT_OK) {
			forget(found);
			return status;
		}
		found->used = true;
	}
	found->last_use = ++t->uses;
	*ret = found;
	return ANNOT_OK;
}

/* --- targets --- */

/* The text around a target: what is kept, or read into buf. */
static enum annot_status around(const struct text *t, const struct text_source *source,
				const struct annot_target *target, struct annot_buf *buf,
				struct piece *ret, struct annot_error *err)
{
	*ret = (struct piece){.bytes = annot_buf_bytes(&t->text)};
	if (t->length <= TEXTS_WHOLE_MAX)
		return ANNOT_OK;
	if (target->start > MARGIN)
		ret->offset = (target->start - MARGIN) / TEXTS_STEP * TEXTS_STEP;
	uint64_t end = target->end + MARGIN < t->length ? target->end + MARGIN : t->length;
	TRY(source->read(source->ctx, t->index, ret->offset, (size_t)(end - ret->offset), buf,
			 err));
	ret->bytes = annot_buf_bytes(buf);
	return annot_buf_check(buf, "text", err);
}

/* What a piece says is wrong is looked at again in all of the text, for its places to be named. */
static enum annot_status check_words(const struct text *t, const struct text_source *source,
				     const struct annot_target *target, const struct piece *piece,
				     struct annot_error *err)
{
	struct annot_target moved = *target;
	moved.start -= piece->offset;
	moved.end -= piece->offset;
	if (piece->bytes.len == t->length)
		return annot_target_check(target, piece->bytes, err);
	if (annot_target_check(&moved, piece->bytes, NULL) == ANNOT_OK)
		return ANNOT_OK;
	AUTO_BUF struct annot_buf all = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	TRY(source->read(source->ctx, t->index, 0, (size_t)t->length, &all, err));
	TRY(annot_buf_check(&all, "text", err));
	return annot_target_check(target, annot_buf_bytes(&all), err);
}

/* Code points before byte `at` of the text, which stands in the piece. */
static uint64_t chars_before(const struct text *t, const struct piece *piece, uint64_t at)
{
	uint64_t mark = at / TEXTS_STEP;
	size_t from = (size_t)(mark * TEXTS_STEP - piece->offset);
	return t->marks[mark] +
	       annot_utf8_chars((const char *)piece->bytes.data + from, (size_t)(at % TEXTS_STEP));
}

enum annot_status texts_target(struct texts *t, const struct text_source *source,
			       uint64_t document_index, const struct annot_target *target,
			       bool words, struct store_chars *ret, struct annot_error *err)
{
	AUTO_BUF struct annot_buf buf = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	struct piece piece;
	struct text *text;
	TRY(look_up(t, source, document_index, &text, err));
	if (target->start >= target->end || target->end > text->length)
		return annot_fail(err, ANNOT_MISMATCH,
				  "card \"target\": expected start < end <= %llu (the document's "
				  "length), found %llu and %llu",
				  (unsigned long long)text->length,
				  (unsigned long long)target->start,
				  (unsigned long long)target->end);
	TRY(around(text, source, target, &buf, &piece, err));
	if (words)
		TRY(check_words(text, source, target, &piece, err));
	ret->start = chars_before(text, &piece, target->start);
	ret->end = chars_before(text, &piece, target->end);
	return ANNOT_OK;
}
