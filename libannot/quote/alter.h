/*
 * How quoted words differ from their source. Mechanical: it says what was changed, never whether
 * the quote is true or fair; a person judges that. docs/quote-check.md has the method.
 *
 * Words of both are aligned (quote/align.h), and what differs is classed and flagged by the tables
 * alter.def and lexicon.def. Likeness decides nothing: a missing "not" is 99 % alike.
 *
 * Pure: the same texts give the same answer on every machine.
 */
#ifndef ANNOT_QUOTE_ALTER_H
#define ANNOT_QUOTE_ALTER_H

#include "base/arena.h"

enum annot_alter_result {
#define RESULT(NAME, name, text) ANNOT_ALTER_##NAME,
#include "quote/alter.def"
#undef RESULT
	ANNOT_ALTER_RESULTS,
};

enum annot_difference_class {
#define DIFFERENCE(NAME, name, text) ANNOT_DIFFERENCE_##NAME,
#include "quote/alter.def"
#undef DIFFERENCE
	ANNOT_DIFFERENCE_CLASSES,
};

/* Numbers of the bits in flags: 1U << ANNOT_FLAG_NUMBER … */
enum annot_alter_flag {
#define FLAG(NAME, name, text) ANNOT_FLAG_##NAME,
#include "quote/alter.def"
#undef FLAG
	ANNOT_ALTER_FLAGS,
};

/* Names and texts of the tables; never NULL. */
ANNOT_API const char *annot_alter_result_name(enum annot_alter_result result);
ANNOT_API const char *annot_alter_result_text(enum annot_alter_result result);
ANNOT_API const char *annot_difference_name(enum annot_difference_class class_);
ANNOT_API const char *annot_alter_flag_name(enum annot_alter_flag flag);

enum {
	ANNOT_ALTER_VERSION = 1,            /* of the method, for cards and answers */
	ANNOT_ALTER_WORDS_MAX = 1 << 20,    /* bytes of the quote */
	ANNOT_ALTER_SOURCE_MAX = 1 << 22,   /* bytes of the source that are looked at */
	ANNOT_ALTER_CONTEXT = 256,          /* bytes of context on each side that count */
	ANNOT_ALTER_DIFFERENCES_MAX = 1024, /* that are listed */
	/* An ellipsis may stand for so much of the source; more, and the quote is spliced. */
	ANNOT_ALTER_ELIDED_MAX = 1000,
	/* Words left out without an ellipsis that make parts stand apart; of a sentence, three. */
	ANNOT_ALTER_APART_WORDS = 12,
};

/* Bytes of the quote (first) and of the source; either may be empty, at the place where it is not.
 */
struct annot_difference {
	enum annot_difference_class class_;
	unsigned flags;
	size_t quote[2];
	size_t source[2];
};

struct annot_alteration {
	enum annot_alter_result result; /* EXACT … SPLICED; the rest is for callers that search */
	unsigned flags;                 /* of all differences: not 0 means altered in substance */
	size_t source[2];               /* bytes of the source where the words stand */
	size_t apart;                   /* bytes of the source in the widest gap between parts */
	const struct annot_difference *differences; /* in the order of the quote */
	size_t n;
	bool cut; /* too long to compare all of it, or to list all differences */
};

/*
 * words: the quote without its quotation marks; white space at its ends does not count. The words
 * stand at bytes [start, end) of source, or about there: context of ANNOT_ALTER_CONTEXT bytes on
 * either side is looked at, for words that the search has cut off, and should be given. A full stop
 * or comma that ends the quote does not count: it may be that of the sentence around it. Only white
 * space and line ends that differ are not listed; the result then is TYPOGRAPHIC without
 * differences.
 *
 * INVALID (words without a letter or digit, not UTF-8; start and end not in order or not on code
 * point boundaries of valid UTF-8), TOO_LARGE, NO_MEMORY. All that ret points to lives in the
 * arena, which needs some 100 times the words and their place.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_alter(struct annot_arena *arena, struct annot_bytes words, struct annot_bytes source,
	    size_t start, size_t end, struct annot_alteration *ret, struct annot_error *err);

#endif
