/* An annotation: what it says, what was said on it, how it came to be, and the proofs. */
#include <jansson.h>
#include <string.h>

#include "../out/record.h"
#include "../verdicts.h"
#include "report.h"

/* --- who, when, which --- */

static void put_who(struct report *r, struct html *h, const struct report_entry *e)
{
	html_put(h, "%s <code>%s</code> by <b data-by>", annot_kind_def(e->kind)->name,
		 report_short(r, e));
	html_textz(h, e->row->author_name ? e->row->author_name : "?");
	html_put(h, "</b>");
}

/* What annotctl found when it made the page: a claim of this page's maker, and named as such. */
static void put_judged(struct html *h, const struct report_item *item)
{
	const struct annot_gated *g = item->gated;
	size_t missing = 0;
	for (size_t i = 0; i < g->n_lines; i++)
		missing += annot_gate_missing(&g->lines[i]);
	html_put(h,
		 "<p class=\"judged\">When this page was made <code>annotctl verify</code> said "
		 "<b>%s</b>",
		 annot_verdict_name(g->report->verdict));
	if (g->passed)
		html_put(h, ", and the gate was open.");
	else
		html_put(h, ", and the gate was closed: %zu thing%s missing or wrong.", missing,
			 missing == 1 ? "" : "s");
	html_put(h, "</p>\n");
}

/* --- what was said --- */

/* Its ratings by persons, most first: [{scale, rating, persons}]; NULL: nobody rated it. */
static enum annot_status count_ratings(struct report *r, const struct report_item *item,
				       json_t **ret)
{
	struct annot_fetched of = {.row = item->head->row, .record = item->head->proved->record};
	struct verdicts verdicts;
	bool rated = false;
	*ret = NULL;
	for (size_t i = 0; i < item->n_entries; i++)
		rated |= item->entries[i].kind == ANNOT_KIND_verdict;
	if (!rated || !of.record)
		return ANNOT_OK;
	TRY(verdicts_fetch(r->ctl, &of, &verdicts));
	*ret = json_object();
	verdicts_json(r->ctl, &of, &verdicts, *ret);
	return ANNOT_OK;
}

static void put_ratings(struct html *h, const json_t *counted)
{
	const json_t *list = json_object_get(counted, "ratings"), *one;
	size_t i;
	if (json_array_size(list) == 0)
		return;
	html_put(h, "<p class=\"ratings\">Rated");
	json_array_foreach(list, i, one)
	{
		html_put(h, "%s <b>", i ? "," : "");
		html_textz(h, json_string_value(json_object_get(one, "rating")));
		html_put(h, "</b> (");
		html_textz(h, json_string_value(json_object_get(one, "scale")));
		html_put(h, ") by %lld",
			 (long long)json_integer_value(json_object_get(one, "persons")));
	}
	html_put(h, "</p>\n");
}

/* Whether more persons gave another rating on the same scale: the rows are sorted. */
static bool dissents(const json_t *counted, const struct annot_record *verdict)
{
	const json_t *list = json_object_get(counted, "ratings"), *one;
	size_t i;
	long long most = 0;
	json_array_foreach(list, i, one)
	{
		long long persons = json_integer_value(json_object_get(one, "persons"));
		const char *scale = json_string_value(json_object_get(one, "scale"));
		const char *rating = json_string_value(json_object_get(one, "rating"));
		if (!scale || !rating || strcmp(scale, annot_record_text(verdict, "scale")) != 0)
			continue;
		if (persons > most)
			most = persons;
		if (strcmp(rating, annot_record_text(verdict, "rating")) == 0)
			return persons < most;
	}
	return false;
}

static enum annot_status put_said(struct report *r, struct html *h, const struct report_entry *e,
				  const json_t *counted)
{
	const struct annot_record *record = e->proved ? e->proved->record : NULL;
	bool dissent = e->kind == ANNOT_KIND_verdict && record && dissents(counted, record);
	html_put(h, "<section class=\"said %s%s\" data-of=\"%s\">\n<p class=\"who\">",
		 annot_kind_def(e->kind)->name, dissent ? " dissent" : "",
		 annot_hash_hex(&e->id).text);
	put_who(r, h, e);
	html_put(h, "%s%s", dissent ? " <span class=\"state dissent\">dissent</span>" : "",
		 e->row->blind ? ", blind" : "");
	if (e->row->on_version)
		html_put(h, ", on version %llu", (unsigned long long)e->row->on_version);
	if (e->row->on_version && !e->row->on_head)
		html_put(h, " (replaced since)");
	report_put_state(h, e);
	html_put(h, "</p>\n");
	report_put_cards(r, h, e);
	if (e->proved)
		TRY(report_put_record(r, h, e->proved));
	html_put(h, "</section>\n");
	return ANNOT_OK;
}

/* One heading of what was said: the kinds that stand below it. */
static const struct said_group {
	const char *title, *kinds;
} groups[] = {
	{"Verdicts, evidence and dissent", "|verdict|seal|"},
	{"Reviews", "|review|reaffirm|retract|withhold|"},
	{"Relations", "|link|"},
	{"Discussion", "|comment|"},
};

static bool in_group(const struct said_group *group, const struct report_entry *e)
{
	const char *name = annot_kind_def(e->kind)->name;
	return annot_word_in(group->kinds, name, strlen(name));
}

/* Old versions of what was said are left to the log: the newest says what its author stands by. */
static bool is_current(const struct report_item *item, const struct report_entry *e)
{
	return e->row->head && !annot_hash_equal(&e->annotation, &item->annotation);
}

static enum annot_status put_groups(struct report *r, struct html *h,
				    const struct report_item *item, const json_t *counted,
				    int level)
{
	for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
		bool begun = false;
		for (size_t i = 0; i < item->n_entries; i++) {
			const struct report_entry *e = &item->entries[i];
			if (!is_current(item, e) || !in_group(&groups[g], e))
				continue;
			if (!begun)
				html_put(h, "<h%d>%s</h%d>\n", level, groups[g].title, level);
			begun = true;
			TRY(put_said(r, h, e, counted));
		}
	}
	return ANNOT_OK;
}

/* --- all of it --- */

static void put_heading(struct report *r, struct html *h, const struct report_item *item, int level)
{
	html_put(h, "<h%d><a class=\"number\" href=\"#a%zu\">%zu</a> ", level, item->number,
		 item->number);
	put_who(r, h, item->head);
	report_put_state(h, item->head);
	html_put(h, "</h%d>\n", level);
}

enum annot_status report_put_article(struct report *r, struct html *h,
				     const struct report_item *item)
{
	int level = item->kind == ANNOT_KIND_claim || item->kind == ANNOT_KIND_document ? 3 : 4;
	const struct report_entry *head = item->head;
	json_t *counted = NULL;
	if (head->proved)
		TRY(count_ratings(r, item, &counted));
	html_put(h,
		 "<article class=\"%s%s\" id=\"a%zu\" data-of=\"%s\" data-number=\"%zu\" "
		 "tabindex=\"-1\">\n",
		 annot_kind_def(item->kind)->name,
		 strcmp(head->row->review, "retracted") == 0 ? " gone" : "", item->number,
		 annot_hash_hex(&head->id).text, item->number);
	put_heading(r, h, item, level);
	report_put_cards(r, h, head);
	put_ratings(h, counted);
	put_judged(h, item);
	if (head->proved)
		TRY(report_put_record(r, h, head->proved));
	enum annot_status status = put_groups(r, h, item, counted, level + 1);
	json_decref(counted);
	TRY(status);
	TRY(report_put_history(r, h, item));
	html_put(h, "</article>\n");
	return ANNOT_OK;
}
