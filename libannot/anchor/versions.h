/*
 * What became of each word of an old text in a new one, moved words too.
 *
 * P. Heckel, "A technique for isolating differences between files", CACM 21(4), 1978: what stands
 * once in each text corresponds, and so do equal neighbours of what corresponds. Here, runs of
 * words are what must stand once; gaps between neighbours that correspond are then filled by their
 * longest common subsequence, weighted by letters, as far as a budget of work reaches.
 */
#ifndef ANNOT_ANCHOR_VERSIONS_H
#define ANNOT_ANCHOR_VERSIONS_H

#include "anchor/letters.h"

enum { ANNOT_VERSIONS_NONE = -1 };

struct annot_word {
	uint32_t start, end; /* letters */
	uint32_t hash;
	int32_t other; /* the word of the other text that corresponds, or NONE */
};

struct annot_words {
	struct annot_word *words;
	size_t n;
};

struct annot_versions {
	struct annot_words old, new;
};

/* Both texts in letters of the same alphabet. Takes about the texts' size several times over; free
 * with annot_versions_free. NO_MEMORY. */
ANNOT_CHECKED enum annot_status annot_versions_compare(const struct annot_alphabet *alphabet,
						       const struct annot_letters *old,
						       const struct annot_letters *new,
						       struct annot_versions *ret,
						       struct annot_error *err);
void annot_versions_free(struct annot_versions *v);

/* The words of which a part lies in letters [from, to): [*first, *last). */
void annot_words_in(const struct annot_words *w, size_t from, size_t to, size_t *first,
		    size_t *last);

/*
 * Where letters [from, to) of the old text are in the new one, judged by their words alone and,
 * where those at the edges are gone, by their neighbours. False if nothing tells.
 */
bool annot_versions_follow(const struct annot_versions *v, size_t from, size_t to, size_t *ret_from,
			   size_t *ret_to);

/* Of letters [from, to) of the new text, those of words that come from old letters [old_from,
 * old_to), and those of words that come from elsewhere. */
void annot_versions_origin(const struct annot_versions *v, size_t from, size_t to, size_t old_from,
			   size_t old_to, size_t *ret_own, size_t *ret_foreign);

/* Of old letters [old_from, old_to), those whose words are in [from, to) of the new text, and those
 * whose words are elsewhere in it. */
void annot_versions_fate(const struct annot_versions *v, size_t old_from, size_t old_to,
			 size_t from, size_t to, size_t *ret_here, size_t *ret_elsewhere);

#endif
