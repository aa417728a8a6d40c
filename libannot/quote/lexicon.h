/* Words that weigh more or less than others when a quote is compared with its source: the table
 * lexicon.def, by language. */
#ifndef ANNOT_QUOTE_LEXICON_H
#define ANNOT_QUOTE_LEXICON_H

#include "base/bytes.h"

enum annot_meaning {
	ANNOT_MEANS_LIGHT = 1 << 0,
	ANNOT_MEANS_NEGATION = 1 << 1,
	ANNOT_MEANS_MODAL = 1 << 2,
	ANNOT_MEANS_AMOUNT = 1 << 3,
	ANNOT_MEANS_PERCENT = 1 << 4,
	ANNOT_MEANS_UNIT = 1 << 5,
	ANNOT_MEANS_TEN = 1 << 6,
	ANNOT_MEANS_HUNDRED = 1 << 7,
	ANNOT_MEANS_SCALE = 1 << 8,
	ANNOT_MEANS_ORDINAL = 1 << 9,
	/* parts of a cardinal number, and all that tells how many */
	ANNOT_MEANS_CARDINAL =
		ANNOT_MEANS_UNIT | ANNOT_MEANS_TEN | ANNOT_MEANS_HUNDRED | ANNOT_MEANS_SCALE,
	ANNOT_MEANS_NUMBER = ANNOT_MEANS_CARDINAL | ANNOT_MEANS_AMOUNT | ANNOT_MEANS_PERCENT |
			     ANNOT_MEANS_ORDINAL,
};

enum annot_language {
	ANNOT_LANGUAGE_EN,
	ANNOT_LANGUAGE_DE,
	ANNOT_LANGUAGE_FR,
	ANNOT_LANGUAGE_ES,
	ANNOT_LANGUAGE_IT,
	ANNOT_LANGUAGE_PT,
	ANNOT_LANGUAGE_NL,
	ANNOT_LANGUAGE_RU,
	ANNOT_LANGUAGE_ANY,
	ANNOT_LANGUAGES,
};

struct annot_lexeme {
	const char *word; /* folded */
	enum annot_language language;
	unsigned meanings; /* of enum annot_meaning */
	uint64_t value;    /* of numbers */
};

/* The rows of a folded word, one a language: *ret_n may be 0. */
const struct annot_lexeme *annot_lexicon_find(struct annot_bytes word, size_t *ret_n);

/* The value of a German number written as one word of several parts ("zweihundertdrei"). */
bool annot_lexicon_compound(struct annot_bytes word, uint64_t *ret);

/* The whole table, for tests and for the manual. */
const struct annot_lexeme *annot_lexicon_all(size_t *ret_n);

#endif
