/*
 * Agreement: who said what about the same things, gathered from listings and handed to the
 * coefficients of <annot.h>. People are persons: the keys of one person, rotated or enrolled again,
 * are one coder.
 */
#ifndef ANNOTCTL_RATERS_AGREEMENT_H
#define ANNOTCTL_RATERS_AGREEMENT_H

#include "../list.h"
#include "../out/out.h"

enum { AGREEMENT_TAGS_MAX = 4096 };

struct coder {
	struct annot_hash person;
	const char *name; /* escaped for a terminal */
	size_t n;         /* what counted of theirs: ratings or spans */
};

struct agreement {
	struct ctl *ctl;
	const char *query;         /* as in list */
	const char *scale;         /* --scale; NULL: the only one that was used */
	int weights;               /* --weights; -1: all of them */
	bool disagreements;        /* list these instead of the coefficients */
	struct annot_arena *arena; /* what outlives a page of a listing */
	uint64_t size;             /* of the log that the query was answered from */
	int8_t *pair_room;         /* 2 * pair_items cells, for measures.c alone */
	size_t pair_items;

	struct coder *people; /* all persons, in the order of their enrolment */
	size_t n_people;
	struct annot_buf keys;       /* struct key_of: by author hash */
	struct annot_buf reaffirmed; /* struct numbered: records that their authors stood by */
};

/* Asks for the size that the query is answered from, and reads the registry of keys and what was
 * reaffirmed by then. Comes first. */
enum annot_status people_read(struct agreement *a);
void people_free(struct agreement *a);

/* The person of a record's author. False: does not count, since the key that signed was stolen by
 * then and nobody stood by the record since. */
bool people_find(const struct agreement *a, const struct annot_hash *author,
		 const struct annot_hash *record, uint64_t index, size_t *ret);

/* Numbers those persons who have something counted from 0 on and leaves out the others: columns[n]
 * is a person's new number. REFUSED where there are fewer than two: "only alice has" done what. */
enum annot_status people_compact(struct agreement *a, size_t *columns, const char *did);

/* "alice 12, boris 9", in ctl->arena; and as JSON, with the number under that name. */
const char *people_text(const struct agreement *a);
json_t *people_json(const struct agreement *a, const char *number);

/* The list of disagreements: one JSON object a line (in format json an array), or with --quiet an
 * id a line. disagreement takes the reference. */
void disagreements_begin(const struct agreement *a);
void disagreement(const struct agreement *a, const struct annot_hash *annotation, json_t *object);
void disagreements_end(const struct agreement *a);

/* --- one table of ratings (measures.c) --- */

/* Prints the coefficients over all and of each pair. */
enum annot_status measures_text(struct agreement *a, const struct annot_ratings *r);
/* {"overall": {…}, "pairs": […]}: added to the object. */
enum annot_status measures_json(struct agreement *a, const struct annot_ratings *r, json_t *object);
/* Rows with two ratings or more, with one, with none. */
struct coverage {
	size_t compared, one, none;
};
struct coverage measures_coverage(const struct annot_ratings *r);
/* Whether the ratings of an item differ. */
bool measures_differ(const struct annot_ratings *r, size_t item);

/* A column of a table: text to the right of width code points, to the left where width is below 0.
 */
void column(struct ctl *ctl, const char *text, int width);
/* The value with three decimals, or a dash. */
const char *decimals(struct ctl *ctl, double value);

/* --- what is compared: each gathers, computes and prints --- */

enum annot_status agreement_ratings(struct agreement *a);
enum annot_status agreement_tags(struct agreement *a);
enum annot_status agreement_spans(struct agreement *a);

#endif
