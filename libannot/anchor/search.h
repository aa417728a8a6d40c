/* Candidates for a quote's place, and what can be measured of them: between anchor.c, which
 * decides, and the files that gather and measure. */
#ifndef ANNOT_ANCHOR_SEARCH_H
#define ANNOT_ANCHOR_SEARCH_H

#include "anchor/anchor.h"
#include "anchor/pattern.h"
#include "anchor/versions.h"

struct annot_anchorer {
	struct annot_bytes source, old_source; /* the texts, of the caller */
	struct annot_alphabet alphabet;
	struct annot_letters text, old; /* old.text is NULL without the old text */
	struct annot_versions versions;
	bool same; /* the two texts: then they are read when first needed */
};

/* What is measured of a place, all in per mille but for the last. */
enum annot_feature {
	ANNOT_FEATURE_QUOTE,         /* likeness of its words and the quote */
	ANNOT_FEATURE_CORE,          /* the same, not counting by how much one is longer */
	ANNOT_FEATURE_LENGTH,        /* the shorter one's length, of the longer one's */
	ANNOT_FEATURE_BEFORE,        /* of what stands before it and the prefix */
	ANNOT_FEATURE_BEHIND,        /* of what stands behind it and the suffix */
	ANNOT_FEATURE_JOINED_BEFORE, /* letters of the prefix that stand right before it unchanged
				      */
	ANNOT_FEATURE_JOINED_BEHIND, /* of the suffix, right behind it */
	ANNOT_FEATURE_HEAD,          /* its first letters that are those of the quote, of 24 */
	ANNOT_FEATURE_TAIL,          /* its last letters */
	ANNOT_FEATURE_POSITION,      /* nearness to the old position, of the text's length */
	ANNOT_FEATURE_NEAR,          /* the same, falling with the logarithm of the distance */
	ANNOT_FEATURE_OWN,           /* its words that come from the quote in the old text */
	ANNOT_FEATURE_FOREIGN,       /* its words that come from elsewhere in the old text */
	ANNOT_FEATURE_HERE,          /* the quote's words that are in this place now */
	ANNOT_FEATURE_ELSEWHERE,     /* the quote's words that are elsewhere in the new text */
	ANNOT_FEATURE_FOLLOWS,       /* overlap with where comparing the versions leads */
	ANNOT_FEATURE_COUNT
};

struct annot_candidate {
	size_t from, to; /* letters of the new text */
	int features[ANNOT_FEATURE_COUNT];
	int rank;
};

enum { ANNOT_CANDIDATES_MAX = 64 };

/* Words that are less like the quote than this, in per mille, are no candidates. */
enum { ANNOT_CANDIDATE_LEAST = 400 };

/* A quote of m letters is not looked for in more than so many. */
#define ANNOT_PLACE_LETTERS(m) (3 * (m) + 2 * ANNOT_ANCHOR_CONTEXT_MAX)

struct annot_search {
	struct annot_anchorer *a;
	struct annot_letters selector; /* prefix, exact, suffix; of the selector */
	const annot_letter *letters; /* context, quote, context: of the selector or the old text */
	size_t n, quote_from, quote_to; /* letters[quote_from, quote_to) are the quote */
	bool placed;
	size_t expected;         /* letter of the new text, if placed */
	size_t old_from, old_to; /* with the old text: its letters; else 0 */
	bool followed;
	size_t follow_from, follow_to; /* where comparing the versions leads */
	struct annot_pattern quote, quote_back, before, behind; /* n == 0: none */
	size_t work;                                            /* steps that are left */
	bool cut;
	struct annot_candidate found[ANNOT_CANDIDATES_MAX];
	size_t n_found;
};

/* Reads the selector, which has been checked. Free with annot_search_end, after a failure too. */
ANNOT_CHECKED enum annot_status annot_search_begin(struct annot_anchorer *a,
						   const struct annot_selector *selector,
						   struct annot_search *ret,
						   struct annot_error *err);
void annot_search_end(struct annot_search *s);

/* Fills found, measured and with the highest rank first; places that are nearly the same only once.
 */
ANNOT_CHECKED enum annot_status annot_search_run(struct annot_search *s, struct annot_error *err);

/* Measures all of a candidate but its rank. */
ANNOT_CHECKED enum annot_status
annot_candidate_measure(struct annot_search *s, struct annot_candidate *c, struct annot_error *err);

/* How good a candidate is beside others of the same search: a weighted sum of features. */
int annot_candidate_rank(const struct annot_search *s, const struct annot_candidate *c);

/* How sure it is that one of the candidates is the place, per mille. */
unsigned annot_candidate_score(const struct annot_search *s, size_t which);

/* Whether the first candidate is the place, one of the first *ret_n is, or none. */
enum annot_verdict { ANNOT_VERDICT_PLACE, ANNOT_VERDICT_AMBIGUOUS, ANNOT_VERDICT_ORPHAN };
enum annot_verdict annot_search_verdict(const struct annot_search *s, bool cautious, size_t *ret_n);

/* Length of the part that two ranges share, of that of both together, in per mille. */
unsigned annot_overlap(size_t from, size_t to, size_t from2, size_t to2);

#endif
