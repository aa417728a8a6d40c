#include "../out/record.h"
#include "reading.h"

static json_t *range(size_t start, size_t end)
{
	return json_pack("[I, I]", (json_int_t)start, (json_int_t)end);
}

static void set_places(json_t *object, const struct reading *r, size_t start, size_t end)
{
	const struct annot_places *places = r->doc->places;
	json_object_set_new(object, "bytes", range(start, end));
	json_object_set_new(
		object, "chars",
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
		set_places(span, r, m->start, m->end);
		json_array_append_new(spans, span);
	}
	return spans;
}

static json_t *paragraphs_json(const struct reading *r)
{
	json_t *paragraphs = json_array();
	struct paragraph at;
	size_t mark = 0;
	for (size_t from = 0; paragraph_next(r->doc->text, from, &at); from = at.end) {
		json_t *one =
			json_pack("{s:I}", "number", (json_int_t)json_array_size(paragraphs) + 1);
		set_places(one, r, at.start, at.end);
		json_object_set_new(one, "text",
				    json_stringn((const char *)r->doc->text.data + at.start,
						 at.end - at.start));
		json_object_set_new(one, "spans", spans_json(r, &at, &mark));
		json_array_append_new(paragraphs, one);
	}
	return paragraphs;
}

static json_t *noted_json(struct ctl *ctl, const struct noted *noted)
{
	json_t *object = record_json(ctl, noted->fetched.row, noted->fetched.record, true);
	verdicts_json(ctl, &noted->fetched, &noted->verdicts, object);
	if (noted->number > 0)
		json_object_set_new(object, "number", json_integer((json_int_t)noted->number));
	else
		json_object_set_new(object, "anchor", json_string(noted->missing));
	return object;
}

json_t *reading_json(struct ctl *ctl, const struct reading *r)
{
	json_t *document = record_json(ctl, r->doc->fetched.row, r->doc->fetched.record, true);
	json_t *annotations = json_array(), *elsewhere = json_array();
	size_t shown = 0;
	verdicts_json(ctl, &r->doc->fetched, &r->verdicts, document);
	for (size_t i = 0; i < r->n_marks; i++)
		if (r->marks[i].noted->number > shown) {
			shown = r->marks[i].noted->number;
			json_array_append_new(annotations, noted_json(ctl, r->marks[i].noted));
		}
	for (size_t i = 0; i < r->n_noted; i++)
		if (r->noted[i].number == 0 && r->noted[i].missing)
			json_array_append_new(elsewhere, noted_json(ctl, &r->noted[i]));
	return json_pack("{s:o, s:o, s:o, s:o}", "document", document, "paragraphs",
			 paragraphs_json(r), "annotations", annotations, "elsewhere", elsewhere);
}
