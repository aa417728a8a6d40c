/* ClaimReviews that were exported from this corpus, and come back. */
#include "base/auto.h"
#include "format/build.h"
#include "format/claimreview.h"
#include "format/own.h"

/* What export writes. */
#define HELD                                                                                       \
	"@context|@type|url|identifier|claimReviewed|reviewRating|author|sdPublisher|contributor|" \
	"datePublished|dateModified|correction|itemReviewed|citation|isBasedOn"

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* The value of a PropertyValue of identifier; NULL: there is none. */
static const char *identified(const json_t *json, const char *property)
{
	const json_t *list = json_object_get(json, "identifier");
	size_t n = json_is_array(list) ? json_array_size(list) : 1;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_is_array(list) ? json_array_get(list, i) : list;
		const char *name = text_of(one, "propertyID");
		if (name && strcmp(name, property) == 0)
			return text_of(one, "value");
	}
	return NULL;
}

enum annot_status claimreview_find_own(struct annot_import *m, const json_t *json,
				       const struct annot_entry **ret, bool *ret_left_out,
				       struct annot_error *err)
{
	const char *corpus = identified(json, CLAIMREVIEW_CORPUS);
	enum own_is is = OWN_NOT;
	*ret = NULL;
	if (corpus)
		TRY(own_find(m, corpus, identified(json, CLAIMREVIEW_RECORD), "identifier", ret,
			     &is, err));
	*ret_left_out = is == OWN_GONE;
	if (is == OWN_HERE && (*ret)->kind != ANNOT_KIND_verdict) {
		*ret_left_out = true;
		TRY(annot_import_leave_out(m, "identifier", NULL, "that record is no verdict",
					   err));
	}
	if (*ret_left_out || is != OWN_HERE)
		*ret = NULL;
	return ANNOT_OK;
}

static enum annot_status amend_card(struct annot_import *m, struct annot_draft *draft,
				    const struct annot_record *r, const char *card,
				    const char *field, const char *value, struct annot_error *err)
{
	size_t n = value && *value;
	return own_differs(r, card, &value, n) ? own_replace(m, draft, card, field, &value, n, err)
					       : ANNOT_OK;
}

/* The scale that a verdict is of, alone; all of them where the policy has it no more. */
static size_t scales_of(const struct annot_import_host *h, const struct annot_record *r,
			const struct annot_scale **ret)
{
	for (size_t i = 0; i < h->n_scales; i++)
		if (strcmp(h->scales[i].name, annot_record_text(r, "scale")) == 0) {
			*ret = &h->scales[i];
			return 1;
		}
	*ret = h->scales;
	return h->n_scales;
}

/* The label is what people edit, of the scale that it was; its identifier counts where the label
 * says nothing new. */
static enum annot_status amend_rating(struct annot_import *m, struct annot_draft *draft,
				      const struct annot_record *r, const json_t *said,
				      struct annot_error *err)
{
	const struct annot_import_host *h = &m->host;
	const char *label = text_of(said, "alternateName"), *id = text_of(said, "identifier");
	const char *before = annot_record_text(r, "rating"), *scale, *rating;
	bool same = label && strcmp(label, claimreview_label(before).text) == 0;
	char own[128];
	snprintf(own, sizeof own, "%s/%s", annot_record_text(r, "scale"), before);
	if (same && (!id || strcmp(id, own) == 0))
		return ANNOT_OK;
	const struct annot_scale *scales = h->scales;
	size_t n = same ? h->n_scales : scales_of(h, r, &scales);
	if (!claimreview_rating(scales, n, same ? id : NULL, same ? NULL : label, &scale, &rating))
		return annot_import_lose(m, "reviewRating", said,
					 "no rating of that name, or several, in the scales of the "
					 "policy",
					 err);
	TRY(amend_card(m, draft, r, "scale", "reviewRating", scale, err));
	return amend_card(m, draft, r, "rating", "reviewRating", rating, err);
}

/* Whether a member is as it was imported, which export writes while nothing was amended. */
static bool is_kept(const json_t *kept, const json_t *json, const char *name)
{
	const json_t *before = json_object_get(kept, name);
	return before && json_equal(before, json_object_get(json, name));
}

/* The claim is a record of its own, and is amended there. */
static enum annot_status check_claim(struct annot_import *m, const json_t *json,
				     const struct annot_record *r, const json_t *kept,
				     struct annot_error *err)
{
	static const char why[] = "the claim is a record of its own: amend that";
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const json_t *item = json_object_get(json, "itemReviewed");
	const json_t *words = json_object_get(json, "claimReviewed");
	const struct annot_entry *on;
	TRY(own_get(m, annot_record_on(r), &on, err));
	if (!on || !on->record)
		return ANNOT_OK;
	claimreview_text(on->record, &text);
	TRY(annot_buf_check(&text, "the words that were rated", err));
	if (strcmp(json_string_value(words), text.data) != 0)
		return annot_import_lose(m, "claimReviewed", words, why, err);
	json_t *ours = claimreview_claim(on, text.data);
	bool same = ours && (json_equal(ours, item) || is_kept(kept, json, "itemReviewed"));
	json_decref(ours);
	return same ? ANNOT_OK : annot_import_lose(m, "itemReviewed", item, why, err);
}

static enum annot_status amend(struct annot_import *m, json_t *json, const struct annot_record *r,
			       const json_t *kept, struct annot_draft *draft,
			       struct annot_error *err)
{
	const json_t *rating = json_object_get(json, "reviewRating");
	if (!r->first || !is_kept(kept, json, "reviewRating")) {
		TRY(amend_rating(m, draft, r, rating, err));
		TRY(amend_card(m, draft, r, "rationale", "reviewRating.ratingExplanation",
			       text_of(rating, "ratingExplanation"), err));
	}
	TRY(check_claim(m, json, r, kept, err));
	return own_lose_members(m, json, HELD, kept, err);
}

enum annot_status claimreview_import_own(struct annot_import *m, json_t *json,
					 const struct annot_entry *own, struct annot_error *err)
{
	const struct annot_record *r = own->record;
	struct annot_draft *draft = annot_draft_amend(r);
	if (!draft)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for an imported item");
	json_t *kept = annot_export_kept(r, CLAIMREVIEW_KEPT);
	enum annot_status status = amend(m, json, r, kept, draft, err);
	json_decref(kept);
	if (status == ANNOT_OK)
		return annot_import_amend(m, draft, &own->id, err);
	annot_draft_free(draft);
	return status;
}
