/* What came out for ratings, as text and JSON. */
#include "ratings.h"

/* "false < half-true < true", or with commas those outside of the order. */
static const char *categories_text(const struct ratings *r, bool outside)
{
	const char *text = "";
	for (size_t i = 0; text && i < r->scale.n; i++)
		if (((size_t)r->category[i] >= r->matrix.ordered) == outside)
			text = annot_arena_printf(r->a->ctl->arena, "%s%s%s", text,
						  !*text    ? ""
						  : outside ? ", "
							    : " < ",
						  r->scale.ratings[i].name);
	return text ? text : "";
}

/* Ratings that stand outside of the order. */
static size_t count_outside(const struct ratings *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->matrix.items * r->matrix.coders; i++)
		n += r->matrix.cells[i] >= (int)r->matrix.ordered;
	return r->matrix.ordered >= 2 ? n : 0;
}

static const char *excluded_text(const struct ratings *r)
{
	struct coverage c = measures_coverage(&r->matrix);
	size_t all = n_units(r) + r->withheld;
	const char *text =
		annot_arena_printf(r->a->ctl->arena,
				   "%zu of %zu record%s compared; excluded: %zu "
				   "rated by one person, %zu not rated, "
				   "%zu withheld",
				   c.compared, all, annot_plural(all), c.one, c.none, r->withheld);
	return text ? text : "";
}

static const char *left_out_text(const struct ratings *r)
{
	size_t n;
	votes_of(r, &n);
	const char *text = annot_arena_printf(
		r->a->ctl->arena,
		"counted: %zu verdict%s; left out: %zu on another version, %zu on another scale, "
		"%zu "
		"replaced by the person's later one, %zu of a rating that the scale no longer has, "
		"%zu by a stolen key",
		n, annot_plural(n), r->other_version, r->other_scale, r->superseded, r->off_scale,
		r->stolen);
	return text ? text : "";
}

enum annot_status ratings_text(const struct ratings *r)
{
	struct ctl *ctl = r->a->ctl;
	out_text(ctl, "ratings on scale %s", r->scale.name);
	if (r->matrix.ordered >= 2)
		out_text(ctl, ": %s\n", categories_text(r, false));
	else
		out_text(ctl, ", which has no order: %s\n", categories_text(r, true));
	out_text(ctl, "%s\n%s\n", excluded_text(r), left_out_text(r));
	if (r->matrix.ordered >= 2 && r->matrix.ordered < r->matrix.categories)
		out_text(ctl,
			 "outside the order (%s): %zu rating%s, missing for all that is weighted, "
			 "ordinal or interval\n",
			 categories_text(r, true), count_outside(r),
			 annot_plural(count_outside(r)));
	out_text(ctl, "%s\n", people_text(r->a));
	return measures_text(r->a, &r->matrix);
}

static json_t *categories_json(const struct ratings *r, bool outside)
{
	json_t *list = json_array();
	for (size_t i = 0; i < r->scale.n; i++)
		if (((size_t)r->category[i] >= r->matrix.ordered) == outside)
			json_array_append_new(list, json_string(r->scale.ratings[i].name));
	return list;
}

enum annot_status ratings_json(const struct ratings *r)
{
	struct coverage c = measures_coverage(&r->matrix);
	size_t n;
	votes_of(r, &n);
	json_t *object = json_pack(
		"{s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:{s:I, s:I, s:I}, s:{s:I, s:I, s:I, s:I, "
		"s:I, "
		"s:I, s:I}, s:o}",
		"on", "ratings", "scale", r->scale.name, "order", categories_json(r, false),
		"outside_order", categories_json(r, true), "size", (json_int_t)r->a->size, "units",
		(json_int_t)(n_units(r) + r->withheld), "compared", (json_int_t)c.compared,
		"excluded", "one_person", (json_int_t)c.one, "not_rated", (json_int_t)c.none,
		"withheld", (json_int_t)r->withheld, "verdicts", "counted", (json_int_t)n,
		"outside_order", (json_int_t)count_outside(r), "other_version",
		(json_int_t)r->other_version, "other_scale", (json_int_t)r->other_scale,
		"superseded", (json_int_t)r->superseded, "off_scale", (json_int_t)r->off_scale,
		"stolen_key", (json_int_t)r->stolen, "persons", people_json(r->a, "ratings"));
	enum annot_status status = measures_json(r->a, &r->matrix, object);
	if (status == ANNOT_OK)
		out_json(r->a->ctl, object);
	else
		json_decref(object);
	return status;
}

static json_t *disagreement_json(const struct ratings *r, const struct vote *votes, size_t n)
{
	const struct unit *unit = &LIST_ITEMS(struct unit, &r->units)[votes->unit];
	json_t *said = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(said, json_pack("{s:s, s:s, s:s, s:I}", "person",
						      r->a->people[votes[i].coder].name, "rating",
						      votes[i].rating, "verdict",
						      annot_hash_hex(&votes[i].record).text,
						      "index", (json_int_t)votes[i].index));
	return json_pack("{s:s, s:s, s:I, s:s, s:I, s:s, s:s, s:o}", "record",
			 annot_hash_hex(&unit->record).text, "annotation",
			 annot_hash_hex(&unit->annotation).text, "version",
			 (json_int_t)unit->version, "kind", unit->kind, "index",
			 (json_int_t)unit->index, "words", unit->words ? unit->words : "", "scale",
			 r->scale.name, "ratings", said);
}

enum annot_status ratings_disagreements(const struct ratings *r)
{
	struct ctl *ctl = r->a->ctl;
	size_t n, end;
	const struct unit *units = LIST_ITEMS(struct unit, &r->units);
	const struct vote *votes = votes_of(r, &n);
	out_note(ctl, "%s", excluded_text(r));
	out_note(ctl, "%s", left_out_text(r));
	disagreements_begin(r->a);
	for (size_t at = 0; at < n; at = end) {
		for (end = at; end < n && votes[end].unit == votes[at].unit;)
			end++;
		if (measures_differ(&r->matrix, votes[at].unit))
			disagreement(r->a, &units[votes[at].unit].annotation,
				     disagreement_json(r, votes + at, end - at));
	}
	disagreements_end(r->a);
	return ANNOT_OK;
}
