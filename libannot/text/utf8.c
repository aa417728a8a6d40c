#include "text/utf8.h"

enum { WORD = sizeof(uint64_t) };
#define HIGH_BITS 0x8080808080808080ULL

static bool is_ascii_word(const uint8_t *s)
{
	uint64_t word;
	memcpy(&word, s, WORD);
	return !(word & HIGH_BITS);
}

/* Up to where bytes from at on are ASCII for certain: whole words, and what is left behind the
 * last. */
static size_t ascii_until(const uint8_t *s, size_t len, size_t at)
{
	while (len - at >= WORD && is_ascii_word(s + at))
		at += WORD;
	if (len - at < WORD && len >= WORD && is_ascii_word(s + len - WORD))
		return len;
	while (at < len && s[at] < 0x80)
		at++;
	return at;
}

static bool follows(uint8_t c)
{
	return (c & 0xC0) == 0x80;
}

/* Length of the well-formed sequence at s (Unicode table 3-7), 0 if there is none. */
static size_t sequence(const uint8_t *s, size_t len)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || len < 2)
		return 0;
	if (s[0] < 0xE0)
		return follows(s[1]) ? 2 : 0;
	/* The second byte's bounds keep overlong forms, surrogates and too large values out. */
	uint8_t low = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
	uint8_t high = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
	if (s[0] > 0xF4 || s[1] < low || s[1] > high || len < 3 || !follows(s[2]))
		return 0;
	if (s[0] < 0xF0)
		return 3;
	return len >= 4 && follows(s[3]) ? 4 : 0;
}

size_t annot_utf8_valid(const void *data, size_t len)
{
	const uint8_t *s = data;
	size_t at = 0;
	while (at < len) {
		at = ascii_until(s, len, at);
		if (at == len)
			break;
		size_t step = sequence(s + at, len - at);
		if (step == 0)
			break;
		at += step;
	}
	return at;
}

/* Length that the first byte of a sequence announces; 1 for a byte that starts none. */
static size_t announced(uint8_t first)
{
	return first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

uint32_t annot_utf8_next(const char *text, size_t len, size_t *at)
{
	const uint8_t *s = (const uint8_t *)text + *at;
	size_t n = announced(s[0]);
	if (n > len - *at)
		n = len - *at; /* only in text that is not valid */
	*at += n;
	if (n == 1)
		return s[0];
	uint32_t cp = s[0] & (0xFFU >> (n + 1));
	for (size_t i = 1; i < n; i++)
		cp = cp << 6 | (s[i] & 0x3FU);
	return cp;
}

size_t annot_utf8_put(uint32_t cp, char ret[4])
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = 0xFFFD;
	if (cp < 0x80) {
		ret[0] = (char)cp;
		return 1;
	}
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--) {
		ret[i] = (char)(0x80 | (cp & 0x3F));
		cp >>= 6;
	}
	ret[0] = (char)((0xF00U >> n & 0xFFU) | cp);
	return n;
}

bool annot_utf8_boundary(const char *text, size_t len, size_t at)
{
	return at == 0 || at == len || (at < len && !follows((uint8_t)text[at]));
}

/* Bytes of a word that do not follow in a sequence: all but those of bits 10xxxxxx. */
static unsigned starts(uint64_t word)
{
	uint64_t following = (word & ~(word << 1)) & HIGH_BITS;
	return WORD - (unsigned)((following >> 7) * 0x0101010101010101ULL >> 56);
}

size_t annot_utf8_chars(const char *text, size_t len)
{
	size_t n = 0, i = 0;
	uint64_t word;
	for (; len - i >= WORD; i += WORD) {
		memcpy(&word, text + i, WORD);
		n += starts(word);
	}
	for (; i < len; i++)
		n += !follows((uint8_t)text[i]);
	return n;
}

size_t annot_utf8_utf16(const char *text, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += (size_t)!follows((uint8_t)text[i]) + ((uint8_t)text[i] >= 0xF0);
	return n;
}

size_t annot_utf8_from_chars(const char *text, size_t len, size_t n)
{
	return annot_utf8_forward(text, len, 0, n);
}

/* A unit in the middle of a surrogate pair gives the start of its code point. */
size_t annot_utf8_from_utf16(const char *text, size_t len, size_t n)
{
	size_t at = 0;
	while (at < len && n > 0) {
		size_t step = announced((uint8_t)text[at]);
		size_t units = step == 4 ? 2 : 1;
		if (units > n)
			return at;
		n -= units;
		at = step < len - at ? at + step : len;
	}
	return at;
}

size_t annot_utf8_back(const char *text, size_t len, size_t at, size_t n)
{
	if (at > len)
		at = len;
	while (at > 0 && n > 0) {
		at--;
		while (at > 0 && follows((uint8_t)text[at]))
			at--;
		n--;
	}
	return at;
}

size_t annot_utf8_forward(const char *text, size_t len, size_t at, size_t n)
{
	if (at > len)
		at = len;
	while (at < len && n > 0) {
		at++;
		while (at < len && follows((uint8_t)text[at]))
			at++;
		n--;
	}
	return at;
}
