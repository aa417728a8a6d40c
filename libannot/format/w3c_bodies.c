/* Bodies: what a record says of its target, each with the purpose that it has there. */
#include "base/auto.h"
#include "format/build.h"
#include "format/w3c.h"

static json_t *text_body(const char *value, const char *purpose, const char *language)
{
	json_t *body = json_object();
	build_text(&body, "type", "TextualBody");
	build_text(&body, "value", value);
	build_text(&body, "purpose", purpose);
	build_text(&body, "format", "text/plain");
	build_text(&body, "language", language);
	return body;
}

static json_t *reference_body(const struct annot_export *x, const struct annot_export_item *item,
			      const struct annot_card *card, const char *purpose)
{
	json_t *body = json_object();
	build_text(&body, "type", "SpecificResource");
	build_set(&body, "source", w3c_reference(x, item, &card->hash));
	build_text(&body, "purpose", purpose);
	return body;
}

/* A comment that answers another is a reply, and its text has that purpose. */
const char *w3c_purpose_of(const struct annot_record *record, const struct w3c_body *body)
{
	if (body->kind == ANNOT_KIND_comment && annot_record_card(record, "reply-to"))
		return "replying";
	return body->purpose;
}

static json_t *made_bodies(const struct annot_export *x, const struct annot_export_item *item)
{
	const struct annot_record *record = item->entry.record;
	const char *language = annot_record_text(record, "language");
	json_t *bodies = json_array();
	for (size_t i = 0; w3c_body_at(i); i++) {
		const struct w3c_body *body = w3c_body_at(i);
		const struct annot_card *card = body->kind == record->kind->kind
							? annot_record_card(record, body->card)
							: NULL;
		bool text = strcmp(body->card, "text") == 0;
		for (; card; card = annot_record_card_next(record, card))
			build_append(&bodies,
				     card->def->type == ANNOT_CARD_REF
					     ? reference_body(x, item, card, body->purpose)
					     : text_body(card->text, w3c_purpose_of(record, body),
							 text ? language : NULL));
	}
	return bodies;
}

/* --- bodies as they were imported --- */

bool w3c_is_note(const json_t *body)
{
	const char *purpose = json_string_value(json_object_get(body, "purpose"));
	return json_is_object(body) && !json_object_get(body, "source") &&
	       json_is_string(json_object_get(body, "value")) &&
	       !(purpose && strcmp(purpose, "tagging") == 0);
}

void w3c_join_notes(const json_t *bodies, struct annot_buf *ret)
{
	const json_t *one;
	size_t i;
	annot_buf_puts(ret, "");
	json_array_foreach(bodies, i, one) if (w3c_is_note(one))
		annot_buf_printf(ret, "%s%s", ret->len ? "\n\n" : "",
				 json_string_value(json_object_get(one, "value")));
}

/* The kept bodies, with the values that stand in cards put in where they stood, in order. A body
 * whose card is gone is left out; *ret_tags says whether every tag has its body. */
static json_t *fill(const json_t *kept, const struct annot_record *record, bool *ret_tags)
{
	json_t *bodies = json_array();
	const json_t *one;
	const struct annot_card *tag = annot_record_card(record, "tag");
	const char *text = annot_record_text(record, "text");
	size_t i;
	json_array_foreach(kept, i, one)
	{
		const json_t *purpose = json_object_get(one, "purpose");
		bool hole = w3c_has_type(one, "TextualBody") && !json_object_get(one, "value");
		bool tags = json_is_string(purpose) &&
			    strcmp(json_string_value(purpose), "tagging") == 0;
		const char *value = tags ? (tag ? tag->text : NULL) : text;
		if (hole && !value)
			continue;
		json_t *body = json_copy((json_t *)one);
		if (hole)
			build_text(&body, "value", value);
		build_append(&bodies, body);
		if (hole && tags)
			tag = annot_record_card_next(record, tag);
	}
	*ret_tags = !tag;
	return bodies;
}

/* Whether what stands there says the record's text, so that nothing was amended since. */
static bool same_text(const json_t *bodies, const json_t *kept, const struct annot_record *record)
{
	AUTO_BUF struct annot_buf joined = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const char *made = json_string_value(json_object_get(kept, W3C_MADE));
	const char *text = annot_record_text(record, "text");
	w3c_join_notes(bodies, &joined);
	if (joined.failed)
		return false;
	return strcmp(text ? text : "", made ? made : joined.data) == 0;
}

json_t *w3c_bodies(const struct annot_export *x, const struct annot_export_item *item,
		   const json_t *kept)
{
	const json_t *as_imported = json_object_get(kept, "body");
	bool tags = false;
	json_t *bodies = as_imported ? fill(as_imported, item->entry.record, &tags) : NULL;
	if (bodies && tags && same_text(bodies, kept, item->entry.record))
		return bodies;
	json_decref(bodies);
	return made_bodies(x, item);
}
