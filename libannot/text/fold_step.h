/* A step of folding ASCII: the vector of it, for those who put it down as bytes and as letters. */
#ifndef ANNOT_TEXT_FOLD_STEP_H
#define ANNOT_TEXT_FOLD_STEP_H

#include "base/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>

enum { ANNOT_FOLD_STEP = 16 };

/* Bytes low..high, as 0xFF: those beyond ASCII are negative. */
static inline __m128i annot_fold_between(__m128i bytes, char low, char high)
{
	return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(low - 1))),
			     _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(high + 1))));
}

static inline __m128i annot_fold_where(__m128i bytes, char c)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

static inline __m128i annot_fold_white(__m128i bytes)
{
	return _mm_or_si128(annot_fold_where(bytes, ' '), annot_fold_between(bytes, '\t', '\r'));
}

/* Whether s[at] cannot be white space that goes on: an ASCII mark or letter is before it. */
static inline bool annot_fold_after_mark(const uint8_t *s, size_t at)
{
	return at > 0 && s[at - 1] > ' ' && s[at - 1] < 0x80;
}

/*
 * What the ANNOT_FOLD_STEP bytes at s[at] fold to, of which as many as are returned are right:
 * white space and hyphens only where an ASCII letter or mark is behind them. One byte more is read.
 */
static inline size_t annot_fold_step(const uint8_t *s, size_t at, __m128i *ret)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s + at));
	__m128i next = _mm_loadu_si128((const __m128i *)(const void *)(s + at + 1));
	__m128i white = annot_fold_white(bytes);
	/* Bytes beyond ASCII have the top bit, which is what is asked for. */
	__m128i behind = _mm_or_si128(
		_mm_or_si128(annot_fold_white(next), annot_fold_where(next, '-')), next);
	__m128i open = _mm_and_si128(_mm_or_si128(white, annot_fold_where(bytes, '-')), behind);
	__m128i not = _mm_or_si128(_mm_or_si128(open, annot_fold_where(bytes, '\0')), bytes);
	unsigned stop = (unsigned)_mm_movemask_epi8(not );
	if (!annot_fold_after_mark(s, at))
		stop |= (unsigned)_mm_movemask_epi8(white) & 1;
	__m128i upper =
		_mm_and_si128(annot_fold_between(bytes, 'A', 'Z'), _mm_set1_epi8('a' - 'A'));
	__m128i grave = _mm_and_si128(annot_fold_where(bytes, '`'), _mm_set1_epi8('`' ^ '\''));
	__m128i folded = _mm_xor_si128(_mm_or_si128(bytes, upper), grave);
	*ret = _mm_or_si128(_mm_andnot_si128(white, folded),
			    _mm_and_si128(white, _mm_set1_epi8(' ')));
	return stop ? (size_t)__builtin_ctz(stop) : ANNOT_FOLD_STEP;
}
#endif

#endif
