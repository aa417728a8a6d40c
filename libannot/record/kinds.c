#include "record/kinds.h"

/* Words of a target: exact is bounded by the record, prefix and suffix by 32 code points. */
enum { EXACT_MAX = 32768, CONTEXT_MAX = 128 };

/* clang-format off */
#define KIND(id, ...) static const struct annot_card_def cards_##id[] = {
#define CARD(card, kind_of, least, most, bytes, words, about)                                      \
	{.name = (card), .type = ANNOT_CARD_##kind_of, .min = (least), .max = (most),              \
	 .longest = (bytes), .values = (words), .doc = (about)},
#define GROUP_CARD(card, bytes, about)                                                             \
	{.name = (card), .type = ANNOT_CARD_TEXT, .min = 1, .max = 1, .longest = (bytes),          \
	 .in_group = true, .doc = (about)},
#define GROUP_TARGET(least, most)                                                                  \
	CARD("target", TARGET, least, most, 0, NULL,                                               \
	     "Record of the document's version; start and end in its text, in bytes, half open.")  \
	GROUP_CARD("exact", EXACT_MAX, "The words: exactly these bytes.")                          \
	GROUP_CARD("prefix", CONTEXT_MAX, "The 32 code points before, less at the start; may be empty.") \
	GROUP_CARD("suffix", CONTEXT_MAX, "The 32 code points behind, less at the end; may be empty.")
#define END_KIND(id) };
#include "proto/records.def"
#undef GROUP_CARD

static const struct annot_kind_def kinds[ANNOT_KIND_COUNT] = {
#define KIND(id, word, author_rule, amend_rule, about)                                             \
	[ANNOT_KIND_##id] = {.kind = ANNOT_KIND_##id, .name = (word),                              \
			     .author = ANNOT_AUTHOR_##author_rule,                                 \
			     .amend = ANNOT_AMEND_##amend_rule, .doc = (about),                    \
			     .cards = cards_##id,                                                  \
			     .n_cards = sizeof(cards_##id) / sizeof(cards_##id[0])},
#define CARD(...)
#define GROUP_TARGET(...)
#define END_KIND(id)
#include "proto/records.def"
};
/* clang-format on */

static bool same(const char *word, const char *text, size_t len)
{
	/* The first letter tells most of them apart. No word is empty. */
	return len > 0 && word[0] == text[0] && strlen(word) == len && memcmp(word, text, len) == 0;
}

const struct annot_kind_def *annot_kind_def(enum annot_kind kind)
{
	return &kinds[kind];
}

const struct annot_kind_def *annot_kind_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ANNOT_KIND_COUNT; i++)
		if (same(kinds[i].name, name, len))
			return &kinds[i];
	return NULL;
}

const struct annot_card_def *annot_card_def_find(const struct annot_kind_def *kind,
						 const char *name, size_t len)
{
	for (size_t i = 0; i < kind->n_cards; i++)
		if (same(kind->cards[i].name, name, len))
			return &kind->cards[i];
	return NULL;
}

bool annot_word_in(const char *values, const char *word, size_t len)
{
	if (len == 0)
		return false;
	for (const char *at = values; at;) {
		const char *bar = strchr(at, '|');
		size_t n = bar ? (size_t)(bar - at) : strlen(at);
		if (n == len && memcmp(at, word, len) == 0)
			return true;
		at = bar ? bar + 1 : NULL;
	}
	return false;
}
