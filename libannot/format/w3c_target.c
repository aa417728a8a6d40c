/* Targets: words in texts with the three selectors that text/plain has, and records that others are
 * about. */
#include <stdlib.h>

#include "format/build.h"
#include "format/fragment.h"
#include "format/json_out.h"
#include "format/w3c.h"

enum { FRAGMENT_MAX = 128, FIELD_MAX = 64 };

const char *w3c_document_iri(const struct annot_record *document, struct annot_iri *room)
{
	const char *source = annot_record_text(document, "source");
	json_t *value = source ? json_string(source) : NULL;
	bool iri = value && w3c_is_iri(value);
	json_decref(value);
	if (iri)
		return source;
	struct annot_buf b = ANNOT_BUF_IN(room->text);
	annot_buf_printf(&b, "urn:sha256:%s", annot_record_text(document, "sha256"));
	return room->text;
}

/* What says which text it is, whatever the IRI that it is known by leads to today. */
static void describe_document(json_t **object, const struct annot_record *document,
			      const char *name, uint64_t version)
{
	char text[96];
	snprintf(text, sizeof text, "%s@%" JSON_INTEGER_FORMAT, name ? name : "",
		 (json_int_t)version);
	build_text(object, W3C_PREFIX "document", text);
	build_text(object, W3C_PREFIX "sha256", annot_record_text(document, "sha256"));
}

json_t *w3c_reference(const struct annot_export *x, const struct annot_export_item *item,
		      const struct annot_hash *id)
{
	const struct annot_entry *entry = annot_export_referred(item, id);
	json_t *object = json_object();
	struct annot_iri iri;
	if (entry && entry->kind == ANNOT_KIND_document && entry->record) {
		build_text(&object, "id", w3c_document_iri(entry->record, &iri));
		describe_document(&object, entry->record, annot_record_text(entry->record, "name"),
				  entry->version);
		return object;
	}
	iri = annot_export_iri(x, entry ? &entry->annotation : id);
	build_text(&object, "id", iri.text);
	if (entry && !annot_hash_equal(&entry->annotation, id)) {
		iri = annot_export_iri(x, id);
		build_text(&object, W3C_PREFIX "record", iri.text);
	}
	return object;
}

void w3c_around_reference(json_t **target, json_t *kept)
{
	const char *name;
	json_t *value, *iri = json_object_get(*target, "id");
	if (!*target || !json_is_object(kept))
		return;
	if (json_object_get(kept, "source")) { /* a SpecificResource of what it is about */
		build_set(target, "source", json_incref(iri));
		json_object_del(*target, "id");
	}
	json_object_foreach(kept, name, value) if (strcmp(name, "source") == 0
							   ? json_is_object(value)
							   : !json_object_get(*target, name))
		build_set(target, name, json_incref(value)); /* never in the place of ours */
}

static enum annot_status add_positions(struct annot_export *x, struct annot_source *source,
				       const struct annot_target *target, const char *field,
				       json_t **selectors, struct annot_error *err)
{
	uint64_t start, end;
	char room[FRAGMENT_MAX];
	struct annot_buf b = ANNOT_BUF_IN(room);
	room[0] = '\0';
	TRY(annot_source_offset(source, target->start, ANNOT_UNIT_CHARS, &start, err));
	TRY(annot_source_offset(source, target->end, ANNOT_UNIT_CHARS, &end, err));
	build_append(selectors, annot_export_position_selector(start, end));
	if (!fragment_write(source->text, target->start, target->end, start, end, &b))
		return annot_export_lose(x, field, NULL,
					 "an edge within CR LF has no fragment of RFC 5147", err);
	json_t *fragment = json_object();
	build_text(&fragment, "type", "FragmentSelector");
	build_text(&fragment, "conformsTo", FRAGMENT_RFC5147);
	build_text(&fragment, "value", room);
	build_append(selectors, fragment);
	return ANNOT_OK;
}

/* What an imported target had beside the words: other selectors, a state, a class of styles … */
static void add_kept(json_t **target, json_t **selectors, json_t *kept)
{
	const char *name;
	size_t i;
	json_t *value, *other = json_object_get(kept, "selector");
	json_array_foreach(other, i, value) build_append(selectors, json_incref(value));
	json_object_foreach(kept, name, value) if (strcmp(name, "selector") != 0)
		build_set(target, name, json_incref(value));
}

static enum annot_status one_target(struct annot_export *x, const struct annot_entry *entry,
				    size_t n, json_t *kept, json_t **ret, struct annot_error *err)
{
	struct annot_target target;
	struct annot_iri iri;
	char field[FIELD_MAX];
	struct annot_source *source = n < entry->n_sources ? entry->sources[n] : NULL;
	json_t *object = json_object(), *selectors = json_array();
	enum annot_status status = ANNOT_OK;
	snprintf(field, sizeof field, "target[%zu].selector", n);
	annot_record_target(entry->record, n, &target);
	build_text(&object, "type", "SpecificResource");
	if (source && source->record) {
		build_text(&object, "source", w3c_document_iri(source->record, &iri));
		describe_document(&object, source->record, source->name, source->version);
	} else {
		iri = annot_export_iri(x, &target.document);
		build_text(&object, "source", iri.text);
	}
	build_append(&selectors, annot_export_quote_selector(&target));
	if (source && source->text.data)
		status = add_positions(x, source, &target, field, &selectors, err);
	else
		status = annot_export_lose(
			x, field, NULL, "the text is not there: no positions in characters", err);
	add_kept(&object, &selectors, kept);
	build_set(&object, "selector", selectors);
	if (status == ANNOT_OK)
		*ret = object;
	else
		json_decref(object);
	return status;
}

/* What was kept of a target whose words are others by now; its address alone is no loss. */
static enum annot_status lose_kept(struct annot_export *x, size_t n, json_t *kept,
				   struct annot_error *err)
{
	char field[FIELD_MAX];
	if (json_object_size(kept) == (json_object_get(kept, "source") != NULL))
		return ANNOT_OK;
	snprintf(field, sizeof field, "target[%zu]", n);
	char *text = json_dumps(kept, JSON_COMPACT);
	enum annot_status status =
		text ? annot_export_lose(x, field, text,
					 "what stood around other words, before these were amended",
					 err)
		     : annot_fail(err, ANNOT_NO_MEMORY, "no memory for a loss");
	free(text);
	return status;
}

enum annot_status w3c_targets(struct annot_export *x, const struct annot_export_item *item,
			      const json_t *kept, json_t **ret, struct annot_error *err)
{
	json_t *targets = json_array(), *extra = json_object_get(kept, "target");
	size_t n = annot_record_targets(item->entry.record);
	enum annot_status status = ANNOT_OK;
	for (size_t i = 0; i < n && status == ANNOT_OK; i++) {
		json_t *target = NULL, *around = json_array_get(extra, i);
		bool same = annot_export_same_target(item, i);
		if (around && !same)
			status = lose_kept(x, i, around, err);
		if (status == ANNOT_OK)
			status = one_target(x, &item->entry, i, same ? around : NULL, &target, err);
		if (status == ANNOT_OK)
			build_append(&targets, target);
	}
	for (size_t i = n; i < json_array_size(extra) && status == ANNOT_OK; i++)
		status = lose_kept(x, i, json_array_get(extra, i), err);
	if (status == ANNOT_OK)
		*ret = targets;
	else
		json_decref(targets);
	return status;
}
