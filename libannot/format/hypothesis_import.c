/* Import from Hypothesis: annotations and highlights as spans, page notes and replies as comments.
 */
#include "base/auto.h"
#include "format/build.h"
#include "format/hypothesis.h"

/* An annotation on its way to a draft. */
struct work {
	struct annot_import *m;
	json_t *json;
	const json_t *target;   /* the first; NULL: none */
	const json_t *selector; /* of it, a list; NULL: none */
	struct annot_draft *draft;
	json_t *kept;
	struct annot_import_ref refs[2];
	size_t n_refs;
};

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an imported item");
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

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
	if (!text_of(json, "uri") || !*text_of(json, "uri"))
		return annot_import_invalid(m, err,
					    "uri: missing; it is the one field that must be");
	return ANNOT_OK;
}

/* --- who and where --- */

/* "hypothes.is" of "acct:ada@hypothes.is". */
static const char *authority_of(const json_t *json)
{
	const char *user = text_of(json, "user"), *at = user ? strrchr(user, '@') : NULL;
	return at && at[1] ? at + 1 : HYPOTHESIS_SERVICE;
}

static const char *iri_of(const struct work *w, const char *id)
{
	return annot_arena_printf(w->m->arena, "https://%s/a/%s", authority_of(w->json), id);
}

static enum annot_status set_id(struct work *w, const struct annot_import_item *item,
				struct annot_error *err)
{
	const char *id = text_of(w->json, "id");
	const char *iri =
		id ? iri_of(w, id)
		   : annot_arena_printf(w->m->arena, "hypothesis:%s#%zu", item->file, item->line);
	w->m->id = iri ? iri : "";
	return iri ? ANNOT_OK : no_memory(err);
}

static enum annot_status find_at(struct annot_import *m, const char *url, struct annot_source **ret,
				 struct annot_error *err)
{
	struct annot_error why;
	const struct annot_source_wanted wanted = {.url = url};
	enum annot_status status = m->host.source(m->host.arg, &wanted, ret, &why);
	if (status == ANNOT_OK && (*ret)->text.data)
		return ANNOT_OK;
	*ret = NULL;
	if (status == ANNOT_OK || status == ANNOT_NOT_FOUND || status == ANNOT_AMBIGUOUS)
		return ANNOT_OK;
	return annot_fail(err, status, "%s", why.text);
}

/* The text at its address, or at one that Hypothesis knows as another of the same document. *ret
 * NULL: reported. */
static enum annot_status find_source(struct work *w, struct annot_source **ret,
				     struct annot_error *err)
{
	const char *uri = text_of(w->json, "uri"), *hash = strchr(uri, '#');
	const json_t *links = json_object_get(json_object_get(w->json, "document"), "link"), *link;
	const struct annot_source_wanted wanted = {.url = uri};
	size_t i;
	*ret = NULL;
	if (!w->m->host.document) {
		TRY(find_at(w->m, uri, ret, err));
		if (!*ret && hash) {
			char *bare = annot_arena_copy(w->m->arena, uri, (size_t)(hash - uri));
			if (!bare)
				return no_memory(err);
			TRY(find_at(w->m, bare, ret, err));
		}
		json_array_foreach(links, i, link) if (!*ret && text_of(link, "href"))
			TRY(find_at(w->m, text_of(link, "href"), ret, err));
	}
	return *ret ? ANNOT_OK : annot_import_source(w->m, &wanted, "uri", ret, err);
}

/* --- words --- */

static struct annot_bytes bytes_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	if (!json_is_string(value))
		return annot_bytes(NULL, 0);
	return annot_bytes(json_string_value(value), json_string_length(value));
}

static void read_position(const json_t *selector, struct annot_source_selector *ret)
{
	const json_t *start = json_object_get(selector, "start");
	const json_t *end = json_object_get(selector, "end");
	if (ret->placed || !json_is_integer(start) || !json_is_integer(end) ||
	    json_integer_value(start) < 0 || json_integer_value(end) < 0)
		return;
	ret->placed = true;
	ret->unit = ANNOT_UNIT_UTF16;
	ret->start = (uint64_t)json_integer_value(start);
	ret->end = (uint64_t)json_integer_value(end);
}

/* What the selectors say; those of other media are kept. A RangeSelector is a path through one
 * browser's page. */
static enum annot_status read_selectors(struct work *w, struct annot_source_selector *ret,
					struct annot_error *err)
{
	const json_t *one;
	size_t i;
	json_t *others = json_array();
	*ret = (struct annot_source_selector){0};
	json_array_foreach(w->selector, i, one)
	{
		const char *type = text_of(one, "type") ? text_of(one, "type") : "";
		enum annot_status status = ANNOT_OK;
		if (strcmp(type, "TextQuoteSelector") == 0 && !ret->exact.data) {
			ret->exact = bytes_of(one, "exact");
			ret->prefix = bytes_of(one, "prefix");
			ret->suffix = bytes_of(one, "suffix");
		} else if (strcmp(type, "TextPositionSelector") == 0) {
			read_position(one, ret);
		} else if (strcmp(type, "RangeSelector") == 0) {
			status = annot_import_lose(w->m, "target[0].selector", one,
						   "a path through a page in a browser; words and "
						   "position are taken",
						   err);
		} else {
			build_append(&others, json_incref((json_t *)one));
		}
		if (status != ANNOT_OK) {
			json_decref(others);
			return status;
		}
	}
	build_list(&w->kept, "selector", others);
	return w->kept ? ANNOT_OK : no_memory(err);
}

static enum annot_status place(struct work *w, bool *ret_placed, struct annot_error *err)
{
	struct annot_source *source;
	struct annot_source_selector selector;
	*ret_placed = false;
	TRY(find_source(w, &source, err));
	if (!source)
		return ANNOT_OK;
	TRY(read_selectors(w, &selector, err));
	return annot_import_place(w->m, w->draft, source, &selector, "target[0].selector",
				  ret_placed, err);
}

/* --- what a comment is about --- */

static enum annot_status refer(struct work *w, const char *card, const json_t *id,
			       struct annot_error *err)
{
	const char *iri = iri_of(w, json_string_value(id));
	if (!iri)
		return no_memory(err);
	w->refs[w->n_refs++] = (struct annot_import_ref){.card = card, .item = iri};
	return ANNOT_OK;
}

/* A reply is about the annotation that began the thread, and answers its parent. */
static enum annot_status reply(struct work *w, const json_t *references, struct annot_error *err)
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
static enum annot_status page_note(struct work *w, bool *ret_found, struct annot_error *err)
{
	struct annot_source *source;
	TRY(find_source(w, &source, err));
	*ret_found = source != NULL;
	if (source)
		w->refs[w->n_refs++] =
			(struct annot_import_ref){.card = "on", .record = &source->record->id};
	return ANNOT_OK;
}

/* --- cards --- */

/* A comment must have words: where there are only tags, these. */
static enum annot_status set_text(struct work *w, bool *ret_there, struct annot_error *err)
{
	const char *text = text_of(w->json, "text");
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
	if (*ret_there || !comment)
		return ANNOT_OK;
	return annot_import_leave_out(w->m, "text", NULL, "neither words nor tags", err);
}

/* A comment has no tags: they are kept beside it. */
static enum annot_status set_tags(struct work *w, struct annot_error *err)
{
	const json_t *tags = json_object_get(w->json, "tags"), *tag;
	size_t i;
	if (w->n_refs > 0) {
		if (json_array_size(tags) > 0)
			build_set(&w->kept, "tags", json_incref((json_t *)tags));
		return w->kept ? ANNOT_OK : no_memory(err);
	}
	json_array_foreach(tags, i, tag) TRY(annot_import_card(w->m, w->draft, "tag", "tags",
							       json_string_value(tag), NULL, err));
	return ANNOT_OK;
}

/* The log has no private corners: what only some might read, all who read the corpus can. */
static enum annot_status check_readers(struct work *w, struct annot_error *err)
{
	const json_t *permissions = json_object_get(w->json, "permissions");
	const json_t *read = json_object_get(permissions, "read");
	const char *one = json_string_value(json_array_get(read, 0));
	if (!permissions || (one && strcmp(one, "group:__world__") == 0))
		return ANNOT_OK;
	return annot_import_lose(w->m, "permissions", permissions,
				 "who may read the corpus can read it", err);
}

static enum annot_status check_times(struct work *w, struct annot_error *err)
{
	static const char *const names[] = {"created", "updated"};
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *text = text_of(w->json, names[i]);
		char time[ANNOT_TIME_LEN + 1];
		if (text && !annot_format_time(text, time)) {
			TRY(annot_import_lose_text(w->m, names[i], text, "not a time", err));
			json_object_del(w->kept, names[i]);
		}
	}
	return ANNOT_OK;
}

/* What stands beside the selectors. */
static void keep_target(struct work *w)
{
	json_t *target = json_copy((json_t *)w->target);
	const char *source = text_of(target, "source");
	json_object_del(target, "selector");
	if (source && strcmp(source, text_of(w->json, "uri")) == 0)
		json_object_del(target, "source");
	if (json_object_size(target) > 0)
		build_set(&w->kept, "target", json_incref(target));
	json_decref(target);
}

/* All that no card holds. */
static enum annot_status keep(struct work *w, struct annot_error *err)
{
	static const char *const held[] = {"id", "text", "tags", "target", "references"};
	const json_t *targets = json_object_get(w->json, "target");
	w->kept = json_copy(w->json);
	for (size_t i = 0; w->kept && i < COUNT(held); i++)
		json_object_del(w->kept, held[i]);
	for (size_t i = 1; i < json_array_size(targets); i++)
		TRY(annot_import_lose(w->m, "target", json_array_get(targets, i),
				      "Hypothesis itself keeps the first target only", err));
	keep_target(w);
	if (!w->kept)
		return no_memory(err);
	TRY(check_times(w, err));
	return check_readers(w, err);
}

static enum annot_status fill(struct work *w, bool *ret_whole, struct annot_error *err)
{
	const json_t *references = json_object_get(w->json, "references");
	bool words = w->selector && json_array_size(references) == 0, there = false;
	w->draft = annot_draft_new(words ? ANNOT_KIND_span : ANNOT_KIND_comment);
	*ret_whole = w->draft != NULL;
	if (!w->draft)
		return no_memory(err);
	TRY(keep(w, err));
	if (words)
		TRY(place(w, ret_whole, err));
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
	return annot_import_keep(w->m, w->draft, text_of(w->json, "user"), HYPOTHESIS_KEPT, w->kept,
				 err);
}

enum annot_status hypothesis_import_item(struct annot_import *m,
					 const struct annot_import_item *item,
					 struct annot_error *err)
{
	struct work w = {.m = m, .json = item->json};
	bool whole;
	if (item->envelope) /* total, export_date …: of the file, not of an annotation */
		return ANNOT_OK;
	TRY(check(m, item->json, err));
	TRY(set_id(&w, item, err));
	w.target = json_array_get(json_object_get(item->json, "target"), 0);
	w.selector = json_object_get(w.target, "selector");
	if (json_array_size(w.selector) == 0)
		w.selector = NULL;
	enum annot_status status = fill(&w, &whole, err);
	if (status == ANNOT_OK && whole) {
		const struct annot_import_draft draft = {
			.draft = TAKE(w.draft), .refs = w.refs, .n_refs = w.n_refs};
		status = annot_import_take(m, &draft, 1, err);
	}
	annot_draft_free(w.draft);
	json_decref(w.kept);
	return status;
}
