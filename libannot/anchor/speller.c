#include "anchor/speller.h"

#include <stdlib.h>

#include "text/fold_ascii.h"
#include "text/fold_class.h"
#include "text/fold_step.h"
#include "text/utf8.h"

enum { BASIC_PLANE = 0x10000, SIGN_LETTERS = 3 };

/* Of hard stretches that are less than NEAR apart the next one is twice as long, up to LONGEST:
 * where there is much of it, text is folded at a time. */
enum { HARD_NEAR = 64, HARD_LONGEST = 1 << 16 };

enum kind {
	UNKNOWN, /* not met yet */
	LETTERS, /* it is these letters, whatever stands around it */
	SPACE,
	DASH,
	HYPHEN, /* a dash, or a word divided at the end of a line */
	HARD,   /* what it is depends on its neighbours */
};

struct annot_sign {
	uint8_t kind, n;
	annot_letter letters[SIGN_LETTERS];
};

struct reading {
	struct annot_speller *sp;
	const uint8_t *s;
	size_t len, at; /* the text, and how far it is spelled */
	annot_letter *out;
	size_t n;
	/* Before this byte there are so many letters, and what stands from there on is folded the
	 * same if nothing is before it. */
	size_t safe_at, safe_n;
	size_t hard_end, hard_len; /* of the last hard stretch */
	bool vectors;
	struct annot_error *err;
};

static inline bool is_plain(uint8_t c)
{
	return c < 0x80 && annot_fold_byte[c];
}

static inline bool is_white(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool is_ideograph(uint8_t c) /* U+4000..U+9FFF, which all fold to themselves */
{
	return c >= 0xE4 && c <= 0xE9;
}

/* --- what depends on its neighbours --- */

/* Room for the letters from r->n on, and one for each byte that is left. */
static enum annot_status make_room(struct reading *r, size_t more)
{
	struct annot_speller *sp = r->sp;
	size_t need = r->n + more + (r->len - r->at);
	if (sp->letters && need <= sp->cap)
		return ANNOT_OK;
	size_t cap = need + need / 8;
	annot_letter *letters =
		reallocarray(sp->letters, cap + ANNOT_LETTERS_ROOM, sizeof(*letters));
	if (!letters)
		return annot_fail(r->err, ANNOT_NO_MEMORY, "out of memory for a text of %zu bytes",
				  r->len);
	r->out = sp->letters = letters;
	sp->cap = cap;
	return ANNOT_OK;
}

/* Where what begins at at may end: behind an ASCII letter or mark with nothing behind it that could
 * join it. */
static size_t hard_stop(const struct reading *r, size_t at)
{
	while (at < r->len && !(is_plain(r->s[at]) && (at + 1 == r->len || r->s[at + 1] < 0x80)))
		at++;
	return at < r->len ? at + 1 : r->len;
}

static enum annot_status spell_hard(struct reading *r)
{
	bool near = r->hard_end > 0 && r->safe_at < r->hard_end + HARD_NEAR;
	r->hard_len = near ? r->hard_len * 2 + 1 : 0;
	if (r->hard_len > HARD_LONGEST)
		r->hard_len = HARD_LONGEST;
	size_t from = r->at;
	if (near && r->len - from > r->hard_len)
		from += r->hard_len;
	size_t stop = hard_stop(r, from);
	struct annot_folded *f = &r->sp->folded;
	TRY(annot_fold_again((const char *)r->s + r->safe_at, stop - r->safe_at, f, r->err));
	r->at = stop;
	r->n = r->safe_n;
	TRY(make_room(r, f->len));
	for (size_t at = 0; at < f->len;)
		r->out[r->n++] = r->sp->alphabet->of[annot_letters_next(f->text, &at)];
	r->hard_end = stop;
	if (is_plain(r->s[stop - 1])) {
		r->safe_at = stop - 1;
		r->safe_n = r->n - 1;
	}
	return ANNOT_OK;
}

/* --- code points --- */

/* The letters of UTF-8 that is folded; false: they are more than bytes, or than a sign has room
 * for.
 */
static bool put_letters(const struct annot_alphabet *a, const char *text, size_t len, size_t max,
			struct annot_sign *ret)
{
	for (size_t at = 0; at < len;) {
		if (ret->n == max || ret->n == SIGN_LETTERS)
			return false;
		ret->letters[ret->n++] = a->of[annot_letters_next(text, &at)];
	}
	return true;
}

static enum annot_status make_sign(struct reading *r, uint32_t cp, struct annot_sign *ret)
{
	struct annot_sign sign = {.kind = LETTERS};
	struct annot_folded *f = &r->sp->folded;
	const char *to = "";
	char bytes[4];
	size_t len = annot_utf8_put(cp, bytes);
	bool fits = true;
	switch (annot_fold_class(cp, &to)) {
	case ANNOT_FOLD_SPACE:
		sign.kind = SPACE;
		break;
	case ANNOT_FOLD_DASH:
		sign.kind = cp == ANNOT_HYPHEN ? HYPHEN : DASH;
		break;
	case ANNOT_FOLD_DROPPED:
		fits = cp != ANNOT_SOFT_HYPHEN;
		break;
	case ANNOT_FOLD_REPLACED:
		fits = put_letters(r->sp->alphabet, to, strlen(to), len, &sign);
		break;
	case ANNOT_FOLD_LETTER:
		TRY(annot_fold_again(bytes, len, f, r->err));
		fits = put_letters(r->sp->alphabet, f->text, f->len, len, &sign);
		break;
	}
	if (!fits || annot_fold_joins(cp))
		sign.kind = HARD;
	*ret = sign;
	return ANNOT_OK;
}

/* The sign of the code point at *at, which moves behind it. */
static inline enum annot_status look_up(struct reading *r, size_t *at,
					const struct annot_sign **ret)
{
	static const struct annot_sign hard = {.kind = HARD};
	uint32_t cp = annot_letters_next((const char *)r->s, at);
	*ret = &hard;
	if (cp >= BASIC_PLANE)
		return ANNOT_OK;
	struct annot_sign *sign = &r->sp->signs[cp];
	*ret = sign;
	return sign->kind == UNKNOWN ? make_sign(r, cp, sign) : ANNOT_OK;
}

static inline void spell_space(struct reading *r, size_t next)
{
	if (r->n == 0 || r->out[r->n - 1] != ' ')
		r->out[r->n++] = ' ';
	r->at = next;
}

/* A dash up to next, and those right behind it. */
static enum annot_status spell_dashes(struct reading *r, size_t next)
{
	r->out[r->n++] = '-';
	for (r->at = next; r->at < r->len; r->at = next) {
		const struct annot_sign *sign;
		if (r->s[r->at] < 0x80 && r->s[r->at] != '-')
			break;
		next = r->at + 1;
		if (r->s[r->at] < 0x80)
			continue;
		next = r->at;
		TRY(look_up(r, &next, &sign));
		if (sign->kind != DASH && sign->kind != HYPHEN)
			break;
	}
	return ANNOT_OK;
}

/* Whether the last letter is one for folding, too. Letters that the words do not have look alike.
 */
static bool after_letter(const struct reading *r)
{
	annot_letter last = r->n > 0 ? r->out[r->n - 1] : ' ';
	return last == 0 || last >= 0x80 || (last >= 'a' && last <= 'z');
}

/* A hyphen up to next: left out if it divides a word at the end of a line. */
static enum annot_status spell_hyphen(struct reading *r, size_t next)
{
	const struct annot_sign *sign;
	bool broken = false;
	size_t at = next;
	if (!after_letter(r))
		return spell_dashes(r, next);
	for (; at < r->len && is_white(r->s[at]); at++)
		broken = broken || annot_fold_breaks_line(r->s[at]);
	if (at == r->len)
		return spell_dashes(r, next);
	if (r->s[at] >= 0x80) {
		size_t behind = at;
		TRY(look_up(r, &behind, &sign));
		return broken || sign->kind == SPACE ? spell_hard(r) : spell_dashes(r, next);
	}
	if (!broken || r->s[at] < 'a' || r->s[at] > 'z')
		return spell_dashes(r, next);
	annot_letter last = r->out[r->n - 1];
	if (last == 0 || last == r->sp->alphabet->of[0]) /* it may be NUL */
		return spell_hard(r);
	r->at = at;
	return ANNOT_OK;
}

/* ASCII up to at was spelled, with n letters before it. */
static inline void go_to(struct reading *r, size_t at, size_t n)
{
	if (at > r->at && is_plain(r->s[at - 1])) {
		r->safe_at = at - 1;
		r->safe_n = n - 1;
	}
	r->at = at;
	r->n = n;
}

static inline void spell_plain(struct reading *r)
{
	r->safe_at = r->at;
	r->safe_n = r->n;
	r->out[r->n++] = (annot_letter)annot_fold_byte[r->s[r->at++]];
}

/* What begins beyond ASCII. */
static inline enum annot_status spell_sign(struct reading *r)
{
	const struct annot_sign *sign;
	size_t next = r->at;
	TRY(look_up(r, &next, &sign));
	switch ((enum kind)sign->kind) {
	case LETTERS:
		if (sign->n > 0) {
			r->safe_at = r->at;
			r->safe_n = r->n;
		}
		for (size_t i = 0; i < sign->n; i++)
			r->out[r->n++] = sign->letters[i];
		r->at = next;
		return ANNOT_OK;
	case SPACE:
		spell_space(r, next);
		return ANNOT_OK;
	case DASH:
		return spell_dashes(r, next);
	case HYPHEN:
		return spell_hyphen(r, next);
	case UNKNOWN:
	case HARD:
		break;
	}
	return spell_hard(r);
}

static void spell_ideographs(struct reading *r)
{
	const annot_letter *of = r->sp->alphabet->of;
	while (r->at < r->len && is_ideograph(r->s[r->at]))
		r->out[r->n++] = of[annot_letters_next((const char *)r->s, &r->at)];
	r->safe_at = r->at - 3;
	r->safe_n = r->n - 1;
}

/* One byte of ASCII that folding looks at alone. */
static enum annot_status spell_byte(struct reading *r)
{
	uint8_t c = r->s[r->at];
	if (is_plain(c)) {
		spell_plain(r);
	} else if (is_white(c)) {
		size_t next = r->at + 1;
		while (next < r->len && is_white(r->s[next]))
			next++;
		spell_space(r, next);
	} else if (c == '-') {
		return spell_hyphen(r, r->at + 1);
	} else {
		r->out[r->n++] = r->sp->alphabet->of[c]; /* NUL */
		r->at++;
	}
	return ANNOT_OK;
}

/* As much ASCII as there is that goes byte for byte, white space but for what is alone. */
static inline void spell_bytes(struct reading *r)
{
	size_t at = r->at;
	annot_letter *out = r->out + r->n;
	for (; at < r->len && r->s[at] < 0x80; at++) {
		bool alone = is_white(r->s[at]) && at + 1 < r->len && is_plain(r->s[at + 1]) &&
			     at > 0 && is_plain(r->s[at - 1]);
		if (!is_plain(r->s[at]) && !alone)
			break;
		*out++ = alone ? ' ' : (annot_letter)annot_fold_byte[r->s[at]];
	}
	go_to(r, at, (size_t)(out - r->out));
}

#ifdef __SSE2__
static inline void spell_vectors(struct reading *r)
{
	const __m128i zero = _mm_setzero_si128();
	size_t at = r->at, step = ANNOT_FOLD_STEP;
	annot_letter *out = r->out + r->n;
	__m128i folded;
	while (step == ANNOT_FOLD_STEP && r->len - at > ANNOT_FOLD_STEP) {
		step = annot_fold_step(r->s, at, &folded);
		_mm_storeu_si128((__m128i *)(void *)out, _mm_unpacklo_epi8(folded, zero));
		_mm_storeu_si128((__m128i *)(void *)(out + 8), _mm_unpackhi_epi8(folded, zero));
		at += step;
		out += step;
	}
	go_to(r, at, (size_t)(out - r->out));
}
#else
static inline void spell_vectors(struct reading *r)
{
	spell_bytes(r);
}
#endif

static enum annot_status spell(struct reading *r)
{
	while (r->at < r->len) {
		if (is_ideograph(r->s[r->at])) {
			spell_ideographs(r);
			continue;
		}
		if (r->s[r->at] >= 0x80) {
			TRY(spell_sign(r));
			continue;
		}
		if (r->vectors)
			spell_vectors(r);
		else
			spell_bytes(r);
		if (r->at < r->len && r->s[r->at] < 0x80)
			TRY(spell_byte(r));
	}
	return ANNOT_OK;
}

enum annot_status annot_speller_read(struct annot_speller *s, const char *text, size_t len,
				     enum annot_speller_path path, struct annot_error *err)
{
	struct reading r = {.sp = s,
			    .s = (const uint8_t *)text,
			    .len = len,
			    .vectors = path == ANNOT_SPELLER_BEST,
			    .out = s->letters,
			    .err = err};
	if (len > ANNOT_FOLD_TEXT_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "text of %zu bytes; at most %zu are taken",
				  len, ANNOT_FOLD_TEXT_MAX);
	if (!s->signs)
		s->signs = calloc(BASIC_PLANE, sizeof(*s->signs));
	if (!s->signs)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for code points");
	TRY(make_room(&r, 0));
	TRY(spell(&r));
	s->n = r.n;
	memset(s->letters + s->n, 0, ANNOT_LETTERS_ROOM * sizeof(*s->letters));
	return ANNOT_OK;
}

void annot_speller_free(struct annot_speller *s)
{
	annot_folded_free(&s->folded);
	free(s->letters);
	free(s->signs);
	*s = (struct annot_speller){0};
}
