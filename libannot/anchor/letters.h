/*
 * A text as the anchoring engine reads it: the folded view (text/fold.h) as a row of small numbers,
 * one a code point, with a map back to the bytes of the source.
 */
#ifndef ANNOT_ANCHOR_LETTERS_H
#define ANNOT_ANCHOR_LETTERS_H

#include "text/fold.h"

typedef uint16_t annot_letter;

/* How letters make words: of runs of WORD letters; SINGLE ones (marks, and the signs of scripts
 * that put no spaces between words) stand for themselves; SPACE is between words. */
enum annot_letter_kind { ANNOT_LETTER_WORD, ANNOT_LETTER_SINGLE, ANNOT_LETTER_SPACE };

/*
 * Numbers for code points, shared by all texts that are compared: those of ASCII, but for NUL, are
 * their own, others have one from 128 on in the order in which they are met. Beyond the last
 * number, code points share it: such letters look equal, and only a comparison of bytes can tell
 * them apart.
 */
enum { ANNOT_ALPHABET_MAX = 65535 };
struct annot_alphabet {
	annot_letter *of; /* by code point; 0: not met */
	uint8_t *kinds;   /* by number */
	size_t n, cap;    /* the highest number in use, and what kinds has room for */
	bool closed;      /* what is not in it gets no number any more, but reads as 0 */
};

/* NO_MEMORY; free with annot_alphabet_free. */
ANNOT_CHECKED enum annot_status annot_alphabet_new(struct annot_alphabet *ret,
						   struct annot_error *err);
void annot_alphabet_free(struct annot_alphabet *a);

/* Zeros behind the last letter, for those who read ahead. */
enum { ANNOT_LETTERS_ROOM = 128 };

struct annot_letters {
	const char *text; /* the source, of the caller */
	size_t len;
	struct annot_folded folded;
	annot_letter *letters; /* n, and the room behind them */
	size_t n;
	uint32_t *blocks; /* the folded byte at which every 64th letter begins */
	size_t cap;       /* letters that there is room for, without the ROOM */
};

/*
 * Reads valid UTF-8, which must stay where it is. TOO_LARGE (ANNOT_FOLD_TEXT_MAX), NO_MEMORY. Takes
 * about four times the text while it is kept; free with annot_letters_free.
 */
ANNOT_CHECKED enum annot_status annot_letters_read(struct annot_alphabet *alphabet,
						   const char *text, size_t len,
						   struct annot_letters *ret,
						   struct annot_error *err);
void annot_letters_free(struct annot_letters *l);

/* The same, in the memory of what ret held before (which may be all zero); after a failure that is
 * free. */
ANNOT_CHECKED enum annot_status annot_letters_again(struct annot_alphabet *alphabet,
						    const char *text, size_t len,
						    struct annot_letters *ret,
						    struct annot_error *err);

/* The source bytes that letters [from, to) stand for, from < to <= n. */
void annot_letters_source(const struct annot_letters *l, size_t from, size_t to, size_t *start,
			  size_t *end);

/* The letters that stand for source bytes [start, end), start <= end <= len: units of which a part
 * is in the range belong to it. */
void annot_letters_of(const struct annot_letters *l, size_t start, size_t end, size_t *from,
		      size_t *to);

/* The letter that begins at a byte of the folded text. */
size_t annot_letters_at(const struct annot_letters *l, size_t folded);

/* The code point at *at, which moves behind it; for text that is valid, as folded text is. */
static inline uint32_t annot_letters_next(const char *text, size_t *at)
{
	const uint8_t *s = (const uint8_t *)text + *at;
	if (s[0] < 0x80) {
		*at += 1;
		return s[0];
	}
	if (s[0] < 0xE0) {
		*at += 2;
		return (s[0] & 0x1FU) << 6 | (s[1] & 0x3FU);
	}
	if (s[0] < 0xF0) {
		*at += 3;
		return (s[0] & 0x0FU) << 12 | (s[1] & 0x3FU) << 6 | (s[2] & 0x3FU);
	}
	*at += 4;
	return (s[0] & 0x07U) << 18 | (s[1] & 0x3FU) << 12 | (s[2] & 0x3FU) << 6 | (s[3] & 0x3FU);
}

/* The byte of the folded text at which a letter (or, for n, nothing more) begins. */
size_t annot_letters_folded(const struct annot_letters *l, size_t letter);

#endif
