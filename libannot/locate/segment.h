/*
 * A segment of the index over a corpus's texts: which fingerprints (grams.h) stand where in some
 * documents. Immutable; a row of bytes that lies in a file or in memory, is written once by pure
 * functions, and read as it lies. What is read is checked before it is believed: the front when a
 * segment is opened, each bucket when it is looked into.
 *
 * All numbers little-endian. The front: magic, versions, corpus, counts, bits; the documents (32
 * bytes each); their marks (how many code points stand before each ANNOT_SEGMENT_MARK bytes); the
 * directory (end and checksum of each bucket). Then the buckets: fingerprints with the same upper
 * bits of the hash, as a stream of bits, lowest first. A group for each hash, ascending:
 *
 *   rest of the hash   Rice code (R. F. Rice, JPL 79-22, 1979) of the difference to the one before,
 * less 1 count              Elias gamma code (IEEE Trans. Inf. Theory 21(2), 1975); above
 *                      ANNOT_SEGMENT_FREQUENT nothing follows: such a fingerprint finds nothing
 *   positions          the first in so many bits as the header says, then differences: 5 bits that
 * say how many bits follow, and these
 *
 * A position counts stretches of ANNOT_SEGMENT_GRANULE bytes: documents lie one behind the other,
 * each from a new one on. Positions in a bucket take at least 8 bits, so that the end of its last
 * byte is not taken for a group.
 */
#ifndef ANNOT_LOCATE_SEGMENT_H
#define ANNOT_LOCATE_SEGMENT_H

#include "base/buf.h"
#include "locate/grams.h"

enum {
	ANNOT_SEGMENT_FORMAT = 1,
	ANNOT_SEGMENT_GRANULE = 64,
	ANNOT_SEGMENT_MARK = 16384,
	ANNOT_SEGMENT_FREQUENT = 16384,
	ANNOT_SEGMENT_POSTINGS_MAX = 1 << 28,
	ANNOT_SEGMENT_DOCUMENTS_MAX = 1 << 22,
	ANNOT_SEGMENT_NAMED = 8, /* bytes of a record's hash that are kept */
};

struct annot_segment_document {
	uint64_t index; /* log index of its record */
	uint8_t record[ANNOT_SEGMENT_NAMED];
	uint64_t length;     /* bytes of its text */
	uint32_t base;       /* position of its first byte */
	uint32_t first_mark; /* of its marks: one for each MARK bytes but the first of them */
};

/* --- writing --- */

/* Takes bytes at an offset of the segment; offsets are mostly ascending, the front comes last. */
struct annot_segment_sink {
	void *arg;
	enum annot_status (*write)(void *arg, uint64_t offset, const void *data, size_t len,
				   struct annot_error *err);
};
/* A sink that is a buffer. */
struct annot_segment_sink annot_segment_in(struct annot_buf *b);

/* Gathers what stands in documents. About 30 bytes a chosen fingerprint at the most. */
struct annot_segment_builder;
ANNOT_CHECKED enum annot_status annot_segment_builder_new(struct annot_segment_builder **ret,
							  struct annot_error *err);
struct annot_segment_builder *annot_segment_builder_free(struct annot_segment_builder *b);

/* The next document, piece by piece; its text is as long as it is in all. NO_MEMORY, TOO_LARGE. */
ANNOT_CHECKED enum annot_status annot_segment_begin(struct annot_segment_builder *b, uint64_t index,
						    const struct annot_hash *record,
						    struct annot_error *err);
ANNOT_CHECKED enum annot_status annot_segment_add(struct annot_segment_builder *b,
						  struct annot_bytes piece,
						  struct annot_error *err);
ANNOT_CHECKED enum annot_status annot_segment_finish(struct annot_segment_builder *b,
						     struct annot_error *err);
/* Fingerprints, documents and bytes of text so far. */
size_t annot_segment_postings(const struct annot_segment_builder *b);
size_t annot_segment_documents(const struct annot_segment_builder *b);
uint64_t annot_segment_text(const struct annot_segment_builder *b);
/* Writes what was gathered, and empties the builder. Statuses of the sink, NO_MEMORY. */
ANNOT_CHECKED enum annot_status annot_segment_write(struct annot_segment_builder *b,
						    const struct annot_hash *corpus,
						    const struct annot_segment_sink *to,
						    struct annot_error *err);

/* --- reading --- */

struct annot_segment {
	struct annot_bytes bytes; /* of the caller, must stay */
	struct annot_hash corpus;
	size_t n_documents, n_marks;
	uint64_t n_postings, positions, text; /* positions: behind the last one */
	unsigned bucket_bits, position_bits, rice;
	const uint8_t *documents, *marks, *directory, *buckets;
	uint64_t buckets_len;
};

/*
 * Checks the front of a segment: INVALID, with what is wrong: not one, of another format, version
 * or corpus, cut off, or its checksum does not fit. Opening takes time for documents and directory,
 * some 4 % of it.
 */
ANNOT_CHECKED enum annot_status annot_segment_open(struct annot_bytes bytes,
						   const struct annot_hash *corpus,
						   struct annot_segment *ret,
						   struct annot_error *err);
/* All the rest of it. INVALID. */
ANNOT_CHECKED enum annot_status annot_segment_check(const struct annot_segment *s,
						    struct annot_error *err);

/* The document number n, in ascending order of base. */
struct annot_segment_document annot_segment_document(const struct annot_segment *s, size_t n);
/* The number of the document that a position is in; n_documents: of none (any more). */
size_t annot_segment_document_at(const struct annot_segment *s, uint32_t position);
/* Code points of a document before the last mark that is not behind the byte `at`, which *ret_mark
 * says (0: the beginning). */
uint64_t annot_segment_chars(const struct annot_segment *s, const struct annot_segment_document *d,
			     uint64_t at, uint64_t *ret_mark);

/* Where a fingerprint stands. */
struct annot_segment_group {
	uint32_t hash;
	uint64_t count;      /* above ANNOT_SEGMENT_FREQUENT: positions are not known */
	uint32_t *positions; /* room for ANNOT_SEGMENT_FREQUENT, of the caller */
};
/* Fills ret, with count 0 if it is nowhere. INVALID: that bucket is damaged. */
ANNOT_CHECKED enum annot_status annot_segment_find(const struct annot_segment *s, uint32_t hash,
						   struct annot_segment_group *ret,
						   struct annot_error *err);

/* Walks through all groups in ascending order of the hash. */
struct annot_segment_cursor {
	const struct annot_segment *s;
	size_t bucket;     /* the next one */
	uint64_t bit, end; /* of the current bucket */
	uint32_t hash;     /* least hash of the next group */
};
void annot_segment_walk(const struct annot_segment *s, struct annot_segment_cursor *ret);
/* *ret_there false: there are no more. INVALID, as above. */
ANNOT_CHECKED enum annot_status annot_segment_next(struct annot_segment_cursor *c,
						   struct annot_segment_group *ret, bool *ret_there,
						   struct annot_error *err);

/*
 * Writes one segment with all that n segments have (the documents of the first one first), but for
 * the documents that drop names (NULL: none): their fingerprints go. INVALID (an input is damaged),
 * TOO_LARGE (over the maxima above), statuses of the sink, NO_MEMORY. Takes 64 KiB an input, 8
 * bytes a bucket of the result, and 100 bytes a document.
 */
typedef bool (*annot_segment_drop)(void *arg, uint64_t index);
ANNOT_CHECKED enum annot_status annot_segment_merge(const struct annot_segment *const *inputs,
						    size_t n, annot_segment_drop drop, void *arg,
						    const struct annot_segment_sink *to,
						    struct annot_error *err);

#endif
