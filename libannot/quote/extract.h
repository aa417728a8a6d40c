/*
 * What stands between quotation marks in an article, and who is said to have said it. Marks of all
 * languages: "…" “…” „…“ „…” ”…” «…» »…« ‘…’ '…' ‚…‘ ‹…› ›…‹ 「…」 『…』 〝…〟; nested; paragraphs
 * that open a quotation again without having closed it; block quotes ("> "). Apostrophes, primes
 * and inches are none, nor is what stands in code, tags or addresses of Markdown.
 *
 * Linear in the length of the text. Bytes that are not UTF-8 are passed over, and listed.
 */
#ifndef ANNOT_QUOTE_EXTRACT_H
#define ANNOT_QUOTE_EXTRACT_H

#include "base/arena.h"

enum annot_article_format { ANNOT_ARTICLE_TEXT, ANNOT_ARTICLE_MARKDOWN };

enum {
	ANNOT_EXTRACT_TEXT_MAX = 1 << 26,   /* bytes of an article */
	ANNOT_EXTRACT_QUOTES_MAX = 1 << 18, /* beyond it the list is cut */
	ANNOT_EXTRACT_DEPTH_MAX = 8,    /* of quotations in quotations; deeper marks are words */
	ANNOT_EXTRACT_INVALID_MAX = 16, /* places that are listed */
	ANNOT_EXTRACT_LETTERS_MIN = 12, /* a quote with fewer is too short to judge */
};

struct annot_quoted {
	size_t bytes[2]; /* of the article, between the marks */
	size_t outer[2]; /* with them */
	/* The words: without the marks of block quotes and of paragraphs that open the quotation
	 * again, U+FFFD for what is not UTF-8. */
	struct annot_bytes text;
	/* Bytes of text of the parts that an ellipsis divides; one if there is none. */
	const size_t (*parts)[2];
	size_t n_parts;
	unsigned depth; /* 0: in no other quotation */
	bool block;     /* a block quote */
	size_t letters; /* and digits; a sign of a script without spaces counts twice */
	/* Bytes of the article; empty if there is none. */
	size_t speaker[2], verb[2];
	bool inferred; /* the speaker is named elsewhere: "he said", or no verb at all */
};

struct annot_extracted {
	const struct annot_quoted *quotes; /* by where they begin, outer ones first */
	size_t n;
	size_t n_invalid;                          /* bytes that are not UTF-8 */
	size_t invalid[ANNOT_EXTRACT_INVALID_MAX]; /* where the first ones are */
	bool cut;                                  /* there were more quotes */
};

/*
 * text stays the caller's and must stay where it is. TOO_LARGE (ANNOT_EXTRACT_TEXT_MAX, or over the
 * arena's maximum), NO_MEMORY. The arena needs some 200 bytes a quote and twice the text.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_extract(struct annot_arena *arena, struct annot_bytes text, enum annot_article_format format,
	      struct annot_extracted *ret, struct annot_error *err);

/*
 * The quotation of a text in which bytes [start, end) stand, with who is said to have said it;
 * false if they stand in none. Looks at some thousand bytes on either side. text is UTF-8.
 */
ANNOT_API ANNOT_CHECKED enum annot_status
annot_extract_around(struct annot_arena *arena, struct annot_bytes text, size_t start, size_t end,
		     bool *ret_found, struct annot_quoted *ret, struct annot_error *err);

enum annot_same_speaker { ANNOT_SPEAKER_UNCLEAR, ANNOT_SPEAKER_AGREES, ANNOT_SPEAKER_DIFFERS };

/*
 * Whether two speakers as texts name them are one: they agree if a capitalised word (the last one
 * of either) is in both, differ if both have names and share none, else it is unclear. UTF-8.
 */
ANNOT_API enum annot_same_speaker annot_speaker_compare(struct annot_bytes a, struct annot_bytes b);

#endif
