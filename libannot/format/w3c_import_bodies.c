/* Bodies of Web Annotations as cards, and kept for export. */
#include "base/auto.h"
#include "format/build.h"
#include "format/w3c_import.h"

bool w3c_is_tag(const json_t *body)
{
	const char *purpose = w3c_text(body, "purpose");
	return purpose && strcmp(purpose, "tagging") == 0 && w3c_text(body, "value");
}

json_t *w3c_bodies_of(const struct w3c_work *w)
{
	const char *text = w3c_text(w->annotation, "bodyValue");
	const json_t *bodies = w3c_member(w, "body");
	json_t *list = json_array();
	for (size_t i = 0; i < w3c_count(bodies); i++)
		build_append(&list, json_incref((json_t *)w3c_item(bodies, i)));
	if (text) {
		json_t *body = json_object();
		build_text(&body, "type", "TextualBody");
		build_text(&body, "value", text);
		build_text(&body, "format", "text/plain");
		build_append(&list, body);
	}
	return list;
}

/* Body i as it is kept: without a value that the card has, which export puts back. */
static enum annot_status keep_body(json_t *kept, const json_t *body, bool in_card,
				   struct annot_error *err)
{
	json_t *copy = in_card ? json_copy((json_t *)body) : json_incref((json_t *)body);
	if (in_card && json_is_object(copy))
		json_object_del(copy, "value");
	return json_array_append_new(kept, copy) == 0 ? ANNOT_OK : w3c_no_memory(err);
}

/* What stands for an annotation that has no words of its own in a comment, which must have some. */
static void make_words(const struct w3c_work *w, const json_t *bodies, struct annot_buf *ret)
{
	const json_t *motivation = w3c_member(w, "motivation");
	const char *word = json_string_value(w3c_item(motivation, 0));
	for (size_t i = 0; i < json_array_size(bodies); i++) {
		const json_t *body = json_array_get(bodies, i), *source;
		source = json_object_get(body, "source");
		const char *text = json_is_string(body)     ? json_string_value(body)
				   : w3c_is_tag(body)       ? w3c_text(body, "value")
				   : json_is_string(source) ? json_string_value(source)
							    : w3c_text(body, "id");
		if (text)
			annot_buf_printf(ret, "%s%s", ret->len ? ", " : "", text);
	}
	if (ret->len == 0)
		annot_buf_puts(ret, word ? word : "highlighting");
}

static enum annot_status text_card(struct w3c_work *w, const json_t *bodies, bool *ret_there,
				   struct annot_error *err)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_ITEM_MAX);
	w3c_join_notes(bodies, &text);
	bool made = text.len == 0 && w->kind == ANNOT_KIND_comment;
	if (made)
		make_words(w, bodies, &text);
	TRY(annot_buf_check(&text, "the words of an annotation", err));
	if (made && json_object_set_new(w->kept, W3C_MADE, json_string(text.data)) != 0)
		return w3c_no_memory(err);
	return annot_import_card(w->m, w->draft, "text", "body", text.data, ret_there, err);
}

/* Bodies of an annotation that others made: notes are its text, tags its tags; all are kept as they
 * were. */
static enum annot_status foreign_bodies(struct w3c_work *w, const json_t *bodies,
					struct annot_error *err)
{
	bool there = false;
	size_t notes = 0;
	const json_t *body;
	size_t i;
	json_t *kept = json_array();
	if (!kept || json_object_set_new(w->kept, "body", kept) != 0)
		return w3c_no_memory(err);
	if (w->kind != ANNOT_KIND_quote)
		TRY(text_card(w, bodies, &there, err));
	json_array_foreach(bodies, i, body) notes += w3c_is_note(body);
	json_array_foreach(bodies, i, body)
	{
		bool in_card = there && notes == 1 && w3c_is_note(body) &&
			       w3c_has_type(body, "TextualBody");
		if (w3c_is_tag(body) && w->kind != ANNOT_KIND_comment) {
			TRY(annot_import_card(w->m, w->draft, "tag", "body",
					      w3c_text(body, "value"), &in_card, err));
			in_card = in_card && w3c_has_type(body, "TextualBody");
		}
		TRY(keep_body(kept, body, in_card, err));
	}
	if (json_array_size(kept) == 0 && !json_object_get(w->kept, W3C_MADE))
		json_object_del(w->kept, "body");
	return ANNOT_OK;
}

/* Bodies that we wrote: each is the card that its purpose says. */
static enum annot_status own_bodies(struct w3c_work *w, const json_t *bodies,
				    struct annot_error *err)
{
	const json_t *body;
	size_t i;
	json_array_foreach(bodies, i, body)
	{
		const char *purpose = w3c_text(body, "purpose");
		const struct w3c_body *row;
		if (purpose && strcmp(purpose, "replying") == 0)
			purpose = "commenting";
		row = purpose ? w3c_body_for(w->kind, purpose) : NULL;
		const json_t *source = json_object_get(body, "source");
		if (!row || (!source && !w3c_text(body, "value")))
			TRY(annot_import_lose(w->m, "body", body,
					      "no card of the kind that annot:kind says", err));
		else if (source)
			TRY(w3c_refer(w, row->card, source, err));
		else
			TRY(annot_import_card(w->m, w->draft, row->card, "body",
					      w3c_text(body, "value"), NULL, err));
	}
	return ANNOT_OK;
}

enum annot_status w3c_import_bodies(struct w3c_work *w, struct annot_error *err)
{
	json_t *bodies = w3c_bodies_of(w);
	if (!bodies)
		return w3c_no_memory(err);
	enum annot_status status =
		w->ours ? own_bodies(w, bodies, err) : foreign_bodies(w, bodies, err);
	json_decref(bodies);
	return status;
}
