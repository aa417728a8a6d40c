/* The text that an annotation of Hypothesis is about, and the words in it. */
#include "format/build.h"
#include "format/hypothesis.h"

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

enum annot_status hypothesis_source(struct hypothesis_work *w, struct annot_source **ret,
				    struct annot_error *err)
{
	const char *uri = hypothesis_text(w->json, "uri"), *hash = strchr(uri, '#');
	const json_t *links = json_object_get(json_object_get(w->json, "document"), "link"), *link;
	const struct annot_source_wanted wanted = {.url = uri};
	size_t i;
	*ret = NULL;
	if (!w->m->host.document) {
		TRY(find_at(w->m, uri, ret, err));
		if (!*ret && hash) {
			char *bare = annot_arena_copy(w->m->arena, uri, (size_t)(hash - uri));
			if (!bare)
				return hypothesis_no_memory(err);
			TRY(find_at(w->m, bare, ret, err));
		}
		json_array_foreach(links, i, link) if (!*ret && hypothesis_text(link, "href"))
			TRY(find_at(w->m, hypothesis_text(link, "href"), ret, err));
	}
	return *ret ? ANNOT_OK : annot_import_source(w->m, &wanted, "uri", ret, err);
}

static struct annot_bytes bytes_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	if (!json_is_string(value))
		return annot_bytes(NULL, 0);
	return annot_bytes(json_string_value(value), json_string_length(value));
}

/* False: it is no position, or a second one. */
static bool read_position(const json_t *selector, struct annot_source_selector *ret)
{
	const json_t *start = json_object_get(selector, "start");
	const json_t *end = json_object_get(selector, "end");
	if (ret->placed || !json_is_integer(start) || !json_is_integer(end) ||
	    json_integer_value(start) < 0 || json_integer_value(end) < 0)
		return false;
	ret->placed = true;
	ret->unit = ANNOT_UNIT_UTF16;
	ret->start = (uint64_t)json_integer_value(start);
	ret->end = (uint64_t)json_integer_value(end);
	return true;
}

enum annot_status hypothesis_selectors(struct hypothesis_work *w, struct annot_source_selector *ret,
				       struct annot_error *err)
{
	const json_t *one;
	size_t i;
	json_t *others = json_array();
	*ret = (struct annot_source_selector){0};
	json_array_foreach(w->selector, i, one)
	{
		const char *type = hypothesis_text(one, "type") ? hypothesis_text(one, "type") : "";
		enum annot_status status = ANNOT_OK;
		if (strcmp(type, "TextQuoteSelector") == 0 && !ret->exact.data) {
			ret->exact = bytes_of(one, "exact");
			ret->prefix = bytes_of(one, "prefix");
			ret->suffix = bytes_of(one, "suffix");
		} else if (strcmp(type, "TextPositionSelector") == 0 && read_position(one, ret)) {
			continue;
		} else if (strcmp(type, "RangeSelector") == 0) {
			if (!w->own)
				status = annot_import_lose(
					w->m, "target[0].selector", one,
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
	return w->kept ? ANNOT_OK : hypothesis_no_memory(err);
}

enum annot_status hypothesis_place(struct hypothesis_work *w, bool *ret_placed,
				   struct annot_error *err)
{
	struct annot_source *source;
	struct annot_source_selector selector;
	*ret_placed = false;
	TRY(hypothesis_source(w, &source, err));
	if (!source)
		return ANNOT_OK;
	TRY(hypothesis_selectors(w, &selector, err));
	return annot_import_place(w->m, w->draft, source, &selector, "target[0].selector",
				  ret_placed, err);
}
