/* Annotations that two persons rate differently. */
#include <stdlib.h>
#include <string.h>

#include "reviewers.h"

enum { RATINGS_MAX = 1 << 18 };

struct rating {
	const struct annot_row *row;
	const struct annot_record *record;
	struct annot_hash annotation; /* of what it is on */
	const char *subject;          /* short id and words of it */
};

static enum annot_status rating_each(struct ctl *ctl, const struct annot_row *row,
				     const struct annot_record *record, void *arg)
{
	struct side *side = arg;
	if (!record || record->kind->kind != ANNOT_KIND_verdict || !diff_is_by(row, side))
		return ANNOT_OK;
	struct rating *ratings = diff_grow(ctl, side->ratings, side->n_ratings, &side->cap_ratings,
					   sizeof *ratings, RATINGS_MAX);
	if (!ratings)
		return ANNOT_TOO_LARGE;
	side->ratings = ratings;
	ratings[side->n_ratings++] = (struct rating){.row = row, .record = record};
	return ANNOT_OK;
}

struct subjects {
	struct side *side;
	size_t n; /* that came */
};

static enum annot_status subject_each(struct ctl *ctl, const struct annot_row *row,
				      const struct annot_record *record, void *arg)
{
	struct subjects *subjects = arg;
	struct rating *rating = &subjects->side->ratings[subjects->n++];
	if (!record)
		return ANNOT_OK; /* withheld */
	rating->annotation = record->annotation;
	rating->subject = annot_arena_printf(ctl->arena, "%s %s",
					     record_short(ctl, &record->annotation, row->version),
					     record_words(ctl, record));
	return rating->subject ? ANNOT_OK : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
}

/* What the verdicts of a side are on: the version is in the record, its annotation is asked for. */
static enum annot_status find_subjects(struct ctl *ctl, struct side *side)
{
	struct subjects subjects = {.side = side};
	size_t n = side->n_ratings;
	struct annot_hash *on = annot_arena_array(ctl->arena, n + 1, sizeof *on);
	if (!on)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++)
		on[i] = *annot_record_on(side->ratings[i].record);
	return rows_each(ctl, &(struct rows_request){.records = on, .n_records = n, .keep = true},
			 subject_each, &subjects, NULL);
}

enum annot_status diff_ratings_collect(struct ctl *ctl, struct side *side)
{
	const char *query = annot_arena_printf(ctl->arena, "kind:verdict author:%s", side->name);
	if (!query)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(rows_each(ctl, &(struct rows_request){.query = query, .keep = true}, rating_each, side,
		      NULL));
	return find_subjects(ctl, side);
}

/* --- comparing --- */

static int by_annotation(const void *a, const void *b)
{
	const struct rating *x = a, *y = b;
	int order = memcmp(&x->annotation, &y->annotation, sizeof x->annotation);
	if (order == 0)
		order = strcmp(annot_record_text(x->record, "scale"),
			       annot_record_text(y->record, "scale"));
	if (order == 0)
		order = x->row->index < y->row->index ? -1 : x->row->index > y->row->index;
	return order;
}

/* The last verdict of each annotation and scale stays. */
static size_t keep_last(struct rating *ratings, size_t n)
{
	size_t kept = 0;
	if (n)
		qsort(ratings, n, sizeof ratings[0], by_annotation);
	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n ||
			    !annot_hash_equal(&ratings[i].annotation, &ratings[i + 1].annotation) ||
			    strcmp(annot_record_text(ratings[i].record, "scale"),
				   annot_record_text(ratings[i + 1].record, "scale")) != 0;
		if (last && ratings[i].subject)
			ratings[kept++] = ratings[i];
	}
	return kept;
}

static json_t *rating_json(const struct rating *r)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:s?}", "record",
			 annot_hash_hex(&r->record->id).text, "on",
			 annot_record_text(r->record, "on"), "rating",
			 annot_record_text(r->record, "rating"), "index", (json_int_t)r->row->index,
			 "rationale", annot_record_text(r->record, "rationale"));
}

static void rated_differently(struct ctl *ctl, struct reviewers *r, const struct rating *a,
			      const struct rating *b)
{
	json_t *object = NULL;
	if (ctl->format == FORMAT_TEXT && !r->stat)
		out_text(ctl, "! %s: %s says %s, %s says %s (%s)%s\n", a->subject, r->sides[0].name,
			 annot_record_text(a->record, "rating"), r->sides[1].name,
			 annot_record_text(b->record, "rating"),
			 annot_record_text(a->record, "scale"),
			 strcmp(annot_record_text(a->record, "on"),
				annot_record_text(b->record, "on")) == 0
				 ? ""
				 : ", of different versions");
	if (ctl->format != FORMAT_TEXT)
		object = json_pack("{s:s, s:s, s:o, s:o}", "annotation",
				   annot_hash_hex(&a->annotation).text, "scale",
				   annot_record_text(a->record, "scale"), "a", rating_json(a), "b",
				   rating_json(b));
	diff_found(ctl, r, RATED, object);
}

void diff_ratings_compare(struct ctl *ctl, struct reviewers *r)
{
	struct side *a = &r->sides[0], *b = &r->sides[1];
	a->n_ratings = keep_last(a->ratings, a->n_ratings);
	b->n_ratings = keep_last(b->ratings, b->n_ratings);
	for (size_t i = 0, k = 0; i < a->n_ratings && k < b->n_ratings;) {
		struct rating *x = &a->ratings[i], *y = &b->ratings[k];
		int order = memcmp(&x->annotation, &y->annotation, sizeof x->annotation);
		if (order == 0)
			order = strcmp(annot_record_text(x->record, "scale"),
				       annot_record_text(y->record, "scale"));
		if (order == 0 &&
		    (!r->subjects ||
		     json_object_get(r->subjects, annot_hash_hex(&x->annotation).text)) &&
		    strcmp(annot_record_text(x->record, "rating"),
			   annot_record_text(y->record, "rating")) != 0)
			rated_differently(ctl, r, x, y);
		i += order <= 0;
		k += order >= 0;
	}
}
