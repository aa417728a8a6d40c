/*
 * The query language (docs: annot-query): terms beside one another, all of which must hold.
 *
 *   kind:KIND|any   author:NAME|HASH   doc:NAME|NAME@N|ID   tag:TEXT   speaker:TEXT   rating:NAME
 *   imported-from:TEXT   source:URL   sha256:HASH (of documents)
 *   since:#INDEX|DATE   before:#INDEX|DATE   state:STATE|any   as-of:#SIZE   WORD   "some words"
 *
 * Values may stand in quotes ("…", with \" and \\ inside). A term that stands more than once: any
 * of its values will do, but all tags and all words must be there. Dates compare the claimed time;
 * since is inclusive, before is not. Words are looked for in the texts of a record, whatever their
 * case and accents.
 *
 *   anchor:STATUS (what became of the words in the newest version; state: takes the first five of them too)
 *
 * Without kind: quote, claim, span, link, verdict and comment; seals where a state of seals is
 * asked for. Without state: heads that are neither void nor retracted. speaker: also finds
 * claimants. rating: finds verdicts and what they are on.
 */
#ifndef ANNOTD_QUERY_H
#define ANNOTD_QUERY_H

#include "annotd/store/store.h"
#include "base/arena.h"
#include "text/plain.h"

#define QUERY_KINDS_ALL ((1u << ANNOT_KIND_COUNT) - 1)

enum { QUERY_TEXT_MAX = 4096, QUERY_VALUES_MAX = 32, QUERY_AUTHORS_MAX = 256 };

/* Bits of struct query.states. */
enum query_state {
	QUERY_ANY = 1 << 0,
	QUERY_RETRACTED = 1 << 1,
	QUERY_REJECTED = 1 << 2,
	QUERY_CHANGES_REQUESTED = 1 << 3,
	QUERY_APPROVED = 1 << 4,
	QUERY_IN_REVIEW = 1 << 5,
	QUERY_DRAFT = 1 << 6,
	QUERY_CONFLICT = 1 << 7,
	QUERY_DISPUTED = 1 << 8,
	QUERY_WITHHELD = 1 << 9,
	QUERY_EFFECTIVE = 1 << 10,
	QUERY_PENDING = 1 << 11,
	QUERY_VOID = 1 << 12,
	QUERY_UNOPENED = 1 << 13,
	QUERY_GIVEN_UP = 1 << 14,
	/* Of a target's anchor. */
	QUERY_EXACT = 1 << 15,
	QUERY_MOVED = 1 << 16,
	QUERY_CHANGED = 1 << 17,
	QUERY_AMBIGUOUS = 1 << 18,
	QUERY_ORPHAN = 1 << 19,
	/* Only with anchor: */
	QUERY_ANCHOR_PENDING = 1 << 20,
	QUERY_ANCHOR_WITHHELD = 1 << 21,
	QUERY_ABSENT = 1 << 22,
	QUERY_UNSEARCHED = 1 << 23,
	QUERY_COMPROMISED = 1 << 24,
};
#define QUERY_ANCHORS ((unsigned)(QUERY_UNSEARCHED << 1) - QUERY_EXACT)

struct query_values {
	size_t n;
	const char *value[QUERY_VALUES_MAX];
	unsigned column[QUERY_VALUES_MAX];
};

struct query {
	struct query_values authors, documents, tags, speakers, ratings;
	struct query_values imported, sources, sums; /* imported-from:, source:, sha256: */
	struct query_values words; /* plain (text/plain.h), none of them empty */
	unsigned states;           /* 0: no state was asked for */
	unsigned anchors;          /* the same, of anchor: */
	bool has_as_of, has_kinds;
	uint64_t as_of;
	struct store_query store; /* kinds and ranges; the rest is filled by query_bind */
};

/*
 * Reads a query (NULL and "": everything of the default kinds). *ret lives in arena. INVALID:
 * "query, column N: …, expected …", columns counted in characters from 1; TOO_LARGE: more than
 * QUERY_VALUES_MAX of a term.
 */
enum annot_status query_parse(struct annot_arena *arena, const char *text, struct query **ret,
			      struct annot_error *err);

/* Adds the words of a text that has no other terms: colons are nothing special. As query_parse. */
enum annot_status query_add_words(struct query *query, struct annot_arena *arena, const char *text,
				  struct annot_error *err);

/*
 * Looks names up: sets the reader to the size that as-of names, and fills query->store. NOT_FOUND
 * names the unknown author or document and what to do; INVALID: as-of lies in the future.
 */
enum annot_status query_bind(struct query *query, struct annot_arena *arena, struct reader *reader,
			     const struct annot_authority *authority, struct annot_error *err);

/* Whether all words stand in the record's texts. */
enum annot_status query_words(const struct query *query, const struct annot_record *record,
			      bool *ret, struct annot_error *err);

/* The bit of an anchor's name; 0: there is none of that name. */
unsigned query_anchor(const char *name);

/* --- between query.c and query_term.c --- */

struct query_term {
	const char *key; /* without ':'; "" for words */
	const char *value;
	size_t len;
	unsigned column; /* of the value */
};
enum annot_status query_term(struct query *query, struct annot_arena *arena,
			     const struct query_term *term, struct annot_error *err);

#endif
