/*
 * Annotations that were exported from this corpus: what they say now of what their record's cards
 * hold makes its next version; the rest is held against what export writes, and what another
 * program changed or added there is a loss.
 */
#include "base/auto.h"
#include "format/build.h"
#include "format/own.h"
#include "format/w3c_import.h"

enum { VALUES_MAX = W3C_VALUES_MAX, FIELD_MAX = 64 };

/* Values of one card, as the annotation has them; more than a property may have cannot come. */
struct values {
	const char *text[VALUES_MAX];
	size_t n;
};

static void add_value(struct values *v, const char *text)
{
	if (text && *text && v->n < VALUES_MAX)
		v->text[v->n++] = text;
}

/* A card that says what it said stays as it is. */
static enum annot_status set_values(struct w3c_work *w, const char *card, const char *field,
				    const struct values *v, struct annot_error *err)
{
	if (!own_differs(w->own->record, card, v->text, v->n))
		return ANNOT_OK;
	return own_replace(w->m, w->draft, card, field, v->text, v->n, err);
}

/* --- what it refers to --- */

/* Whether a resource means the record that a card names; a document is known by its text. */
static enum annot_status means(struct w3c_work *w, const json_t *resource,
			       const struct annot_hash *card, bool *ret, struct annot_error *err)
{
	struct w3c_target t;
	struct annot_hash hash;
	const struct annot_entry *entry;
	TRY(w3c_target_read(w->m, resource, &t, err));
	const char *exact = w3c_text(t.object, W3C_PREFIX "record");
	*ret = own_hash(exact ? exact : t.iri, &hash) && annot_hash_equal(&hash, card);
	if (*ret || !t.sha256)
		return ANNOT_OK;
	TRY(own_get(w->m, card, &entry, err));
	const char *sha256 =
		entry && entry->record ? annot_record_text(entry->record, "sha256") : NULL;
	*ret = sha256 && strcmp(sha256, t.sha256) == 0;
	return ANNOT_OK;
}

/* What stands in the place of a card that names records: it stays what it is. */
static enum annot_status check_refs(struct w3c_work *w, const char *name, const char *field,
				    const json_t *resources, struct annot_error *err)
{
	static const char why[] = "what an annotation of this corpus refers to is amended here";
	const struct annot_card *card = annot_record_card(w->own->record, name);
	size_t n = w3c_count(resources), i = 0;
	for (; card || i < n; i++) {
		bool same = false;
		if (card && i < n)
			TRY(means(w, w3c_item(resources, i), &card->hash, &same, err));
		if (!same && i < n)
			TRY(annot_import_lose(w->m, field, w3c_item(resources, i), why, err));
		else if (!same)
			TRY(annot_import_lose_text(w->m, field, card->text, why, err));
		card = card ? annot_record_card_next(w->own->record, card) : NULL;
	}
	return ANNOT_OK;
}

/* --- bodies --- */

/* The body as export writes it, but for its value. */
static bool as_written(const struct w3c_work *w, const json_t *body, const struct w3c_body *row)
{
	const struct annot_record *r = w->own->record;
	json_t *ours = json_object(), *theirs = json_copy((json_t *)body);
	bool text = strcmp(row->card, "text") == 0;
	build_text(&ours, "type", "TextualBody");
	build_text(&ours, "purpose", w3c_purpose_of(r, row));
	build_text(&ours, "format", "text/plain");
	build_text(&ours, "language", text ? annot_record_text(r, "language") : NULL);
	json_object_del(theirs, "value");
	bool same = ours && json_equal(ours, theirs);
	json_decref(ours);
	json_decref(theirs);
	return same;
}

/* Bodies of one purpose. */
static enum annot_status one_row(struct w3c_work *w, const json_t *bodies,
				 const struct w3c_body *row, json_t *seen, struct annot_error *err)
{
	const char *purpose = w3c_purpose_of(w->own->record, row);
	const json_t *body;
	size_t i;
	struct values v = {.n = 0};
	json_t *sources = json_array();
	enum annot_status status = ANNOT_OK;
	json_array_foreach(bodies, i, body)
	{
		const char *its = w3c_text(body, "purpose");
		if (!its || strcmp(its, purpose) != 0)
			continue;
		json_array_set_new(seen, i, json_true());
		add_value(&v, w3c_text(body, "value"));
		if (json_object_get(body, "source"))
			build_append(&sources, json_incref(json_object_get(body, "source")));
		else if (status == ANNOT_OK && !as_written(w, body, row))
			status = annot_import_lose(w->m, "body", body,
						   "of a body of this corpus only the value can be "
						   "amended",
						   err);
	}
	const struct annot_card_def *def =
		annot_card_def_find(annot_kind_def(w->kind), row->card, strlen(row->card));
	if (status == ANNOT_OK && def->type == ANNOT_CARD_REF)
		status = check_refs(w, row->card, "body", sources, err);
	else if (status == ANNOT_OK)
		status = set_values(w, row->card, "body", &v, err);
	json_decref(sources);
	return status;
}

static enum annot_status made_bodies(struct w3c_work *w, const json_t *bodies,
				     struct annot_error *err)
{
	json_t *seen = json_array();
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; i < json_array_size(bodies); i++)
		build_append(&seen, json_false());
	if (!seen)
		return w3c_no_memory(err);
	for (size_t i = 0; w3c_body_at(i) && status == ANNOT_OK; i++)
		if (w3c_body_at(i)->kind == w->kind)
			status = one_row(w, bodies, w3c_body_at(i), seen, err);
	for (size_t i = 0; i < json_array_size(bodies) && status == ANNOT_OK; i++)
		if (!json_is_true(json_array_get(seen, i)))
			status = annot_import_lose(w->m, "body", json_array_get(bodies, i),
						   "no card of the kind that annot:kind says", err);
	json_decref(seen);
	return status;
}

/* Bodies that were imported with the record: words and tags are cards, the others as they were. */
static enum annot_status kept_bodies(struct w3c_work *w, const json_t *bodies, const json_t *kept,
				     struct annot_error *err)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_ITEM_MAX);
	struct values tags = {.n = 0}, words = {.n = 0};
	const json_t *body, *other;
	size_t i, k;
	w3c_join_notes(bodies, &text);
	TRY(annot_buf_check(&text, "the words of an annotation", err));
	add_value(&words, text.data);
	json_array_foreach(bodies, i, body)
	{
		bool kept_whole = false, tag = w3c_is_tag(body) && w->kind != ANNOT_KIND_comment;
		json_array_foreach(json_object_get(kept, "body"), k, other) kept_whole =
			kept_whole || json_equal(other, body);
		/* One that is kept whole may have had no room among the cards. */
		if (tag && (!kept_whole || w3c_has_tag(w->own->record, w3c_text(body, "value"))))
			add_value(&tags, w3c_text(body, "value"));
		bool there = kept_whole || tag || w3c_is_note(body);
		if (!there)
			TRY(annot_import_lose(w->m, "body", body,
					      "of bodies that were imported, words and tags can be "
					      "amended",
					      err));
	}
	if (w->kind != ANNOT_KIND_comment)
		TRY(set_values(w, "tag", "body", &tags, err));
	if (w->kind == ANNOT_KIND_quote || (words.n == 0 && json_object_get(kept, W3C_MADE)))
		return ANNOT_OK;
	return set_values(w, "text", "body", &words, err);
}

static enum annot_status bodies(struct w3c_work *w, const json_t *kept, struct annot_error *err)
{
	json_t *list = w3c_bodies_of(w);
	if (!list)
		return w3c_no_memory(err);
	enum annot_status status = json_object_get(kept, "body") ? kept_bodies(w, list, kept, err)
								 : made_bodies(w, list, err);
	json_decref(list);
	return status;
}

/* --- targets --- */

/* What stands beside the selectors: the address that export writes, or what was imported. */
static enum annot_status check_around(struct w3c_work *w, const json_t *kept,
				      struct annot_error *err)
{
	const json_t *now = json_object_get(w->kept, "target"), *one;
	const json_t *before = json_object_get(kept, "target");
	size_t i;
	json_array_foreach(now, i, one)
	{
		struct annot_iri room;
		char field[FIELD_MAX];
		const struct annot_source *s = i < w->own->n_sources ? w->own->sources[i] : NULL;
		json_t *ours = json_object();
		if (s && s->record)
			build_text(&ours, "source", w3c_document_iri(s->record, &room));
		bool same = ours && (!s || json_equal(ours, one) ||
				     json_equal(json_array_get(before, i), one));
		json_decref(ours);
		snprintf(field, sizeof field, "target[%zu]", i);
		if (!same)
			TRY(annot_import_lose(w->m, field, one,
					      "a target of this corpus has no place for it", err));
	}
	return ANNOT_OK;
}

static enum annot_status words(struct w3c_work *w, const json_t *kept, bool *ret_whole,
			       struct annot_error *err)
{
	const struct annot_record *r = w->own->record;
	struct annot_hash corpus;
	const json_t *target = w3c_member(w, "target");
	*ret_whole = true;
	/* A claim that stands in no text is about the corpus. */
	if (annot_record_targets(r) == 0 && w3c_count(target) == 1 &&
	    own_hash(json_string_value(w3c_item(target, 0)), &corpus) &&
	    annot_hash_equal(&corpus, &w->m->host.corpus))
		return ANNOT_OK;
	annot_draft_unset(w->draft, "target");
	TRY(w3c_words_targets(w, ret_whole, err));
	return *ret_whole ? check_around(w, kept, err) : ANNOT_OK;
}

/* --- all of it --- */

static enum annot_status cards(struct w3c_work *w, struct annot_error *err)
{
	const struct annot_kind_def *kind = annot_kind_def(w->kind);
	for (size_t i = 0; i < kind->n_cards; i++) {
		const struct annot_card_def *def = &kind->cards[i];
		struct values v = {.n = 0};
		char name[64];
		snprintf(name, sizeof name, W3C_PREFIX "%s", def->name);
		const json_t *value = w3c_member(w, name);
		if (w3c_stands_elsewhere(w->own->record, def))
			continue;
		if (def->type == ANNOT_CARD_REF) {
			TRY(check_refs(w, def->name, name, value, err));
			continue;
		}
		for (size_t k = 0; k < w3c_count(value); k++)
			add_value(&v, json_string_value(w3c_item(value, k)));
		TRY(set_values(w, def->name, name, &v, err));
	}
	return ANNOT_OK;
}

/* Members that have no card: what was exported comes back, and what another program added is said.
 * Who made it and when is what the records say. */
static enum annot_status check_members(struct w3c_work *w, json_t *kept, struct annot_error *err)
{
	static const char held[] = "@context|id|type|canonical|via|motivation|creator|created|"
				   "modified|generator|generated|body|bodyValue|target";
	json_t *others = json_object(), *ours = json_object(), *value;
	const char *name;
	w3c_set_motivation(&ours, w->own->record, kept);
	const json_t *motivation = json_object_get(ours, "motivation");
	const json_t *now = w3c_member(w, "motivation");
	enum annot_status status = ANNOT_OK;
	if (ours && (motivation ? !now || !json_equal(motivation, now) : now != NULL))
		status = annot_import_lose(w->m, "motivation", now,
					   "that of an annotation of this corpus follows from its "
					   "kind",
					   err);
	json_decref(ours);
	json_object_foreach((json_t *)w->annotation, name,
			    value) if (strncmp(name, W3C_PREFIX, strlen(W3C_PREFIX)) != 0)
		build_set(&others, name, json_incref(value));
	if (status == ANNOT_OK)
		status = others ? own_lose_members(w->m, others, held, kept, err)
				: w3c_no_memory(err);
	json_decref(others);
	return status;
}

static enum annot_status fill(struct w3c_work *w, json_t *kept, bool *ret_whole,
			      struct annot_error *err)
{
	const struct annot_record *r = w->own->record;
	const char *target =
		annot_record_card(r, "reply-to") ? "reply-to" : w3c_target_card(w->kind);
	*ret_whole = true;
	if (target)
		TRY(check_refs(w, target, "target", w3c_member(w, "target"), err));
	else
		TRY(words(w, kept, ret_whole, err));
	if (!*ret_whole)
		return ANNOT_OK;
	TRY(bodies(w, kept, err));
	if (w3c_member(w, W3C_PREFIX "kind")) /* else members of ours were not kept there */
		TRY(cards(w, err));
	return check_members(w, kept, err);
}

enum annot_status w3c_import_own(struct w3c_work *w, struct annot_error *err)
{
	const struct annot_record *r = w->own->record;
	const char *kind = w3c_text(w->annotation, W3C_PREFIX "kind");
	bool whole;
	if (kind && strcmp(kind, r->kind->name) != 0)
		return annot_import_leave_out(w->m, W3C_PREFIX "kind",
					      json_object_get(w->annotation, W3C_PREFIX "kind"),
					      "an annotation keeps its kind", err);
	const struct annot_hash id = r->id;
	w->kind = r->kind->kind;
	w->kept = json_object();
	w->draft = annot_draft_amend(r);
	if (!w->kept || !w->draft)
		return w3c_no_memory(err);
	json_t *kept = annot_export_kept(r, W3C_KEPT);
	enum annot_status status = fill(w, kept, &whole, err);
	json_decref(kept);
	TRY(status);
	return whole ? annot_import_amend(w->m, TAKE(w->draft), &id, err) : ANNOT_OK;
}
