#include "../out/record.h"
#include "reading.h"

static json_t *range(size_t start, size_t end)
{
	return json_pack("[I, I]", (json_int_t)start, (json_int_t)end);
}

/* Takes value, and object too where it cannot be put in: NULL then. jansson tells what went wrong
 * by -1 and goes on without. */
static json_t *with(json_t *object, const char *key, json_t *value)
{
	if (object && json_object_set_new(object, key, value) == 0)
		return object;
	if (!object)
		json_decref(value);
	json_decref(object);
	return NULL;
}

static json_t *with_item(json_t *array, json_t *value)
{
	if (array && json_array_append_new(array, value) == 0)
		return array;
	if (!array)
		json_decref(value);
	json_decref(array);
	return NULL;
}

static json_t *with_places(json_t *object, const struct reading *r, size_t start, size_t end)
{
	const struct annot_places *places = r->doc->places;
	object = with(object, "bytes", range(start, end));
	return with(object, "chars",
		    range(annot_places_chars(places, start), annot_places_chars(places, end)));
}

/* The marks that have words in the paragraph; those before *from ended before it. */
static json_t *spans_json(const struct reading *r, const struct paragraph *at, size_t *from)
{
	json_t *spans = json_array();
	while (*from < r->n_marks && r->marks[*from].end <= at->start)
		++*from;
	for (size_t i = *from; i < r->n_marks && r->marks[i].start < at->end; i++) {
		const struct mark *m = &r->marks[i];
		if (m->end <= at->start)
			continue;
		json_t *span = json_pack("{s:I, s:s, s:s}", "number", (json_int_t)m->noted->number,
					 "annotation",
					 annot_hash_hex(&m->noted->fetched.record->annotation).text,
					 "anchor", m->anchor);
		spans = with_item(spans, with_places(span, r, m->start, m->end));
	}
	return spans;
}

static json_t *paragraphs_json(const struct reading *r)
{
	json_t *paragraphs = json_array();
	struct paragraph at;
	size_t mark = 0, n = 0;
	for (size_t from = 0; paragraph_next(r->doc->text, from, &at); from = at.end) {
		json_t *one = json_pack("{s:I}", "number", (json_int_t)++n);
		one = with_places(one, r, at.start, at.end);
		one = with(one, "text",
			   json_stringn((const char *)r->doc->text.data + at.start,
					at.end - at.start));
		one = with(one, "spans", spans_json(r, &at, &mark));
		paragraphs = with_item(paragraphs, one);
	}
	return paragraphs;
}

static json_t *noted_json(struct ctl *ctl, const struct noted *noted)
{
	json_t *object = record_json(ctl, noted->fetched.row, noted->fetched.record, true);
	if (object)
		verdicts_json(ctl, &noted->fetched, &noted->verdicts, object);
	if (noted->number > 0)
		return with(object, "number", json_integer((json_int_t)noted->number));
	return with(object, "anchor", json_string(noted->missing));
}

json_t *reading_json(struct ctl *ctl, const struct reading *r)
{
	json_t *document = record_json(ctl, r->doc->fetched.row, r->doc->fetched.record, true);
	json_t *annotations = json_array(), *elsewhere = json_array();
	size_t shown = 0;
	if (document)
		verdicts_json(ctl, &r->doc->fetched, &r->verdicts, document);
	for (size_t i = 0; i < r->n_marks; i++)
		if (r->marks[i].noted->number > shown) {
			shown = r->marks[i].noted->number;
			annotations = with_item(annotations, noted_json(ctl, r->marks[i].noted));
		}
	for (size_t i = 0; i < r->n_noted; i++)
		if (r->noted[i].number == 0 && r->noted[i].missing)
			elsewhere = with_item(elsewhere, noted_json(ctl, &r->noted[i]));
	return json_pack("{s:o, s:o, s:o, s:o}", "document", document, "paragraphs",
			 paragraphs_json(r), "annotations", annotations, "elsewhere", elsewhere);
}
