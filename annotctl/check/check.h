/*
 * check: the quotes of an article against the corpus. One quote at a time goes from words to places
 * (locate.c), to a judgement (judge.c), to output (print.c, json.c, sarif.c) and, if asked, to a
 * signed record (add.c). each.c keeps a few quotes under way; memory is bounded by these.
 */
#ifndef ANNOTCTL_CHECK_H
#define ANNOTCTL_CHECK_H

#include <jansson.h>

#include "../ctl.h"
#include "../intake/intake.h"

enum {
	CHECK_PLACES_MAX = 20,      /* places of some words that are looked at */
	CHECK_COMPARED_MAX = 4,     /* of these that are compared word by word */
	CHECK_PIECES_MAX = 16,      /* of a quote that are looked for one by one */
	CHECK_AROUND = 8192,        /* bytes of the source that are fetched on either side */
	CHECK_NEAR = 65536,         /* bytes between pieces that may still be one place */
	CHECK_DOCUMENTS_MAX = 4096, /* of which is remembered whether they count as sources */
};

struct article {
	const char *path; /* as given; "-": standard input */
	struct annot_buf text;
	struct annot_extracted quotes;
};
/* Reads an article, of a web page or PDF its text (intake/), and finds its quotes, which live in
 * the arena. */
enum annot_status check_read(struct ctl *ctl, const char *path,
			     const struct intake_options *options, struct annot_arena *arena,
			     struct article *ret);

/* Which documents count as sources. */
struct sources {
	char *const *only;         /* NULL: all */
	char *const *excluded;     /* NULL-terminated; NULL: none */
	struct annot_hash article; /* a document with these bytes is the article itself */
	struct source_known *known;
	size_t n_known;
};
void check_sources_free(struct sources *s);

/* Where words stand. */
struct place {
	struct annot_hash document;
	const char *name;
	uint64_t version, start, end, chars_start, chars_end;
	unsigned score; /* per mille of letters that are the same */
};

/* Places of some words, the best first; what they point to lives in ctl's arena. */
struct places {
	struct place places[CHECK_PLACES_MAX];
	size_t n;
	bool more, cut; /* as locate says */
};
enum annot_status check_locate(struct ctl *ctl, struct sources *sources, struct annot_bytes words,
			       struct places *ret);

/* What was found out about a quote, or about a piece of one. */
struct judged {
	enum annot_alter_result result;
	unsigned flags;
	struct annot_bytes words;           /* of the quote, that were looked for */
	bool placed;                        /* the following are set */
	struct place place;                 /* of the words themselves */
	struct annot_bytes source;          /* a part of the document … */
	uint64_t source_at;                 /* … that begins at this byte of it */
	struct annot_alteration alteration; /* of words, in source */
	enum annot_same_speaker speaker;
	struct annot_bytes source_speaker; /* who speaks there; empty if nobody is named */
	bool quoted;                       /* they stand between quotation marks there, too */
	size_t others;                     /* other places that have the same words */
};

struct checked {
	const struct annot_quoted *quote;
	size_t line, column; /* of the article, from 1 */
	size_t chars[2];     /* of it, code points between the marks */
	struct judged whole;
	/* Spliced from places that are too far apart to be compared as one: each by itself. */
	struct judged *pieces;
	size_t n_pieces;
	bool across_speakers;
	uint64_t apart; /* bytes of the source in the widest gap; 0: none, or other documents */
	bool cut;       /* a bound was reached: places may be missing */
};

/* Compares words with a place; placed is false where most of them are others. */
enum annot_status check_compare(struct ctl *ctl, struct annot_bytes words, const struct place *p,
				struct judged *ret);
/* Who speaks there, and whether that is whom the article names. */
enum annot_status check_speakers(struct ctl *ctl, const struct article *a,
				 const struct annot_quoted *quote, struct judged *j);
/* Who speaks at bytes [start, end) of j's source; *ret stays as it is if nobody is named. */
enum annot_status check_speaker_at(struct ctl *ctl, const struct judged *j, size_t start,
				   size_t end, bool *ret_quoted, struct annot_bytes *ret);
/* The best of the places, by comparing the most likely ones word by word. */
enum annot_status check_words(struct ctl *ctl, const struct article *a,
			      const struct annot_quoted *quote, struct annot_bytes words,
			      const struct places *places, struct judged *ret);
/* How bad a judgement is, for choosing between places. */
unsigned check_badness(const struct judged *j);
/* Bytes of the words that the source does not have. */
size_t check_foreign(const struct annot_alteration *a);

/* Judges one quote; ret->quote and its place are set. */
enum annot_status check_judge(struct ctl *ctl, struct sources *sources,
			      const struct article *article, struct checked *ret);

/* A byte of the article as line and code points; it moves forward only. */
struct cursor {
	size_t at, chars, line, line_chars; /* line_chars: code points before the line */
};
void check_move(struct cursor *c, const struct article *a, size_t to);

/* Judges all quotes, on several connections, and hands each on in order; ctl->arena is that of the
 * quote meanwhile. Ends with the first failure, of a judgement or of take. */
typedef enum annot_status (*check_take)(struct ctl *ctl, const struct checked *c, void *arg);
enum annot_status check_each(struct ctl *ctl, const struct sources *sources,
			     const struct article *article, check_take take, void *arg);

/* Altered in substance, spliced across speakers, or not found: what makes check exit with 1. */
bool check_fails(const struct checked *c);

struct summary {
	size_t articles, quotes, failed;
	size_t added, there; /* with --add: signed, and passed over */
	size_t results[ANNOT_ALTER_RESULTS];
};

/* "agrees", "differs", "unclear". */
const char *check_speaker_name(enum annot_same_speaker speaker);
/* Bytes [range[0], range[1]) of the article; in ctl's arena, with U+FFFD for what is not UTF-8. */
const char *check_article_text(struct ctl *ctl, const struct article *a, const size_t range[2]);
/* Bytes as text in ctl's arena; never NULL. */
const char *check_text(struct ctl *ctl, struct annot_bytes bytes);
/* One line that says what is the matter with a quote, in ctl's arena. */
const char *check_message(struct ctl *ctl, const struct checked *c);

void check_print(struct ctl *ctl, const struct article *a, const struct checked *c);
void check_print_summary(struct ctl *ctl, const struct article *a, const struct summary *s);
json_t *check_json(struct ctl *ctl, const struct article *a, const struct checked *c);
/* a: the one article; NULL: the summary of several. */
json_t *check_summary_json(const struct article *a, const struct summary *s);
/* A SARIF 2.1.0 log, written as it grows. */
void check_sarif_begin(struct ctl *ctl);
void check_sarif_item(struct ctl *ctl, const struct article *a, const struct checked *c);
void check_sarif_end(struct ctl *ctl, const struct article *a, const struct summary *s);

/* Signs the found words as a quote with the result in its checked card, unless it is known, and
 * counts which of both; neither where there is nothing to sign, or a warning says why it could not
 * be. */
struct known_quotes; /* known.h */
enum annot_status check_add(struct ctl *ctl, const struct article *a, const struct checked *c,
			    struct known_quotes *known, struct summary *s);

#endif
