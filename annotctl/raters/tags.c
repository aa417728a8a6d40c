/*
 * Tags. A unit is the same words of the same version of a document, which several persons marked.
 * For each tag a person says yes to a unit, with a tag on any of the person's marks of these words,
 * or no, with none on all of them. Who did not mark the words has said nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "marks.h"

enum { NO, YES };

struct tags {
	struct marks marks;
	size_t units;
	int8_t *cells;
	struct annot_ratings matrix; /* of one tag after the other */
};

static const struct mark *sort(struct tags *t, size_t *ret_n)
{
	struct mark *marks = marks_of(&t->marks, ret_n);
	if (*ret_n > 0)
		qsort(marks, *ret_n, sizeof *marks, marks_by_words);
	t->units = 0;
	for (size_t i = 0; i < *ret_n; i++)
		t->units += i == 0 || !marks_same_words(&marks[i - 1], &marks[i]);
	return marks;
}

static bool has_tag(const struct tags *t, const struct mark *mark, size_t tag)
{
	const size_t *tags = LIST_ITEMS(size_t, &t->marks.tags) + mark->tag;
	for (size_t i = 0; i < mark->n_tags; i++)
		if (tags[i] == tag)
			return true;
	return false;
}

/* The table of one tag. */
static void fill(struct tags *t, size_t tag)
{
	size_t n, unit = 0, coders = t->matrix.coders;
	const struct mark *marks = marks_of(&t->marks, &n);
	memset(t->cells, ANNOT_UNRATED, t->units * coders);
	for (size_t i = 0; i < n; i++) {
		unit += i > 0 && !marks_same_words(&marks[i - 1], &marks[i]);
		int8_t *cell = &t->cells[unit * coders + marks[i].coder];
		if (has_tag(t, &marks[i], tag))
			*cell = YES;
		else if (*cell == ANNOT_UNRATED)
			*cell = NO;
	}
}

static enum annot_status compute(struct tags *t)
{
	struct agreement *a = t->marks.a;
	struct annot_error *err = &a->ctl->err;
	size_t n;
	TRY(marks_gather(&t->marks));
	TRY(marks_people(&t->marks));
	sort(t, &n);
	if (t->marks.n_names == 0)
		return annot_fail(err, ANNOT_REFUSED, "nothing that the query selects has a tag");
	if (t->units > ANNOT_AGREEMENT_ITEMS_MAX ||
	    t->units * a->n_people > ANNOT_AGREEMENT_CELLS_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE,
				  "%zu places and %zu persons; a narrower query has fewer",
				  t->units, a->n_people);
	t->cells = annot_arena_alloc(a->arena, t->units * a->n_people);
	if (!t->cells)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	t->matrix = (struct annot_ratings){
		.items = t->units, .coders = a->n_people, .categories = 2, .cells = t->cells};
	fill(t, 0);
	if (measures_coverage(&t->matrix).compared == 0)
		return annot_fail(err, ANNOT_REFUSED,
				  "no words were marked by two persons: %zu place%s, each by one",
				  t->units, annot_plural(t->units));
	return ANNOT_OK;
}

/* --- output --- */

static const char *excluded_text(const struct tags *t)
{
	struct coverage c = measures_coverage(&t->matrix);
	const char *text = annot_arena_printf(t->marks.a->ctl->arena,
					      "%zu of %zu place%s compared; excluded: %zu marked "
					      "by one person",
					      c.compared, t->units, annot_plural(t->units), c.one);
	return text ? text : "";
}

static size_t count_yes(const struct tags *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->units * t->matrix.coders; i++)
		n += t->cells[i] == YES;
	return n;
}

static enum annot_status print_text(struct tags *t)
{
	struct ctl *ctl = t->marks.a->ctl;
	out_text(ctl, "tags: yes or no of each place that a person marked\n%s\n%s\n%s\n",
		 excluded_text(t), marks_text(&t->marks), people_text(t->marks.a));
	for (size_t tag = 0; tag < t->marks.n_names; tag++) {
		fill(t, tag);
		size_t yes = count_yes(t);
		out_text(ctl, "\ntag %s: %zu time%s yes\n", out_safe_flat(ctl, t->marks.names[tag]),
			 yes, annot_plural(yes));
		TRY(measures_text(t->marks.a, &t->matrix));
	}
	return ANNOT_OK;
}

static enum annot_status print_json(struct tags *t)
{
	struct coverage c = measures_coverage(&t->matrix);
	json_t *tags = json_array();
	json_t *object =
		json_pack("{s:s, s:I, s:I, s:I, s:{s:I}, s:o, s:o}", "on", "tags", "size",
			  (json_int_t)t->marks.a->size, "units", (json_int_t)t->units, "compared",
			  (json_int_t)c.compared, "excluded", "one_person", (json_int_t)c.one,
			  "persons", people_json(t->marks.a, "marks"), "tags", tags);
	enum annot_status status = ANNOT_OK;
	marks_json(&t->marks, object);
	for (size_t tag = 0; tag < t->marks.n_names && status == ANNOT_OK; tag++) {
		fill(t, tag);
		json_t *one = json_pack("{s:s, s:I}", "tag", t->marks.names[tag], "yes",
					(json_int_t)count_yes(t));
		json_array_append_new(tags, one);
		status = measures_json(t->marks.a, &t->matrix, one);
	}
	if (status == ANNOT_OK)
		out_json(t->marks.a->ctl, object);
	else
		json_decref(object);
	return status;
}

static json_t *people_who(const struct tags *t, size_t unit, int8_t said)
{
	json_t *list = json_array();
	for (size_t i = 0; i < t->matrix.coders; i++)
		if (t->cells[unit * t->matrix.coders + i] == said)
			json_array_append_new(list, json_string(t->marks.a->people[i].name));
	return list;
}

static void list_disagreements(struct tags *t, const char *tag)
{
	size_t n, unit = 0;
	const struct mark *marks = marks_of(&t->marks, &n);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && marks_same_words(&marks[i - 1], &marks[i]))
			continue;
		unit += i > 0;
		if (!measures_differ(&t->matrix, unit))
			continue;
		json_t *object = mark_json(&marks[i]);
		json_object_set_new(object, "tag", json_string(tag));
		json_object_set_new(object, "yes", people_who(t, unit, YES));
		json_object_set_new(object, "no", people_who(t, unit, NO));
		disagreement(t->marks.a, &marks[i].annotation, object);
	}
}

static enum annot_status print_disagreements(struct tags *t)
{
	out_note(t->marks.a->ctl, "%s", excluded_text(t));
	out_note(t->marks.a->ctl, "%s", marks_text(&t->marks));
	disagreements_begin(t->marks.a);
	for (size_t tag = 0; tag < t->marks.n_names; tag++) {
		fill(t, tag);
		list_disagreements(t, t->marks.names[tag]);
	}
	disagreements_end(t->marks.a);
	return ANNOT_OK;
}

enum annot_status agreement_tags(struct agreement *a)
{
	struct tags t = {.marks = MARKS_INIT(a)};
	enum annot_status status = compute(&t);
	if (status == ANNOT_OK)
		status = a->disagreements                ? print_disagreements(&t)
			 : a->ctl->format == FORMAT_TEXT ? print_text(&t)
							 : print_json(&t);
	marks_free(&t.marks);
	return status;
}
