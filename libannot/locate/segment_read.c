#include "locate/segment_format.h"

/* --- the front --- */

static enum annot_status damaged(const char *what, struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "a segment of the index is damaged: %s", what);
}

static enum annot_status check_versions(struct annot_bytes bytes, const struct annot_hash *corpus,
					struct annot_error *err)
{
	if (bytes.len < FRONT_SIZE + PADDING || memcmp(bytes.data, SEGMENT_MAGIC, AT_FORMAT) != 0)
		return damaged("it does not begin as one", err);
	uint64_t format = segment_get(bytes.data + AT_FORMAT, 4);
	uint64_t grams = segment_get(bytes.data + AT_GRAMS, 4);
	if (format != ANNOT_SEGMENT_FORMAT || grams != ANNOT_GRAM_VERSION)
		return annot_fail(err, ANNOT_INVALID,
				  "a segment of the index has format %llu.%llu, expected %d.%d",
				  (unsigned long long)format, (unsigned long long)grams,
				  ANNOT_SEGMENT_FORMAT, ANNOT_GRAM_VERSION);
	if (memcmp(bytes.data + AT_CORPUS, corpus->b, sizeof corpus->b) != 0)
		return annot_fail(err, ANNOT_INVALID,
				  "a segment of the index is of another corpus");
	return ANNOT_OK;
}

/* Numbers that everything else is computed from: none may be larger than the bytes allow. */
static enum annot_status read_counts(struct annot_segment *s, struct annot_error *err)
{
	const uint8_t *at = s->bytes.data;
	uint64_t documents = segment_get(at + AT_DOCUMENTS, 8);
	uint64_t marks = segment_get(at + AT_MARKS, 8);
	s->n_postings = segment_get(at + AT_POSTINGS, 8);
	s->positions = segment_get(at + AT_POSITIONS, 8);
	s->text = segment_get(at + AT_TEXT, 8);
	s->buckets_len = segment_get(at + AT_BUCKETS_LEN, 8);
	s->bucket_bits = at[AT_BUCKET_BITS];
	s->position_bits = at[AT_POSITION_BITS];
	s->rice = at[AT_RICE];
	if (documents > ANNOT_SEGMENT_DOCUMENTS_MAX || marks > s->bytes.len / MARK_SIZE ||
	    s->bucket_bits > BUCKET_BITS_MAX || s->position_bits < POSITION_BITS_MIN ||
	    s->position_bits > 32 || s->rice > ANNOT_GRAM_BITS || s->positions > (uint64_t)1 << 33)
		return damaged("its front says what cannot be", err);
	s->n_documents = (size_t)documents;
	s->n_marks = (size_t)marks;
	return ANNOT_OK;
}

enum annot_status annot_segment_open(struct annot_bytes bytes, const struct annot_hash *corpus,
				     struct annot_segment *ret, struct annot_error *err)
{
	struct annot_segment s = {.bytes = bytes, .corpus = *corpus};
	TRY(check_versions(bytes, corpus, err));
	TRY(read_counts(&s, err));
	uint64_t front = segment_front_len(s.n_documents, s.n_marks, s.bucket_bits);
	if (front > bytes.len || s.buckets_len > bytes.len ||
	    front + s.buckets_len + PADDING != bytes.len)
		return damaged("it is cut off, or longer than it says", err);
	uint64_t sum = segment_checksum(0, bytes.data, AT_CHECKSUM);
	sum = segment_checksum(sum, bytes.data + FRONT_SIZE, (size_t)front - FRONT_SIZE);
	if (sum != segment_get(bytes.data + AT_CHECKSUM, 8))
		return damaged("its front does not have the checksum that it says", err);
	s.documents = bytes.data + FRONT_SIZE;
	s.marks = s.documents + s.n_documents * DOCUMENT_SIZE;
	s.directory = s.marks + s.n_marks * MARK_SIZE;
	s.buckets = bytes.data + front;
	*ret = s;
	return ANNOT_OK;
}

struct annot_segment_document annot_segment_document(const struct annot_segment *s, size_t n)
{
	const uint8_t *at = s->documents + n * DOCUMENT_SIZE;
	struct annot_segment_document d = {
		.index = segment_get(at, 8),
		.length = segment_get(at + 16, 8),
		.base = (uint32_t)segment_get(at + 24, 4),
		.first_mark = (uint32_t)segment_get(at + 28, 4),
	};
	memcpy(d.record, at + 8, sizeof d.record);
	return d;
}

size_t annot_segment_document_at(const struct annot_segment *s, uint32_t position)
{
	size_t low = 0, high = s->n_documents;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (segment_get(s->documents + middle * DOCUMENT_SIZE + 24, 4) <= position)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return s->n_documents;
	struct annot_segment_document d = annot_segment_document(s, low - 1);
	bool inside = position - d.base <= d.length / ANNOT_SEGMENT_GRANULE;
	return inside ? low - 1 : s->n_documents;
}

uint64_t annot_segment_chars(const struct annot_segment *s, const struct annot_segment_document *d,
			     uint64_t at, uint64_t *ret_mark)
{
	uint64_t n = at / ANNOT_SEGMENT_MARK, mark = d->first_mark + n - 1;
	*ret_mark = n * ANNOT_SEGMENT_MARK;
	if (n == 0 || at > d->length || mark >= s->n_marks) {
		*ret_mark = 0;
		return 0;
	}
	return segment_get(s->marks + mark * MARK_SIZE, MARK_SIZE);
}

/* --- bits --- */

/* Reading past the end gives zeros, and sets over. */
struct bits {
	const uint8_t *data;
	uint64_t at, end; /* bits */
	bool over;
};

static uint64_t peek(const struct bits *b)
{
	uint64_t word;
	memcpy(&word, b->data + b->at / 8, sizeof word); /* there is PADDING behind the end */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word >> b->at % 8;
}

static uint32_t take_bits(struct bits *b, unsigned n)
{
	if (n > b->end - b->at) {
		b->over = true;
		b->at = b->end;
		return 0;
	}
	uint32_t value = (uint32_t)(peek(b) & ((UINT64_C(1) << n) - 1));
	b->at += n;
	return value;
}

/* Zeros up to a one, which is taken too. */
static uint64_t take_zeros(struct bits *b)
{
	enum { SEEN = 57 }; /* bits that peek has at the least */
	uint64_t n = 0;
	while (b->at < b->end) {
		uint64_t word = peek(b) & ((UINT64_C(1) << SEEN) - 1);
		unsigned zeros = word ? (unsigned)__builtin_ctzll(word) : SEEN;
		n += zeros;
		b->at += zeros + (word != 0);
		if (word && b->at <= b->end)
			return n;
	}
	b->over = true;
	b->at = b->end;
	return 0;
}

static uint64_t take_gamma(struct bits *b)
{
	uint64_t n = take_zeros(b);
	if (n > 32)
		b->over = true;
	return b->over ? 0 : UINT64_C(1) << n | take_bits(b, (unsigned)n);
}

/* --- buckets --- */

/* Where the bits of a bucket are, once its checksum was found good. */
static enum annot_status open_bucket(const struct annot_segment *s, size_t bucket,
				     uint64_t *ret_from, uint64_t *ret_end, struct annot_error *err)
{
	const uint8_t *entry = s->directory + bucket * ENTRY_SIZE;
	uint64_t from = bucket > 0 ? segment_get(entry - ENTRY_SIZE, 4) : 0;
	uint64_t end = segment_get(entry, 4);
	if (from > end || end > s->buckets_len)
		return damaged("its directory is not in order", err);
	if (segment_checksum(0, s->buckets + from, (size_t)(end - from)) >> 32 !=
	    segment_get(entry + 4, 4))
		return damaged("a bucket does not have its checksum", err);
	*ret_from = from * 8;
	*ret_end = end * 8;
	return ANNOT_OK;
}

/* Whether there is another group: what fills the last byte is less than one. */
static bool has_group(const struct bits *b)
{
	return b->end - b->at >= 8;
}

static void take_positions(const struct annot_segment *s, struct bits *b, uint64_t n,
			   uint32_t *positions)
{
	uint64_t position = take_bits(b, s->position_bits);
	for (uint64_t i = 0; i < n && !b->over; i++) {
		if (i > 0) {
			unsigned bits = take_bits(b, LENGTH_BITS);
			position += UINT32_C(1) << bits | take_bits(b, bits);
		}
		if (position > UINT32_MAX) /* so they ascend */
			b->over = true;
		else if (positions)
			positions[i] = (uint32_t)position;
	}
}

/* The next group; its positions are taken if its hash is at least `wanted`. */
static enum annot_status take_group(const struct annot_segment *s, struct bits *b, uint32_t *hash,
				    uint32_t wanted, struct annot_segment_group *ret,
				    struct annot_error *err)
{
	uint64_t over = take_zeros(b);
	if (over >> (ANNOT_GRAM_BITS - s->rice))
		return damaged("a hash is too large", err);
	ret->hash = *hash + (uint32_t)(over << s->rice) + take_bits(b, s->rice);
	ret->count = take_gamma(b);
	*hash = ret->hash + 1;
	if (ret->count <= ANNOT_SEGMENT_FREQUENT && !b->over)
		take_positions(s, b, ret->count, ret->hash >= wanted ? ret->positions : NULL);
	return b->over || ret->hash >> ANNOT_GRAM_BITS ? damaged("a bucket ends too early", err)
						       : ANNOT_OK;
}

enum annot_status annot_segment_find(const struct annot_segment *s, uint32_t hash,
				     struct annot_segment_group *ret, struct annot_error *err)
{
	unsigned shift = ANNOT_GRAM_BITS - s->bucket_bits;
	uint32_t least = hash >> shift << shift;
	struct bits b = {.data = s->buckets};
	TRY(open_bucket(s, hash >> shift, &b.at, &b.end, err));
	while (has_group(&b)) {
		TRY(take_group(s, &b, &least, hash, ret, err));
		if (ret->hash == hash)
			return ANNOT_OK;
		if (ret->hash > hash)
			break;
	}
	ret->hash = hash;
	ret->count = 0;
	return ANNOT_OK;
}

void annot_segment_walk(const struct annot_segment *s, struct annot_segment_cursor *ret)
{
	*ret = (struct annot_segment_cursor){.s = s};
}

enum annot_status annot_segment_next(struct annot_segment_cursor *c,
				     struct annot_segment_group *ret, bool *ret_there,
				     struct annot_error *err)
{
	const struct annot_segment *s = c->s;
	struct bits b = {.data = s->buckets, .at = c->bit, .end = c->end};
	while (!has_group(&b) && c->bucket >> s->bucket_bits == 0) {
		TRY(open_bucket(s, c->bucket, &b.at, &b.end, err));
		c->hash = (uint32_t)(c->bucket << (ANNOT_GRAM_BITS - s->bucket_bits));
		c->bucket++;
	}
	*ret_there = has_group(&b);
	if (*ret_there)
		TRY(take_group(s, &b, &c->hash, 0, ret, err));
	if (*ret_there && ret->hash >> (ANNOT_GRAM_BITS - s->bucket_bits) != c->bucket - 1)
		return damaged("a hash is in another's bucket", err);
	c->bit = b.at;
	c->end = b.end;
	return ANNOT_OK;
}

enum annot_status annot_segment_check(const struct annot_segment *s, struct annot_error *err)
{
	for (size_t bucket = 0; bucket >> s->bucket_bits == 0; bucket++) {
		uint64_t from, end;
		TRY(open_bucket(s, bucket, &from, &end, err));
	}
	return ANNOT_OK;
}
