/* A segment from texts: their fingerprints, sorted. */
#include <stdlib.h>

#include "base/auto.h"
#include "locate/segment_encode.h"
#include "text/utf8.h"

enum { POSITION_BITS = 32, RADIX_BITS = 10, POSTINGS_FIRST = 4096 };

struct annot_segment_builder {
	struct annot_grams *grams;
	struct annot_gram_list list;
	struct segment_documents documents;
	struct annot_segment_document document; /* the one that is being added */
	uint64_t chars;                         /* of it */
	uint64_t *postings, *room; /* hash << POSITION_BITS | position; room to sort them */
	size_t n, cap;
};

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the index");
}

enum annot_status annot_segment_builder_new(struct annot_segment_builder **ret,
					    struct annot_error *err)
{
	struct annot_segment_builder *b = calloc(1, sizeof *b);
	if (!b)
		return no_memory(err);
	enum annot_status status = annot_grams_new(&b->grams, err);
	if (status != ANNOT_OK)
		annot_segment_builder_free(b);
	else
		*ret = b;
	return status;
}

struct annot_segment_builder *annot_segment_builder_free(struct annot_segment_builder *b)
{
	if (!b)
		return NULL;
	annot_grams_free(b->grams);
	segment_documents_free(&b->documents);
	free(b->list.items);
	free(b->postings);
	free(b->room);
	free(b);
	return NULL;
}

size_t annot_segment_postings(const struct annot_segment_builder *b)
{
	return b->n;
}

size_t annot_segment_documents(const struct annot_segment_builder *b)
{
	return b->documents.n;
}

uint64_t annot_segment_text(const struct annot_segment_builder *b)
{
	return b->documents.text;
}

/* --- gathering --- */

enum annot_status annot_segment_begin(struct annot_segment_builder *b, uint64_t index,
				      const struct annot_hash *record, struct annot_error *err)
{
	if (b->documents.positions > UINT32_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "a segment of the index has %llu bytes of text",
				  (unsigned long long)b->documents.text);
	b->document = (struct annot_segment_document){
		.index = index,
		.base = (uint32_t)b->documents.positions,
		.first_mark = (uint32_t)b->documents.n_marks,
	};
	memcpy(b->document.record, record->b, sizeof b->document.record);
	b->chars = 0;
	annot_grams_begin(b->grams, false);
	return ANNOT_OK;
}

static enum annot_status make_room(struct annot_segment_builder *b, size_t n,
				   struct annot_error *err)
{
	size_t cap = b->cap ? b->cap : POSTINGS_FIRST;
	while (cap - b->n < n)
		cap += cap / 2;
	if (cap == b->cap)
		return ANNOT_OK;
	uint64_t *postings = reallocarray(b->postings, cap, sizeof *postings);
	if (!postings)
		return no_memory(err);
	b->postings = postings;
	b->cap = cap;
	return ANNOT_OK;
}

static enum annot_status take_list(struct annot_segment_builder *b, struct annot_error *err)
{
	TRY(make_room(b, b->list.n, err));
	for (size_t i = 0; i < b->list.n; i++) {
		uint32_t position =
			b->document.base + b->list.items[i].offset / ANNOT_SEGMENT_GRANULE;
		b->postings[b->n++] = (uint64_t)b->list.items[i].hash << POSITION_BITS | position;
	}
	b->list.n = 0;
	return ANNOT_OK;
}

/* Counts the code points of a piece, which ends where the text is length bytes long. */
static enum annot_status count(struct annot_segment_builder *b, struct annot_bytes piece,
			       struct annot_error *err)
{
	const char *text = (const char *)piece.data;
	for (size_t at = 0; at < piece.len;) {
		size_t to_mark = ANNOT_SEGMENT_MARK - b->document.length % ANNOT_SEGMENT_MARK;
		size_t len = piece.len - at < to_mark ? piece.len - at : to_mark;
		b->chars += annot_utf8_chars(text + at, len);
		b->document.length += len;
		at += len;
		if (len == to_mark)
			TRY(segment_documents_mark(&b->documents, (uint32_t)b->chars, err));
	}
	return ANNOT_OK;
}

enum annot_status annot_segment_add(struct annot_segment_builder *b, struct annot_bytes piece,
				    struct annot_error *err)
{
	TRY(count(b, piece, err));
	TRY(annot_grams_add(b->grams, piece, &b->list, err));
	return take_list(b, err);
}

enum annot_status annot_segment_finish(struct annot_segment_builder *b, struct annot_error *err)
{
	uint64_t length = b->document.length;
	TRY(annot_grams_end(b->grams, &b->list, err));
	TRY(take_list(b, err));
	TRY(segment_documents_add(&b->documents, &b->document, err));
	b->documents.text += length;
	b->documents.positions += length / ANNOT_SEGMENT_GRANULE + 1;
	return ANNOT_OK;
}

/* --- sorting and writing --- */

/* By the hash, stable: positions are ascending already. */
static void sort_by(const uint64_t *from, uint64_t *to, size_t n, unsigned shift)
{
	size_t starts[1 << RADIX_BITS] = {0}, sum = 0;
	const uint64_t mask = (1 << RADIX_BITS) - 1;
	for (size_t i = 0; i < n; i++)
		starts[from[i] >> shift & mask]++;
	for (size_t i = 0; i <= mask; i++) {
		size_t here = starts[i];
		starts[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < n; i++)
		to[starts[from[i] >> shift & mask]++] = from[i];
}

static enum annot_status sort(struct annot_segment_builder *b, struct annot_error *err)
{
	b->room = reallocarray(NULL, b->n + 1, sizeof *b->room);
	if (!b->room)
		return no_memory(err);
	for (unsigned shift = POSITION_BITS; shift < POSITION_BITS + ANNOT_GRAM_BITS;
	     shift += RADIX_BITS) {
		uint64_t *sorted = b->room;
		sort_by(b->postings, sorted, b->n, shift);
		b->room = b->postings;
		b->postings = sorted;
	}
	b->cap = b->n + 1; /* it may be the smaller one of the two */
	return ANNOT_OK;
}

/* The groups, of which each position counts once. */
static enum annot_status encode(struct annot_segment_builder *b, struct segment_encoder *e,
				struct annot_error *err)
{
	AUTO_FREE uint32_t *positions = calloc(ANNOT_SEGMENT_FREQUENT, sizeof *positions);
	if (!positions)
		return no_memory(err);
	for (size_t i = 0; i < b->n;) {
		uint32_t hash = (uint32_t)(b->postings[i] >> POSITION_BITS);
		uint64_t n = 0, last = UINT64_MAX;
		for (; i < b->n && b->postings[i] >> POSITION_BITS == hash; i++) {
			if (b->postings[i] == last)
				continue;
			last = b->postings[i];
			if (n < ANNOT_SEGMENT_FREQUENT)
				positions[n] = (uint32_t)last;
			n++;
		}
		TRY(segment_encode_group(e, hash, n, positions, err));
	}
	return ANNOT_OK;
}

enum annot_status annot_segment_write(struct annot_segment_builder *b,
				      const struct annot_hash *corpus,
				      const struct annot_segment_sink *to, struct annot_error *err)
{
	struct segment_encoder e;
	TRY(sort(b, err));
	free(b->room);
	b->room = NULL;
	enum annot_status status = segment_encode_begin(&e, to, &b->documents, b->n, err);
	if (status == ANNOT_OK)
		status = encode(b, &e, err);
	if (status == ANNOT_OK)
		status = segment_encode_end(&e, &b->documents, corpus, err);
	segment_encode_free(&e);
	free(b->postings);
	b->postings = NULL;
	b->n = b->cap = 0;
	segment_documents_free(&b->documents);
	return status;
}

/* --- in memory --- */

static enum annot_status write_to_buf(void *arg, uint64_t offset, const void *data, size_t len,
				      struct annot_error *err)
{
	static const char zeros[4096];
	struct annot_buf *b = arg;
	while (b->len < offset && !b->failed)
		annot_buf_add(b, zeros,
			      offset - b->len < sizeof zeros ? (size_t)(offset - b->len)
							     : sizeof zeros);
	size_t over = b->len - (size_t)offset;
	if (over > len)
		over = len;
	if (!b->failed)
		memcpy(b->data + offset, data, over);
	annot_buf_add(b, (const char *)data + over, len - over);
	return annot_buf_check(b, "segment of the index", err);
}

struct annot_segment_sink annot_segment_in(struct annot_buf *b)
{
	return (struct annot_segment_sink){.arg = b, .write = write_to_buf};
}
