/*
 * Asking the index where words may stand: their fingerprints are looked up in all segments, and
 * those that stand in a document at about the same distances as in the words vote for a place.
 * Whether the words are there, and how they differ, only the text can say (wanted.h).
 *
 * What this misses: words of which no ANNOT_GRAM_SURE letters in a row are unchanged may have no
 * fingerprint in common with the place; the more was changed, the likelier.
 */
#ifndef ANNOT_LOCATE_LOOKUP_H
#define ANNOT_LOCATE_LOOKUP_H

#include "locate/segment.h"

enum {
	ANNOT_LOOKUP_GRAMS_MAX = 1024,   /* fingerprints that are looked up: of long words some */
	ANNOT_LOOKUP_HITS_MAX = 1 << 14, /* places of them that vote, those of rare ones first */
	ANNOT_LOOKUP_CANDIDATES_MAX = 1024,
	ANNOT_LOOKUP_VOTE = 20,   /* what a fingerprint counts that is nowhere else */
	ANNOT_LOOKUP_ENOUGH = 48, /* fingerprints of the words that tell something */
};

/* A stretch of a document where the words may begin. */
struct annot_candidate {
	size_t segment;    /* which of those that were asked */
	uint64_t document; /* log index */
	size_t number;     /* of the document in the segment */
	uint64_t from, to; /* bytes */
	/* What its fingerprints of the words count together: each ANNOT_LOOKUP_VOTE if it is
	 * nowhere else in its segment, and 1 less for each doubling of how often it is there. */
	unsigned votes;
};

struct annot_lookup {
	struct annot_candidate
		candidates[ANNOT_LOOKUP_CANDIDATES_MAX]; /* most votes first, rare ones before
							    others; stretches of a document are
							    apart */
	size_t n;
	bool more; /* there were more of them */
	/* Letters of the words, and fingerprints of which the index could say nothing, for they are
	 * too frequent, of those that were asked for. */
	uint64_t letters;
	size_t n_blind, n_asked;
};

/* Documents that are not asked about are passed over. */
typedef bool (*annot_lookup_wants)(void *arg, uint64_t document);

/*
 * words: valid UTF-8. slack: bytes by which what was inserted or left out may shift what follows.
 * INVALID: segment *ret_damaged is damaged. NO_MEMORY.
 */
ANNOT_CHECKED enum annot_status annot_lookup(const struct annot_segment *const *segments,
					     size_t n_segments, struct annot_bytes words,
					     uint64_t slack, annot_lookup_wants wants, void *arg,
					     struct annot_lookup *ret, size_t *ret_damaged,
					     struct annot_error *err);

/*
 * Whether the answer stands for the whole of the segments: the words have enough letters, and most
 * of their fingerprints could be asked for. Else the texts themselves are to be read.
 */
bool annot_lookup_suffices(const struct annot_lookup *l);

#endif
