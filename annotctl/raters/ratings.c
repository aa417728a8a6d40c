/* Verdicts on one scale, made into a table of units and persons. */
#include <stdlib.h>
#include <string.h>

#include "ratings.h"

static void ratings_free(struct ratings *r)
{
	annot_buf_free(&r->units);
	annot_buf_free(&r->by_record);
	annot_buf_free(&r->by_annotation);
	annot_buf_free(&r->votes);
	annot_buf_free(&r->strays);
}

/* --- the scale --- */

/* The scale that --scale names, or the only one that the verdicts are on. */
static enum annot_status choose_scale(const struct ratings *r, const char **ret)
{
	struct agreement *a = r->a;
	size_t n;
	const struct vote *votes = votes_of(r, &n);
	*ret = a->scale ? a->scale : n > 0 ? votes[0].scale : NULL;
	for (size_t i = 0; !a->scale && i < n; i++)
		if (strcmp(votes[i].scale, *ret) != 0)
			return annot_fail(&a->ctl->err, ANNOT_USAGE,
					  "there are verdicts on scales %s and %s; choose with "
					  "--scale, since ratings on two scales cannot be compared",
					  *ret, votes[i].scale);
	return ANNOT_OK;
}

static enum annot_status find_scale(struct ratings *r, const char *name)
{
	struct agreement *a = r->a;
	struct annot_policy policy;
	const char *known = "";
	TRY(annot_fetch_policy(a->ctl->annot, a->size, a->arena, &policy, &a->ctl->err));
	const struct annot_scale *scale = annot_policy_scale(&policy, name);
	for (size_t i = 0; !scale && known && i < policy.n_scales; i++)
		known = annot_arena_printf(a->arena, "%s%s%s", known, i ? ", " : "",
					   policy.scales[i].name);
	if (!scale)
		return annot_fail(&a->ctl->err, ANNOT_USAGE,
				  "scale %s: the policy in force has none of that name; it has %s",
				  name, known && *known ? known : "no scales at all");
	r->scale = *scale;
	return ANNOT_OK;
}

/* Numbers the categories: those in order first, in the order of the scale. */
static enum annot_status number_categories(struct ratings *r)
{
	bool order = annot_scale_ordered(&r->scale) > 0;
	int8_t next = 0;
	for (int outside = 0; outside < 2; outside++) {
		for (size_t i = 0; i < r->scale.n; i++)
			if ((!order || r->scale.ratings[i].pole == '?') == outside)
				r->category[i] = next++;
		r->matrix.ordered = outside ? r->matrix.ordered : (size_t)next;
	}
	r->matrix.categories = r->scale.n;
	if (r->a->weights > ANNOT_WEIGHTS_NONE && !order)
		return annot_fail(&r->a->ctl->err, ANNOT_USAGE,
				  "--weights: the ratings of scale %s stand in no order from one "
				  "pole to the other; only --weights none fits it",
				  r->scale.name);
	return ANNOT_OK;
}
_Static_assert((int)ANNOT_SCALE_RATINGS_MAX <= (int)ANNOT_AGREEMENT_CATEGORIES_MAX,
	       "a rating is a category");

/* The category of a rating; ANNOT_UNRATED where the scale in force has none of that name. */
static int8_t category_of(const struct ratings *r, const char *rating)
{
	for (size_t i = 0; i < r->scale.n; i++)
		if (strcmp(r->scale.ratings[i].name, rating) == 0)
			return r->category[i];
	return ANNOT_UNRATED;
}

/* --- the table --- */

static int by_unit(const void *a, const void *b)
{
	const struct vote *x = a, *y = b;
	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->coder != y->coder)
		return x->coder < y->coder ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Leaves the latest vote of each person on each unit, on the scale. */
static void sift(struct ratings *r)
{
	size_t n, kept = 0;
	struct vote *votes = votes_of(r, &n);
	for (size_t i = 0; i < n; i++) {
		r->other_scale += strcmp(votes[i].scale, r->scale.name) != 0;
		if (strcmp(votes[i].scale, r->scale.name) == 0)
			votes[kept++] = votes[i];
	}
	n = kept;
	kept = 0;
	if (n > 0)
		qsort(votes, n, sizeof *votes, by_unit);
	for (size_t i = 0; i < n; i++) {
		bool later = i + 1 < n && votes[i + 1].unit == votes[i].unit &&
			     votes[i + 1].coder == votes[i].coder;
		bool on_scale = category_of(r, votes[i].rating) != ANNOT_UNRATED;
		r->superseded += later;
		r->off_scale += !later && !on_scale;
		if (!later && on_scale)
			votes[kept++] = votes[i];
	}
	annot_buf_truncate(&r->votes, kept * sizeof *votes);
}

static enum annot_status fill_table(struct ratings *r)
{
	struct agreement *a = r->a;
	size_t n, units = n_units(r);
	struct vote *votes = votes_of(r, &n);
	size_t *columns = annot_arena_array(a->arena, a->n_people + 1, sizeof *columns);
	if (!columns)
		return annot_fail(&a->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++)
		a->people[votes[i].coder].n++;
	TRY(people_compact(a, columns,
			   annot_arena_printf(a->arena, "rated what the query selects%s%s",
					      *r->scale.name ? " on scale " : "", r->scale.name)));
	if (units > ANNOT_AGREEMENT_ITEMS_MAX || units * a->n_people > ANNOT_AGREEMENT_CELLS_MAX)
		return annot_fail(&a->ctl->err, ANNOT_TOO_LARGE,
				  "%zu records and %zu persons; a narrower query has fewer", units,
				  a->n_people);
	int8_t *cells = annot_arena_alloc(a->arena, units * a->n_people);
	if (!cells)
		return annot_fail(&a->ctl->err, ANNOT_NO_MEMORY, "out of memory");
	memset(cells, ANNOT_UNRATED, units * a->n_people);
	for (size_t i = 0; i < n; i++) {
		votes[i].coder = columns[votes[i].coder];
		cells[votes[i].unit * a->n_people + votes[i].coder] =
			category_of(r, votes[i].rating);
	}
	r->matrix.items = units;
	r->matrix.coders = a->n_people;
	r->matrix.cells = cells;
	if (measures_coverage(&r->matrix).compared == 0)
		return annot_fail(&a->ctl->err, ANNOT_REFUSED,
				  "no record was rated by two persons; %zu have rated %zu between "
				  "them",
				  a->n_people, n);
	return ANNOT_OK;
}

static enum annot_status compute(struct ratings *r)
{
	const char *scale;
	TRY(ratings_gather(r));
	TRY(choose_scale(r, &scale));
	if (scale) {
		TRY(find_scale(r, scale));
		TRY(number_categories(r));
	}
	sift(r);
	return fill_table(r);
}

enum annot_status agreement_ratings(struct agreement *a)
{
	struct ratings r = {.a = a,
			    .units = LIST_INIT,
			    .by_record = LIST_INIT,
			    .by_annotation = LIST_INIT,
			    .votes = LIST_INIT,
			    .strays = LIST_INIT};
	enum annot_status status = compute(&r);
	if (status == ANNOT_OK)
		status = a->disagreements                ? ratings_disagreements(&r)
			 : a->ctl->format == FORMAT_TEXT ? ratings_text(&r)
							 : ratings_json(&r);
	ratings_free(&r);
	return status;
}
