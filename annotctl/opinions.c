#include "opinions.h"

#include <string.h>

#include "key.h"
#include "out/out.h"
#include "out/record.h"
#include "rows.h"

/* --- gathering --- */

struct version {
	struct annot_hash record;
	uint64_t number;
};

struct gathered {
	struct annot_arena *arena; /* that outlives the page */
	struct annot_hash annotation;
	struct version *versions; /* they stand in the log before what is said on them */
	size_t n_versions, versions_cap;
	struct opinions *ret;
};

/* Room for one more of n items; they move to an array twice as large. */
static enum annot_status room(struct ctl *ctl, struct gathered *g, void **list, size_t n,
			      size_t *cap, size_t size)
{
	if (n == OPINIONS_MAX)
		return annot_fail(&ctl->err, ANNOT_TOO_LARGE,
				  "more than %d versions, reviews or links of %s; annotctl history "
				  "lists them all",
				  OPINIONS_MAX, annot_short_id(&g->annotation).text);
	if (n < *cap)
		return ANNOT_OK;
	size_t more = *cap ? 2 * *cap : 16;
	void *grown = annot_arena_array(g->arena, more, size);
	if (!grown)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (n > 0)
		memcpy(grown, *list, n * size);
	*list = grown;
	*cap = more;
	return ANNOT_OK;
}

static enum annot_status take_version(struct ctl *ctl, struct gathered *g,
				      const struct annot_row *row, const struct row_ids *ids)
{
	void *list = g->versions;
	TRY(room(ctl, g, &list, g->n_versions, &g->versions_cap, sizeof *g->versions));
	g->versions = list;
	g->versions[g->n_versions++] = (struct version){ids->record, row->version};
	return ANNOT_OK;
}

/* What a review is on, or a link leads to: the card and the version that it names, if it is one of
 * these. */
static const struct version *version_meant(const struct gathered *g,
					   const struct annot_record *record)
{
	bool review = record->kind->kind == ANNOT_KIND_review;
	const struct annot_card *card = annot_record_card(record, review ? "on" : "to");
	for (size_t i = 0; card && i < g->n_versions; i++)
		if (annot_hash_equal(&g->versions[i].record, &card->hash))
			return &g->versions[i];
	return NULL;
}

static bool stands(const struct annot_row *row, const struct annot_record *record)
{
	enum annot_kind kind = record->kind->kind;
	return (kind == ANNOT_KIND_review || kind == ANNOT_KIND_link) && row->head &&
	       strcmp(row->effect, "effective") == 0 && strcmp(row->review, "retracted") != 0;
}

static bool same_person(const struct opinion *a, const struct opinion *b)
{
	if (a->name && b->name)
		return strcmp(a->name, b->name) == 0; /* a name is one person's for ever */
	return annot_hash_equal(&a->record->author, &b->record->author);
}

/* A person's last review of a version is the one that counts. */
static void supersede(struct opinions *o)
{
	const struct opinion *last = &o->list[o->n - 1];
	for (size_t i = 0; last->counts && i + 1 < o->n; i++) {
		struct opinion *before = &o->list[i];
		if (before->kind == last->kind && annot_hash_equal(&before->on, &last->on) &&
		    same_person(before, last))
			before->counts = false;
	}
}

static enum annot_status take_opinion(struct ctl *ctl, struct gathered *g,
				      const struct annot_row *row, const struct version *on)
{
	struct opinions *o = g->ret;
	struct annot_fetched f;
	void *list = o->list;
	TRY(room(ctl, g, &list, o->n, &o->cap, sizeof *o->list));
	o->list = list;
	TRY(annot_check_row(ctl->annot, row, g->arena, &f, &ctl->err));
	bool review = f.record->kind->kind == ANNOT_KIND_review;
	const char *id = record_short(ctl, &f.record->annotation, row->version);
	o->list[o->n++] = (struct opinion){
		.kind = f.record->kind->kind,
		.index = row->index,
		.id = annot_arena_copy(g->arena, id, strlen(id)),
		.record = f.record,
		.name = row->author_name ? annot_arena_copy(g->arena, row->author_name,
							    strlen(row->author_name))
					 : NULL,
		.word = annot_record_text(f.record, review ? "decision" : "relation"),
		.reason = annot_record_text(f.record, "reason"),
		.on = on->record,
		.on_version = on->number,
		.counts = review && !record_has_flag(row, "compromised"),
	};
	if (!o->list[o->n - 1].id)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	supersede(o);
	return ANNOT_OK;
}

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, void *arg)
{
	struct gathered *g = arg;
	struct row_ids ids;
	TRY(rows_ids(ctl, row, record, &ids));
	if (annot_hash_equal(&ids.annotation, &g->annotation))
		return take_version(ctl, g, row, &ids);
	const struct version *on = record && stands(row, record) ? version_meant(g, record) : NULL;
	return on ? take_opinion(ctl, g, row, on) : ANNOT_OK;
}

enum annot_status opinions_fetch(struct ctl *ctl, const struct annot_fetched *of,
				 struct opinions *ret)
{
	*ret = (struct opinions){0};
	if (!of->record)
		return ANNOT_OK;
	struct gathered g = {.arena = ctl->arena, .annotation = of->record->annotation, .ret = ret};
	struct annot_hex id = annot_hash_hex(&of->record->annotation);
	return rows_each(ctl, &(struct rows_request){.history_of = id.text}, take, &g, NULL);
}

/* --- printing --- */

static json_t *opinion_json(struct ctl *ctl, const struct opinion *o)
{
	bool review = o->kind == ANNOT_KIND_review;
	json_t *object = json_pack(
		"{s:s, s:s, s:I, s:{s:s?, s:s}, s:s, s:s, s:I, s:s, s:s?}", "record",
		annot_hash_hex(&o->record->id).text, "annotation",
		annot_hash_hex(&o->record->annotation).text, "index", (json_int_t)o->index,
		"author", "name", o->name, "key", key_fingerprint(ctl, &o->record->author), "time",
		o->record->time, review ? "on" : "to", annot_hash_hex(&o->on).text,
		review ? "on_version" : "to_version", (json_int_t)o->on_version,
		review ? "decision" : "relation", o->word, "reason", o->reason);
	if (review)
		json_object_set_new(object, "counts", json_boolean(o->counts));
	else
		json_object_set_new(object, "from",
				    json_string(annot_record_text(o->record, "from")));
	return object;
}

void opinions_json(struct ctl *ctl, const struct opinions *o, json_t *object)
{
	json_t *reviews = json_array(), *links = json_array();
	for (size_t i = 0; i < o->n; i++)
		json_array_append_new(o->list[i].kind == ANNOT_KIND_review ? reviews : links,
				      opinion_json(ctl, &o->list[i]));
	json_object_set_new(object, "reviews", reviews);
	json_object_set_new(object, "links", links);
}

static void print_opinion(struct ctl *ctl, const struct annot_fetched *of, const struct opinion *o)
{
	out_text(ctl, "    %-14s %s, %s", out_safe(ctl, o->word),
		 o->name ? out_safe(ctl, o->name) : "?", o->id);
	if (o->kind == ANNOT_KIND_link)
		out_text(ctl, ", by %s",
			 annot_short_id(&annot_record_card(o->record, "from")->hash).text);
	if (!annot_hash_equal(&o->on, &of->record->id))
		out_text(ctl, ", on version %llu", (unsigned long long)o->on_version);
	else if (o->kind == ANNOT_KIND_review && !o->counts)
		out_text(ctl, ", not counted");
	out_text(ctl, "\n");
	if (o->reason)
		out_text(ctl, "                   %s\n", out_safe_flat(ctl, o->reason));
}

static void print_kind(struct ctl *ctl, const struct annot_fetched *of, const struct opinions *o,
		       enum annot_kind kind, const char *heading)
{
	for (size_t i = 0; i < o->n; i++) {
		if (o->list[i].kind != kind)
			continue;
		if (heading)
			out_text(ctl, "  %s\n", heading);
		heading = NULL;
		print_opinion(ctl, of, &o->list[i]);
	}
}

void opinions_text(struct ctl *ctl, const struct annot_fetched *of, const struct opinions *o)
{
	print_kind(ctl, of, o, ANNOT_KIND_review, "reviews");
	print_kind(ctl, of, o, ANNOT_KIND_link, "linked to it");
}
