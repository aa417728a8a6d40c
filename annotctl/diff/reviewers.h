/* Two reviewers over a query: what reviewers.c, marks.c and ratings.c share. */
#ifndef ANNOTCTL_DIFF_REVIEWERS_H
#define ANNOTCTL_DIFF_REVIEWERS_H

#include "diff.h"
#include "../list.h"
#include "../rows.h"

enum found { SAME, DIFFER, OVERLAP, ONLY_A, ONLY_B, RATED, FOUND };

struct mark;   /* words that a person marked: a target of an annotation whose newest version they
		  signed */
struct rating; /* a verdict of theirs */

struct side {
	const char *name;         /* of the person */
	struct annot_buf marks;   /* struct mark */
	struct annot_buf ratings; /* struct rating */
};

struct reviewers {
	struct side sides[2];
	const char *query;
	bool selective; /* there is one */
	bool stat;
	struct annot_buf subjects; /* struct numbered: the annotations that the query means */
	json_t *lists[FOUND];      /* json: what was found; else NULL */
	size_t n[FOUND];
};

/* Counts what was found and keeps or prints its JSON, whose reference it takes; NULL in text. */
void diff_found(struct ctl *ctl, struct reviewers *r, enum found what, json_t *object);

/* Whether a row's newest signature is the person's. */
bool diff_is_by(const struct annot_row *row, const struct side *side);

/* Of a side: fetches; then of both: compares. */
enum annot_status diff_marks_collect(struct ctl *ctl, struct reviewers *r, struct side *side);
enum annot_status diff_marks_compare(struct ctl *ctl, struct reviewers *r);
enum annot_status diff_ratings_collect(struct ctl *ctl, struct side *side);
void diff_ratings_compare(struct ctl *ctl, struct reviewers *r);

#endif
