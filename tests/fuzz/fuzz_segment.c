/*
 * Segments of the index over texts: as they come, and with the checksums made to fit, as only who
 * can write into a corpus folder could. Whatever they hold, nothing is read outside of them; what a
 * merge makes of those that can be walked is a segment again.
 */
#include "fuzz.h"

#include "locate/segment_format.h"

enum { INPUT_MAX = 1 << 20, MERGED_MAX = 64 << 20, GROUPS_MAX = 1 << 16 };

static uint32_t positions[ANNOT_SEGMENT_FREQUENT];

static bool drop_odd(void *arg, uint64_t index)
{
	(void)arg;
	return index & 1;
}

/* Whether all groups can be read; each is found by its hash. */
static bool walk(const struct annot_segment *s)
{
	struct annot_segment_cursor cursor;
	struct annot_segment_group group = {.positions = positions}, found = group;
	struct annot_error err;
	bool there = true;
	annot_segment_walk(s, &cursor);
	for (int n = 0; there; n++) {
		if (annot_segment_next(&cursor, &group, &there, &err) != ANNOT_OK)
			return false;
		if (!there || n > GROUPS_MAX)
			break;
		/* One that does not belong to its bucket is not looked for there. */
		if (annot_segment_find(s, group.hash, &found, &err) == ANNOT_OK)
			REQUIRE(found.hash == group.hash);
		if (group.count > 0 && group.count <= ANNOT_SEGMENT_FREQUENT)
			(void)annot_segment_document_at(s, positions[group.count - 1]);
	}
	return true;
}

static void look_at_documents(const struct annot_segment *s)
{
	for (size_t i = 0; i < s->n_documents; i++) {
		struct annot_segment_document d = annot_segment_document(s, i);
		uint64_t mark;
		(void)annot_segment_chars(s, &d, d.length, &mark);
		(void)annot_segment_document_at(s, d.base);
	}
}

static void merge(const struct annot_segment *s)
{
	const struct annot_segment *inputs[] = {s, s};
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(MERGED_MAX);
	struct annot_segment_sink sink = annot_segment_in(&b);
	struct annot_segment merged;
	struct annot_error err;
	if (annot_segment_merge(inputs, COUNT(inputs), drop_odd, NULL, &sink, &err) != ANNOT_OK)
		return;
	REQUIRE(annot_segment_open(annot_buf_bytes(&b), &s->corpus, &merged, &err) == ANNOT_OK);
	REQUIRE(annot_segment_check(&merged, &err) == ANNOT_OK);
}

static void try(struct annot_bytes bytes, const struct annot_hash *corpus)
{
	struct annot_segment s;
	struct annot_error err;
	if (annot_segment_open(bytes, corpus, &s, &err) != ANNOT_OK)
		return;
	look_at_documents(&s);
	if (annot_segment_check(&s, &err) == ANNOT_OK && walk(&s))
		merge(&s);
}

/* Makes the checksums of a front, and of buckets, fit what they are of. */
static void seal(uint8_t *data, size_t len)
{
	uint64_t documents = segment_get(data + AT_DOCUMENTS, 8);
	uint64_t marks = segment_get(data + AT_MARKS, 8);
	unsigned bits = data[AT_BUCKET_BITS];
	if (documents > len || marks > len || bits > BUCKET_BITS_MAX)
		return;
	uint64_t front = segment_front_len((size_t)documents, (size_t)marks, bits), from = 0;
	if (front + PADDING > len)
		return;
	uint8_t *entry = data + front - ((uint64_t)ENTRY_SIZE << bits);
	for (; entry < data + front; entry += ENTRY_SIZE) {
		uint64_t end = segment_get(entry, 4);
		if (from > end || end > len - front - PADDING)
			return;
		segment_put(entry + 4, 4,
			    segment_checksum(0, data + front + from, (size_t)(end - from)) >> 32);
		from = end;
	}
	segment_put(data + AT_BUCKETS_LEN, 8, len - front - PADDING);
	uint64_t sum = segment_checksum(0, data, AT_CHECKSUM);
	segment_put(data + AT_CHECKSUM, 8,
		    segment_checksum(sum, data + FRONT_SIZE, (size_t)front - FRONT_SIZE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct annot_hash corpus;
	if (size > INPUT_MAX || size < FRONT_SIZE + PADDING)
		return 0;
	memcpy(corpus.b, data + AT_CORPUS, sizeof corpus.b);
	try(annot_bytes(data, size), &corpus);
	AUTO_FREE uint8_t *sealed = malloc(size);
	REQUIRE(sealed);
	memcpy(sealed, data, size);
	seal(sealed, size);
	try(annot_bytes(sealed, size), &corpus);
	return 0;
}
