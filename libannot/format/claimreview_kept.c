/* What a verdict was imported with, put into its ClaimReview again. */
#include "base/auto.h"
#include "format/build.h"
#include "format/claimreview.h"

static enum annot_status lose_kept(struct annot_export *x, const char *name, const json_t *value,
				   struct annot_error *err)
{
	AUTO_FREE char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	return text ? annot_export_lose(x, name, text, "as it was imported; it was amended since",
					err)
		    : annot_fail(err, ANNOT_NO_MEMORY, "no memory for a loss");
}

/* Whether the verdict and what it rates are one ClaimReview that was imported, both as it came. */
static bool as_imported(const struct annot_record *verdict, const struct annot_record *on)
{
	const char *from = annot_record_text(verdict, "imported-from");
	const char *of = annot_record_text(on, "imported-from");
	return from && of && strcmp(from, of) == 0 && verdict->first && on->first;
}

/* Values of both, ours first. Takes ours over; NULL: want of memory. */
static json_t *both(json_t *ours, json_t *theirs)
{
	json_t *list = json_array();
	json_t *const sides[] = {ours, theirs};
	for (size_t i = 0; i < COUNT(sides); i++) {
		json_t *one = sides[i];
		if (!json_is_array(one))
			build_append(&list, json_incref(one));
		for (size_t k = 0; json_is_array(one) && k < json_array_size(one); k++)
			build_append(&list, json_incref(json_array_get(one, k)));
	}
	json_decref(ours);
	return list;
}

enum annot_status claimreview_set_kept(struct annot_export *x, const struct annot_record *record,
				       const struct annot_record *on, json_t **object, json_t *kept,
				       struct annot_error *err)
{
	static const char own[] = "@type|author|datePublished",
			  same[] = "reviewRating|itemReviewed",
			  lists[] = "identifier|citation|correction|isBasedOn|contributor|"
				    "sdPublisher";
	const char *name;
	json_t *value;
	bool whole = as_imported(record, on);
	json_object_foreach(kept, name, value)
	{
		json_t *ours = json_object_get(*object, name);
		size_t len = strlen(name);
		if (!ours || annot_word_in(own, name, len) ||
		    (whole && annot_word_in(same, name, len)))
			build_set(object, name, json_incref(value));
		else if (annot_word_in(lists, name, len))
			build_set(object, name, both(json_incref(ours), value));
		else if (!json_equal(ours, value))
			TRY(lose_kept(x, name, value, err));
	}
	return ANNOT_OK;
}
