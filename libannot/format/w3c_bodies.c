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

/* Bodies of one card. */
static void add_made(const struct annot_export *x, const struct annot_export_item *item,
		     const struct w3c_body *row, const struct annot_card *card, json_t **bodies)
{
	const struct annot_record *record = item->entry.record;
	const char *language = annot_record_text(record, "language");
	bool text = strcmp(row->card, "text") == 0;
	for (; card; card = annot_record_card_next(record, card))
		build_append(bodies, card->def->type == ANNOT_CARD_REF
					     ? reference_body(x, item, card, row->purpose)
					     : text_body(card->text, w3c_purpose_of(record, row),
							 text ? language : NULL));
}

static json_t *made_bodies(const struct annot_export *x, const struct annot_export_item *item)
{
	const struct annot_record *record = item->entry.record;
	json_t *bodies = json_array();
	for (size_t i = 0; w3c_body_at(i); i++)
		if (w3c_body_at(i)->kind == record->kind->kind)
			add_made(x, item, w3c_body_at(i),
				 annot_record_card(record, w3c_body_at(i)->card), &bodies);
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

bool w3c_has_tag(const struct annot_record *record, const char *value)
{
	const struct annot_card *card = annot_record_card(record, "tag");
	while (card && strcmp(card->text, value) != 0)
		card = annot_record_card_next(record, card);
	return card != NULL;
}

/* Whether a tag that is kept whole was taken away since, and not one that there is no room for
 * among the cards. */
static bool tag_is_gone(const struct annot_record *record, const char *value)
{
	const struct annot_card_def *def = annot_card_def_find(record->kind, "tag", 3);
	const struct annot_card *card = annot_record_card(record, "tag");
	size_t n = 0;
	for (; card; card = annot_record_card_next(record, card))
		n++;
	return def && !record->first && n < def->max && !w3c_has_tag(record, value);
}

/* The kept bodies, with the values that stand in cards put in where they stood, in order. A body
 * whose card is gone is left out; *ret_tag is the first tag that has none, NULL: all have. */
static json_t *fill(const json_t *kept, const struct annot_record *record,
		    const struct annot_card **ret_tag)
{
	json_t *bodies = json_array();
	const json_t *one;
	const struct annot_card *tag = annot_record_card(record, "tag");
	const char *text = annot_record_text(record, "text");
	size_t i;
	json_array_foreach(kept, i, one)
	{
		const json_t *purpose = json_object_get(one, "purpose");
		const char *whole = json_string_value(json_object_get(one, "value"));
		bool hole = w3c_has_type(one, "TextualBody") && !json_object_get(one, "value");
		bool tags = json_is_string(purpose) &&
			    strcmp(json_string_value(purpose), "tagging") == 0;
		const char *value = tags ? (tag ? tag->text : NULL) : text;
		bool gone = tags && whole && tag_is_gone(record, whole);
		if (gone || (hole && !value))
			continue;
		json_t *body = json_copy((json_t *)one);
		if (hole)
			build_text(&body, "value", value);
		build_append(&bodies, body);
		if (tags && tag && (hole || (whole && strcmp(whole, tag->text) == 0)))
			tag = annot_record_card_next(record, tag);
	}
	*ret_tag = tag;
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

static enum annot_status lose_body(struct annot_export *x, const json_t *body,
				   struct annot_error *err)
{
	AUTO_FREE char *text = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
	return text ? annot_export_lose(x, "body", text,
					"its words were amended since they were imported", err)
		    : annot_fail(err, ANNOT_NO_MEMORY, "no memory for a loss");
}

/* Several notes are one text here: where that was amended, it stands in the place of the first. */
static enum annot_status replace_notes(struct annot_export *x, const struct annot_record *record,
				       json_t **bodies, struct annot_error *err)
{
	const char *text = annot_record_text(record, "text");
	const struct w3c_body *row = w3c_body_of(record->kind->kind, "text");
	json_t *ret = json_array();
	bool put = false;
	for (size_t i = 0; i < json_array_size(*bodies); i++) {
		json_t *one = json_array_get(*bodies, i);
		if (!w3c_is_note(one)) {
			build_append(&ret, json_incref(one));
			continue;
		}
		enum annot_status status = lose_body(x, one, err);
		if (status != ANNOT_OK) {
			json_decref(ret);
			return status;
		}
		if (!put && text)
			build_append(&ret, text_body(text, w3c_purpose_of(record, row), NULL));
		put = true;
	}
	if (!put && text)
		build_append(&ret, text_body(text, w3c_purpose_of(record, row), NULL));
	json_decref(*bodies);
	*bodies = ret;
	return ANNOT_OK;
}

/* What was imported, and behind it what was added since. */
static enum annot_status kept_bodies(struct annot_export *x, const struct annot_export_item *item,
				     const json_t *kept, json_t **ret, struct annot_error *err)
{
	const struct annot_record *record = item->entry.record;
	const struct annot_card *tag;
	*ret = fill(json_object_get(kept, "body"), record, &tag);
	if (*ret && w3c_body_of(record->kind->kind, "text") && !same_text(*ret, kept, record))
		TRY(replace_notes(x, record, ret, err));
	for (size_t i = 0; w3c_body_at(i); i++) {
		const struct w3c_body *row = w3c_body_at(i);
		if (row->kind != record->kind->kind || strcmp(row->card, "text") == 0)
			continue;
		add_made(x, item, row,
			 strcmp(row->card, "tag") == 0 ? tag : annot_record_card(record, row->card),
			 ret);
	}
	return ANNOT_OK;
}

enum annot_status w3c_bodies(struct annot_export *x, const struct annot_export_item *item,
			     const json_t *kept, json_t **ret, struct annot_error *err)
{
	if (json_object_get(kept, "body"))
		return kept_bodies(x, item, kept, ret, err);
	*ret = made_bodies(x, item);
	return ANNOT_OK;
}
