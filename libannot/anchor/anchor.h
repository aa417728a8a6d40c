/*
 * Anchoring: where in a text do words stand that were quoted from another version of it?
 *
 * From certain to uncertain: the words as they are, folded (text/fold.h), with edits; each place is
 * judged by its likeness to the words, by what stands before and behind it, by its position, and,
 * where the old text is at hand, by what became of each word of it: a place whose words come from
 * elsewhere in the old text is a lookalike, however near it is. docs/quote-anchoring.md has the
 * method, where its weights come from and what it reaches.
 *
 * Pure: the same texts and selectors give the same anchors on every machine. Scores are integers in
 * per mille, work is counted in steps and not in time.
 */
#ifndef ANNOT_ANCHOR_ANCHOR_H
#define ANNOT_ANCHOR_ANCHOR_H

#include "text/find.h"

/* Anchors are derived views (design: labelled with the version of their algorithm). */
enum { ANNOT_ANCHOR_VERSION = 2 };

enum annot_anchor_status {
	ANNOT_ANCHOR_EXACT,     /* the same bytes at the same offset */
	ANNOT_ANCHOR_MOVED,     /* the same bytes at another offset */
	ANNOT_ANCHOR_CHANGED,   /* other bytes in their stead, wherever */
	ANNOT_ANCHOR_AMBIGUOUS, /* several places, none of them clearly the best */
	ANNOT_ANCHOR_ORPHAN,    /* no place */
};

/* The status's name, "exact"; never NULL. */
ANNOT_API const char *annot_anchor_name(enum annot_anchor_status status);

enum {
	ANNOT_ANCHOR_EXACT_MAX = 1 << 20,   /* bytes of exact */
	ANNOT_ANCHOR_CONTEXT_MAX = 64,      /* letters of context that count, on each side */
	ANNOT_ANCHOR_WHOLE_MAX = 2048,      /* letters of a quote that are all compared */
	ANNOT_ANCHOR_PIECE = 1024,          /* of a longer one: so many from either end */
	ANNOT_ANCHOR_WORK_MAX = 1 << 28,    /* steps of matching for one selector */
	ANNOT_ANCHOR_OCCURRENCES_MAX = 256, /* places of the unchanged words that are looked at */
	ANNOT_ANCHOR_PLACES_MAX = 8,        /* that an answer lists */
};

/* What is known of the quoted words, as in the W3C's TextQuoteSelector and TextPositionSelector
 * (Web Annotation Data Model, 4.2.4 and 4.2.5). */
struct annot_selector {
	struct annot_bytes exact, prefix, suffix; /* UTF-8; prefix and suffix may be empty */
	bool placed;                              /* start and end are known */
	size_t start, end; /* bytes of the old text; without it a hint in bytes of the new one */
};

struct annot_anchor_place {
	size_t start, end; /* bytes of the new text, on code point boundaries */
	unsigned score;    /* per mille: how sure it is that this is the place */
	unsigned likeness; /* per mille: of the folded words there and those of the selector */
	enum annot_find_how how;
};

struct annot_anchor {
	enum annot_anchor_status status;
	/*
	 * Best first. EXACT, MOVED, CHANGED: one. AMBIGUOUS: those between which nothing decides.
	 * ORPHAN: the best guess, for a person to look at, or none.
	 */
	struct annot_anchor_place places[ANNOT_ANCHOR_PLACES_MAX];
	size_t n_places;
	/* A bound above was reached: not all of the text was searched, or not all of the words
	 * compared. */
	bool cut;
};

/* A text to anchor in, prepared once for any number of selectors. */
struct annot_anchorer;

/*
 * old.data is NULL if the old text is not at hand. Both texts stay the caller's and must stay where
 * they are. INVALID (not UTF-8: says where), TOO_LARGE (more than 1 GiB), NO_MEMORY. Takes four
 * times the texts, and about as much again for comparing them. One thread at a time may use an
 * anchorer.
 */
ANNOT_API enum annot_status annot_anchorer_new(struct annot_bytes text, struct annot_bytes old,
					       struct annot_anchorer **ret,
					       struct annot_error *err);
ANNOT_API void annot_anchorer_free(struct annot_anchorer *a);

/*
 * cautious: what is not beyond doubt is ambiguous or an orphan.
 *
 * INVALID: exact is empty, too long or not UTF-8, prefix or suffix are not UTF-8; start is not
 * before end; with the old text, they lie outside of it or exact does not stand there. NO_MEMORY.
 */
ANNOT_API enum annot_status annot_anchor_find(struct annot_anchorer *a,
					      const struct annot_selector *selector, bool cautious,
					      struct annot_anchor *ret, struct annot_error *err);

#endif
