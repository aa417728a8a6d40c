#include "text/fold_ascii.h"

#ifdef __SSE2__
#include <emmintrin.h>

enum { STEP = 16 };

/* Bytes low..high, as 0xFF: those beyond ASCII are negative. */
static inline __m128i between(__m128i bytes, char low, char high)
{
	return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)(low - 1))),
			     _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)(high + 1))));
}

static inline __m128i where(__m128i bytes, char c)
{
	return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

static inline __m128i white_space(__m128i bytes)
{
	return _mm_or_si128(where(bytes, ' '), between(bytes, '\t', '\r'));
}

/* Whether s[at] cannot be white space that goes on: an ASCII mark or letter is before it. */
static inline bool after_mark(const uint8_t *s, size_t at)
{
	return at > 0 && s[at - 1] > ' ' && s[at - 1] < 0x80;
}

/* The next STEP bytes, of which as many as are returned are right: white space and hyphens only
 * where an ASCII letter or mark is behind them. */
static inline size_t fold_step(const uint8_t *s, size_t at, char *out)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s + at));
	__m128i next = _mm_loadu_si128((const __m128i *)(const void *)(s + at + 1));
	__m128i white = white_space(bytes);
	/* Bytes beyond ASCII have the top bit, which is what is asked for. */
	__m128i behind = _mm_or_si128(_mm_or_si128(white_space(next), where(next, '-')), next);
	__m128i open = _mm_and_si128(_mm_or_si128(white, where(bytes, '-')), behind);
	__m128i not = _mm_or_si128(_mm_or_si128(open, where(bytes, '\0')), bytes);
	unsigned stop = (unsigned)_mm_movemask_epi8(not );
	if (!after_mark(s, at))
		stop |= (unsigned)_mm_movemask_epi8(white) & 1;
	__m128i upper = _mm_and_si128(between(bytes, 'A', 'Z'), _mm_set1_epi8('a' - 'A'));
	__m128i grave = _mm_and_si128(where(bytes, '`'), _mm_set1_epi8('`' ^ '\''));
	__m128i ret = _mm_xor_si128(_mm_or_si128(bytes, upper), grave);
	ret = _mm_or_si128(_mm_andnot_si128(white, ret), _mm_and_si128(white, _mm_set1_epi8(' ')));
	_mm_storeu_si128((__m128i *)(void *)out, ret);
	return stop ? (size_t)__builtin_ctz(stop) : STEP;
}

size_t annot_fold_ascii(const uint8_t *s, size_t len, size_t at, char *out)
{
	size_t start = at, n = STEP;
	while (n == STEP && len - at > STEP) {
		n = fold_step(s, at, out + (at - start));
		at += n;
	}
	return at - start;
}
#else
size_t annot_fold_ascii(const uint8_t *s, size_t len, size_t at, char *out)
{
	(void)s;
	(void)len;
	(void)at;
	(void)out;
	return 0;
}
#endif
