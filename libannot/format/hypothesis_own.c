/* Annotations that were exported from this corpus to Hypothesis, and come back. */
#include "base/auto.h"
#include "base/encode.h"
#include "format/build.h"
#include "format/hypothesis.h"
#include "format/own.h"

/* What a server, a client or an export writes beside what it says. */
#define HELD                                                                                       \
	"id|created|updated|user|user_info|uri|text|tags|group|permissions|target|document|"       \
	"references|links|hidden|flagged|moderation_status|actions|mentions|extra|" HYPOTHESIS_OWN

/* --- whether it is one --- */

/* The annotation whose first bytes an id is, as export makes it; *ret NULL: none. */
static enum annot_status by_id(struct annot_import *m, const char *id,
			       const struct annot_entry **ret, struct annot_error *err)
{
	char base64[HYPOTHESIS_ID_LEN + 3], hex[2 * HYPOTHESIS_ID_BYTES + 1];
	uint8_t bytes[HYPOTHESIS_ID_BYTES];
	struct annot_error why;
	const struct annot_entry *newest;
	*ret = NULL;
	if (!id || strlen(id) != HYPOTHESIS_ID_LEN)
		return ANNOT_OK;
	snprintf(base64, sizeof base64, "%s==", id);
	for (char *c = base64; *c; c++)
		*c = (char)(*c == '-' ? '+' : *c == '_' ? '/' : *c);
	if (!annot_unbase64_exact(base64, strlen(base64), bytes, sizeof bytes))
		return ANNOT_OK;
	annot_hex(bytes, sizeof bytes, hex);
	enum annot_status status = m->host.own(m->host.arg, hex, &newest, &why);
	if (status == ANNOT_NOT_FOUND || status == ANNOT_AMBIGUOUS)
		return ANNOT_OK;
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	/* Which version it was, it does not say: the first, so that nothing later is undone. */
	return own_get(m, &newest->annotation, ret, err);
}

/* An id that export gave, in a file whose other members were lost, or that the client put aside
 * when it imported the file. */
static const char *former_id(const struct annot_import *m, const json_t *json)
{
	const json_t *extra = json_object_get(json, "extra");
	const char *source = hypothesis_text(extra, "source");
	const char *authority = hypothesis_authority(json);
	size_t host = m->host.origin ? strcspn(m->host.origin, "/") : 0;
	if (source && strcmp(source, "import") == 0)
		return hypothesis_text(extra, "original_id");
	if (host > 0 && strlen(authority) == host && strncmp(authority, m->host.origin, host) == 0)
		return hypothesis_text(json, "id");
	return NULL;
}

enum annot_status hypothesis_find_own(struct annot_import *m, const json_t *json,
				      const struct annot_entry **ret, bool *ret_left_out,
				      struct annot_error *err)
{
	const json_t *said = json_object_get(json, HYPOTHESIS_OWN);
	const char *corpus = hypothesis_text(said, "corpus");
	enum own_is is = OWN_NOT;
	*ret = NULL;
	*ret_left_out = false;
	if (corpus) {
		TRY(own_find(m, corpus, hypothesis_text(said, "record"), HYPOTHESIS_OWN ".record",
			     ret, &is, err));
		*ret_left_out = is == OWN_GONE;
		if (is != OWN_HERE)
			*ret = NULL;
		return ANNOT_OK;
	}
	TRY(by_id(m, former_id(m, json), ret, err));
	if (*ret && !(*ret)->record)
		*ret = NULL;
	return ANNOT_OK;
}

/* --- what it says --- */

static enum annot_status amend_text(struct hypothesis_work *w, const struct annot_record *r,
				    const json_t *kept, struct annot_error *err)
{
	const char *text = hypothesis_text(w->json, "text");
	const char *before = hypothesis_text(kept, "text");
	if (!text || (r->first && before && strcmp(text, before) == 0)) /* as it was imported */
		return ANNOT_OK;
	if (!annot_card_def_find(r->kind, "text", 4))
		return *text ? annot_import_lose_text(w->m, "text", text,
						      "a quote has no note: comment on it", err)
			     : ANNOT_OK;
	if (!own_differs(r, "text", &text, *text != '\0'))
		return ANNOT_OK;
	return own_replace(w->m, w->draft, "text", "text", &text, *text != '\0', err);
}

static enum annot_status amend_tags(struct hypothesis_work *w, const struct annot_record *r,
				    const json_t *kept, struct annot_error *err)
{
	const json_t *tags = json_object_get(w->json, "tags"), *before;
	size_t n = json_array_size(tags);
	if (!json_is_array(tags))
		return ANNOT_OK;
	if (!annot_card_def_find(r->kind, "tag", 3)) {
		before = json_object_get(kept, "tags");
		return (before ? json_equal(before, tags) : n == 0)
			       ? ANNOT_OK
			       : annot_import_lose(w->m, "tags", tags, "a comment has no tags",
						   err);
	}
	const char **values = annot_arena_array(w->m->arena, n + 1, sizeof *values);
	if (!values)
		return hypothesis_no_memory(err);
	for (size_t i = 0; i < n; i++)
		values[i] = json_string_value(json_array_get(tags, i));
	if (!own_differs(r, "tag", values, n))
		return ANNOT_OK;
	return own_replace(w->m, w->draft, "tag", "tags", values, n, err);
}

/* Whether it means the first target as it is. */
static enum annot_status same_place(const struct annot_source_selector *said,
				    struct annot_source *source, const struct annot_target *target,
				    bool *ret, struct annot_error *err)
{
	uint64_t start, end;
	*ret = !said->exact.data ||
	       (said->exact.len == target->exact->len &&
		memcmp(said->exact.data, target->exact->text, target->exact->len) == 0);
	if (!*ret || !said->placed || !source->text.data)
		return ANNOT_OK;
	TRY(annot_source_offset(source, target->start, ANNOT_UNIT_UTF16, &start, err));
	TRY(annot_source_offset(source, target->end, ANNOT_UNIT_UTF16, &end, err));
	*ret = start == said->start && end == said->end;
	return ANNOT_OK;
}

static enum annot_status amend_target(struct hypothesis_work *w, const struct annot_entry *own,
				      bool *ret_placed, struct annot_error *err)
{
	struct annot_source_selector said;
	struct annot_target target;
	bool same;
	*ret_placed = true;
	if (!annot_record_target(own->record, 0, &target))
		return ANNOT_OK;
	if (!w->selector)
		return annot_import_lose(w->m, "target", w->target,
					 "its words are gone there; here they stay", err);
	TRY(hypothesis_selectors(w, &said, err));
	TRY(same_place(&said, own->sources[0], &target, &same, err));
	if (same)
		return ANNOT_OK;
	if (!own->sources[0]->text.data)
		return annot_import_leave_out(w->m, "target[0].selector", w->selector,
					      "the text of that document is not there", err);
	annot_draft_unset(w->draft, "target");
	TRY(annot_import_place(w->m, w->draft, own->sources[0], &said, "target[0].selector",
			       ret_placed, err));
	return *ret_placed ? own_add_targets(w->draft, own->record, 1, err) : ANNOT_OK;
}

static enum annot_status amend(struct hypothesis_work *w, const struct annot_entry *own,
			       json_t *kept, bool *ret_whole, struct annot_error *err)
{
	TRY(amend_target(w, own, ret_whole, err));
	if (!*ret_whole)
		return ANNOT_OK;
	TRY(amend_text(w, own->record, kept, err));
	TRY(amend_tags(w, own->record, kept, err));
	return own_lose_members(w->m, w->json, HELD, kept, err);
}

enum annot_status hypothesis_import_own(struct hypothesis_work *w, const struct annot_entry *own,
					struct annot_error *err)
{
	bool whole;
	w->own = true;
	w->kept = json_object();
	w->draft = annot_draft_amend(own->record);
	if (!w->kept || !w->draft)
		return hypothesis_no_memory(err);
	json_t *kept = annot_export_kept(own->record, HYPOTHESIS_KEPT);
	enum annot_status status = amend(w, own, kept, &whole, err);
	json_decref(kept);
	TRY(status);
	return whole ? annot_import_amend(w->m, TAKE(w->draft), &own->id, err) : ANNOT_OK;
}
