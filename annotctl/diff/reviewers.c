/*
 * Two reviewers over a query: words that both marked (alike or differently), marks that overlap,
 * marks that only one has, and annotations that they rate differently. Places are compared within
 * one version of a document.
 */
#include "reviewers.h"

#include <string.h>

static const char *const names[] = {"same", "differ", "overlap", "only_a", "only_b", "verdicts"};

/* --- for the parts --- */

bool diff_is_by(const struct annot_row *row, const struct side *side)
{
	return row->author_name && strcmp(row->author_name, side->name) == 0;
}

void diff_found(struct ctl *ctl, struct reviewers *r, enum found what, json_t *object)
{
	r->n[what]++;
	if (r->lists[what]) {
		json_array_append_new(r->lists[what], object);
	} else if (ctl->format == FORMAT_NDJSON && !r->stat && object) {
		json_object_set_new(object, "found", json_string(names[what]));
		out_json(ctl, object);
	} else {
		json_decref(object);
	}
}

/* --- all of it --- */

static enum annot_status subject_each(struct ctl *ctl, const struct annot_row *row,
				      const struct annot_record *record, void *arg)
{
	struct reviewers *r = arg;
	(void)row;
	return record ? numbered_add(ctl, &r->subjects, &record->annotation, 0) : ANNOT_OK;
}

/* A misspelt name must not look like a person who has said nothing. */
static enum annot_status check_person(struct ctl *ctl, const char *name)
{
	const struct annot_keys_reply *keys;
	TRY(annot_keys(ctl->annot, &keys, &ctl->err));
	for (size_t i = 0; i < keys->n_keys; i++)
		if (strcmp(keys->keys[i].name, name) == 0)
			return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_USAGE,
			  "--reviewers: nobody named %s is enrolled (annotctl reviewer list)",
			  name);
}

static enum annot_status collect(struct ctl *ctl, struct reviewers *r)
{
	for (size_t s = 0; s < 2; s++)
		TRY(check_person(ctl, r->sides[s].name));
	if (r->selective)
		TRY(rows_each(ctl, &(struct rows_request){.query = r->query}, subject_each, r,
			      NULL));
	numbered_sort(&r->subjects);
	for (size_t s = 0; s < 2; s++) {
		TRY(diff_marks_collect(ctl, r, &r->sides[s]));
		TRY(diff_ratings_collect(ctl, &r->sides[s]));
	}
	return ANNOT_OK;
}

static void summary(struct ctl *ctl, struct reviewers *r)
{
	if (ctl->format == FORMAT_TEXT) {
		if (r->stat || !ctl->quiet)
			out_text(ctl,
				 "words that both marked: %zu alike, %zu differently; overlaps: "
				 "%zu; only %s: %zu; only %s: %zu; rated differently: %zu\n",
				 r->n[SAME], r->n[DIFFER], r->n[OVERLAP], r->sides[0].name,
				 r->n[ONLY_A], r->sides[1].name, r->n[ONLY_B], r->n[RATED]);
		return;
	}
	json_t *stat = json_object();
	for (size_t i = 0; i < FOUND; i++)
		json_object_set_new(stat, names[i], json_integer((json_int_t)r->n[i]));
	json_t *object = json_pack("{s:[s,s], s:o}", "reviewers", r->sides[0].name,
				   r->sides[1].name, "stat", stat);
	for (size_t i = 0; i < FOUND; i++)
		if (r->lists[i])
			json_object_set(object, names[i], r->lists[i]);
	out_json(ctl, object);
}

int diff_reviewers(struct ctl *ctl, const char *const who[2], const char *query, bool stat)
{
	struct reviewers r = {
		.query = query, .selective = *query != '\0', .stat = stat, .subjects = LIST_INIT};
	if (strcmp(who[0], who[1]) == 0)
		return ctl_usage(ctl, "--reviewers %s %s: name two persons", who[0], who[1]);
	for (size_t i = 0; i < 2; i++)
		r.sides[i] = (struct side){
			.name = out_safe(ctl, who[i]), .marks = LIST_INIT, .ratings = LIST_INIT};
	for (size_t i = 0; i < FOUND && ctl->format == FORMAT_JSON && !stat; i++)
		r.lists[i] = json_array();
	enum annot_status status = collect(ctl, &r);
	if (status == ANNOT_OK)
		status = diff_marks_compare(ctl, &r);
	if (status == ANNOT_OK) {
		diff_ratings_compare(ctl, &r);
		if (ctl->format != FORMAT_NDJSON || stat)
			summary(ctl, &r);
	}
	for (size_t i = 0; i < FOUND; i++)
		json_decref(r.lists[i]);
	for (size_t i = 0; i < 2; i++) {
		annot_buf_free(&r.sides[i].marks);
		annot_buf_free(&r.sides[i].ratings);
	}
	annot_buf_free(&r.subjects);
	if (status != ANNOT_OK)
		return ctl_fail(ctl, status);
	return r.n[DIFFER] + r.n[OVERLAP] + r.n[ONLY_A] + r.n[ONLY_B] + r.n[RATED] > 0
		       ? annot_exit_code(ANNOT_NO)
		       : 0;
}
