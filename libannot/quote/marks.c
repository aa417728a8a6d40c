#include "quote/marks.h"

enum {
	STRAIGHT = '"',
	APOSTROPHE = '\'',
	LEFT_GUILLEMET = 0xAB,
	RIGHT_GUILLEMET = 0xBB,
	LEFT_SINGLE = 0x2018,
	RIGHT_SINGLE = 0x2019,
	LOW_SINGLE = 0x201A,
	REVERSED_SINGLE = 0x201B,
	LEFT_DOUBLE = 0x201C,
	RIGHT_DOUBLE = 0x201D,
	LOW_DOUBLE = 0x201E,
	REVERSED_DOUBLE = 0x201F,
	LEFT_ANGLE = 0x2039,
	RIGHT_ANGLE = 0x203A,
	FULL_STRAIGHT = 0xFF02,
};

/* Marks of one kind only: corner brackets and Chinese double primes. */
static const uint32_t pairs[][2] = {
	{0x300C, 0x300D}, {0x300E, 0x300F}, {0xFF62, 0xFF63}, {0x301D, 0x301E}, {0x301D, 0x301F}};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

bool annot_mark_is(uint32_t cp)
{
	if (cp == STRAIGHT || cp == APOSTROPHE || cp == LEFT_GUILLEMET || cp == RIGHT_GUILLEMET ||
	    (cp >= LEFT_SINGLE && cp <= REVERSED_DOUBLE) || cp == LEFT_ANGLE || cp == RIGHT_ANGLE ||
	    cp == FULL_STRAIGHT)
		return true;
	for (size_t i = 0; i < PAIRS; i++)
		if (cp == pairs[i][0] || cp == pairs[i][1])
			return true;
	return false;
}

bool annot_mark_is_apostrophe(uint32_t cp)
{
	return cp == APOSTROPHE || cp == RIGHT_SINGLE;
}

/* Behind words: a mark that may stand on either side of a quotation closes it only there. */
static bool behind_words(const struct annot_mark *m)
{
	return m->before != ANNOT_BESIDE_SPACE && m->after != ANNOT_BESIDE_LETTER;
}

bool annot_mark_closes(uint32_t open, const struct annot_mark *m)
{
	uint32_t cp = m->code_point;
	switch (open) {
	case STRAIGHT:
		return (cp == STRAIGHT &&
			(m->before != ANNOT_BESIDE_SPACE || m->after == ANNOT_BESIDE_SPACE)) ||
		       cp == RIGHT_DOUBLE;
	case FULL_STRAIGHT:
		return cp == FULL_STRAIGHT;
	case LEFT_DOUBLE:
	case REVERSED_DOUBLE:
		return cp == RIGHT_DOUBLE ||
		       ((cp == STRAIGHT || cp == LEFT_DOUBLE) && behind_words(m));
	case LOW_DOUBLE:
		return cp == LEFT_DOUBLE || cp == RIGHT_DOUBLE || cp == REVERSED_DOUBLE ||
		       (cp == STRAIGHT && behind_words(m));
	case RIGHT_DOUBLE:
		return cp == RIGHT_DOUBLE;
	case LEFT_GUILLEMET:
		return cp == RIGHT_GUILLEMET;
	case RIGHT_GUILLEMET:
		return cp == LEFT_GUILLEMET || (cp == RIGHT_GUILLEMET && behind_words(m));
	case LEFT_ANGLE:
		return cp == RIGHT_ANGLE;
	case RIGHT_ANGLE:
		return cp == LEFT_ANGLE || (cp == RIGHT_ANGLE && behind_words(m));
	case LEFT_SINGLE:
	case REVERSED_SINGLE:
	case APOSTROPHE:
		return annot_mark_is_apostrophe(cp) && behind_words(m);
	case LOW_SINGLE:
		return cp == LEFT_SINGLE || (annot_mark_is_apostrophe(cp) && behind_words(m));
	default:
		break;
	}
	for (size_t i = 0; i < PAIRS; i++)
		if (open == pairs[i][0] && cp == pairs[i][1])
			return true;
	return false;
}

bool annot_mark_opens(const struct annot_mark *m)
{
	bool before_words = m->before != ANNOT_BESIDE_LETTER && m->before != ANNOT_BESIDE_DIGIT &&
			    m->after != ANNOT_BESIDE_SPACE;
	switch (m->code_point) {
	case LEFT_DOUBLE:
	case REVERSED_DOUBLE:
		return m->before != ANNOT_BESIDE_LETTER || m->after != ANNOT_BESIDE_SPACE;
	case LOW_DOUBLE:
	case LOW_SINGLE:
	case LEFT_GUILLEMET:
	case LEFT_ANGLE:
		return true;
	case STRAIGHT:
	case FULL_STRAIGHT:
	case RIGHT_DOUBLE:
	case RIGHT_GUILLEMET:
	case RIGHT_ANGLE:
		return before_words;
	case LEFT_SINGLE:
	case REVERSED_SINGLE:
	case APOSTROPHE:
		/* ’90s, '90s */
		return before_words && m->after != ANNOT_BESIDE_DIGIT;
	default:
		break;
	}
	for (size_t i = 0; i < PAIRS; i++)
		if (m->code_point == pairs[i][0])
			return true;
	return false;
}

bool annot_mark_reopens(uint32_t open, uint32_t cp)
{
	bool guillemets = (open == LEFT_GUILLEMET || open == RIGHT_GUILLEMET) &&
			  (cp == LEFT_GUILLEMET || cp == RIGHT_GUILLEMET);
	return open == cp || guillemets;
}
