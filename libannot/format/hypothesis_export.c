/*
 * Export to Hypothesis: the file that its client exports and imports, or an annotation of its API a
 * line. Quotes, claims and spans are annotations, comments on them replies, comments on documents
 * page notes.
 */
#include "base/auto.h"
#include "base/encode.h"
#include "format/build.h"
#include "format/hypothesis.h"
#include "format/json_out.h"

/* Cards that have a place there; those that begin with imported- are kept members or lost. */
#define HELD "target|exact|prefix|suffix|text|tag|on|reply-to"

struct id {
	char text[64];
};

/* An annotation's id: the one that it was imported with, else from its hash. */
static struct id id_of(const struct annot_record *record, const struct annot_hash *annotation)
{
	struct id ret = {{0}};
	json_t *kept = record ? annot_export_kept(record, HYPOTHESIS_KEPT) : NULL;
	const char *from = kept ? annot_record_text(record, "imported-from") : NULL;
	const char *at = from ? strstr(from, "/a/") : NULL;
	json_decref(kept);
	if (at && strncmp(from, "https://", 8) == 0 && strlen(at + 3) < sizeof ret.text) {
		snprintf(ret.text, sizeof ret.text, "%s", at + 3);
		return ret;
	}
	char base64[32] = "";
	struct annot_buf b = ANNOT_BUF_IN(base64);
	annot_buf_base64(&b, annotation->b, 16);
	snprintf(ret.text, sizeof ret.text, "%.*s", HYPOTHESIS_ID_LEN, base64);
	for (char *c = ret.text; *c; c++)
		*c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c);
	return ret;
}

/* "acct:NAME@HOST", HOST being that of the log's origin. */
static void set_user(const struct annot_export *x, json_t **object, const char *member,
		     const char *name)
{
	char user[512];
	size_t host = strcspn(x->host.origin, "/");
	snprintf(user, sizeof user, "acct:%.64s@%.*s", name ? name : "unknown",
		 (int)(host < 256 ? host : 256), x->host.origin);
	build_text(object, member, user);
}

/* "2026-11-22T00:00:00Z" as Hypothesis writes it. */
static void set_time(json_t **object, const char *name, const char *time)
{
	char text[ANNOT_TIME_LEN + 8];
	snprintf(text, sizeof text, "%.19s+00:00", time);
	build_text(object, name, text);
}

/* --- where it is --- */

/* The address of a text, or of its bytes where it has none. */
static void address(const struct annot_record *document, char *ret, size_t size)
{
	const char *source = annot_record_text(document, "source");
	if (source)
		snprintf(ret, size, "%s", source);
	else
		snprintf(ret, size, "urn:sha256:%s", annot_record_text(document, "sha256"));
}

static void set_document(json_t **object, const struct annot_record *document)
{
	const char *title = annot_record_text(document, "title");
	json_t *about = json_object(), *titles = json_array();
	build_append(&titles, json_string(title ? title : annot_record_text(document, "name")));
	build_set(&about, "title", titles);
	build_set(object, "document", about);
}

static enum annot_status add_position(struct annot_export *x, struct annot_source *source,
				      const struct annot_target *target, json_t **selectors,
				      struct annot_error *err)
{
	uint64_t start, end;
	if (!source->text.data)
		return annot_export_lose(x, "target[0]", NULL,
					 "the text is not there: no position in UTF-16 units", err);
	TRY(annot_source_offset(source, target->start, ANNOT_UNIT_UTF16, &start, err));
	TRY(annot_source_offset(source, target->end, ANNOT_UNIT_UTF16, &end, err));
	build_append(selectors, annot_export_position_selector(start, end));
	return ANNOT_OK;
}

/* Selectors of the first target, and those of other media that it was imported with. */
static enum annot_status set_selectors(struct annot_export *x, const struct annot_export_item *item,
				       const json_t *kept, json_t **target, struct annot_error *err)
{
	const struct annot_entry *entry = &item->entry;
	struct annot_target words;
	json_t *selectors = json_array();
	const json_t *other =
		annot_export_same_target(item, 0) ? json_object_get(kept, "selector") : NULL;
	size_t n = json_is_array(other) ? json_array_size(other) : other != NULL;
	annot_record_target(entry->record, 0, &words);
	enum annot_status status = add_position(x, entry->sources[0], &words, &selectors, err);
	build_append(&selectors, annot_export_quote_selector(&words));
	for (size_t i = 0; i < n; i++)
		build_append(&selectors, json_incref(json_is_array(other) ? json_array_get(other, i)
									  : (json_t *)other));
	build_set(target, "selector", selectors);
	return status;
}

static void set_place(json_t **object, const struct annot_record *document, json_t *target)
{
	char uri[2048 + 16];
	json_t *targets = json_array();
	address(document, uri, sizeof uri);
	build_text(object, "uri", uri);
	build_text(&target, "source", uri);
	build_append(&targets, target);
	build_set(object, "target", targets);
	set_document(object, document);
}

/* Words in a text. *ret_placed false: it was left out. */
static enum annot_status set_words(struct annot_export *x, const struct annot_export_item *item,
				   const json_t *kept, json_t **object, bool *ret_placed,
				   struct annot_error *err)
{
	const struct annot_entry *entry = &item->entry;
	size_t n = annot_record_targets(entry->record);
	*ret_placed = n > 0 && entry->n_sources > 0 && entry->sources[0];
	if (!*ret_placed)
		return annot_export_leave_out(x, "it stands in no text, and must there", err);
	for (size_t i = 1; i < n; i++) {
		struct annot_target target;
		annot_record_target(entry->record, i, &target);
		TRY(annot_export_lose(x, "target", target.exact->text,
				      "Hypothesis keeps the first target only", err));
	}
	json_t *target = json_object();
	enum annot_status status = set_selectors(x, item, kept, &target, err);
	set_place(object, entry->sources[0]->record, target);
	return status;
}

/* What a comment is on: an annotation with words, or a document. */
static enum annot_status set_thread(struct annot_export *x, const struct annot_export_item *item,
				    const json_t *kept, json_t **object, bool *ret_placed,
				    struct annot_error *err)
{
	const struct annot_card *parent = annot_record_card(item->entry.record, "reply-to");
	const struct annot_entry *on =
		annot_export_referred(item, annot_record_on(item->entry.record));
	const struct annot_entry *to = parent ? annot_export_referred(item, &parent->hash) : NULL;
	const struct annot_source *source = on && on->n_sources > 0 ? on->sources[0] : NULL;
	const char *uri = json_string_value(json_object_get(kept, "uri"));
	*ret_placed = on && ((source && source->record) || uri);
	if (!*ret_placed)
		return annot_export_leave_out(x, "what it is about stands in no text", err);
	if (source && source->record)
		set_place(object, source->record, json_object());
	else /* an answer to a page note, where it was imported */
		build_set(object, "target", json_pack("[{s:s}]", "source", uri));
	json_t *references = json_array();
	if (on->kind != ANNOT_KIND_document)
		build_append(&references, json_string(id_of(on->record, &on->annotation).text));
	if (parent)
		build_append(&references, json_string(id_of(to ? to->record : NULL,
							    to ? &to->annotation : &parent->hash)
							      .text));
	if (json_array_size(references) > 0)
		build_set(object, "references", references);
	else
		json_decref(references);
	return ANNOT_OK;
}

/* --- what it says --- */

static void set_tags(json_t **object, const struct annot_record *record)
{
	json_t *tags = json_array();
	const struct annot_card *card = annot_record_card(record, "tag");
	for (; card; card = annot_record_card_next(record, card))
		build_append(&tags, json_string(card->text));
	build_set(object, "tags", tags);
}

static void set_readers(json_t **object)
{
	build_text(object, "group", "__world__");
	build_set(object, "permissions", json_pack("{s:[s]}", "read", "group:__world__"));
}

/* By which it is known when it comes back. */
static void set_identity(const struct annot_export *x, json_t **object,
			 const struct annot_record *record)
{
	json_t *own = json_object();
	build_text(&own, "corpus", annot_hash_hex(&x->host.corpus).text);
	build_text(&own, "record", annot_hash_hex(&record->id).text);
	build_text(&own, "kind", record->kind->name);
	build_set(object, HYPOTHESIS_OWN, own);
}

/* What it was imported with takes the place of ours, but for the target, where only what is missing
 * is filled in; but for what was about other words, before these were amended, which is a loss.
 * Import keeps neither its id nor what it answers, and so nobody's record may say them. */
static enum annot_status set_kept(struct annot_export *x, json_t **object,
				  const struct annot_export_item *item, json_t *kept,
				  struct annot_error *err)
{
	const struct annot_record *record = item->entry.record;
	bool same = annot_record_targets(record) == 0 || annot_export_same_target(item, 0);
	const char *name;
	json_t *value;
	json_object_foreach(kept, name, value)
	{
		if (!same && annot_word_in("target|selector|uri|document", name, strlen(name))) {
			AUTO_FREE char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
			TRY(annot_export_lose(x, name, text,
					      "it was about other words, before these were amended",
					      err));
		} else if (strcmp(name, "target") == 0) {
			json_object_update_missing(
				json_array_get(json_object_get(*object, "target"), 0), value);
		} else if (!annot_word_in("selector|id|references", name, strlen(name)) &&
			   (record->first || !annot_word_in("updated|text", name, strlen(name)))) {
			build_set(object, name, json_incref(value));
		}
	}
	return ANNOT_OK;
}

static enum annot_status lose(struct annot_export *x, const struct annot_record *record,
			      const json_t *kept, struct annot_error *err)
{
	const char *held = kept ? HELD "|imported-from|imported-author|imported-data" : HELD;
	return annot_export_lose_cards(x, record, held, "Hypothesis has no field for it", err);
}

static enum annot_status annotation(struct annot_export *x, const struct annot_export_item *item,
				    json_t *kept, json_t **ret, struct annot_error *err)
{
	const struct annot_record *record = item->entry.record;
	const struct annot_record *first = item->first ? item->first->record : NULL;
	const char *text = annot_record_text(record, "text");
	json_t *object = json_object();
	bool placed = false;
	build_text(&object, "id", id_of(record, &item->entry.annotation).text);
	if (first || record->first)
		set_time(&object, "created", first ? first->time : record->time);
	set_time(&object, "updated", record->time);
	set_user(x, &object, "user", item->entry.author_name);
	enum annot_status status = record->kind->kind == ANNOT_KIND_comment
					   ? set_thread(x, item, kept, &object, &placed, err)
					   : set_words(x, item, kept, &object, &placed, err);
	build_text(&object, "text", text ? text : "");
	set_tags(&object, record);
	set_readers(&object);
	if (status == ANNOT_OK && placed)
		status = set_kept(x, &object, item, kept, err);
	set_identity(x, &object, record);
	if (status == ANNOT_OK && placed && !json_object_get(object, "created"))
		status =
			annot_export_lose(x, "created", NULL, "the first version is withheld", err);
	if (status == ANNOT_OK && placed)
		status = lose(x, record, kept, err);
	if (status == ANNOT_OK && placed) {
		*ret = object;
		return object ? ANNOT_OK
			      : annot_fail(err, ANNOT_NO_MEMORY, "no memory for an exported item");
	}
	json_decref(object);
	*ret = NULL;
	return status;
}

/* --- the file --- */

/* The head is JSON without its end, since the list in it goes on. */
enum annot_status hypothesis_begin(struct annot_export *x, struct annot_error *err)
{
	static const char list[] = ",\"annotations\":[";
	char version[64];
	if (x->host.one_a_line)
		return ANNOT_OK;
	json_t *head = json_object();
	set_time(&head, "export_date", x->host.generated);
	set_user(x, &head, "export_userid", "annot");
	snprintf(version, sizeof version, "annot %s", annot_version());
	build_text(&head, "client_version", version);
	AUTO_FREE char *text = head ? json_dumps(head, JSON_COMPACT) : NULL;
	json_decref(head);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an export");
	TRY(annot_export_put(x, NULL, text, strlen(text) - 1, err));
	return annot_export_put(x, NULL, list, strlen(list), err);
}

enum annot_status hypothesis_export_item(struct annot_export *x,
					 const struct annot_export_item *item,
					 struct annot_error *err)
{
	json_t *object = NULL;
	if (!item->entry.record)
		return annot_export_leave_out(x, "the record is withheld", err);
	json_t *kept = annot_export_kept(item->entry.record, HYPOTHESIS_KEPT);
	enum annot_status status = annotation(x, item, kept, &object, err);
	json_decref(kept);
	if (status != ANNOT_OK || !object)
		return status;
	return annot_export_put_element(x, x->own, object, err);
}

enum annot_status hypothesis_end(struct annot_export *x, struct annot_error *err)
{
	return x->host.one_a_line ? ANNOT_OK : annot_export_put(x, NULL, "\n]}\n", 4, err);
}
