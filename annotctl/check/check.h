/*
 * check: the quotes of an article against the corpus. One quote at a time goes from words to places
 * (locate.c), to a judgement (judge.c), to output (print.c, json.c, sarif.c) and, if asked, to a
 * signed record (add.c); memory is bounded by one quote.
 */
#ifndef ANNOTCTL_CHECK_H
#define ANNOTCTL_CHECK_H

#include <jansson.h>

#include "../ctl.h"

enum {
	CHECK_PLACES_MAX = 20,  /* places of some words that are looked at */
	CHECK_PIECES_MAX = 16,  /* of a quote that are looked for one by one */
	CHECK_AROUND = 8192,    /* bytes of the source that are fetched around a place */
	CHECK_NEAR = 65536,     /* bytes between pieces that may still be one place */
	CHECK_DOCUMENTS_MAX = 4096, /* whose records are remembered */
};

struct article {
	const char *path; /* as given; "-": standard input */
	struct annot_buf text;
	struct annot_hash sha256;
	struct annot_extracted quotes;
};

/* Which documents do not count as sources. */
struct sources {
	char *const *only;     /* NULL: all */
	char *const *excluded; /* names or ids, NULL-terminated; may be NULL */
	struct annot_hash article; /* a document with these bytes is the article itself */
	struct source_known *known;
	size_t n_known;
};

/* Where words stand. */
struct place {
	struct annot_hash document;
	const char *name;
	uint64_t version, start, end, chars_start, chars_end;
	unsigned score; /* per mille of letters that are the same */
};

/* Places of some words, the best first. All lives in the arena of ctl. */
struct places {
	struct place places[CHECK_PLACES_MAX];
	size_t n;
	bool more; /* than these */
};
enum annot_status check_locate(struct ctl *ctl, struct sources *sources, struct annot_bytes words,
			       struct places *ret);

/* What was found out about a quote, or about a piece of one. */
struct judged {
	enum annot_alter_result result;
	unsigned flags;
	bool placed; /* the following are set */
	struct place place; /* of the words themselves */
	struct annot_bytes words;   /* of the quote, that were compared */
	struct annot_bytes source;  /* a part of the document … */
	uint64_t source_at;         /* … that begins at this byte of it */
	struct annot_alteration alteration; /* of words, in source */
	enum annot_same_speaker speaker;
	struct annot_bytes source_speaker; /* who speaks there; empty if nobody is named */
	bool quoted;        /* the words stand between quotation marks there, too */
	size_t other_places; /* that have the words as well or better than not at all */
};

struct checked {
	const struct annot_quoted *quote;
	size_t line, column, chars[2]; /* of the article, from 1; from 0 */
	struct judged whole;
	/* Spliced from places too far apart to be compared as one: each piece by itself. */
	struct judged *pieces;
	size_t n_pieces;
	bool across_speakers;
	uint64_t apart; /* bytes of the source in the widest gap; 0: other documents, or none */
};

/* Judges one quote. */
enum annot_status check_judge(struct ctl *ctl, struct sources *sources,
			      const struct article *article, struct checked *ret);

/* Altered in substance, spliced across speakers, or not found: what makes check exit with 1. */
bool check_fails(const struct checked *c);

struct summary {
	size_t quotes, failed, added;
	size_t results[ANNOT_ALTER_RESULTS];
};

const char *check_speaker_name(enum annot_same_speaker speaker);
struct annot_bytes check_bytes(const struct article *a, const size_t range[2]);

/* Output. */
void check_print(struct ctl *ctl, const struct article *a, const struct checked *c);
void check_print_summary(struct ctl *ctl, const struct article *a, const struct summary *s);
json_t *check_json(const struct article *a, const struct checked *c);
json_t *check_summary_json(const struct article *a, const struct summary *s);
json_t *check_flags_json(unsigned flags);
/* "altered, with a negation …": one line that says what is the matter. In the arena. */
const char *check_message(struct ctl *ctl, const struct checked *c);
void check_sarif_begin(struct ctl *ctl);
void check_sarif_item(struct ctl *ctl, const struct article *a, const struct checked *c);
void check_sarif_end(struct ctl *ctl, const struct article *a, const struct summary *s);

/* Signs the found words as a quote with the result in its checked card; *ret_added is false, and a
 * warning said, where that cannot be done. */
enum annot_status check_add(struct ctl *ctl, const struct article *a, const struct checked *c,
			    bool *ret_added);

#endif
