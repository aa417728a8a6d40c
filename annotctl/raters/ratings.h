/*
 * Ratings. A unit is one exact version of a record: the latest, which the query selects. A person's
 * rating of it is that of the person's latest verdict on that version, on the scale.
 */
#ifndef ANNOTCTL_RATERS_RATINGS_H
#define ANNOTCTL_RATERS_RATINGS_H

#include "agreement.h"

struct unit {
	struct annot_hash record, annotation;
	uint64_t index, version;
	const char *kind;  /* static */
	const char *words; /* only for disagreements */
};

struct vote {
	size_t unit, coder;
	uint64_t index;
	struct annot_hash record;
	char scale[64], rating[33];
};

struct ratings {
	struct agreement *a;
	struct annot_buf units;                    /* struct unit, in log order */
	struct annot_buf by_record, by_annotation; /* struct numbered: which unit */
	struct annot_buf votes;  /* struct vote, until one a unit and coder is left */
	struct annot_buf strays; /* struct annot_hash: what verdicts on no unit are on */
	bool amended;            /* some unit has earlier versions */
	size_t withheld;         /* records that the query selects and nobody can read */
	/* Verdicts that do not count, and why. */
	size_t other_version, other_scale, superseded, off_scale, stolen;
	struct annot_scale scale;
	int8_t category[ANNOT_SCALE_RATINGS_MAX]; /* of each rating of the scale */
	struct annot_ratings matrix;
};

static inline struct vote *votes_of(const struct ratings *r, size_t *ret_n)
{
	*ret_n = LIST_COUNT(struct vote, &r->votes);
	return LIST_ITEMS(struct vote, &r->votes);
}

static inline size_t n_units(const struct ratings *r)
{
	return LIST_COUNT(struct unit, &r->units);
}

/* Fetches what the query selects and the verdicts on it, on whichever scale (verdicts.c). REFUSED:
 * nothing that can be rated. */
enum annot_status ratings_gather(struct ratings *r);

/* Prints them (ratings_print.c). */
enum annot_status ratings_text(const struct ratings *r);
enum annot_status ratings_json(const struct ratings *r);
enum annot_status ratings_disagreements(const struct ratings *r);

#endif
