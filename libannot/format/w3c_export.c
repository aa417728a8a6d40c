/* A record as a Web Annotation. */
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "format/build.h"
#include "format/w3c.h"

static json_t *context(const json_t *kept)
{
	json_t *list = json_array(), *own = json_object();
	const json_t *more = json_object_get(kept, "@context"), *one;
	size_t i;
	build_append(&list, json_string(W3C_CONTEXT));
	build_text(&own, "annot", W3C_NAMESPACE);
	build_append(&list, own);
	json_array_foreach(more, i, one) build_append(&list, json_incref((json_t *)one));
	return list;
}

static json_t *agent(const struct annot_entry *entry)
{
	json_t *object = json_object();
	char id[sizeof "urn:sha256:" + ANNOT_HASH_HEX];
	snprintf(id, sizeof id, "urn:sha256:%s", annot_hash_hex(&entry->record->author).text);
	build_text(&object, "id", id);
	build_text(&object, "type", entry->bot ? "Software" : "Person");
	build_text(&object, "name", entry->author_name);
	return object;
}

/* Who made it, and whoever amended it since; the author of an imported one is who it says, and
 * nobody who signed the first version. */
static json_t *creators(const struct annot_export_item *item, const json_t *kept)
{
	const struct annot_entry *entry = &item->entry;
	const struct annot_record *record = entry->record;
	const struct annot_record *first = item->first ? item->first->record : NULL;
	const char *author = annot_record_text(record, "imported-author");
	const json_t *creator = json_object_get(kept, "creator"), *one;
	bool imported = annot_record_card(record, "imported-from");
	json_t *list = json_array();
	size_t i;
	if (json_is_array(creator)) {
		json_array_foreach(creator, i, one) build_append(&list, json_incref((json_t *)one));
	} else if (creator) {
		build_append(&list, json_incref((json_t *)creator));
	} else if (author) {
		json_t *object = json_object();
		build_text(&object, "name", author);
		build_append(&list, object);
	} else if (!imported && first && !annot_hash_equal(&first->author, &record->author)) {
		build_append(&list, agent(item->first));
	}
	if (!imported || !record->first)
		build_append(&list, agent(entry));
	return list;
}

/* created is the time of the first version, modified that of this one, as their authors signed
 * them. */
static enum annot_status set_times(struct annot_export *x, json_t **object,
				   const struct annot_export_item *item, const json_t *kept,
				   struct annot_error *err)
{
	const struct annot_record *record = item->entry.record;
	const struct annot_record *first = record->first ? record
					   : item->first ? item->first->record
							 : NULL;
	const char *created = json_string_value(json_object_get(kept, "created"));
	const char *modified = json_string_value(json_object_get(kept, "modified"));
	if (!annot_record_card(record, "imported-from")) {
		created = first ? first->time : NULL;
		if (!first)
			TRY(annot_export_lose(x, "created", NULL, "the first version is withheld",
					      err));
	}
	if (!record->first)
		modified = record->time;
	build_text(object, "created", created);
	build_text(object, "modified", modified);
	return ANNOT_OK;
}

static void set_identities(const struct annot_export *x, json_t **object,
			   const struct annot_entry *entry, const json_t *kept)
{
	const char *from = annot_record_text(entry->record, "imported-from");
	const json_t *canonical = json_object_get(kept, "canonical"), *via, *one;
	json_t *list = json_array(), *source = from ? json_string(from) : NULL;
	char id[sizeof "urn:sha256:" + ANNOT_HASH_HEX];
	size_t i;
	if (canonical) {
		build_set(object, "canonical", json_incref((json_t *)canonical));
	} else if (x->host.base && !from) { /* another's may have one elsewhere (3.3.7) */
		snprintf(id, sizeof id, "urn:sha256:%s", annot_hash_hex(&entry->annotation).text);
		build_text(object, "canonical", id);
	}
	if (w3c_is_iri(source))
		build_append(&list, json_incref(source));
	via = json_object_get(kept, "via");
	json_array_foreach(via, i, one) build_append(&list, json_incref((json_t *)one));
	build_list(object, "via", list);
	if (from && !w3c_is_iri(source))
		build_text(object, W3C_PREFIX "imported-from", from);
	json_decref(source);
}

void w3c_set_motivation(json_t **object, const struct annot_record *record, const json_t *kept)
{
	const json_t *as_imported = json_object_get(kept, "motivation");
	struct w3c_motivation own = w3c_motivation_of(record);
	json_t *list = json_array();
	if (own.own)
		build_append(&list, json_string(own.own));
	build_append(&list, json_string(own.standard));
	if (!as_imported) {
		build_list(object, "motivation", list);
		return;
	}
	json_decref(list);
	if (!json_is_null(as_imported)) /* null: it has none */
		build_set(object, "motivation", json_incref((json_t *)as_imported));
}

bool w3c_stands_elsewhere(const struct annot_record *record, const struct annot_card_def *card)
{
	enum annot_kind kind = record->kind->kind;
	const char *target = w3c_target_card(kind);
	if (kind == ANNOT_KIND_comment && annot_record_card(record, "reply-to"))
		target = "reply-to";
	return card->in_group || card->type == ANNOT_CARD_TARGET ||
	       strncmp(card->name, "imported-", 9) == 0 || w3c_body_of(kind, card->name) ||
	       (target && strcmp(target, card->name) == 0);
}

/* Cards that are neither bodies nor targets, under names of ours; repeatable ones as lists. */
static void set_cards(const struct annot_export *x, json_t **object, const struct annot_record *r)
{
	for (size_t i = 0; i < r->kind->n_cards; i++) {
		const struct annot_card_def *def = &r->kind->cards[i];
		const struct annot_card *card = annot_record_card(r, def->name);
		char name[64];
		json_t *list = json_array();
		snprintf(name, sizeof name, W3C_PREFIX "%s", def->name);
		for (; card && !w3c_stands_elsewhere(r, def);
		     card = annot_record_card_next(r, card)) {
			struct annot_iri iri = annot_export_iri(x, &card->hash);
			build_append(&list, json_string(def->type == ANNOT_CARD_REF ? iri.text
										    : card->text));
		}
		build_list(object, name, list);
	}
}

static void set_kept(json_t **object, const json_t *kept)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)kept, name,
			    value) if (!json_object_get(*object, name) &&
				       strcmp(name, "@context") != 0 && strcmp(name, "body") != 0 &&
				       strcmp(name, "target") != 0 && strcmp(name, W3C_MADE) != 0 &&
				       !json_is_null(value))
		build_set(object, name, json_incref(value));
}

/* What the record is about. A claim that stands in no text is about the corpus that it was made in.
 */
static enum annot_status set_targets(struct annot_export *x, const struct annot_export_item *item,
				     const json_t *kept, json_t **object, struct annot_error *err)
{
	const struct annot_record *record = item->entry.record;
	const char *card = annot_record_card(record, "reply-to")
				   ? "reply-to"
				   : w3c_target_card(record->kind->kind);
	json_t *targets = NULL;
	struct annot_iri iri;
	if (card) {
		json_t *target = w3c_reference(x, item, &annot_record_card(record, card)->hash);
		w3c_around_reference(&target, json_array_get(json_object_get(kept, "target"), 0));
		build_set(object, "target", target);
		return ANNOT_OK;
	}
	TRY(w3c_targets(x, item, kept, &targets, err));
	if (json_array_size(targets) == 0) {
		iri = annot_export_iri(x, &x->host.corpus);
		build_append(&targets, json_string(iri.text));
	}
	build_list(object, "target", targets);
	return ANNOT_OK;
}

enum annot_status w3c_annotation(struct annot_export *x, const struct annot_export_item *item,
				 json_t **ret, struct annot_error *err)
{
	const struct annot_entry *entry = &item->entry;
	json_t *object = json_object(), *kept = annot_export_kept(entry->record, W3C_KEPT);
	struct annot_iri iri = annot_export_iri(x, &entry->annotation);
	build_set(&object, "@context", context(kept));
	build_text(&object, "id", iri.text);
	if (json_object_get(kept, "type")) /* classes beside Annotation */
		build_set(&object, "type", json_incref(json_object_get(kept, "type")));
	else
		build_text(&object, "type", "Annotation");
	set_identities(x, &object, entry, kept);
	w3c_set_motivation(&object, entry->record, kept);
	build_list(&object, "creator", creators(item, kept));
	enum annot_status status = set_times(x, &object, item, kept, err);
	json_t *bodies = NULL;
	if (status == ANNOT_OK)
		status = w3c_bodies(x, item, kept, &bodies, err);
	if (bodies && json_array_size(bodies) == 0)
		json_decref(bodies);
	else
		build_list(&object, "body", bodies);
	if (status == ANNOT_OK)
		status = set_targets(x, item, kept, &object, err);
	build_text(&object, W3C_PREFIX "kind", entry->record->kind->name);
	set_cards(x, &object, entry->record);
	iri = annot_export_iri(x, &entry->id);
	build_text(&object, W3C_PREFIX "record", iri.text);
	build_set(&object, W3C_PREFIX "version", json_integer((json_int_t)entry->version));
	build_text(&object, W3C_PREFIX "corpus", annot_hash_hex(&x->host.corpus).text);
	set_kept(&object, kept);
	json_decref(kept);
	if (status == ANNOT_OK)
		*ret = object;
	else
		json_decref(object);
	return status;
}
