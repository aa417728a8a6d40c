/* Export of verdicts as ClaimReview. */
#include "base/auto.h"
#include "base/encode.h"
#include "format/build.h"
#include "format/claimreview.h"
#include "format/json_out.h"
#include "text/utf8.h"

/* Cards that have a place in it. */
#define HELD "on|scale|rating|rationale|evidence|imported-from|imported-author"

static json_t *typed(const char *type)
{
	json_t *object = json_object();
	build_text(&object, "@type", type);
	return object;
}

static json_t *named(const char *type, const char *name)
{
	json_t *object = typed(type);
	build_text(&object, "name", name);
	return object;
}

/* --- what was rated --- */

static json_t *people(const struct annot_record *record, const char *card)
{
	json_t *list = json_array();
	const struct annot_card *c = annot_record_card(record, card);
	for (; c; c = annot_record_card_next(record, c))
		build_append(&list, named("Person", c->text));
	return list;
}

/* A document: where it is, or which text it is. */
static json_t *work(const struct annot_record *document)
{
	const char *title = annot_record_text(document, "title");
	const char *publisher = annot_record_text(document, "publisher");
	const char *source = annot_record_text(document, "source");
	char hash[sizeof "urn:sha256:" + ANNOT_HASH_HEX];
	json_t *object = named("CreativeWork", title ? title : annot_record_text(document, "name"));
	build_text(&object, "url", source);
	if (!source) {
		snprintf(hash, sizeof hash, "urn:sha256:%s", annot_record_text(document, "sha256"));
		build_text(&object, "identifier", hash);
	}
	if (publisher)
		build_set(&object, "publisher", named("Organization", publisher));
	build_text(&object, "datePublished", annot_record_text(document, "published"));
	build_text(&object, "inLanguage", annot_record_text(document, "language"));
	return object;
}

/* The documents that its words stand in, each once. */
static json_t *appearances(const struct annot_entry *on)
{
	json_t *list = json_array();
	for (size_t i = 0; i < on->n_sources; i++) {
		bool before = !on->sources[i] || !on->sources[i]->record;
		for (size_t k = 0; k < i && !before; k++)
			before = on->sources[k] == on->sources[i];
		if (!before)
			build_append(&list, work(on->sources[i]->record));
	}
	return list;
}

/* The words of all targets, as one would quote them. */
static void join_words(const struct annot_record *record, struct annot_buf *ret)
{
	struct annot_target target;
	for (size_t i = 0; annot_record_target(record, i, &target); i++)
		annot_buf_printf(ret, "%s%s", i ? " […] " : "", target.exact->text);
}

void claimreview_text(const struct annot_record *on, struct annot_buf *ret)
{
	const char *title = annot_record_text(on, "title");
	annot_buf_puts(ret, "");
	switch (on->kind->kind) {
	case ANNOT_KIND_claim:
		annot_buf_puts(ret, annot_record_text(on, "text"));
		break;
	case ANNOT_KIND_quote:
	case ANNOT_KIND_span:
		join_words(on, ret);
		break;
	case ANNOT_KIND_document:
		annot_buf_puts(ret, title ? title : annot_record_text(on, "name"));
		break;
	default:
		break;
	}
}

json_t *claimreview_claim(const struct annot_entry *on, const char *text)
{
	const struct annot_record *r = on->record;
	bool quote = r->kind->kind == ANNOT_KIND_quote;
	const char *language = annot_record_text(r, "language");
	json_t *object = typed("Claim");
	build_text(&object, "text", text);
	build_list(&object, "author", people(r, quote ? "speaker" : "claimant"));
	build_text(&object, "datePublished", annot_record_text(r, quote ? "said" : "date"));
	build_list(&object, "appearance", appearances(on));
	if (r->kind->kind != ANNOT_KIND_document)
		build_text(&object, "inLanguage", language);
	return object;
}

/* --- the check --- */

static enum annot_status set_rating(struct annot_export *x, const struct annot_record *record,
				    json_t **object, struct annot_error *err)
{
	const char *scale = annot_record_text(record, "scale");
	const char *rating = annot_record_text(record, "rating");
	char identifier[128];
	unsigned value, best;
	bool known = false;
	json_t *r = typed("Rating");
	snprintf(identifier, sizeof identifier, "%s/%s", scale, rating);
	build_text(&r, "alternateName", claimreview_label(rating).text);
	if (claimreview_value(x->host.scales, x->host.n_scales, scale, rating, &value, &best)) {
		build_set(&r, "ratingValue", json_integer(value));
		build_set(&r, "bestRating", json_integer(best));
		build_set(&r, "worstRating", json_integer(1));
	}
	build_text(&r, "identifier", identifier);
	build_text(&r, "ratingExplanation", annot_record_text(record, "rationale"));
	build_set(object, "reviewRating", r);
	for (size_t i = 0; i < x->host.n_scales; i++)
		known = known || strcmp(x->host.scales[i].name, scale) == 0;
	return known ? ANNOT_OK
		     : annot_export_lose(x, "scale", scale,
					 "the policy in force has no such scale: no ratingValue",
					 err);
}

/* Who made the check: the publisher, if one is named, with the reviewer beside; else the reviewer.
 * The author of an imported one is who it says. */
static void set_authors(const struct annot_export *x, const struct annot_entry *entry,
			json_t **object)
{
	const char *imported = annot_record_text(entry->record, "imported-author");
	json_t *reviewer = named(entry->bot ? "SoftwareApplication" : "Person",
				 entry->author_name ? entry->author_name : "unknown");
	json_t *publisher = x->host.publisher ? named("Organization", x->host.publisher) : NULL;
	if (x->host.publisher)
		build_text(&publisher, "url", x->host.publisher_url);
	if (imported) {
		build_set(object, "author", named("Organization", imported));
		build_set(object, "sdPublisher", x->host.publisher ? publisher : reviewer);
		if (x->host.publisher)
			build_set(object, "contributor", reviewer);
	} else if (x->host.publisher) {
		build_set(object, "author", publisher);
		build_set(object, "contributor", reviewer);
	} else {
		build_set(object, "author", reviewer);
	}
}

static json_t *citation(const struct annot_export *x, const struct annot_entry *evidence,
			const struct annot_hash *id)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	if (evidence && evidence->record && evidence->kind == ANNOT_KIND_document)
		return work(evidence->record);
	json_t *object = typed("CreativeWork");
	build_text(&object, "url", annot_export_iri(x, evidence ? &evidence->annotation : id).text);
	if (!evidence || !evidence->record)
		return object;
	claimreview_text(evidence->record, &text);
	if (text.failed)
		build_set(&object, "text", NULL);
	else if (text.len > 0)
		build_text(&object, "text", text.data);
	json_t *parts = appearances(evidence);
	build_list(&object, "isPartOf", parts);
	return object;
}

static void set_evidence(const struct annot_export *x, const struct annot_export_item *item,
			 json_t **object)
{
	json_t *list = json_array();
	const struct annot_card *c = annot_record_card(item->entry.record, "evidence");
	for (; c; c = annot_record_card_next(item->entry.record, c))
		build_append(&list, citation(x, annot_export_referred(item, &c->hash), &c->hash));
	build_list(object, "citation", list);
}

/* --- versions --- */

static bool differs(const struct annot_record *a, const struct annot_record *b, const char *card)
{
	const char *one = annot_record_text(a, card), *other = annot_record_text(b, card);
	return strcmp(one ? one : "", other ? other : "") != 0;
}

/* What a version says otherwise than the one before it; nothing that a reader would miss: no
 * correction. */
static void correction_text(const struct annot_record *before, const struct annot_record *after,
			    struct annot_buf *ret)
{
	annot_buf_puts(ret, "");
	if (differs(before, after, "rating") || differs(before, after, "scale"))
		annot_buf_printf(ret, "Rating changed from “%s” to “%s”.",
				 claimreview_label(annot_record_text(before, "rating")).text,
				 claimreview_label(annot_record_text(after, "rating")).text);
	if (differs(before, after, "rationale"))
		annot_buf_printf(ret, "%sExplanation amended.", ret->len ? " " : "");
	if (differs(before, after, "on"))
		annot_buf_printf(ret, "%sAbout another version of the claim.", ret->len ? " " : "");
}

static json_t *corrections(const struct annot_export_item *item)
{
	json_t *list = json_array();
	const struct annot_record *before = NULL;
	for (size_t i = 0; i < item->n_versions; i++) {
		const struct annot_entry *v = &item->versions[i];
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		if (v->index > item->entry.index || !v->record)
			continue;
		if (before)
			correction_text(before, v->record, &text);
		if (text.len > 0) {
			json_t *one = typed("CorrectionComment");
			build_text(&one, "text", text.failed ? NULL : text.data);
			build_text(&one, "datePublished", v->record->time);
			build_append(&list, one);
		}
		before = v->record;
	}
	return list;
}

static void set_versions(const struct annot_export_item *item, json_t **object)
{
	const struct annot_record *record = item->entry.record;
	const struct annot_record *first = item->n_versions > 0 ? item->versions[0].record : record;
	if (first)
		build_text(object, "datePublished", first->time);
	if (!record->first)
		build_text(object, "dateModified", record->time);
	build_list(object, "correction", corrections(item));
}

/* --- all of it --- */

static json_t *property(const char *name, const struct annot_hash *hash)
{
	json_t *object = typed("PropertyValue");
	build_text(&object, "propertyID", name);
	build_text(&object, "value", annot_hash_hex(hash).text);
	return object;
}

/* By which it is known when it comes back. */
static void set_identity(const struct annot_export *x, const struct annot_record *record,
			 json_t **object)
{
	json_t *list = json_array();
	build_append(&list, property(CLAIMREVIEW_CORPUS, &x->host.corpus));
	build_append(&list, property(CLAIMREVIEW_RECORD, &record->id));
	build_set(object, "identifier", list);
}

static enum annot_status check_length(struct annot_export *x, const char *text,
				      struct annot_error *err)
{
	if (annot_utf8_chars(text, strlen(text)) < CLAIMREVIEW_CHARS)
		return ANNOT_OK;
	return annot_export_lose(x, "claimReviewed", text,
				 "fewer than 75 characters are advised; it is written whole, and "
				 "others may cut it",
				 err);
}
_Static_assert(CLAIMREVIEW_CHARS == 75, "the message says how many");

/* A verdict is on one version, whose words are written whatever became of the claim. */
static enum annot_status check_version(struct annot_export *x, const struct annot_entry *on,
				       struct annot_error *err)
{
	char version[64];
	if (on->head)
		return ANNOT_OK;
	snprintf(version, sizeof version, "version %llu of %llu", (unsigned long long)on->version,
		 (unsigned long long)on->versions);
	return annot_export_lose(x, "on", version,
				 "what was rated was amended since: these are its words as they "
				 "were rated, not as they stand now",
				 err);
}

static enum annot_status review(struct annot_export *x, const struct annot_export_item *item,
				const struct annot_entry *on, const char *text, json_t **ret,
				struct annot_error *err)
{
	const struct annot_record *record = item->entry.record;
	json_t *kept = annot_export_kept(record, CLAIMREVIEW_KEPT), *object = json_object();
	build_text(&object, "@context", "https://schema.org");
	build_text(&object, "@type", "ClaimReview");
	build_text(&object, "url", annot_export_iri(x, &item->entry.annotation).text);
	set_identity(x, record, &object);
	build_text(&object, "claimReviewed", text);
	enum annot_status status = set_rating(x, record, &object, err);
	set_authors(x, &item->entry, &object);
	set_versions(item, &object);
	build_set(&object, "itemReviewed", claimreview_claim(on, text));
	set_evidence(x, item, &object);
	build_text(&object, "isBasedOn", annot_record_text(record, "imported-from"));
	if (status == ANNOT_OK)
		status = claimreview_set_kept(x, record, on->record, &object, kept, err);
	if (status == ANNOT_OK)
		status = annot_export_lose_cards(x, record, kept ? HELD "|imported-data" : HELD,
						 "ClaimReview has no field for it", err);
	json_decref(kept);
	if (status == ANNOT_OK && !object)
		status = annot_fail(err, ANNOT_NO_MEMORY, "no memory for an exported item");
	if (status != ANNOT_OK)
		json_decref(object);
	else
		*ret = object;
	return status;
}

enum annot_status claimreview_begin(struct annot_export *x, struct annot_error *err)
{
	const char *base = x->host.base;
	if (!base || (strncmp(base, "https://", 8) != 0 && strncmp(base, "http://", 7) != 0))
		return annot_fail(err, ANNOT_USAGE,
				  "a ClaimReview has the address of the page that it stands on: "
				  "say where yours do with --base https://…/");
	return x->host.one_a_line ? ANNOT_OK : annot_export_put(x, NULL, "[", 1, err);
}

enum annot_status claimreview_export_item(struct annot_export *x,
					  const struct annot_export_item *item,
					  struct annot_error *err)
{
	const struct annot_entry *on;
	json_t *object = NULL;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	if (!item->entry.record)
		return annot_export_leave_out(x, "the record is withheld", err);
	on = annot_export_referred(item, annot_record_on(item->entry.record));
	if (!on || !on->record)
		return annot_export_leave_out(x, "what it rates is withheld", err);
	claimreview_text(on->record, &text);
	TRY(annot_buf_check(&text, "the words that were rated", err));
	if (text.len == 0)
		return annot_export_leave_out(x, "what it rates claims nothing in words", err);
	TRY(check_length(x, text.data, err));
	TRY(check_version(x, on, err));
	TRY(review(x, item, on, text.data, &object, err));
	return annot_export_put_element(x, x->own, object, err);
}

enum annot_status claimreview_end(struct annot_export *x, struct annot_error *err)
{
	return x->host.one_a_line ? ANNOT_OK : annot_export_put(x, NULL, "\n]\n", 3, err);
}
