#include "anchor/letters.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "text/utf8.h"

enum { UNICODE_SIZE = 0x110000, ASCII_SIZE = 128, BLOCK = 64, KINDS_FIRST = 256 };

#define LOW_BITS  0x0101010101010101ULL
#define HIGH_BITS 0x8080808080808080ULL

/* Scripts without spaces between words begin here: radicals, kana, ideographs, Hangul … */
enum { FIRST_UNSPACED = 0x2E80 };

/* In folded text: white space is a space, and marks beyond ASCII that matter are folded to it. */
static enum annot_letter_kind kind_of(uint32_t cp)
{
	if (cp == ' ')
		return ANNOT_LETTER_SPACE;
	bool word = cp >= 0x80 || (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
	return word && cp < FIRST_UNSPACED ? ANNOT_LETTER_WORD : ANNOT_LETTER_SINGLE;
}

enum annot_status annot_alphabet_new(struct annot_alphabet *ret, struct annot_error *err)
{
	struct annot_alphabet a = {.of = calloc(UNICODE_SIZE, sizeof(*a.of)),
				   .kinds = malloc(KINDS_FIRST),
				   .cap = KINDS_FIRST};
	if (!a.of || !a.kinds) {
		annot_alphabet_free(&a);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for an alphabet");
	}
	a.kinds[0] = ANNOT_LETTER_SINGLE;
	for (a.n = 0; a.n + 1 < ASCII_SIZE;) {
		uint32_t cp = (uint32_t)++a.n;
		a.of[cp] = (annot_letter)cp;
		a.kinds[cp] = (uint8_t)kind_of(cp);
	}
	*ret = a;
	return ANNOT_OK;
}

void annot_alphabet_free(struct annot_alphabet *a)
{
	free(a->of);
	free(a->kinds);
	*a = (struct annot_alphabet){0};
}

/* A number for a code point that was not met; 0: out of memory. */
static annot_letter add_letter(struct annot_alphabet *a, uint32_t cp)
{
	if (a->n < ANNOT_ALPHABET_MAX) {
		if (a->n + 1 == a->cap) {
			uint8_t *kinds = realloc(a->kinds, a->cap * 2);
			if (!kinds)
				return 0;
			a->kinds = kinds;
			a->cap *= 2;
		}
		a->kinds[++a->n] = (uint8_t)kind_of(cp);
	}
	return a->of[cp] = (annot_letter)a->n;
}

/* ASCII without NUL is its own letters, ASCII_STEP bytes at a time; false: there is something else.
 */
#ifdef __SSE2__
enum { ASCII_STEP = 16 };
static inline bool spell_ascii(const char *text, annot_letter *ret)
{
	const __m128i zero = _mm_setzero_si128();
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)text);
	if (_mm_movemask_epi8(_mm_or_si128(bytes, _mm_cmpeq_epi8(bytes, zero))))
		return false;
	_mm_storeu_si128((__m128i *)(void *)ret, _mm_unpacklo_epi8(bytes, zero));
	_mm_storeu_si128((__m128i *)(void *)(ret + 8), _mm_unpackhi_epi8(bytes, zero));
	return true;
}
#else
enum { ASCII_STEP = 8 };
static inline bool spell_ascii(const char *text, annot_letter *ret)
{
	uint64_t word;
	memcpy(&word, text, sizeof(word));
	if ((word | (word - 0x0101010101010101)) & 0x8080808080808080)
		return false;
	for (size_t i = 0; i < ASCII_STEP; i++)
		ret[i] = (uint8_t)text[i];
	return true;
}
#endif

static bool spell(struct annot_alphabet *a, struct annot_letters *l)
{
	const char *text = l->folded.text;
	size_t n = 0, len = l->folded.len, step;
	for (size_t at = 0; at < len; n += step) {
		if (n % BLOCK == 0)
			l->blocks[n / BLOCK] = (uint32_t)at;
		step = ASCII_STEP;
		if ((uint8_t)text[at] < 0x80 && len - at >= ASCII_STEP &&
		    spell_ascii(text + at, l->letters + n)) {
			if (n % BLOCK + step > BLOCK) /* the next block begins among them */
				l->blocks[n / BLOCK + 1] = (uint32_t)(at + BLOCK - n % BLOCK);
			at += step;
			continue;
		}
		step = 1;
		uint32_t cp = annot_letters_next(text, &at);
		annot_letter letter = a->of[cp];
		if (!letter && !a->closed && !(letter = add_letter(a, cp)))
			return false;
		l->letters[n] = letter;
	}
	return true;
}

static bool make_room(struct annot_letters *l)
{
	if (l->letters && l->n <= l->cap)
		return true;
	free(l->letters);
	free(l->blocks);
	l->cap = l->n;
	l->letters = reallocarray(NULL, l->cap + ANNOT_LETTERS_ROOM, sizeof(*l->letters));
	l->blocks = calloc(l->cap / BLOCK + 1, sizeof(*l->blocks));
	return l->letters && l->blocks;
}

enum annot_status annot_letters_again(struct annot_alphabet *alphabet, const char *text, size_t len,
				      struct annot_letters *ret, struct annot_error *err)
{
	ret->text = text;
	ret->len = len;
	enum annot_status status = annot_fold_again(text, len, &ret->folded, err);
	if (status == ANNOT_OK) {
		ret->n = annot_utf8_chars(ret->folded.text, ret->folded.len);
		if (!make_room(ret) || !spell(alphabet, ret))
			status = annot_fail(err, ANNOT_NO_MEMORY,
					    "out of memory for a text of %zu bytes", len);
	}
	if (status != ANNOT_OK) {
		annot_letters_free(ret);
		return status;
	}
	memset(ret->letters + ret->n, 0, ANNOT_LETTERS_ROOM * sizeof(*ret->letters));
	return ANNOT_OK;
}

enum annot_status annot_letters_read(struct annot_alphabet *alphabet, const char *text, size_t len,
				     struct annot_letters *ret, struct annot_error *err)
{
	struct annot_letters new = {0};
	TRY(annot_letters_again(alphabet, text, len, &new, err));
	*ret = new;
	return ANNOT_OK;
}

void annot_letters_free(struct annot_letters *l)
{
	annot_folded_free(&l->folded);
	free(l->letters);
	free(l->blocks);
	*l = (struct annot_letters){0};
}

size_t annot_letters_folded(const struct annot_letters *l, size_t letter)
{
	if (letter >= l->n)
		return l->folded.len;
	return annot_utf8_forward(l->folded.text, l->folded.len, l->blocks[letter / BLOCK],
				  letter % BLOCK);
}

size_t annot_letters_at(const struct annot_letters *l, size_t folded)
{
	if (folded >= l->folded.len)
		return l->n;
	size_t low = 0, high = (l->n + BLOCK - 1) / BLOCK;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (l->blocks[middle] <= folded)
			low = middle;
		else
			high = middle;
	}
	return low * BLOCK +
	       annot_utf8_chars(l->folded.text + l->blocks[low], folded - l->blocks[low]);
}

void annot_letters_source(const struct annot_letters *l, size_t from, size_t to, size_t *start,
			  size_t *end)
{
	annot_folded_source(&l->folded, annot_letters_folded(l, from), annot_letters_folded(l, to),
			    start, end);
}

/* The folded byte at which what stands at the source byte begins (ends, for an end that a unit
 * straddles). */
static size_t folded_at(const struct annot_folded *f, size_t byte, bool is_end)
{
	size_t low = 0, high = f->n_runs;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (f->runs[middle].source <= byte)
			low = middle;
		else
			high = middle;
	}
	if (f->n_runs == 0 || f->runs[low].source > byte)
		return 0;
	const struct annot_fold_run *r = &f->runs[low];
	size_t next = low + 1 < f->n_runs ? r[1].folded : f->len;
	size_t inside = byte - r->source;
	if (r->unit > 0)
		return inside == 0 || (inside < r->unit && !is_end) ? r->folded : next;
	return r->folded + inside < next ? r->folded + inside : next;
}

void annot_letters_of(const struct annot_letters *l, size_t start, size_t end, size_t *from,
		      size_t *to)
{
	*from = annot_letters_at(l, folded_at(&l->folded, start, false));
	*to = annot_letters_at(l, folded_at(&l->folded, end, true));
	if (*to < *from)
		*to = *from;
}
