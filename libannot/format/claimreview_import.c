/* Import of ClaimReview: a claim, and a verdict on it where a scale of the policy has its rating.
 */
#include "base/auto.h"
#include "base/encode.h"
#include "format/build.h"
#include "format/claimreview.h"

struct work {
	struct annot_import *m;
	json_t *json;
	const json_t *item, *rating;
	struct annot_draft *claim, *verdict; /* verdict NULL: no rating of ours */
	json_t *kept;
};

static enum annot_status no_memory(struct annot_error *err)
{
	return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an imported item");
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static size_t count(const json_t *value)
{
	return json_is_array(value) ? json_array_size(value) : value && !json_is_null(value);
}

static const json_t *item_of(const json_t *value, size_t i)
{
	return json_is_array(value) ? json_array_get(value, i) : value;
}

static bool has_type(const json_t *object, const char *type)
{
	const json_t *value = json_object_get(object, "@type");
	for (size_t i = 0; i < count(value); i++) {
		const char *one = json_string_value(item_of(value, i));
		const char *name = one ? strrchr(one, '/') : NULL; /* https://schema.org/NAME */
		if (one && strncmp(one, "schema:", 7) == 0)
			name = one + 6;
		if (one && strcmp(name ? name + 1 : one, type) == 0)
			return true;
	}
	return false;
}

/* "Ada" of a text, or of an object with a name. */
static const char *name_of(const json_t *agent)
{
	return json_is_string(agent) ? json_string_value(agent) : text_of(agent, "name");
}

static enum annot_status check(const struct work *w, struct annot_error *err)
{
	static const char *const texts[] = {"url", "claimReviewed"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text = text_of(w->json, texts[i]);
		if (!text || !*text)
			return annot_import_invalid(w->m, err, "%s: a text that must be there",
						    texts[i]);
	}
	if (!json_is_object(w->rating))
		return annot_import_invalid(w->m, err,
					    "reviewRating: an object that must be there");
	if (!text_of(w->rating, "alternateName"))
		return annot_import_invalid(
			w->m, err, "reviewRating.alternateName: a text that must be there");
	return ANNOT_OK;
}

/* --- the claim --- */

static const char *address_of(const json_t *work)
{
	if (json_is_string(work))
		return json_string_value(work);
	return text_of(work, "url") ? text_of(work, "url") : text_of(work, "@id");
}

static bool stands_there(const struct annot_draft *claim, const struct annot_record *document)
{
	struct annot_hex hex = annot_hash_hex(&document->id);
	const char *target;
	for (size_t i = 0; (target = annot_draft_value(claim, "target", i)); i++)
		if (strncmp(target, hex.text, ANNOT_HASH_HEX) == 0)
			return true;
	return false;
}

/* Its words in a text that we hold. Where they do not stand as they are, nothing is said of it: a
 * claim is often put in other words than those that it appeared in. */
static enum annot_status appear(struct work *w, const json_t *work, struct annot_error *err)
{
	struct annot_source *source;
	struct annot_source_place place;
	struct annot_error why;
	const struct annot_source_wanted wanted = {.url = address_of(work)};
	const struct annot_source_selector selector = {
		.exact = annot_bytes_of(text_of(w->json, "claimReviewed"))};
	if (!wanted.url)
		return ANNOT_OK;
	enum annot_status status = w->m->host.source(w->m->host.arg, &wanted, &source, &why);
	if (status == ANNOT_NOT_FOUND || status == ANNOT_AMBIGUOUS)
		return ANNOT_OK;
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	if (!source->text.data || annot_source_place(source, &selector, &place, &why) != ANNOT_OK ||
	    place.how != ANNOT_SOURCE_QUOTED || stands_there(w->claim, source->record))
		return ANNOT_OK;
	return annot_draft_add_target(w->claim, &source->record->id, source->text, place.start,
				      place.end, err);
}

static enum annot_status fill_claim(struct work *w, struct annot_error *err)
{
	static const char *const places[] = {"firstAppearance", "appearance"};
	const json_t *author = json_object_get(w->item, "author");
	const char *language = text_of(w->item, "inLanguage");
	TRY(annot_import_card(w->m, w->claim, "text", "claimReviewed",
			      text_of(w->json, "claimReviewed"), NULL, err));
	for (size_t i = 0; i < count(author); i++)
		TRY(annot_import_card(w->m, w->claim, "claimant", "itemReviewed.author",
				      name_of(item_of(author, i)), NULL, err));
	TRY(annot_import_card(w->m, w->claim, "date", "itemReviewed.datePublished",
			      text_of(w->item, "datePublished"), NULL, err));
	TRY(annot_import_card(w->m, w->claim, "language", "itemReviewed.inLanguage", language, NULL,
			      err));
	for (size_t k = 0; k < COUNT(places); k++) {
		const json_t *works = json_object_get(w->item, places[k]);
		for (size_t i = 0; i < count(works); i++)
			TRY(appear(w, item_of(works, i), err));
	}
	return ANNOT_OK;
}

/* --- the verdict --- */

/* *ret false: no rating of ours; the claim is imported alone. */
static enum annot_status fill_verdict(struct work *w, bool *ret, struct annot_error *err)
{
	const struct annot_import_host *host = &w->m->host;
	const char *scale, *rating;
	*ret = claimreview_rating(host->scales, host->n_scales, text_of(w->rating, "identifier"),
				  text_of(w->rating, "alternateName"), &scale, &rating);
	if (!*ret)
		return annot_import_lose(
			w->m, "reviewRating", w->rating,
			"no rating, or no one rating, of the policy's scales by that "
			"name and identifier: the claim is imported without a verdict",
			err);
	w->verdict = annot_draft_new(ANNOT_KIND_verdict);
	if (!w->verdict)
		return no_memory(err);
	TRY(annot_draft_add(w->verdict, "scale", scale, err));
	TRY(annot_draft_add(w->verdict, "rating", rating, err));
	return annot_import_card(w->m, w->verdict, "rationale", "reviewRating.ratingExplanation",
				 text_of(w->rating, "ratingExplanation"), NULL, err);
}

/* --- what no card holds --- */

static enum annot_status keep(struct work *w, struct annot_error *err)
{
	static const char *const held[] = {"@context", "url", "claimReviewed"};
	w->kept = json_copy(w->json);
	if (json_is_string(json_object_get(w->kept, "@type")))
		json_object_del(w->kept, "@type");
	for (size_t i = 0; w->kept && i < COUNT(held); i++)
		json_object_del(w->kept, held[i]);
	return w->kept ? ANNOT_OK : no_memory(err);
}

static enum annot_status take(struct work *w, bool verdict, struct annot_error *err)
{
	const struct annot_import_ref on = {.card = "on", .draft = 0};
	const struct annot_import_draft drafts[] = {
		{.draft = TAKE(w->claim)}, {.draft = TAKE(w->verdict), .refs = &on, .n_refs = 1}};
	return annot_import_take(w->m, drafts, verdict ? 2 : 1, err);
}

static enum annot_status import_review(struct work *w, struct annot_error *err)
{
	const char *author = name_of(item_of(json_object_get(w->json, "author"), 0));
	bool verdict;
	w->claim = annot_draft_new(ANNOT_KIND_claim);
	if (!w->claim)
		return no_memory(err);
	TRY(fill_claim(w, err));
	TRY(fill_verdict(w, &verdict, err));
	TRY(keep(w, err));
	/* It is kept once: with the verdict, which is the ClaimReview, if there is one. */
	json_t *nothing = json_object();
	enum annot_status status = annot_import_keep(w->m, w->claim, author, CLAIMREVIEW_KEPT,
						     verdict ? nothing : w->kept, err);
	json_decref(nothing);
	TRY(status);
	if (verdict)
		TRY(annot_import_keep(w->m, w->verdict, author, CLAIMREVIEW_KEPT, w->kept, err));
	return take(w, verdict, err);
}

enum annot_status claimreview_import_item(struct annot_import *m,
					  const struct annot_import_item *in,
					  struct annot_error *err)
{
	struct work w = {.m = m,
			 .json = in->json,
			 .item = json_object_get(in->json, "itemReviewed"),
			 .rating = json_object_get(in->json, "reviewRating")};
	if (in->envelope)
		return ANNOT_OK;
	const char *url = text_of(in->json, "url");
	m->id = url ? url : "";
	if (!has_type(in->json, "ClaimReview"))
		return annot_import_leave_out(m, "@type", json_object_get(in->json, "@type"),
					      "not a ClaimReview", err);
	if (json_is_array(w.item)) /* several: the first is the one that was rated */
		w.item = json_array_get(w.item, 0);
	TRY(check(&w, err));
	const struct annot_entry *own;
	bool left_out;
	TRY(claimreview_find_own(m, in->json, &own, &left_out, err));
	if (own || left_out)
		return own ? claimreview_import_own(m, in->json, own, err) : ANNOT_OK;
	enum annot_status status = import_review(&w, err);
	annot_draft_free(w.claim);
	annot_draft_free(w.verdict);
	json_decref(w.kept);
	return status;
}
