/* Annotations that two persons rate differently. */
#include <stdlib.h>
#include <string.h>

#include "reviewers.h"

enum { RATINGS_MAX = 1 << 18, IDS_A_CALL = 256 };

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
	if (!record || !diff_is_by(row, side))
		return ANNOT_OK;
	struct rating *ratings = diff_grow(ctl, side->ratings, side->n_ratings, &side->cap_ratings,
					   sizeof *ratings, RATINGS_MAX);
	if (!ratings)
		return ANNOT_TOO_LARGE;
	side->ratings = ratings;
	ratings[side->n_ratings++] = (struct rating){.row = row, .record = record};
	return ANNOT_OK;
}

/* What the verdicts of a side are on: the version is in the record, its annotation is asked for. */
static enum annot_status find_subjects(struct ctl *ctl, struct side *side)
{
	const char *ids[IDS_A_CALL];
	for (size_t at = 0, n; at < side->n_ratings; at += n) {
		const struct annot_rows_reply *reply;
		for (n = 0; n < IDS_A_CALL && at + n < side->n_ratings; n++)
			ids[n] = annot_arena_printf(
				ctl->arena, "=%s",
				annot_record_text(side->ratings[at + n].record, "on"));
		struct annot_get_request request = {.ids = ids, .n_ids = n};
		TRY(annot_call_get(ctl->annot, &request, ctl->arena, &reply, &ctl->err));
		if (reply->n_rows == 0)
			return annot_fail(&ctl->err, ANNOT_PROTOCOL, "the daemon gave no records");
		n = reply->n_rows; /* as many as fit a reply */
		for (size_t i = 0; i < n; i++) {
			const struct annot_record *on;
			struct rating *rating = &side->ratings[at + i];
			TRY(record_of_row(ctl, &reply->rows[i], &on));
			if (!on)
				continue; /* withheld */
			rating->annotation = on->annotation;
			rating->subject = annot_arena_printf(
				ctl->arena, "%s %s",
				record_short(ctl, &on->annotation, reply->rows[i].version),
				record_words(ctl, on));
		}
	}
	return ANNOT_OK;
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
