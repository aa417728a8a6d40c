#include "quote/phrase.h"

#include "base/auto.h"

enum { PHRASE_WORDS_MAX = 9 };

enum speech { NONE, SAYS, TELLS, BEFORE, BEHIND };

static const struct speech_word {
	const char *word;
	enum speech kind;
} table[] = {
#define SPEECH(word, kind) {word, kind},
#include "quote/speech.def"
#undef SPEECH
};

static enum speech look_up(struct annot_bytes word)
{
	size_t low = 0, high = COUNT(table);
	while (low < high) {
		size_t middle = low + (high - low) / 2, len = strlen(table[middle].word);
		int order = memcmp(word.data, table[middle].word, word.len < len ? word.len : len);
		order = order != 0 ? order : (word.len > len) - (word.len < len);
		if (order == 0)
			return table[middle].kind;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NONE;
}

/* What a token says of who speaks; signs count together with the next one ("表示"), whose number
 * goes to *ret_end. */
static enum speech speech_of(const struct annot_tokens *t, size_t i, size_t *ret_end)
{
	const struct annot_token *token = &t->tokens[i];
	*ret_end = i + 1;
	if (token->kind == ANNOT_TOKEN_WORD)
		return look_up(annot_bytes(token->key, token->key_len));
	if (token->kind != ANNOT_TOKEN_SIGN)
		return NONE;
	if (i + 1 < t->n && token[1].kind == ANNOT_TOKEN_SIGN && token[1].glued) {
		const char *both = t->folded.text + token->folded;
		enum speech kind =
			look_up(annot_bytes(both, token->folded_len + token[1].folded_len));
		*ret_end = i + 2;
		if (kind != NONE)
			return kind;
		*ret_end = i + 1;
	}
	return look_up(annot_bytes(token->key, token->key_len));
}

static bool in_list(const struct annot_token *t, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (annot_token_is(t, list[i]))
			return true;
	return false;
}

/* Words at which who speaks ends. */
static bool is_stop(const struct annot_token *t)
{
	static const char *const words[] = {
		"that",     "which",   "who",    "whom",    "when",      "while",    "as",
		"but",      "because", "if",     "in",      "on",        "at",       "after",
		"before",   "during",  "with",   "to",      "dass",      "als",      "wenn",
		"aber",     "am",      "im",     "bei",     "que",       "qui",      "dans",
		"lors",     "quand",   "mais",   "en",      "durante",   "что",      "в",
		"на",       "and",     "und",    "et",      "y",         "и",        "there",
		"this",     "it",      "monday", "tuesday", "wednesday", "thursday", "friday",
		"saturday", "sunday"};
	return t->kind == ANNOT_TOKEN_ELLIPSIS || in_list(t, words, COUNT(words));
}

/* Words beside a verb that are not of who speaks. */
static bool is_loose(const struct annot_token *t)
{
	static const char *const words[] = {
		"also",  "later", "then",      "previously", "earlier", "had",  "has",
		"have",  "was",   "a",         "ont",        "avait",   "hat",  "habe",
		"hatte", "haben", "auch",      "recently",   "so",      "dann", "however",
		"once",  "again", "similarly", "repeatedly", "further", "ha",   "han",
		"went",  "still", "on",        "t",          "did",     "would"};
	return in_list(t, words, COUNT(words));
}

/* Who was named before. */
bool annot_is_third_person(const struct annot_token *t)
{
	static const char *const words[] = {"he",   "she",   "they", "er",    "sie",
					    "il",   "elle",  "ils",  "elles", "él",
					    "ella", "ellos", "он",   "она",   "они"};
	return in_list(t, words, COUNT(words));
}

static bool is_pronoun(const struct annot_token *t)
{
	static const char *const words[] = {"i",    "we",   "you", "me",  "us",  "him", "her",
					    "them", "ich",  "wir", "ihm", "ihr", "on",  "je",
					    "nous", "vous", "who", "я",   "мы",  "вы"};
	return annot_is_third_person(t) || in_list(t, words, COUNT(words));
}

/* Articles and fillers, of any language. */
static bool is_light(const struct annot_token *t)
{
	size_t n;
	const struct annot_lexeme *rows = annot_lexicon_find(annot_bytes(t->key, t->key_len), &n);
	return n > 0 && (rows->meanings & ANNOT_MEANS_LIGHT) && !is_pronoun(t);
}

static bool is_mark(const struct annot_token *t)
{
	return t->kind == ANNOT_TOKEN_PUNCTUATION || t->kind == ANNOT_TOKEN_OPEN ||
	       t->kind == ANNOT_TOKEN_CLOSE;
}

/* A mark that does not end a phrase: a hyphen or the full stop of "Mr.". */
static bool is_inner(const struct annot_tokens *t, size_t i)
{
	const struct annot_token *token = &t->tokens[i];
	if (annot_token_is(token, "-"))
		return token->glued && i + 1 < t->n && token[1].glued;
	return annot_token_is(token, ".") && i > 0 && token[-1].capital && token[-1].key_len <= 3 &&
	       i + 1 < t->n && token[1].capital;
}

bool annot_ends_sentence(const struct annot_tokens *t, size_t i)
{
	const struct annot_token *token = &t->tokens[i];
	bool stop = token->kind == ANNOT_TOKEN_PUNCTUATION &&
		    (strchr(".!?", token->key[0]) || annot_token_is(token, "。"));
	return stop && !is_inner(t, i);
}

/* Whether a blank line stands before a token. */
bool annot_begins_paragraph(const struct annot_tokens *t, size_t i)
{
	size_t lines = 0;
	for (size_t at = i > 0 ? t->tokens[i - 1].end : 0; at < t->tokens[i].start; at++)
		lines += t->text.data[at] == '\n';
	return lines > 1;
}

bool annot_has_capital(const struct annot_tokens *t, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (t->tokens[i].capital && t->tokens[i].key_len > 1 &&
		    !is_pronoun(&t->tokens[i]) && !is_light(&t->tokens[i]))
			return true;
	return false;
}

static bool is_part(const struct annot_tokens *t, size_t i)
{
	return !is_stop(&t->tokens[i]) && (!is_mark(&t->tokens[i]) || is_inner(t, i));
}

bool annot_is_possessive(const struct annot_token *t)
{
	return t->key_len > 2 && memcmp(t->key + t->key_len - 2, "'s", 2) == 0;
}

/* A person's name as it is mostly written: two capitalised words and more. */
struct annot_phrase annot_name_at(const struct annot_tokens *t, size_t from, size_t end)
{
	size_t to = from;
	for (size_t i = from; i < end && (i == from || !annot_begins_paragraph(t, i)); i++) {
		const struct annot_token *token = &t->tokens[i];
		bool initial = token->capital && i + 1 < end && annot_token_is(&token[1], ".");
		if (annot_has_capital(t, i, i + 1))
			to = i + 1;
		else if (!initial && !(i > from && is_inner(t, i)))
			break;
		if (annot_is_possessive(token))
			break;
	}
	return (struct annot_phrase){from, to};
}

/* The first name of words [start, end), else the first capitalised word with what follows. */
static struct annot_phrase first_name(const struct annot_tokens *t, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++) {
		struct annot_phrase name = annot_name_at(t, i, end);
		if (name.to > i + 1)
			return name;
	}
	size_t from = start, to;
	while (from < end && !annot_has_capital(t, from, from + 1))
		from++;
	for (to = from; to < end && is_part(t, to);)
		to++;
	return (struct annot_phrase){from, to};
}

/* Who speaks, behind a verb: "said the minister of finance on Monday". */
static struct annot_phrase phrase_behind(const struct annot_tokens *t, size_t verb_end, size_t end)
{
	size_t from = verb_end, to = verb_end;
	while (from < end &&
	       (is_loose(&t->tokens[from]) || annot_token_is(&t->tokens[from], "to") ||
		annot_token_is(&t->tokens[from], "-")))
		from++;
	for (to = from; to < end && to - from < PHRASE_WORDS_MAX && is_part(t, to); to++) {
		size_t next;
		if (speech_of(t, to, &next) != NONE)
			break;
	}
	return (struct annot_phrase){from, to};
}

/* Who speaks, before a verb. Behind an apposition ("X, a fellow at Y, said") it is the first name.
 */
static struct annot_phrase phrase_before(const struct annot_tokens *t, size_t start, size_t verb)
{
	size_t to = verb, from;
	while (to > start && is_loose(&t->tokens[to - 1]))
		to--;
	for (from = to; from > start && to - from < PHRASE_WORDS_MAX && is_part(t, from - 1);)
		from--;
	while (from < to && is_loose(&t->tokens[from]))
		from++;
	bool apposition =
		from == to && from > start &&
		(annot_token_is(&t->tokens[from - 1], ",") || is_stop(&t->tokens[from - 1]));
	if (!apposition)
		return (struct annot_phrase){from, to};
	return first_name(t, start, to);
}

/* Whether a phrase is more than articles. */
static bool has_words(const struct annot_tokens *t, struct annot_phrase p)
{
	for (size_t i = p.from; i < p.to; i++)
		if (!is_light(&t->tokens[i]) && !is_mark(&t->tokens[i]))
			return true;
	return false;
}

/* The attribution of words [start, end) by the verb at i; false if nobody speaks. */
bool annot_attribute_by(const struct annot_tokens *t, size_t start, size_t end, size_t i,
			struct annot_finding *ret)
{
	enum speech kind = speech_of(t, i, &ret->verb_end);
	ret->verb = i;
	if (kind == NONE)
		return false;
	struct annot_phrase before = phrase_before(t, start, i);
	struct annot_phrase behind = phrase_behind(t, ret->verb_end, end);
	if (kind == BEFORE)
		before.to = before.from;
	if (kind == TELLS || kind == BEHIND)
		behind.to = behind.from;
	ret->who = has_words(t, before) ? before : behind;
	return has_words(t, ret->who);
}

bool annot_attribute_label(const struct annot_tokens *t, struct annot_finding *ret)
{
	if (t->n < 2 || !annot_token_is(&t->tokens[t->n - 1], ":"))
		return false;
	struct annot_phrase who = {t->n - 1, t->n - 1};
	while (who.from > 0 && who.to - who.from < PHRASE_WORDS_MAX && is_part(t, who.from - 1) &&
	       !annot_begins_paragraph(t, who.from))
		who.from--;
	*ret = (struct annot_finding){.who = who, .verb = who.to, .verb_end = who.to};
	return who.from < who.to && annot_has_capital(t, who.to - 1, who.to);
}
