/* What the files that write and read segments share: the layout of the front, bits, checksums. */
#ifndef ANNOT_LOCATE_SEGMENT_FORMAT_H
#define ANNOT_LOCATE_SEGMENT_FORMAT_H

#include "locate/segment.h"

#define SEGMENT_MAGIC "annotloc"

/* Offsets in the front. */
enum {
	AT_FORMAT = 8,
	AT_GRAMS = 12,
	AT_CORPUS = 16,
	AT_DOCUMENTS = 48,
	AT_MARKS = 56,
	AT_POSTINGS = 64,
	AT_POSITIONS = 72,
	AT_TEXT = 80,
	AT_BUCKETS_LEN = 88,
	AT_BUCKET_BITS = 96,
	AT_POSITION_BITS = 97,
	AT_RICE = 98,
	AT_CHECKSUM = 104, /* of what is before it, and of documents, marks and directory */
	FRONT_SIZE = 112,
	DOCUMENT_SIZE = 32,
	MARK_SIZE = 4,
	ENTRY_SIZE = 8, /* of the directory: end of the bucket, checksum */
	/* Zeros behind the last bucket, so that bits can be read eight bytes at a time. */
	PADDING = 8,
	BUCKET_BITS_MAX = 22,
	POSITION_BITS_MIN = 8,
	LENGTH_BITS = 5, /* of a difference of positions */
};

static inline void segment_put(uint8_t *at, size_t width, uint64_t n)
{
	for (size_t i = 0; i < width; i++)
		at[i] = (uint8_t)(n >> 8 * i);
}

static inline uint64_t segment_get(const uint8_t *at, size_t width)
{
	uint64_t n = 0;
	for (size_t i = 0; i < width; i++)
		n |= (uint64_t)at[i] << 8 * i;
	return n;
}

static inline uint64_t segment_front_len(size_t documents, size_t marks, unsigned bucket_bits)
{
	return FRONT_SIZE + (uint64_t)documents * DOCUMENT_SIZE + (uint64_t)marks * MARK_SIZE +
	       ((uint64_t)ENTRY_SIZE << bucket_bits);
}

/* Goes on from a checksum, 0 at first. Each step is a bijection of the state, so that no change of
 * one word goes unseen. Not for adversaries: who can write into a corpus folder has the truth in
 * reach. */
static inline uint64_t segment_checksum(uint64_t h, const uint8_t *data, size_t len)
{
	h = (h ^ len) * 0x9E3779B97F4A7C15;
	for (; len >= 8; data += 8, len -= 8) {
		uint64_t word;
		memcpy(&word, data, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		word = __builtin_bswap64(word);
#endif
		h = (h ^ word) * 0xD6E8FEB86659FD93;
		h ^= h >> 32;
	}
	h = (h ^ segment_get(data, len)) * 0xD6E8FEB86659FD93;
	return h ^ h >> 29;
}

#endif
