/* Import from Hypothesis: annotations and highlights as spans, page notes and replies as comments.
 */
#include "base/auto.h"
#include "format/build.h"
#include "format/hypothesis.h"

enum { FIELD_MAX = 64 };

/* --- what it must look like --- */

enum shape { SHAPE_TEXT, SHAPE_TEXTS, SHAPE_OBJECT, SHAPE_OBJECTS };

static const struct {
	const char *name;
	enum shape shape;
} fields[] = {
	{"id", SHAPE_TEXT},          {"uri", SHAPE_TEXT},
	{"user", SHAPE_TEXT},        {"text", SHAPE_TEXT},
	{"group", SHAPE_TEXT},       {"created", SHAPE_TEXT},
	{"updated", SHAPE_TEXT},     {"tags", SHAPE_TEXTS},
	{"references", SHAPE_TEXTS}, {"permissions", SHAPE_OBJECT},
	{"document", SHAPE_OBJECT},  {"target", SHAPE_OBJECTS},
};

static bool fits(const json_t *value, enum shape shape)
{
	size_t i;
	const json_t *one;
	if (shape == SHAPE_TEXT || shape == SHAPE_OBJECT)
		return shape == SHAPE_TEXT ? json_is_string(value) : json_is_object(value);
	if (!json_is_array(value))
		return false;
	json_array_foreach(value, i, one) if (shape == SHAPE_TEXTS
						      ? !json_is_string(one)
						      : !json_is_object(one)) return false;
	return true;
}

static enum annot_status check(struct annot_import *m, const json_t *json, struct annot_error *err)
{
	static const char *const expected[] = {"a text", "a list of texts", "an object",
					       "a list of objects"};
	for (size_t i = 0; i < COUNT(fields); i++) {
		const json_t *value = json_object_get(json, fields[i].name);
		if (value && !json_is_null(value) && !fits(value, fields[i].shape))
			return annot_import_invalid(m, err, "%s: expected %s", fields[i].name,
						    expected[fields[i].shape]);
	}
	const json_t *target = json_array_get(json_object_get(json, "target"), 0);
	const json_t *selector = json_object_get(target, "selector");
	if (selector && !json_is_null(selector) && !fits(selector, SHAPE_OBJECTS))
		return annot_import_invalid(m, err,
					    "target[0].selector: expected a list of objects");
	if (!hypothesis_text(json, "uri") || !*hypothesis_text(json, "uri"))
		return annot_import_invalid(m, err,
					    "uri: missing; it is the one field that must be");
	return ANNOT_OK;
}

/* --- who and where --- */

const char *hypothesis_authority(const json_t *json)
{
	const char *user = hypothesis_text(json, "user"), *at = user ? strrchr(user, '@') : NULL;
	return at && at[1] ? at + 1 : HYPOTHESIS_SERVICE;
}

static const char *iri_of(const struct hypothesis_work *w, const char *id)
{
	return annot_arena_printf(w->m->arena, "https://%s/a/%s", hypothesis_authority(w->json),
				  id);
}

static enum annot_status set_id(struct hypothesis_work *w, const struct annot_import_item *item,
				struct annot_error *err)
{
	const char *id = hypothesis_text(w->json, "id");
	const char *iri =
		id ? iri_of(w, id)
		   : annot_arena_printf(w->m->arena, "hypothesis:%s#%zu", item->file, item->line);
	w->m->id = iri ? iri : "";
	return iri ? ANNOT_OK : hypothesis_no_memory(err);
}

/* --- what a comment is about --- */

static enum annot_status refer(struct hypothesis_work *w, const char *card, const json_t *id,
			       struct annot_error *err)
{
	const char *iri = iri_of(w, json_string_value(id));
	if (!iri)
		return hypothesis_no_memory(err);
	w->refs[w->n_refs++] = (struct annot_import_ref){.card = card, .item = iri};
	return ANNOT_OK;
}

/* A reply is about the annotation that began the thread, and answers its parent. */
static enum annot_status reply(struct hypothesis_work *w, const json_t *references,
			       struct annot_error *err)
{
	size_t n = json_array_size(references);
	TRY(refer(w, "on", json_array_get(references, 0), err));
	if (n > 1)
		TRY(refer(w, "reply-to", json_array_get(references, n - 1), err));
	for (size_t i = 1; i + 1 < n; i++)
		TRY(annot_import_lose(w->m, "references", json_array_get(references, i),
				      "the parent and the beginning of a thread are kept", err));
	return ANNOT_OK;
}

/* A page note is about the document as a whole. */
static enum annot_status page_note(struct hypothesis_work *w, bool *ret_found,
				   struct annot_error *err)
{
	struct annot_source *source;
	TRY(hypothesis_source(w, &source, err));
	*ret_found = source != NULL;
	if (source)
		w->refs[w->n_refs++] =
			(struct annot_import_ref){.card = "on", .record = &source->record->id};
	return ANNOT_OK;
}

/* --- cards --- */

/* A comment must have words: where there are only tags, these. */
static enum annot_status set_text(struct hypothesis_work *w, bool *ret_there,
				  struct annot_error *err)
{
	const char *text = hypothesis_text(w->json, "text");
	const json_t *tags = json_object_get(w->json, "tags"), *tag;
	size_t i;
	AUTO_BUF struct annot_buf made = ANNOT_BUF_INIT(ANNOT_ITEM_MAX);
	bool comment = w->n_refs > 0;
	annot_buf_puts(&made, "");
	json_array_foreach(tags, i, tag) if (comment && !(text && *text))
		annot_buf_printf(&made, "%s%s", i ? ", " : "", json_string_value(tag));
	TRY(annot_buf_check(&made, "the words of an annotation", err));
	TRY(annot_import_card(w->m, w->draft, "text", "text", text && *text ? text : made.data,
			      ret_there, err));
	/* Made of tags, it is not what export writes. */
	if (*ret_there && made.len > 0)
		build_text(&w->kept, "text", "");
	if (*ret_there || !comment)
		return w->kept ? ANNOT_OK : hypothesis_no_memory(err);
	return annot_import_leave_out(w->m, "text", NULL, "neither words nor tags", err);
}

/* A comment has no tags: they are kept beside it. */
static enum annot_status set_tags(struct hypothesis_work *w, struct annot_error *err)
{
	const json_t *tags = json_object_get(w->json, "tags"), *tag;
	size_t i;
	if (w->n_refs > 0) {
		if (json_array_size(tags) > 0)
			build_set(&w->kept, "tags", json_incref((json_t *)tags));
		return w->kept ? ANNOT_OK : hypothesis_no_memory(err);
	}
	json_array_foreach(tags, i, tag)
	{
		const char *text = json_string_value(tag);
		TRY(*text ? annot_import_card(w->m, w->draft, "tag", "tags", text, NULL, err)
			  : annot_import_lose(w->m, "tags", tag, "an empty tag", err));
	}
	return ANNOT_OK;
}

/* The log has no private corners: what only some might read, all who read the corpus can. */
static enum annot_status check_readers(struct hypothesis_work *w, struct annot_error *err)
{
	const json_t *permissions = json_object_get(w->json, "permissions");
	const json_t *read = json_object_get(permissions, "read");
	const char *one = json_string_value(json_array_get(read, 0));
	if (json_is_true(json_object_get(w->json, "hidden")))
		TRY(annot_import_lose(w->m, "hidden", json_true(),
				      "hidden by a moderator there; who may read the corpus can "
				      "read it",
				      err));
	if (!permissions || (one && strcmp(one, "group:__world__") == 0))
		return ANNOT_OK;
	return annot_import_lose(w->m, "permissions", permissions,
				 "who may read the corpus can read it", err);
}

static enum annot_status check_times(struct hypothesis_work *w, struct annot_error *err)
{
	static const char *const names[] = {"created", "updated"};
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *text = hypothesis_text(w->json, names[i]);
		char time[ANNOT_TIME_LEN + 1];
		if (text && !annot_format_time(text, time)) {
			TRY(annot_import_lose_text(w->m, names[i], text, "not a time", err));
			json_object_del(w->kept, names[i]);
		}
	}
	return ANNOT_OK;
}

/* What stands beside the selectors. */
static void keep_target(struct hypothesis_work *w)
{
	json_t *target = json_copy((json_t *)w->target);
	const char *source = hypothesis_text(target, "source");
	json_object_del(target, "selector");
	if (source && strcmp(source, hypothesis_text(w->json, "uri")) == 0)
		json_object_del(target, "source");
	if (json_object_size(target) > 0)
		build_set(&w->kept, "target", json_incref(target));
	json_decref(target);
}

/* All that no card holds. */
static enum annot_status keep(struct hypothesis_work *w, struct annot_error *err)
{
	static const char *const held[] = {"id", "text", "tags", "target", "references"};
	const json_t *targets = json_object_get(w->json, "target");
	w->kept = json_copy(w->json);
	for (size_t i = 0; w->kept && i < COUNT(held); i++)
		json_object_del(w->kept, held[i]);
	for (size_t i = 1; i < json_array_size(targets); i++) {
		char field[FIELD_MAX];
		snprintf(field, sizeof field, "target[%zu]", i);
		TRY(annot_import_lose(w->m, field, json_array_get(targets, i),
				      "Hypothesis itself keeps the first target only", err));
	}
	keep_target(w);
	if (!w->kept)
		return hypothesis_no_memory(err);
	TRY(check_times(w, err));
	return check_readers(w, err);
}

static enum annot_status fill(struct hypothesis_work *w, bool *ret_whole, struct annot_error *err)
{
	const json_t *references = json_object_get(w->json, "references");
	bool words = w->selector && json_array_size(references) == 0, there = false;
	w->draft = annot_draft_new(words ? ANNOT_KIND_span : ANNOT_KIND_comment);
	*ret_whole = w->draft != NULL;
	if (!w->draft)
		return hypothesis_no_memory(err);
	TRY(keep(w, err));
	if (words)
		TRY(hypothesis_place(w, ret_whole, err));
	else if (json_array_size(references) > 0)
		TRY(reply(w, references, err));
	else
		TRY(page_note(w, ret_whole, err));
	if (!*ret_whole)
		return ANNOT_OK;
	TRY(set_text(w, &there, err));
	*ret_whole = words || there;
	if (!*ret_whole)
		return ANNOT_OK;
	TRY(set_tags(w, err));
	return annot_import_keep(w->m, w->draft, hypothesis_text(w->json, "user"), HYPOTHESIS_KEPT,
				 w->kept, err);
}

enum annot_status hypothesis_import_item(struct annot_import *m,
					 const struct annot_import_item *item,
					 struct annot_error *err)
{
	struct hypothesis_work w = {.m = m, .json = item->json};
	bool whole = false;
	if (item->envelope) /* total, export_date …: of the file, not of an annotation */
		return ANNOT_OK;
	TRY(check(m, item->json, err));
	TRY(set_id(&w, item, err));
	w.target = json_array_get(json_object_get(item->json, "target"), 0);
	w.selector = json_object_get(w.target, "selector");
	if (json_array_size(w.selector) == 0)
		w.selector = NULL;
	const struct annot_entry *own;
	bool left_out;
	TRY(hypothesis_find_own(m, item->json, &own, &left_out, err));
	if (left_out)
		return ANNOT_OK;
	enum annot_status status =
		own ? hypothesis_import_own(&w, own, err) : fill(&w, &whole, err);
	if (status == ANNOT_OK && !own && whole) {
		const struct annot_import_draft draft = {
			.draft = TAKE(w.draft), .refs = w.refs, .n_refs = w.n_refs};
		status = annot_import_take(m, &draft, 1, err);
	}
	annot_draft_free(w.draft);
	json_decref(w.kept);
	return status;
}
