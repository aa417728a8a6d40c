/* Inside extract: verbs of saying and the phrases beside them. */
#ifndef ANNOT_QUOTE_PHRASE_H
#define ANNOT_QUOTE_PHRASE_H

#include "quote/tokens.h"

/* A phrase of words [from, to). */
struct annot_phrase {
	size_t from, to;
};

/* What was found in one side of the surroundings. */
struct annot_finding {
	struct annot_phrase who;
	size_t verb, verb_end;
};

/* Whether a sentence ends with a token; whether a blank line stands before it. */
bool annot_ends_sentence(const struct annot_tokens *t, size_t i);
bool annot_begins_paragraph(const struct annot_tokens *t, size_t i);

/* Whether words [from, to) have a capital that is not an article's or a pronoun's. */
bool annot_has_capital(const struct annot_tokens *t, size_t from, size_t to);

/* "he", "sie", "elles": who was named before. */
bool annot_is_third_person(const struct annot_token *t);

/* "Smith's": what is somebody's. */
bool annot_is_possessive(const struct annot_token *t);

/* The capitalised words from a token on: a person's name if there are two and more. */
struct annot_phrase annot_name_at(const struct annot_tokens *t, size_t from, size_t end);

/* "Anna Smith:" at the end, which no verb goes with: verb and verb_end are equal. */
bool annot_attribute_label(const struct annot_tokens *t, struct annot_finding *ret);

/* Who speaks in words [start, end) by the verb (or preposition) at i; false if it is none, or
 * nobody does. */
bool annot_attribute_by(const struct annot_tokens *t, size_t start, size_t end, size_t i,
			struct annot_finding *ret);

#endif
