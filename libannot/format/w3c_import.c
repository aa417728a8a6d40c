/*
 * Import of Web Annotations: of words in texts that we hold as spans (quotes and claims where they
 * say so), of whole texts and of other annotations as comments.
 */
#include "base/auto.h"
#include "format/build.h"
#include "format/own.h"
#include "format/w3c_import.h"

enum { FIELD_MAX = 64 };

/* --- which kind it becomes --- */

static bool is_motivated(const struct w3c_work *w, const char *word)
{
	const json_t *motivation = w3c_member(w, "motivation");
	for (size_t i = 0; i < w3c_count(motivation); i++) {
		const char *text = json_string_value(w3c_item(motivation, i));
		if (text && strcmp(text, word) == 0)
			return true;
	}
	return false;
}

/* A decision of somebody else's is no review here: it counts from who signs it. */
static enum annot_status own_kind(struct w3c_work *w, struct annot_error *err)
{
	const char *name = w3c_text(w->annotation, W3C_PREFIX "kind");
	const struct annot_kind_def *def = name ? annot_kind_find(name, strlen(name)) : NULL;
	w->ours =
		def && (annot_format_w3c.kinds & 1u << def->kind) && def->kind != ANNOT_KIND_review;
	if (w->ours)
		w->kind = def->kind;
	if (def && def->kind == ANNOT_KIND_review)
		return annot_import_lose_text(
			w->m, W3C_PREFIX "kind", name,
			"a review counts from who signs it: taken as a comment", err);
	return ANNOT_OK;
}

/*
 * Words of a text become a span, or what the annotation says that they are; a whole text or another
 * annotation is commented on, since a span has words.
 */
static enum annot_status choose_kind(struct w3c_work *w, struct annot_error *err)
{
	struct w3c_target t;
	TRY(own_kind(w, err));
	if (w->ours)
		return ANNOT_OK;
	TRY(w3c_target_read(w->m, w3c_item(w3c_member(w, "target"), 0), &t, err));
	if (!w3c_target_selects(&t))
		w->kind = ANNOT_KIND_comment;
	else if (is_motivated(w, W3C_PREFIX "quoting"))
		w->kind = ANNOT_KIND_quote;
	else
		w->kind = ANNOT_KIND_span;
	return ANNOT_OK;
}

/* --- targets --- */

/* A target without what the target group and its selectors hold; export puts it around them again.
 */
static json_t *kept_target(const struct w3c_target *t, json_t *others)
{
	json_t *kept = json_object(), *value;
	const char *name;
	json_object_foreach(
		(json_t *)t->object, name,
		value) if (strcmp(name, "selector") != 0 && strncmp(name, W3C_PREFIX, 6) != 0 &&
			   (strcmp(name, "type") != 0 ||
			    !w3c_has_type(t->object, "SpecificResource") || json_is_array(value)))
		build_set(&kept, name, json_incref(value));
	if (!t->object)
		build_text(&kept, "source", t->iri);
	if (t->object && !json_object_get(t->object, "source")) { /* an IRI with a fragment */
		json_object_del(kept, "id");
		build_text(&kept, "source", t->iri);
	}
	if (others && json_array_size(others) == 0)
		json_decref(others);
	else
		build_set(&kept, "selector", others);
	return kept;
}

/* The text that target i of an annotation of ours was about, if it still says so. */
static struct annot_source *own_source(const struct w3c_work *w, size_t i,
				       const struct w3c_target *t)
{
	struct annot_source *s = w->own && i < w->own->n_sources ? w->own->sources[i] : NULL;
	if (!s || !s->text.data || !t->sha256)
		return NULL;
	return strcmp(t->sha256, annot_record_text(s->record, "sha256")) == 0 ? s : NULL;
}

static enum annot_status lose_target(struct w3c_work *w, size_t i, const char *reason,
				     struct annot_error *err)
{
	char field[FIELD_MAX];
	snprintf(field, sizeof field, "target[%zu]", i);
	return annot_import_lose(w->m, field, w3c_item(w3c_member(w, "target"), i), reason, err);
}

static enum annot_status words_target(struct w3c_work *w, size_t i, const struct w3c_target *t,
				      bool *ret_placed, struct annot_error *err)
{
	struct annot_source_selector selector;
	struct annot_source *source = own_source(w, i, t);
	const struct annot_source_wanted wanted = {.url = t->iri};
	json_t *others = json_array();
	char field[FIELD_MAX];
	snprintf(field, sizeof field, "target[%zu].selector", i);
	enum annot_status status = source ? ANNOT_OK : w3c_target_source(w->m, t, &source, err);
	*ret_placed = false;
	if (status == ANNOT_OK && !source) /* reports it */
		status = annot_import_source(w->m, &wanted, field, &source, err);
	if (status == ANNOT_OK && source)
		status = w3c_select(w->m, source, t, field, &selector, &others, ret_placed, err);
	if (status == ANNOT_OK && *ret_placed)
		status = annot_import_place(w->m, w->draft, source, &selector, field, ret_placed,
					    err);
	json_t *kept = json_object_get(w->kept, "target");
	if (status == ANNOT_OK && *ret_placed)
		build_append(&kept, kept_target(t, TAKE(others)));
	json_decref(others);
	return status == ANNOT_OK && !kept ? w3c_no_memory(err) : status;
}

enum annot_status w3c_words_targets(struct w3c_work *w, bool *ret_placed, struct annot_error *err)
{
	const json_t *targets = w3c_member(w, "target");
	struct w3c_target t;
	size_t most = annot_card_def_find(annot_kind_def(w->kind), "target", 6)->max;
	json_object_set_new(w->kept, "target", json_array());
	*ret_placed = true;
	for (size_t i = 0; i < w3c_count(targets) && *ret_placed; i++) {
		TRY(w3c_target_read(w->m, w3c_item(targets, i), &t, err));
		if (annot_draft_value(w->draft, "target", most - 1)) {
			TRY(lose_target(w, i, "a record has no room for more targets", err));
		} else if (w3c_target_selects(&t)) {
			TRY(words_target(w, i, &t, ret_placed, err));
		} else if (w->kind != ANNOT_KIND_claim) {
			TRY(lose_target(w, i, "beside words of texts, a target that is none", err));
		}
	}
	return ANNOT_OK;
}

/* What stands around what a comment is about; export puts it around that again. */
static enum annot_status keep_around(struct w3c_work *w, const json_t *target,
				     struct annot_error *err)
{
	static const char *const held[] = {"id", W3C_PREFIX "record", W3C_PREFIX "document",
					   W3C_PREFIX "sha256"};
	json_t *around = json_copy((json_t *)target), *list = json_array();
	const json_t *source = json_object_get(target, "source");
	for (size_t i = 0; i < COUNT(held); i++)
		if (i > 0 || !source)
			json_object_del(around, held[i]);
	if (around && json_object_size(around) == (source != NULL) && json_is_string(source))
		json_object_clear(around);
	bool any = json_object_size(around) > 0;
	build_append(&list, around);
	if (any && list)
		build_set(&w->kept, "target", json_incref(list));
	json_decref(list);
	return list && w->kept ? ANNOT_OK : w3c_no_memory(err);
}

/* *ret_whole false: the item was left out. */
static enum annot_status whole_target(struct w3c_work *w, bool *ret_whole, struct annot_error *err)
{
	struct w3c_target t;
	const json_t *targets = w3c_member(w, "target");
	const char *card = w3c_target_card(w->kind);
	if (w->ours && w->kind == ANNOT_KIND_comment && w3c_member(w, W3C_PREFIX "on"))
		card = "reply-to";
	TRY(w3c_target_read(w->m, w3c_item(targets, 0), &t, err));
	*ret_whole = *t.iri != '\0';
	if (!*ret_whole)
		return annot_import_leave_out(w->m, "target", w3c_item(targets, 0),
					      "it is nothing that has an address of its own", err);
	if (json_is_object(w3c_item(targets, 0)))
		TRY(keep_around(w, w3c_item(targets, 0), err));
	for (size_t i = 1; i < w3c_count(targets); i++)
		TRY(lose_target(w, i, "a comment is about one thing: the first target", err));
	return w3c_refer(w, card, w3c_item(targets, 0), err);
}

/* A quote says how its words are presented; others' do not. */
static enum annot_status need_form(struct w3c_work *w, struct annot_error *err)
{
	if (w->kind != ANNOT_KIND_quote || annot_draft_value(w->draft, "form", 0))
		return ANNOT_OK;
	return annot_draft_add(w->draft, "form", "direct", err);
}

/* --- all of it --- */

/* Members that other places hold. */
static bool is_held(const struct w3c_work *w, const char *name)
{
	static const char *const held[] = {"@context", "id",        "type",  "target",
					   "body",     "bodyValue", W3C_MADE};
	for (size_t i = 0; i < COUNT(held); i++)
		if (strcmp(name, held[i]) == 0)
			return true;
	if (!w->ours || strncmp(name, W3C_PREFIX, strlen(W3C_PREFIX)) != 0)
		return false;
	/* Which record of which corpus it was. */
	return strcmp(name, W3C_PREFIX "record") != 0 && strcmp(name, W3C_PREFIX "corpus") != 0;
}

/* Contexts beside the model's and ours. */
static json_t *other_contexts(const json_t *context)
{
	json_t *list = json_array();
	for (size_t i = 0; i < w3c_count(context); i++) {
		const json_t *one = w3c_item(context, i);
		const char *iri = json_string_value(one);
		const char *own = w3c_text(one, "annot");
		if (!(iri && strcmp(iri, W3C_CONTEXT) == 0) &&
		    !(own && strcmp(own, W3C_NAMESPACE) == 0))
			build_append(&list, json_incref((json_t *)one));
	}
	return list;
}

static enum annot_status keep_members(struct w3c_work *w, struct annot_error *err)
{
	const char *name;
	json_t *value, *contexts = other_contexts(w3c_member(w, "@context"));
	const json_t *via = w3c_member(w, "via");
	w->kept = json_object();
	json_object_foreach((json_t *)w->annotation, name, value) if (!is_held(w, name))
		build_set(&w->kept, name, json_incref(value));
	if (json_is_string(via)) {
		json_t *list = json_array();
		build_append(&list, json_incref((json_t *)via));
		build_set(&w->kept, "via", list);
	}
	if (!w->ours && !w3c_member(w, "motivation"))
		build_set(&w->kept, "motivation", json_null());
	if (contexts && json_array_size(contexts) == 0)
		json_decref(contexts);
	else
		build_set(&w->kept, "@context", contexts);
	if (json_is_array(w3c_member(w, "type")))
		build_set(&w->kept, "type", json_incref((json_t *)w3c_member(w, "type")));
	return w->kept ? ANNOT_OK : w3c_no_memory(err);
}

/* "Ada, Ben": the names of who made it, or what is known of them instead. */
static void author_names(const struct w3c_work *w, struct annot_buf *ret)
{
	const json_t *creator = w3c_member(w, "creator");
	for (size_t i = 0; i < w3c_count(creator); i++) {
		const json_t *one = w3c_item(creator, i);
		const char *name = json_is_string(one)         ? json_string_value(one)
				   : w3c_text(one, "name")     ? w3c_text(one, "name")
				   : w3c_text(one, "nickname") ? w3c_text(one, "nickname")
							       : w3c_text(one, "id");
		if (name)
			annot_buf_printf(ret, "%s%s", ret->len ? ", " : "", name);
	}
}

static enum annot_status set_origin(struct w3c_work *w, struct annot_error *err)
{
	AUTO_BUF struct annot_buf author = ANNOT_BUF_INIT(ANNOT_ITEM_MAX);
	const struct annot_kind_def *kind = annot_kind_def(w->kind);
	const char *name;
	json_t *value;
	author_names(w, &author);
	if (!annot_card_def_find(kind, "imported-from", 13)) {
		json_object_foreach(w->kept, name, value) TRY(annot_import_lose(
			w->m, name, value, "a link has no place for what it was imported with",
			err));
		return ANNOT_OK;
	}
	if (author.failed)
		return w3c_no_memory(err);
	return annot_import_keep(w->m, w->draft, author.data, W3C_KEPT, w->kept, err);
}

static enum annot_status fill(struct w3c_work *w, bool *ret_whole, struct annot_error *err)
{
	*ret_whole = true;
	if (w3c_target_card(w->kind))
		TRY(whole_target(w, ret_whole, err));
	else
		TRY(w3c_words_targets(w, ret_whole, err));
	if (!*ret_whole)
		return ANNOT_OK;
	TRY(w3c_import_bodies(w, err));
	TRY(w3c_own_cards(w, err));
	TRY(need_form(w, err));
	return set_origin(w, err);
}

static enum annot_status import_annotation(struct w3c_work *w, struct annot_error *err)
{
	bool whole;
	TRY(choose_kind(w, err));
	TRY(keep_members(w, err));
	w->draft = annot_draft_new(w->kind);
	if (!w->draft)
		return w3c_no_memory(err);
	TRY(fill(w, &whole, err));
	if (!whole)
		return ANNOT_OK;
	const struct annot_import_draft draft = {
		.draft = TAKE(w->draft), .refs = w->refs, .n_refs = w->n_refs};
	return annot_import_take(w->m, &draft, 1, err);
}

/* A page or collection beside its items: it is checked, and nothing of it becomes a record. */
static bool is_container(const json_t *json)
{
	return w3c_has_type(json, "AnnotationPage") || w3c_has_type(json, "AnnotationCollection");
}

/*
 * The record that it was exported from: annot:record, if annot:corpus is this one; without these,
 * which other programs need not keep, the first version, if its hash is the id. An id of another's
 * is a copy that is an annotation of its own.
 */
static enum annot_status find_own(struct w3c_work *w, bool *ret_left_out, struct annot_error *err)
{
	const char *corpus = w3c_text(w->annotation, W3C_PREFIX "corpus");
	const char *record = w3c_text(w->annotation, W3C_PREFIX "record");
	const struct annot_entry *entry;
	struct annot_hash id;
	enum own_is is;
	if (!own_hash(w->m->id, &id) || (!corpus && !annot_import_own_iri(w->m, w->m->id, &id)))
		return ANNOT_OK;
	TRY(own_find(w->m, corpus, corpus && record ? record : w->m->id, W3C_PREFIX "record",
		     &entry, &is, err));
	*ret_left_out = is == OWN_GONE;
	if (is == OWN_HERE && annot_hash_equal(&entry->annotation, &id))
		w->own = entry;
	return ANNOT_OK;
}

/* Of a page or collection nothing becomes a record. */
static enum annot_status check_container(struct annot_import *m, const struct annot_import_item *in,
					 struct annot_error *err)
{
	static const char held[] =
		"@context|id|type|label|created|total|first|last|items|next|prev|"
		"partOf|startIndex";
	const char *name;
	json_t *value;
	struct annot_error why;
	enum annot_status status = w3c_has_type(in->json, "AnnotationPage")
					   ? w3c_check_page(in->json, in->envelope, &why)
					   : w3c_check_collection(in->json, in->envelope, &why);
	if (status != ANNOT_OK)
		return annot_import_invalid(m, err, "%s", why.text);
	json_object_foreach(in->json, name, value) if (!annot_word_in(held, name, strlen(name)))
		TRY(annot_import_lose(m, name, value,
				      "what is said of a page or collection is not kept", err));
	return ANNOT_OK;
}

enum annot_status w3c_import_item(struct annot_import *m, const struct annot_import_item *in,
				  struct annot_error *err)
{
	struct annot_error why;
	struct w3c_work w = {.m = m, .annotation = in->json};
	const char *id = w3c_text(in->json, "id");
	bool left_out = false;
	m->id = id ? id : "";
	if (json_is_string(in->json)) {
		m->id = json_string_value(in->json);
		return w3c_is_iri(in->json)
			       ? annot_import_leave_out(m, "", NULL,
							"it is named and not there: import it "
							"with its content",
							err)
			       : annot_import_invalid(m, err, "expected an object or an IRI");
	}
	if (is_container(in->json))
		return check_container(m, in, err);
	if (w3c_check_annotation(in->json, in->within, &why) != ANNOT_OK)
		return annot_import_invalid(m, err, "%s", why.text);
	TRY(find_own(&w, &left_out, err));
	if (left_out)
		return ANNOT_OK;
	enum annot_status status = w.own ? w3c_import_own(&w, err) : import_annotation(&w, err);
	annot_draft_free(w.draft);
	json_decref(w.kept);
	return status;
}
