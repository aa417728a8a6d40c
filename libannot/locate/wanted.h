/*
 * Words that are looked for in many texts: every place in a text where they stand, as they are,
 * folded (text/fold.h), or with edits. One place at a time is the work of text/find.h.
 *
 * Pure: the same words and text give the same places on every machine; work is counted in steps.
 */
#ifndef ANNOT_LOCATE_WANTED_H
#define ANNOT_LOCATE_WANTED_H

#include "text/find.h"

enum {
	ANNOT_LOCATE_WORDS_MAX = 1 << 20, /* bytes of words */
	ANNOT_LOCATE_EDITS_MAX = 500,     /* per mille of their letters */
	ANNOT_LOCATE_EDITS_LEAST =
		12, /* fewer letters are like something in every text: no edits */
	ANNOT_LOCATE_PLACES_MAX = 1000,   /* of an answer, … */
	ANNOT_LOCATE_LIMIT = 20,          /* … and if nobody says how many */
	ANNOT_LOCATE_DOCUMENTS_MAX = 256, /* that a request names */
	ANNOT_LOCATE_CONTEXT = 64,        /* code points of what stands before and behind a place */
	/* Letters compared at a time: longer words are compared piece by piece, each from where the
	 * one before it ends, so that they may count a few edits too many at the seams. */
	ANNOT_LOCATE_PIECE = 1024,
};

/*
 * How many of a hundred letters may differ if nobody says it: few in short words, which with many
 * edits are like something everywhere, and up to 40 in long ones (20 % of the words replaced by
 * others). In per mille. INVALID, as annot_wanted_new.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_locate_edits(struct annot_bytes words, unsigned *ret, struct annot_error *err);

struct annot_wanted;

/*
 * max_edits: per mille of the words' letters that may differ in a place, at most
 * ANNOT_LOCATE_EDITS_MAX; 0: the words as they are, or folded. INVALID: the words are too long, not
 * UTF-8, or nothing but spaces. NO_MEMORY. Takes some 3 MiB and 20 bytes a letter. One thread at a
 * time.
 */
ANNOT_CHECKED enum annot_status annot_wanted_new(struct annot_bytes words, unsigned max_edits,
						 struct annot_wanted **ret,
						 struct annot_error *err);
struct annot_wanted *annot_wanted_free(struct annot_wanted *w);

/* Letters (code points of the folded words), and of these that may differ. */
size_t annot_wanted_letters(const struct annot_wanted *w);
size_t annot_wanted_edits(const struct annot_wanted *w);

/*
 * Bytes that a place can have, spaces and invisible letters within it counted as what is usual. Who
 * hands over a text in pieces lets them overlap by so much on both sides, and takes from each the
 * places that begin in its middle.
 */
size_t annot_wanted_reach(const struct annot_wanted *w);

/*
 * Bytes by which what is left out and put in moves what follows, mostly: the one makes up for the
 * other; and the white space before the words, which a place has or has not. And those of a place
 * with little between its letters.
 */
size_t annot_wanted_slack(const struct annot_wanted *w);
size_t annot_wanted_usual(const struct annot_wanted *w);

/* Steps that a text of so many bytes takes, for who keeps to a budget. */
size_t annot_wanted_cost(const struct annot_wanted *w, size_t len);

/* Takes a place; places come in the order of the text and do not overlap by half or more. False:
 * that is enough. */
typedef bool (*annot_wanted_take)(void *data, const struct annot_found *place);

/*
 * Calls take for each place in a text (valid UTF-8, at most ANNOT_FOLD_TEXT_MAX). *work is what may
 * be spent on comparing (steps) and gets less; *ret_cut: it was not enough, so that places may be
 * missing. Where edits are allowed, of places that begin less than half the words apart the best
 * counts. NO_MEMORY. Takes ten times the text while it runs.
 */
ANNOT_CHECKED enum annot_status annot_wanted_find(struct annot_wanted *w, struct annot_bytes text,
						  size_t *work, bool *ret_cut,
						  annot_wanted_take take, void *data,
						  struct annot_error *err);

#endif
