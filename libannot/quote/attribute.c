#include "quote/attribute.h"

#include "base/auto.h"
#include "quote/tokens.h"
#include "text/category.h"
#include "text/utf8.h"

enum { PHRASE_WORDS_MAX = 9, VERB_WORDS_MAX = 30, RESOLVE_BYTES = 800, SPEAKER_ARENA = 1 << 20 };

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
		"went",  "on",    "t",         "did",        "would"};
	return in_list(t, words, COUNT(words));
}

static bool is_pronoun(const struct annot_token *t)
{
	static const char *const words[] = {"he",    "she", "they", "i",    "we",   "er",
					    "sie",   "ich", "wir",  "il",   "elle", "ils",
					    "elles", "on",  "je",   "nous", "él",   "ella",
					    "ellos", "он",  "она",  "они",  "я",    "who"};
	return in_list(t, words, COUNT(words));
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

static bool ends_sentence(const struct annot_tokens *t, size_t i)
{
	const struct annot_token *token = &t->tokens[i];
	bool stop = token->kind == ANNOT_TOKEN_PUNCTUATION &&
		    (strchr(".!?", token->key[0]) || annot_token_is(token, "。"));
	return stop && !is_inner(t, i);
}

/* Whether a blank line stands before a token. */
static bool begins_paragraph(const struct annot_tokens *t, size_t i)
{
	size_t lines = 0;
	for (size_t at = i > 0 ? t->tokens[i - 1].end : 0; at < t->tokens[i].start; at++)
		lines += t->text.data[at] == '\n';
	return lines > 1;
}

static bool has_capital(const struct annot_tokens *t, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (t->tokens[i].capital && t->tokens[i].key_len > 1 &&
		    !is_pronoun(&t->tokens[i]) && !(t->tokens[i].meanings & ANNOT_MEANS_LIGHT))
			return true;
	return false;
}

/* A phrase of words [from, to). */
struct phrase {
	size_t from, to;
};

static bool is_part(const struct annot_tokens *t, size_t i)
{
	return !is_stop(&t->tokens[i]) && (!is_mark(&t->tokens[i]) || is_inner(t, i));
}

/* Who speaks, behind a verb: "said the minister of finance on Monday". */
static struct phrase phrase_behind(const struct annot_tokens *t, size_t verb_end, size_t end)
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
	return (struct phrase){from, to};
}

/* Who speaks, before a verb. Behind an apposition ("X, a fellow at Y, said") it is the first name.
 */
static struct phrase phrase_before(const struct annot_tokens *t, size_t start, size_t verb)
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
		return (struct phrase){from, to};
	for (from = start; from < to; from++)
		if (has_capital(t, from, from + 1) && !is_stop(&t->tokens[from]))
			break;
	for (to = from; to < verb && is_part(t, to); to++)
		;
	return (struct phrase){from, to};
}

/* What was found in one side of the surroundings. */
struct finding {
	struct phrase who;
	size_t verb, verb_end;
};

/* Whether a phrase is more than articles. */
static bool has_words(const struct annot_tokens *t, struct phrase p)
{
	size_t n;
	for (size_t i = p.from; i < p.to; i++) {
		const struct annot_token *token = &t->tokens[i];
		const struct annot_lexeme *rows =
			annot_lexicon_find(annot_bytes(token->key, token->key_len), &n);
		bool light = n > 0 && (rows->meanings & ANNOT_MEANS_LIGHT);
		if (!light && !is_mark(token))
			return true;
	}
	return false;
}

/* The attribution of words [start, end) by the verb at i; false if nobody speaks. */
static bool attribute_by(const struct annot_tokens *t, size_t start, size_t end, size_t i,
			 struct finding *ret)
{
	enum speech kind = speech_of(t, i, &ret->verb_end);
	ret->verb = i;
	if (kind == NONE)
		return false;
	struct phrase before = phrase_before(t, start, i);
	struct phrase behind = phrase_behind(t, ret->verb_end, end);
	if (kind == BEFORE)
		before.to = before.from;
	if (kind == TELLS || kind == BEHIND)
		behind.to = behind.from;
	ret->who = has_words(t, before) ? before : behind;
	return has_words(t, ret->who);
}

/* Behind the quote: the first verb of its sentence. */
static bool find_behind(const struct annot_tokens *t, struct finding *ret)
{
	size_t start = 0, end;
	while (start < t->n && is_mark(&t->tokens[start]) && !ends_sentence(t, start))
		start++;
	for (end = start; end < t->n && end - start < VERB_WORDS_MAX && !ends_sentence(t, end) &&
			  !(end > 0 && t->tokens[end].breaks && ends_sentence(t, end - 1));)
		end++;
	for (size_t i = start; i < end; i++)
		if (attribute_by(t, start, end, i, ret))
			return true;
	return false;
}

/* Before the quote: the last verb of the sentence that it is in. */
static bool find_before(const struct annot_tokens *t, struct finding *ret)
{
	size_t end = t->n, start = t->n;
	while (start > 0 && t->n - start < VERB_WORDS_MAX && !ends_sentence(t, start - 1))
		start--;
	for (size_t i = end; i-- > start;)
		if (attribute_by(t, start, end, i, ret))
			return true;
	return false;
}

/* Whether the words before lead to the quote: a colon or comma, or "that" behind a verb. */
static bool leads(const struct annot_tokens *t)
{
	return t->n > 0 && (annot_token_is(&t->tokens[t->n - 1], ":") ||
			    annot_token_is(&t->tokens[t->n - 1], ",") ||
			    annot_token_is(&t->tokens[t->n - 1], "："));
}

static void take(const struct annot_tokens *t, size_t at, const struct finding *f,
		 struct annot_quoted *q)
{
	const struct annot_token *first = &t->tokens[f->who.from],
				 *last = &t->tokens[f->who.to - 1];
	q->speaker[0] = at + first->start;
	q->speaker[1] = at + last->end;
	q->verb[0] = at + t->tokens[f->verb].start;
	q->verb[1] = at + t->tokens[f->verb_end - 1].end;
	q->inferred = first == last && is_pronoun(first);
}

/* The last one named as speaking in bytes [start, end): whom "he" means. */
static enum annot_status resolve(struct annot_arena *arena, struct annot_bytes text, size_t start,
				 size_t end, size_t ret[2], struct annot_error *err)
{
	struct annot_tokens t;
	bool found = false;
	start = end - start > RESOLVE_BYTES ? end - RESOLVE_BYTES : start;
	while (!annot_utf8_boundary((const char *)text.data, text.len, start))
		start++;
	TRY(annot_tokens_read(arena, annot_bytes(text.data + start, end - start), &t, err));
	for (size_t i = t.n; i-- > 0 && !found;) {
		size_t from = i, to = i;
		struct finding f;
		while (from > 0 && i - from < VERB_WORDS_MAX && !ends_sentence(&t, from - 1) &&
		       !begins_paragraph(&t, from))
			from--;
		while (to < t.n && to - i < PHRASE_WORDS_MAX && !ends_sentence(&t, to))
			to++;
		found = attribute_by(&t, from, to, i, &f) && has_capital(&t, f.who.from, f.who.to);
		if (found) {
			ret[0] = start + t.tokens[f.who.from].start;
			ret[1] = start + t.tokens[f.who.to - 1].end;
		}
	}
	annot_tokens_free(&t);
	return ANNOT_OK;
}

/* Behind a full stop inside of the marks a new sentence begins, which need not be about the quote.
 */
static bool goes_on(const struct annot_surroundings *s, const struct annot_tokens *behind,
		    const struct annot_quoted *q)
{
	bool stopped = q->bytes[1] > 0 && s->text.data[q->bytes[1] - 1] == '.';
	return behind->n > 0 && (!stopped || !behind->tokens[0].capital);
}

static enum annot_status find(struct annot_arena *arena, const struct annot_surroundings *s,
			      struct annot_quoted *q, bool *ret_found, struct annot_error *err)
{
	struct annot_tokens before, behind;
	struct finding f;
	TRY(annot_tokens_read(arena, annot_bytes(s->text.data + s->before, s->start - s->before),
			      &before, err));
	enum annot_status status = annot_tokens_read(
		arena, annot_bytes(s->text.data + s->end, s->after - s->end), &behind, err);
	*ret_found = true;
	if (status != ANNOT_OK)
		*ret_found = false;
	else if (leads(&before) && find_before(&before, &f))
		take(&before, s->before, &f, q);
	else if (goes_on(s, &behind, q) && find_behind(&behind, &f))
		take(&behind, s->end, &f, q);
	else if (find_before(&before, &f))
		take(&before, s->before, &f, q);
	else
		*ret_found = false;
	annot_tokens_free(&before);
	annot_tokens_free(&behind);
	return status;
}

enum annot_status annot_attribute(struct annot_arena *arena, const struct annot_surroundings *s,
				  const size_t last[2], struct annot_quoted *q,
				  struct annot_error *err)
{
	bool found;
	size_t named[2] = {0, 0};
	TRY(find(arena, s, q, &found, err));
	if (found && !q->inferred)
		return ANNOT_OK;
	/* "he said": the last one named since the last quote, else its speaker. A quotation that
	 * goes on in the same paragraph: that one too. */
	q->inferred = true;
	if (found)
		TRY(resolve(arena, s->text, s->last_end, s->start, named, err));
	if (named[0] == named[1] && (found || s->near)) {
		named[0] = last[0];
		named[1] = last[1];
	}
	if (named[0] < named[1]) {
		q->speaker[0] = named[0];
		q->speaker[1] = named[1];
	}
	return ANNOT_OK;
}

/* The last word, if it is a name: not "the Western official". */
static const struct annot_token *family_name(const struct annot_tokens *t)
{
	for (size_t i = t->n; i-- > 0;)
		if (!is_mark(&t->tokens[i]))
			return t->tokens[i].kind == ANNOT_TOKEN_SIGN || has_capital(t, i, i + 1)
				       ? &t->tokens[i]
				       : NULL;
	return NULL;
}

static bool has_word(const struct annot_tokens *t, const struct annot_token *word)
{
	for (size_t i = 0; i < t->n; i++)
		if (annot_token_same(&t->tokens[i], word))
			return true;
	return false;
}

enum annot_same_speaker annot_speaker_compare(struct annot_bytes a, struct annot_bytes b)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(SPEAKER_ARENA);
	struct annot_tokens x = {0}, y = {0};
	enum annot_same_speaker answer = ANNOT_SPEAKER_UNCLEAR;
	if (arena && annot_tokens_read(arena, a, &x, NULL) == ANNOT_OK &&
	    annot_tokens_read(arena, b, &y, NULL) == ANNOT_OK) {
		const struct annot_token *in_x = family_name(&x), *in_y = family_name(&y);
		if (in_x && in_y)
			answer = has_word(&y, in_x) || has_word(&x, in_y) ? ANNOT_SPEAKER_AGREES
									  : ANNOT_SPEAKER_DIFFERS;
	}
	annot_tokens_free(&x);
	annot_tokens_free(&y);
	return answer;
}
