/*
 * Export as Web Annotations: one is written as it is; several that fit in a page as an
 * AnnotationCollection with the page within; more as AnnotationPages, each on a line of its own and
 * known by its IRI, and their AnnotationCollection on the last line. With one_a_line an annotation
 * a line.
 */
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "format/build.h"
#include "format/w3c.h"

/* Items of a page; it is full with whichever comes first. */
enum { PAGE_ITEMS = 1000, PAGE_BYTES = 1 << 20 };

struct pages {
	struct annot_hash id;  /* of the collection */
	struct annot_buf page; /* annotations of the page that is under way, with commas between */
	uint64_t items;        /* of that page */
	uint64_t before;       /* in pages that were written */
	uint64_t number;       /* of that page, from 1 */
};

/* --- one annotation --- */

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

/* Who made it: the author of an imported one is who it says, and whoever amended it since; that is
 * who is named, and nobody who signed. */
static json_t *creators(const struct annot_entry *entry, const json_t *kept)
{
	const struct annot_record *record = entry->record;
	const char *author = annot_record_text(record, "imported-author");
	const json_t *creator = json_object_get(kept, "creator"), *one;
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
	}
	if (!annot_record_card(record, "imported-from") || !record->first)
		build_append(&list, agent(entry));
	return list;
}

static void set_times(json_t **object, const struct annot_record *record, const json_t *kept)
{
	const char *created = json_string_value(json_object_get(kept, "created"));
	const char *modified = json_string_value(json_object_get(kept, "modified"));
	if (!annot_record_card(record, "imported-from") && record->first)
		created = record->time;
	if (!record->first)
		modified = record->time;
	build_text(object, "created", created);
	build_text(object, "modified", modified);
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
	} else if (x->host.base) {
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

static void set_motivation(json_t **object, const struct annot_record *record, const json_t *kept)
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

static bool stands_elsewhere(const struct annot_record *record, const struct annot_card_def *card)
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
		for (; card && !stands_elsewhere(r, def); card = annot_record_card_next(r, card)) {
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
		build_set(object, "target",
			  w3c_reference(x, item, &annot_record_card(record, card)->hash));
		return ANNOT_OK;
	}
	TRY(w3c_targets(x, &item->entry, kept, &targets, err));
	if (json_array_size(targets) == 0) {
		iri = annot_export_iri(x, &x->host.corpus);
		build_append(&targets, json_string(iri.text));
	}
	build_list(object, "target", targets);
	return ANNOT_OK;
}

static enum annot_status annotation(struct annot_export *x, const struct annot_export_item *item,
				    json_t **ret, struct annot_error *err)
{
	const struct annot_entry *entry = &item->entry;
	json_t *object = json_object(), *kept = annot_export_kept(entry->record, W3C_KEPT);
	struct annot_iri iri = annot_export_iri(x, &entry->annotation);
	build_set(&object, "@context", context(kept));
	build_text(&object, "id", iri.text);
	build_text(&object, "type", "Annotation");
	set_identities(x, &object, entry, kept);
	set_motivation(&object, entry->record, kept);
	build_list(&object, "creator", creators(entry, kept));
	set_times(&object, entry->record, kept);
	json_t *bodies = w3c_bodies(x, item, kept);
	if (bodies && json_array_size(bodies) == 0)
		json_decref(bodies);
	else
		build_list(&object, "body", bodies);
	enum annot_status status = set_targets(x, item, kept, &object, err);
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

/* --- pages --- */

static struct pages *pages_of(struct annot_export *x)
{
	return x->own;
}

static enum annot_status begin(struct annot_export *x, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	struct annot_sha256 hash;
	(void)err;
	annot_sha256_init(&hash);
	annot_sha256_add(&hash, x->host.corpus.b, sizeof x->host.corpus.b);
	annot_sha256_add(&hash, x->host.generated, strlen(x->host.generated));
	p->id = annot_sha256_final(&hash);
	p->page = ANNOT_BUF_INIT(EXPORT_BUF_MAX);
	p->number = 1;
	return ANNOT_OK;
}

static void end_free(struct annot_export *x)
{
	annot_buf_free(&pages_of(x)->page);
}

/* Pages have no hash of their own, since they are not known before they are full: that of
 * collection and number. */
static struct annot_iri page_iri(struct annot_export *x, uint64_t number)
{
	uint8_t name[ANNOT_HASH_SIZE + 8];
	memcpy(name, pages_of(x)->id.b, ANNOT_HASH_SIZE);
	annot_put_be(name + ANNOT_HASH_SIZE, 8, number);
	struct annot_hash hash = annot_sha256(name, sizeof name);
	return annot_export_iri(x, &hash);
}

/* A JSON text for printing between others. */
static void put_string(struct annot_buf *b, const char *text)
{
	json_t *value = json_string(text);
	char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
	if (quoted)
		annot_buf_puts(b, quoted);
	else
		b->failed = b->no_memory = true;
	free(quoted);
	json_decref(value);
}

static void put_member(struct annot_buf *b, const char *name, const char *value)
{
	annot_buf_printf(b, ",\"%s\":", name);
	put_string(b, value);
}

/* The page that is under way. within: a collection has it; else it has a context and is part of
 * one. */
static void put_page(struct annot_export *x, bool within, bool more)
{
	struct pages *p = pages_of(x);
	struct annot_buf *b = &x->buf;
	annot_buf_puts(b, within ? "{" : "{\"@context\":\"" W3C_CONTEXT "\",");
	annot_buf_puts(b, "\"type\":\"AnnotationPage\"");
	put_member(b, "id", page_iri(x, p->number).text);
	if (!within)
		put_member(b, "partOf", annot_export_iri(x, &p->id).text);
	annot_buf_printf(b, ",\"startIndex\":%llu,\"items\":[", (unsigned long long)p->before);
	annot_buf_add(b, p->page.data, p->page.len);
	annot_buf_puts(b, "]");
	if (more)
		put_member(b, "next", page_iri(x, p->number + 1).text);
	annot_buf_puts(b, "}");
}

static enum annot_status flush_page(struct annot_export *x, bool more, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	TRY(annot_buf_check(&p->page, "a page", err));
	put_page(x, false, more);
	annot_buf_puts(&x->buf, "\n");
	p->before += p->items;
	p->items = 0;
	p->number += more;
	annot_buf_truncate(&p->page, 0);
	return annot_export_put_buf(x, NULL, err);
}

static enum annot_status put_collection(struct annot_export *x, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	struct annot_buf *b = &x->buf;
	bool within = p->number == 1 && p->before == 0;
	uint64_t total = p->before + p->items;
	annot_buf_puts(b, "{\"@context\":\"" W3C_CONTEXT "\",\"type\":\"AnnotationCollection\"");
	put_member(b, "id", annot_export_iri(x, &p->id).text);
	annot_buf_puts(b, ",\"label\":");
	put_string(b, x->host.origin);
	annot_buf_printf(b, ",\"total\":%llu", (unsigned long long)total);
	if (total > 0 && within) {
		annot_buf_puts(b, ",\"first\":");
		put_page(x, true, false);
	} else if (total > 0) {
		put_member(b, "first", page_iri(x, 1).text);
	}
	if (total > 0)
		put_member(b, "last", page_iri(x, p->number).text);
	put_member(b, "created", x->host.generated);
	annot_buf_puts(b, "}\n");
	return annot_export_put_buf(x, NULL, err);
}

/* Keeps the annotation, which has come after those of the page. */
static enum annot_status add(struct annot_export *x, const char *text, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	size_t len = strlen(text);
	if (p->items >= PAGE_ITEMS || (p->items > 0 && p->page.len + len > PAGE_BYTES))
		TRY(flush_page(x, true, err));
	if (p->items > 0)
		annot_buf_puts(&p->page, ",");
	annot_buf_add(&p->page, text, len);
	p->items++;
	return annot_buf_check(&p->page, "a page", err);
}

static enum annot_status export_item(struct annot_export *x, const struct annot_export_item *item,
				     struct annot_error *err)
{
	json_t *object = NULL;
	if (!item->entry.record)
		return annot_export_leave_out(x, "the record is withheld", err);
	TRY(annotation(x, item, &object, err));
	AUTO_FREE char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	json_decref(object);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an exported item");
	if (!x->host.one_a_line)
		return add(x, text, err);
	annot_buf_puts(&x->buf, text);
	annot_buf_puts(&x->buf, "\n");
	return annot_export_put_buf(x, NULL, err);
}

static enum annot_status end(struct annot_export *x, struct annot_error *err)
{
	struct pages *p = pages_of(x);
	if (x->host.one_a_line)
		return ANNOT_OK;
	if (p->before == 0 && p->items == 1) {
		annot_buf_add(&x->buf, p->page.data, p->page.len);
		annot_buf_puts(&x->buf, "\n");
		return annot_export_put_buf(x, NULL, err);
	}
	if (p->before > 0)
		TRY(flush_page(x, false, err));
	return put_collection(x, err);
}

const struct annot_format annot_format_w3c = {
	.name = "w3c",
	.doc = "Web Annotations in JSON-LD, single or in collections (W3C, 2017)",
	.flags = ANNOT_EXPORT_REFERRED,
	.kinds = 1u << ANNOT_KIND_quote | 1u << ANNOT_KIND_claim | 1u << ANNOT_KIND_span |
		 1u << ANNOT_KIND_link | 1u << ANNOT_KIND_verdict | 1u << ANNOT_KIND_review |
		 1u << ANNOT_KIND_comment,
	.containers = "items|first.items",
	.export_size = sizeof(struct pages),
	.export_begin = begin,
	.export_item = export_item,
	.export_end = end,
	.export_free = end_free,
	.import_item = w3c_import_item,
};
