#include "text/fold_ascii.h"

#include "text/fold_step.h"

const char annot_fold_byte[128] = {
	0,    1,   2,   3,   4,   5,   6,   7,    8,   0,   0,   0,   0,    0,   14,  15,
	16,   17,  18,  19,  20,  21,  22,  23,   24,  25,  26,  27,  28,   29,  30,  31,
	0,    '!', '"', '#', '$', '%', '&', '\'', '(', ')', '*', '+', ',',  0,   '.', '/',
	'0',  '1', '2', '3', '4', '5', '6', '7',  '8', '9', ':', ';', '<',  '=', '>', '?',
	'@',  'a', 'b', 'c', 'd', 'e', 'f', 'g',  'h', 'i', 'j', 'k', 'l',  'm', 'n', 'o',
	'p',  'q', 'r', 's', 't', 'u', 'v', 'w',  'x', 'y', 'z', '[', '\\', ']', '^', '_',
	'\'', 'a', 'b', 'c', 'd', 'e', 'f', 'g',  'h', 'i', 'j', 'k', 'l',  'm', 'n', 'o',
	'p',  'q', 'r', 's', 't', 'u', 'v', 'w',  'x', 'y', 'z', '{', '|',  '}', '~', 127,
};

#ifdef __SSE2__
size_t annot_fold_ascii(const uint8_t *s, size_t len, size_t at, char *out)
{
	size_t start = at, n = ANNOT_FOLD_STEP;
	__m128i folded;
	while (n == ANNOT_FOLD_STEP && len - at > ANNOT_FOLD_STEP) {
		n = annot_fold_step(s, at, &folded);
		_mm_storeu_si128((__m128i *)(void *)(out + (at - start)), folded);
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
