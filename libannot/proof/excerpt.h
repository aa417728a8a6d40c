/*
 * Excerpts: of a document's text only the 4 KiB chunks in which words and their context stand, each
 * proved to be one of those whose tree the record's `chunks` card names. For sources that may not
 * be passed on as a whole.
 *
 *   document <hex64> LF        the document's record
 *   chunk <number> LF
 *   <base64 of a hash> LF *    inclusion path (RFC 6962) in the tree of chunks, sibling first
 *   LF
 *   <the bytes of the chunk>
 */
#ifndef ANNOT_PROOF_EXCERPT_H
#define ANNOT_PROOF_EXCERPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "log/tree.h"
#include "record/record.h"

/* Bytes that the context of words takes at most, on either side. */
enum { ANNOT_CHUNK_MARGIN = 4 * ANNOT_CONTEXT_CHARS };
/* Bytes of an excerpt section: three lines, a path, a chunk. */
enum { ANNOT_CHUNK_SECTION_MAX = 128 + ANNOT_PATH_MAX * 45 + ANNOT_CHUNK_SIZE };

struct annot_chunk {
	struct annot_hash document; /* its record */
	uint64_t number;
	struct annot_bytes path; /* the lines as they stand */
	struct annot_bytes text;
};

/* Views point into section. INVALID. */
ANNOT_CHECKED enum annot_status annot_chunk_parse(struct annot_bytes section,
						  struct annot_chunk *ret, struct annot_error *err);
/* Whether a chunk is that of the text which a document record describes. MISMATCH. */
ANNOT_CHECKED enum annot_status annot_chunk_check(const struct annot_chunk *chunk,
						  const struct annot_record *document,
						  struct annot_error *err);
/* First and last chunk that hold bytes start..end of a text of that length, and their context. */
void annot_chunk_range(uint64_t start, uint64_t end, uint64_t length, uint64_t *first,
		       uint64_t *last);

/*
 * The sections of those chunks of a text whose wanted[] is true (one for each chunk), in arena;
 * *ret_n of them. INTERNAL, NO_MEMORY.
 */
ANNOT_CHECKED enum annot_status annot_chunk_sections(struct annot_arena *arena,
						     const struct annot_hash *document,
						     struct annot_bytes text, const bool *wanted,
						     struct annot_bytes *ret, size_t *ret_n,
						     struct annot_error *err);

static inline uint64_t annot_chunk_count(uint64_t length)
{
	return (length + ANNOT_CHUNK_SIZE - 1) / ANNOT_CHUNK_SIZE;
}

#endif
