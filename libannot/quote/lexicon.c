#include "quote/lexicon.h"

#include "base/auto.h"

#define LIGHT    ANNOT_MEANS_LIGHT
#define NEGATION ANNOT_MEANS_NEGATION
#define MODAL    ANNOT_MEANS_MODAL
#define AMOUNT   ANNOT_MEANS_AMOUNT
#define PERCENT  ANNOT_MEANS_PERCENT
#define UNIT     ANNOT_MEANS_UNIT
#define TEN      ANNOT_MEANS_TEN
#define HUNDRED  ANNOT_MEANS_HUNDRED
#define SCALE    ANNOT_MEANS_SCALE
#define ORDINAL  ANNOT_MEANS_ORDINAL

static const struct annot_lexeme table[] = {
#define WORD(word, language, meanings, value) {word, ANNOT_LANGUAGE_##language, meanings, value},
#include "quote/lexicon.def"
#undef WORD
};

const struct annot_lexeme *annot_lexicon_all(size_t *ret_n)
{
	*ret_n = COUNT(table);
	return table;
}

/* As strcmp, of a word and an entry. */
static int compare(struct annot_bytes word, const char *entry)
{
	size_t len = strlen(entry);
	int order = memcmp(word.data, entry, word.len < len ? word.len : len);
	return order != 0 ? order : (word.len > len) - (word.len < len);
}

const struct annot_lexeme *annot_lexicon_find(struct annot_bytes word, size_t *ret_n)
{
	size_t low = 0, high = COUNT(table), n = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(word, table[middle].word) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < COUNT(table) && compare(word, table[low + n].word) == 0)
		n++;
	*ret_n = n;
	return &table[low];
}

/* Parts that stand in compounds only in this form, beside those of the table. */
static const struct annot_lexeme inner[] = {
	{"ein", ANNOT_LANGUAGE_DE, ANNOT_MEANS_UNIT, 1},
	{"sech", ANNOT_LANGUAGE_DE, ANNOT_MEANS_UNIT, 6},
	{"sieb", ANNOT_LANGUAGE_DE, ANNOT_MEANS_UNIT, 7},
};

/* The longest German part of a number at the start of word. */
static const struct annot_lexeme *first_part(struct annot_bytes word)
{
	enum { PART_MAX = 12 };
	for (size_t len = word.len < PART_MAX ? word.len : PART_MAX; len >= 3; len--) {
		size_t n;
		const struct annot_lexeme *rows =
			annot_lexicon_find(annot_bytes(word.data, len), &n);
		for (size_t i = 0; i < n; i++)
			if (rows[i].language == ANNOT_LANGUAGE_DE &&
			    (rows[i].meanings & ANNOT_MEANS_CARDINAL))
				return &rows[i];
	}
	for (size_t i = 0; i < COUNT(inner); i++)
		if (word.len >= strlen(inner[i].word) &&
		    memcmp(word.data, inner[i].word, strlen(inner[i].word)) == 0)
			return &inner[i];
	return NULL;
}

bool annot_lexicon_compound(struct annot_bytes word, uint64_t *ret)
{
	uint64_t total = 0, group = 0;
	size_t parts = 0;
	while (word.len > 0) {
		size_t skip = parts > 0 && word.len > 3 && memcmp(word.data, "und", 3) == 0 ? 3 : 0;
		word = annot_bytes(word.data + skip, word.len - skip);
		const struct annot_lexeme *part = first_part(word);
		if (!part)
			return false;
		if (part->meanings & ANNOT_MEANS_SCALE) {
			total += (group ? group : 1) * part->value;
			group = 0;
		} else if (part->meanings & ANNOT_MEANS_HUNDRED) {
			group = (group ? group : 1) * part->value;
		} else {
			group += part->value;
		}
		/* No language counts further in one word; and it cannot overflow. */
		if (++parts > 12 || total > 1000000000000 || group > 1000000)
			return false;
		size_t len = strlen(part->word);
		word = annot_bytes(word.data + len, word.len - len);
	}
	if (parts > 1)
		*ret = total + group;
	return parts > 1;
}
