/* Annotations that two persons rate differently. */
#include <stdlib.h>
#include <string.h>

#include "reviewers.h"

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
	return LIST_ADD(ctl, &side->ratings, (&(struct rating){.row = row, .record = record}));
}

static struct rating *ratings_of(const struct side *side, size_t *ret_n)
{
	*ret_n = LIST_COUNT(struct rating, &side->ratings);
	return LIST_ITEMS(struct rating, &side->ratings);
}

/* arg: the next of the ratings whose subjects come in their order. */
static enum annot_status subject_each(struct ctl *ctl, const struct annot_row *row,
				      const struct annot_record *record, void *arg)
{
	struct rating **next = arg, *rating = (*next)++;
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
	size_t n;
	struct rating *ratings = ratings_of(side, &n), *next = ratings;
	struct annot_hash *on = annot_arena_array(ctl->arena, n + 1, sizeof *on);
	if (!on)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++)
		on[i] = *annot_record_on(ratings[i].record);
	return rows_each(ctl, &(struct rows_request){.records = on, .n_records = n, .keep = true},
			 subject_each, &next, NULL);
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

/* By what they are ratings of, and the scale. */
static int by_question(const struct rating *x, const struct rating *y)
{
	int order = memcmp(&x->annotation, &y->annotation, sizeof x->annotation);
	return order != 0 ? order
			  : strcmp(annot_record_text(x->record, "scale"),
				   annot_record_text(y->record, "scale"));
}

static int by_annotation(const void *a, const void *b)
{
	const struct rating *x = a, *y = b;
	int order = by_question(x, y);
	if (order == 0)
		order = x->row->index < y->row->index ? -1 : x->row->index > y->row->index;
	return order;
}

/* Sorted; the last verdict of each annotation and scale stays. */
static struct rating *keep_last(const struct side *side, size_t *ret_n)
{
	size_t n, kept = 0;
	struct rating *ratings = ratings_of(side, &n);
	if (n)
		qsort(ratings, n, sizeof ratings[0], by_annotation);
	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n || by_question(&ratings[i], &ratings[i + 1]) != 0;
		if (last && ratings[i].subject)
			ratings[kept++] = ratings[i];
	}
	*ret_n = kept;
	return ratings;
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
	size_t n_a, n_b;
	struct rating *a = keep_last(&r->sides[0], &n_a), *b = keep_last(&r->sides[1], &n_b);
	for (size_t i = 0, k = 0; i < n_a && k < n_b;) {
		struct rating *x = &a[i], *y = &b[k];
		int order = by_question(x, y);
		if (order == 0 && (!r->selective || numbered_find(&r->subjects, &x->annotation)) &&
		    strcmp(annot_record_text(x->record, "rating"),
			   annot_record_text(y->record, "rating")) != 0)
			rated_differently(ctl, r, x, y);
		i += order <= 0;
		k += order >= 0;
	}
}
