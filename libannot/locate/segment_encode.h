/* Writing a segment, group by group in ascending order of the hash. */
#ifndef ANNOT_LOCATE_SEGMENT_ENCODE_H
#define ANNOT_LOCATE_SEGMENT_ENCODE_H

#include "locate/segment_format.h"

/* The documents of a segment that is being made, and their marks. */
struct segment_documents {
	struct annot_segment_document *items;
	size_t n, cap;
	uint32_t *marks;
	size_t n_marks, marks_cap;
	uint64_t positions, text;
};
/* NO_MEMORY, TOO_LARGE (documents). */
enum annot_status segment_documents_add(struct segment_documents *d,
					const struct annot_segment_document *document,
					struct annot_error *err);
enum annot_status segment_documents_mark(struct segment_documents *d, uint32_t chars,
					 struct annot_error *err);
void segment_documents_free(struct segment_documents *d);

struct segment_encoder {
	const struct annot_segment_sink *to;
	unsigned bucket_bits, position_bits, rice;
	uint64_t front, n_postings;
	uint8_t *directory;
	size_t bucket;           /* the current one */
	uint32_t hash;           /* least hash of its next group */
	uint8_t *bits;           /* of the current bucket */
	size_t n_bits, bits_cap; /* bytes of it */
	uint64_t word;           /* bits that do not make a byte yet */
	unsigned n_word;
	uint64_t written;     /* bytes of buckets */
	struct annot_buf out; /* of buckets that were not handed to the sink yet */
	uint64_t handed;
};

/* n_postings: as many as there will be, or somewhat more. NO_MEMORY, TOO_LARGE. */
enum annot_status segment_encode_begin(struct segment_encoder *e,
				       const struct annot_segment_sink *to,
				       const struct segment_documents *documents,
				       uint64_t n_postings, struct annot_error *err);
/* Positions ascend; count as in annot_segment_group. */
enum annot_status segment_encode_group(struct segment_encoder *e, uint32_t hash, uint64_t count,
				       const uint32_t *positions, struct annot_error *err);
enum annot_status segment_encode_end(struct segment_encoder *e,
				     const struct segment_documents *documents,
				     const struct annot_hash *corpus, struct annot_error *err);
void segment_encode_free(struct segment_encoder *e);

#endif
