#include "locate/segment_encode.h"

#include <stdlib.h>

enum {
	BUCKET_POSTINGS = 64, /* that a bucket has, about */
	BUCKET_FIRST = 1024,
	OUT_SIZE = 1 << 18, /* bytes that are handed over together, at least, … */
	OUT_MAX = 1 << 30,  /* … and at most */
	FIRST = 64,
};

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a segment of the index");
}

/* --- documents --- */

enum annot_status segment_documents_add(struct segment_documents *d,
					const struct annot_segment_document *document,
					struct annot_error *err)
{
	if (d->n == ANNOT_SEGMENT_DOCUMENTS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "a segment of the index has %zu documents",
				  d->n);
	if (d->n == d->cap) {
		size_t cap = d->cap ? d->cap * 2 : FIRST;
		struct annot_segment_document *items = reallocarray(d->items, cap, sizeof *items);
		if (!items)
			return no_memory(err);
		d->items = items;
		d->cap = cap;
	}
	d->items[d->n++] = *document;
	return ANNOT_OK;
}

enum annot_status segment_documents_mark(struct segment_documents *d, uint32_t chars,
					 struct annot_error *err)
{
	if (d->n_marks == d->marks_cap) {
		size_t cap = d->marks_cap ? d->marks_cap * 2 : FIRST;
		uint32_t *marks = reallocarray(d->marks, cap, sizeof *marks);
		if (!marks)
			return no_memory(err);
		d->marks = marks;
		d->marks_cap = cap;
	}
	d->marks[d->n_marks++] = chars;
	return ANNOT_OK;
}

void segment_documents_free(struct segment_documents *d)
{
	free(d->items);
	free(d->marks);
	*d = (struct segment_documents){0};
}

/* --- bits --- */

static unsigned bits_of(uint64_t n) /* how many n has, 0 for 0 */
{
	return n ? 64 - (unsigned)__builtin_clzll(n) : 0;
}

/* Room for a group of so many positions, whose hash is so much more than it could be. */
static enum annot_status make_room(struct segment_encoder *e, uint64_t more, uint64_t count,
				   struct annot_error *err)
{
	size_t need = e->n_bits + (size_t)((more >> e->rice) / 8 + count * sizeof(uint64_t)) + 32;
	size_t cap = e->bits_cap;
	while (cap < need)
		cap = cap ? cap * 2 : BUCKET_FIRST;
	if (cap == e->bits_cap)
		return ANNOT_OK;
	uint8_t *bits = realloc(e->bits, cap);
	if (!bits)
		return no_memory(err);
	e->bits = bits;
	e->bits_cap = cap;
	return ANNOT_OK;
}

/* n bits, at most 32; there is room for them. */
static void put_bits(struct segment_encoder *e, uint64_t value, unsigned n)
{
	e->word |= value << e->n_word;
	e->n_word += n;
	if (e->n_word < 32)
		return;
	segment_put(e->bits + e->n_bits, 4, e->word);
	e->n_bits += 4;
	e->word >>= 32;
	e->n_word -= 32;
}

static void put_zeros(struct segment_encoder *e, uint64_t n)
{
	for (; n > 32; n -= 32)
		put_bits(e, 0, 32);
	put_bits(e, 0, (unsigned)n);
}

/* Zeros, a one, and the rest. */
static void put_rice(struct segment_encoder *e, uint32_t n)
{
	put_zeros(e, n >> e->rice);
	put_bits(e, 1, 1);
	put_bits(e, n & ((1U << e->rice) - 1), e->rice);
}

static void put_gamma(struct segment_encoder *e, uint64_t n)
{
	unsigned bits = bits_of(n) - 1;
	put_zeros(e, bits);
	put_bits(e, 1, 1);
	put_bits(e, n & ((UINT64_C(1) << bits) - 1), bits);
}

static void put_positions(struct segment_encoder *e, const uint32_t *positions, uint64_t n)
{
	put_bits(e, positions[0], e->position_bits);
	for (uint64_t i = 1; i < n; i++) {
		uint32_t by = positions[i] - positions[i - 1];
		unsigned bits = bits_of(by) - 1; /* by > 0: its highest bit is not written */
		put_bits(e, bits, LENGTH_BITS);
		put_bits(e, by & ((1U << bits) - 1), bits);
	}
}

/* --- buckets --- */

static enum annot_status hand_over(struct segment_encoder *e, struct annot_error *err)
{
	TRY(annot_buf_check(&e->out, "segment", err));
	TRY(e->to->write(e->to->arg, e->front + e->handed, e->out.data, e->out.len, err));
	e->handed += e->out.len;
	annot_buf_truncate(&e->out, 0);
	return ANNOT_OK;
}

static enum annot_status end_bucket(struct segment_encoder *e, struct annot_error *err)
{
	uint8_t *entry = e->directory + e->bucket * ENTRY_SIZE;
	for (; e->n_word > 0; e->n_word -= e->n_word < 8 ? e->n_word : 8, e->word >>= 8)
		e->bits[e->n_bits++] = (uint8_t)e->word;
	e->written += e->n_bits;
	if (e->written > UINT32_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "a segment of the index is over 4 GiB");
	segment_put(entry, 4, e->written);
	segment_put(entry + 4, 4, segment_checksum(0, e->bits, e->n_bits) >> 32);
	annot_buf_add(&e->out, e->bits, e->n_bits);
	e->n_bits = 0;
	e->bucket++;
	e->hash = (uint32_t)(e->bucket << (ANNOT_GRAM_BITS - e->bucket_bits));
	return e->out.len >= OUT_SIZE ? hand_over(e, err) : ANNOT_OK;
}

enum annot_status segment_encode_group(struct segment_encoder *e, uint32_t hash, uint64_t count,
				       const uint32_t *positions, struct annot_error *err)
{
	while (hash >> (ANNOT_GRAM_BITS - e->bucket_bits) > e->bucket)
		TRY(end_bucket(e, err));
	TRY(make_room(e, hash - e->hash, count <= ANNOT_SEGMENT_FREQUENT ? count : 0, err));
	put_rice(e, hash - e->hash);
	put_gamma(e, count);
	if (count <= ANNOT_SEGMENT_FREQUENT)
		put_positions(e, positions, count);
	e->hash = hash + 1;
	e->n_postings += count;
	return ANNOT_OK;
}

/* --- the whole --- */

enum annot_status segment_encode_begin(struct segment_encoder *e,
				       const struct annot_segment_sink *to,
				       const struct segment_documents *documents,
				       uint64_t n_postings, struct annot_error *err)
{
	unsigned bits = bits_of(n_postings / BUCKET_POSTINGS);
	*e = (struct segment_encoder){
		.to = to,
		.out = ANNOT_BUF_INIT(OUT_MAX),
	};
	if (n_postings > ANNOT_SEGMENT_POSTINGS_MAX || documents->positions > UINT32_MAX ||
	    documents->n_marks > UINT32_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "a segment of the index would have %llu fingerprints",
				  (unsigned long long)n_postings);
	e->bucket_bits = bits > BUCKET_BITS_MAX ? BUCKET_BITS_MAX : bits;
	e->position_bits = bits_of(documents->positions);
	if (e->position_bits < POSITION_BITS_MIN)
		e->position_bits = POSITION_BITS_MIN;
	/* The difference between neighbours, of which a little more than the half is best. */
	unsigned gap = bits_of((UINT64_C(1) << ANNOT_GRAM_BITS) / (n_postings + 1));
	e->rice = gap > 1 ? gap - 1 : 0;
	e->front = segment_front_len(documents->n, documents->n_marks, e->bucket_bits);
	e->directory = calloc((size_t)1 << e->bucket_bits, ENTRY_SIZE);
	return e->directory ? ANNOT_OK : no_memory(err);
}

static void put_document(uint8_t *at, const struct annot_segment_document *d)
{
	segment_put(at, 8, d->index);
	memcpy(at + 8, d->record, sizeof d->record);
	segment_put(at + 16, 8, d->length);
	segment_put(at + 24, 4, d->base);
	segment_put(at + 28, 4, d->first_mark);
}

static void put_front(const struct segment_encoder *e, const struct segment_documents *documents,
		      const struct annot_hash *corpus, uint8_t *at)
{
	memcpy(at, SEGMENT_MAGIC, AT_FORMAT);
	segment_put(at + AT_FORMAT, 4, ANNOT_SEGMENT_FORMAT);
	segment_put(at + AT_GRAMS, 4, ANNOT_GRAM_VERSION);
	memcpy(at + AT_CORPUS, corpus->b, sizeof corpus->b);
	segment_put(at + AT_DOCUMENTS, 8, documents->n);
	segment_put(at + AT_MARKS, 8, documents->n_marks);
	segment_put(at + AT_POSTINGS, 8, e->n_postings);
	segment_put(at + AT_POSITIONS, 8, documents->positions);
	segment_put(at + AT_TEXT, 8, documents->text);
	segment_put(at + AT_BUCKETS_LEN, 8, e->written);
	at[AT_BUCKET_BITS] = (uint8_t)e->bucket_bits;
	at[AT_POSITION_BITS] = (uint8_t)e->position_bits;
	at[AT_RICE] = (uint8_t)e->rice;
	uint8_t *next = at + FRONT_SIZE;
	for (size_t i = 0; i < documents->n; i++, next += DOCUMENT_SIZE)
		put_document(next, &documents->items[i]);
	for (size_t i = 0; i < documents->n_marks; i++, next += MARK_SIZE)
		segment_put(next, MARK_SIZE, documents->marks[i]);
	memcpy(next, e->directory, (size_t)ENTRY_SIZE << e->bucket_bits);
	uint64_t sum = segment_checksum(0, at, AT_CHECKSUM);
	sum = segment_checksum(sum, at + FRONT_SIZE, (size_t)e->front - FRONT_SIZE);
	segment_put(at + AT_CHECKSUM, 8, sum);
}

enum annot_status segment_encode_end(struct segment_encoder *e,
				     const struct segment_documents *documents,
				     const struct annot_hash *corpus, struct annot_error *err)
{
	static const uint8_t padding[PADDING];
	while (e->bucket >> e->bucket_bits == 0)
		TRY(end_bucket(e, err));
	annot_buf_add(&e->out, padding, sizeof padding);
	TRY(hand_over(e, err));
	uint8_t *front = calloc(1, (size_t)e->front);
	if (!front)
		return no_memory(err);
	put_front(e, documents, corpus, front);
	enum annot_status status = e->to->write(e->to->arg, 0, front, (size_t)e->front, err);
	free(front);
	return status;
}

void segment_encode_free(struct segment_encoder *e)
{
	free(e->directory);
	free(e->bits);
	e->bits = NULL;
	annot_buf_free(&e->out);
	e->directory = NULL;
}
